import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { it } from "node:test";
import { runSeed } from "../kit/smpp-pdus.ts";
import { waitFor } from "../kit/wait-for.ts";
import { CrashWorld } from "./crash-world.ts";
import { drained, judge } from "./verdict.ts";

it("a killed PostgreSQL ends the system with a clear sentence, and nothing is lost after the next start", async (t) => {
  const seed = runSeed();
  t.diagnostic(`seed ${seed}`);
  const world = await CrashWorld.open(seed);
  t.after(() => world.close());
  await world.start();
  // The server that this process started.
  await world.runFor(300, 1_500);
  await killDatabase(world);
  // The server that a killed process left behind, and that was taken over.
  await world.start();
  await world.runFor(300, 1_500);
  await world.kill();
  await world.start();
  await world.runFor(300, 1_500);
  await killDatabase(world);
  await world.start();
  await world.runFor(300, 800);
  const counts = judge(world, await drained(world));
  t.diagnostic(JSON.stringify(counts));
});

async function killDatabase(world: CrashWorld): Promise<void> {
  const lock = await readFile(join(world.dataFolder, "postgres", "data", "postmaster.pid"), "utf8");
  process.kill(Number(lock.split("\n", 1)[0]), "SIGKILL");
  const { pid, stderr } = world.system;
  await waitFor("the system to end", () => !isAlive(pid));
  assert.match(stderr(), /PostgreSQL ended by itself/);
  world.ended();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
