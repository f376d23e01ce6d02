/** The ledger under random operations and crashes, beside a naive one. See docs/subsystems/ledger.md. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { seedOf } from "../kit/memory-log.ts";
import { seededRandom } from "../kit/seeded-random.ts";
import { PowerCutDisk, TornFolderDisk } from "./ledger-disks.ts";
import { LedgerWorld } from "./ledger-world.ts";

const OPERATIONS = Number(process.env["LEDGER_OPERATIONS"] ?? 80_000);

test("what a ledger says after power cuts is what a naive one says that never had any", async (t) => {
  const seed = seedOf(20_261_121);
  t.diagnostic(`TRUNKLINE_SEED=${seed}`);
  const random = seededRandom(seed);
  const world = new LedgerWorld({ random, disk: new PowerCutDisk(random) });
  await world.open();
  await world.run(OPERATIONS);
  const { crashes, acknowledged, refused, model, rows } = world;
  t.diagnostic(
    `${acknowledged} operations acknowledged, ${crashes} crashes, ${refused} refused, ` +
      `${model.repeats} repeats, ${model.conflicts} conflicts, ${rows.lines} lines`,
  );
  assert.ok(crashes > 5 && model.repeats > 1_000 && model.conflicts > 100 && refused > 100);
  await world.close();
});

test("the same holds on a real disk, with torn writes at the end of the log", async (t) => {
  const seed = seedOf(7);
  t.diagnostic(`TRUNKLINE_SEED=${seed}`);
  const random = seededRandom(seed);
  const disk = new TornFolderDisk(random);
  const world = new LedgerWorld({ random, disk });
  try {
    await world.open();
    await world.run(OPERATIONS / 8);
    assert.ok(world.crashes > 1);
    await world.close();
  } finally {
    await disk.remove();
  }
});

test("a process that is killed leaves everything that it had acknowledged, and nothing twice", async (t) => {
  const seed = seedOf(11);
  t.diagnostic(`TRUNKLINE_SEED=${seed}`);
  const folder = await mkdtemp(join(tmpdir(), "trunkline-ledger-"));
  const disk = new TornFolderDisk(seededRandom(seed), folder);
  try {
    const file = join(import.meta.dirname, "ledger-child.js");
    const child = spawn(process.execPath, [file, folder, String(seed)], { stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(child, "exit");
    let acknowledged = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged = Number(line);
      if (acknowledged > 3_000) child.kill("SIGKILL");
    }
    await ended;
    assert.ok(acknowledged > 3_000);
    const world = new LedgerWorld({ random: seededRandom(seed), disk });
    await world.resume(acknowledged);
    await world.close();
  } finally {
    await disk.remove();
  }
});
