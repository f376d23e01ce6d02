import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { it, type TestContext } from "node:test";
import { temporaryFolder } from "../kit/running-system.ts";
import { runSeed } from "../kit/smpp-pdus.ts";
import { waitFor } from "../kit/wait-for.ts";
import { CrashWorld } from "./crash-world.ts";
import { drained, judge } from "./verdict.ts";

const MIB = 2 ** 20;
/** The log keeps 256 MiB in reserve, so that there are a few left for work. */
const DISK_OCTETS = 300 * MIB;
const RESERVE_OCTETS = 256 * MIB;

it("a full disk refuses new work with 503, and when there is room again nothing was lost", async (t) => {
  const dataFolder = join(temporaryFolder("disk-full"), "data");
  const disk = join(dataFolder, "cells");
  await mkdir(disk, { recursive: true });
  if (!mountDisk(t, disk)) return t.skip("needs the right to mount a small file system (as root, on Linux)");
  const seed = runSeed();
  t.diagnostic(`seed ${seed}`);
  const world = await CrashWorld.open(seed, dataFolder);
  try {
    await world.start();
    await goesThrough(world);
    await refusesWith(join(disk, "ballast"), DISK_OCTETS, world);
    await goesThrough(world);
    await refusesWith(join(disk, "ballast"), DISK_OCTETS - RESERVE_OCTETS, world);
    await goesThrough(world);
    const counts = judge(world, await drained(world));
    t.diagnostic(JSON.stringify({ ...counts, refused: refused(world) }));
    for (const { sid, status, code } of world.load.posted) {
      assert.deepEqual([status, code], sid === undefined ? [503, 20503] : [undefined, undefined]);
    }
  } finally {
    // Before the disk goes.
    await world.close();
  }
});

/** A small file system in memory, until the test ends. */
function mountDisk(t: TestContext, folder: string): boolean {
  const mount = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${DISK_OCTETS}`, "tmpfs", folder]);
  if (mount.status !== 0) return false;
  t.after(() => spawnSync("umount", [folder]));
  return true;
}

async function goesThrough(world: CrashWorld): Promise<void> {
  const before = world.load.accepted.length;
  await waitFor("messages to be accepted", () => world.load.accepted.length > before + 50);
}

function refused(world: CrashWorld): number {
  return world.load.posted.filter(({ status }) => status === 503).length;
}

/** Takes so much of the disk, sees that work is refused, and gives it back. */
async function refusesWith(ballast: string, octets: number, world: CrashWorld): Promise<void> {
  const before = refused(world);
  await fill(ballast, octets);
  await waitFor("messages to be refused", () => refused(world) > before + 50);
  await rm(ballast);
}

/** Writes so many octets, or as many as there is room for. */
async function fill(path: string, octets: number): Promise<void> {
  const chunk = Buffer.alloc(MIB);
  for (let written = 0; written < octets; written += MIB) {
    try {
      await writeFile(path, chunk, { flag: "a" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOSPC") return;
      throw error;
    }
  }
}
