import { spawnSync } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "../kit/leftovers.ts";
import { findProgram } from "../kit/programs.ts";
import { waitFor } from "../kit/wait-for.ts";
import { ChaosWorld } from "./chaos-world.ts";
import type { Scenario } from "./scenario.ts";

const MIB = 2 ** 20;
/** A cell keeps 256 MiB in reserve, so that there are a few left for work. */
const DISK_OCTETS = 320 * MIB;
const VICTIM = "messaging-2";
const HELD_SECONDS = 6;
const ENOUGH = 10;

export const fillDisk: Scenario = {
  name: "fill-disk",
  summary: "the disk of one of two messaging cells filled to the last octet",
  promise: "its accounts are refused with 503/20503, what was accepted goes on, and the other cell notices nothing",
  unable: () => {
    if (findProgram("mount") === undefined) return "mount not found";
    return process.getuid?.() === 0 ? undefined : "mounting a small file system needs an administrator";
  },
  run: async (run) => {
    const dataFolder = join(temporaryFolder("chaos-disk"), "data");
    const disk = join(dataFolder, "cells", VICTIM);
    await mkdir(disk, { recursive: true });
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${DISK_OCTETS}`, "tmpfs", disk]);
    if (mounted.status !== 0) throw new Error(`mount: ${String(mounted.stderr)}`);
    try {
      return await ChaosWorld.with(run, { cells: "messaging=2", dataFolder }, async (world) => {
        const loads = world.loadsOf.bind(world, VICTIM);
        await world.sendAll(["us1"]);
        await world.during("before", () => world.wait(10));
        await world.during("during", async () => {
          run.tell("filling the disk");
          await fill(join(disk, "ballast"));
          const refused = (): number =>
            loads()
              .flatMap(({ samples }) => samples)
              .filter(isRefused).length;
          await waitFor("messages to be refused", () => refused() > ENOUGH);
          await world.wait(HELD_SECONDS);
          await rm(join(disk, "ballast"));
        });
        await world.during("after", () => world.wait(6));
        const groups = [
          { name: "of the cell with the full disk", loads: loads(), isSpared: false },
          { name: "elsewhere", loads: world.loadsElsewhere(VICTIM), isSpared: true },
        ];
        return world.judge(groups, { refusals: ["503/20503"] });
      });
    } finally {
      spawnSync("umount", [disk]);
    }
  },
};

function isRefused({ status }: { readonly status?: number }): boolean {
  return status === 503;
}

/** Writes until there is no room left. */
async function fill(path: string): Promise<void> {
  const chunk = Buffer.alloc(MIB);
  for (let written = 0; written < DISK_OCTETS; written += MIB) {
    try {
      await writeFile(path, chunk, { flag: "a" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOSPC") return;
      throw error;
    }
  }
}
