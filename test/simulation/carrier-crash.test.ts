import assert from "node:assert/strict";
import { it } from "node:test";
import { MISBEHAVIOUR_NAMES, type MisbehaviourName } from "../kit/carriers/index.ts";
import { runSeed } from "../kit/smpp-pdus.ts";
import { CarrierCrashWorld, tableOf } from "./carrier-crash-world.ts";

/** How often the process is killed; `KILLS=100` for the long run. */
const KILLS = Number(process.env["KILLS"] ?? 12);
/** Which carriers there are at the same time; `CARRIERS=slow,half-open` for some of them. */
const CARRIERS = (process.env["CARRIERS"]?.split(",") ?? MISBEHAVIOUR_NAMES) as MisbehaviourName[];
/** One start in so many is killed before it is done. */
const START_KILL_SHARE = 6;

it("a process that is killed again and again keeps its word with every carrier that misbehaves", async (t) => {
  const seed = runSeed();
  t.diagnostic(`seed ${seed}`);
  const world = await CarrierCrashWorld.open(seed, CARRIERS);
  t.after(() => world.close());
  await world.start();
  while (world.kills < KILLS) {
    await world.runFor(100, 1_200);
    await world.kill();
    if (world.kills < KILLS && world.random.oneIn(START_KILL_SHARE)) await world.killWithinStart();
    await world.start();
  }
  await world.runFor(500, 1_000);
  const { rows, problems } = await world.judged();
  for (const line of tableOf(rows, world.kills).split("\n")) t.diagnostic(line);
  t.diagnostic(`${world.unanswered} attempts had no answer when the process was killed`);
  assert.deepEqual(problems.slice(0, 20), []);
  for (const { behaviour, accepted } of rows) assert.ok(accepted > KILLS, `${behaviour} had work to lose`);
});
