/**
 * The ledger's proof at length: random operations with power cuts, duplicates and reordering,
 * held against a naive ledger after every life (test/simulation/ledger-world.ts).
 * `node dist/bench/run.js ledger-proof [millions of operations] [seed]`.
 */
import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { PowerCutDisk } from "../test/simulation/ledger-disks.ts";
import { LedgerWorld } from "../test/simulation/ledger-world.ts";
import { seededRandom } from "../test/kit/seeded-random.ts";
import { describeMachine } from "./machine.ts";

const MILLION = 1_000_000;
const TOLD_EVERY = MILLION / 4;
const RESULTS = "bench/results";

/** Runs once, shows how far it is, and writes the result beside the others. Throws at the first difference. */
export async function run(args: string[]): Promise<void> {
  const operations = Number(args[0] ?? 10) * MILLION;
  const seed = Number(args[1] ?? 1);
  const random = seededRandom(seed);
  const world = new LedgerWorld({ random, disk: new PowerCutDisk(random), isLong: true });
  const started = performance.now();
  console.log(`${operations} operations, seed ${seed}`);
  await world.open();
  let next = TOLD_EVERY;
  await world.run(operations, (done) => {
    if (done < next) return;
    next += TOLD_EVERY;
    const seconds = Math.round((performance.now() - started) / 1_000);
    console.log(`${done} operations, ${world.crashes} crashes, ${world.rows.lines} lines, ${seconds} s`);
  });
  await world.close();
  const { crashes, acknowledged, refused, model, rows } = world;
  const seconds = Math.round((performance.now() - started) / 1_000);
  const figures = {
    acknowledged,
    crashes,
    refused,
    repeats: model.repeats,
    conflicts: model.conflicts,
    lines: rows.lines,
  };
  console.table([figures]);
  console.log(
    `In ${seconds} s: debits are credits, no wallet went under its floor, every id was applied once, ` +
      `and what was acknowledged was there after each of ${crashes} crashes.`,
  );
  await mkdir(RESULTS, { recursive: true });
  const result = { at: new Date().toISOString(), machine: describeMachine(), operations, seed, seconds, ...figures };
  await appendFile(join(RESULTS, "ledger-proof.jsonl"), `${JSON.stringify(result)}\n`);
}
