/**
 * The process that the crash test kills: goes on counting where the log in the folder
 * given ends, and prints each number once it is durable.
 */
import { writeSync } from "node:fs";
import { EventLogger, HandClock, readTexts } from "./log-fixture.ts";
import { openLog } from "./open-log.ts";

const OUTSTANDING = 20;
const directory = process.argv[2] ?? "";
const log = await openLog({
  directory,
  logger: new EventLogger(),
  clock: new HandClock(),
  segmentOctets: 20_000,
  reserveOctets: 0,
});
let next = (await readTexts(log)).length;

function appendNext(): void {
  const number = next;
  next += 1;
  log.append("progress", `${number} ${"x".repeat(number % 100)}`, (error) => {
    if (error !== undefined) throw error;
    writeSync(1, `${number}\n`);
    appendNext();
  });
}

for (let i = 0; i < OUTSTANDING; i += 1) appendNext();
