/** A cell that counts, in a process of its own, to be killed. Arguments: folder, seed, octets between checkpoints. */
import type { EdgeBinsRecord } from "../../src/platform/insight/index.ts";
import { fastClock, openInsightCell, type TestChange } from "../kit/insight-cell.ts";
import { messageFacts } from "../kit/message-facts.ts";

const [folder = "", seed = "1", everyOctets = "65536", sinceMs = "0"] = process.argv.slice(2);
const PER_RECORD = 5;
const WAITING = 64;
const clock = fastClock(Number(sinceMs));
const terms = { seed: Number(seed), accounts: 40, recipients: 3_000, startMs: clock.nowMs(), spanMs: 120_000 };
const facts = messageFacts(2_000, terms).map(({ fact }) => fact);
const opened = openInsightCell({ folder, checkpointEveryOctets: Number(everyOctets), sinceMs: Number(sinceMs) });
const { cell } = await opened;
process.stdout.write("ready\n");
// Whoever started it is gone: nobody would end it.
process.stdin.on("end", () => process.exit()).resume();
let at = 0;
let sent = 0;

function next(): void {
  const some = Array.from({ length: PER_RECORD }, () => facts[(at += 1) % facts.length] as (typeof facts)[number]);
  const change: TestChange = { kind: "test.changed", facts: some };
  sent += 1;
  const record: TestChange | EdgeBinsRecord = sent % 50 === 0 ? edgeBins() : change;
  cell.commitThen(record, "new-work", () => setImmediate(next));
}

/** Every second one is one that was handed over before. */
function edgeBins(): EdgeBinsRecord {
  const nowMs = clock.nowMs() - (sent % 100 === 0 ? 0 : 60_000);
  const startMs = nowMs - (nowMs % 10_000) - 10_000;
  const bins = [{ startMs, counts: [["smb", "create", sent % 7 === 0 ? "5xx" : "2xx", sent % 13]] as const }];
  return { kind: "insights.edge-bins", edge: "edge-1", life: seed, bins };
}

for (let waiting = 0; waiting < WAITING; waiting += 1) next();
