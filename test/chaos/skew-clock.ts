import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../kit/leftovers.ts";
import { ChaosWorld } from "./chaos-world.ts";
import type { Scenario } from "./scenario.ts";

const VICTIM = "messaging-2";
const SKEW_MS = 10 * 60_000;
const SKEWED_SECONDS = 8;

export const skewClock: Scenario = {
  name: "skew-clock",
  summary: "the clock of one of two messaging cells set 10 minutes ahead, then 10 minutes back, then right",
  promise: "nobody notices",
  run: async (run) => {
    const path = join(temporaryFolder("chaos-clock"), "skew");
    const env = { NODE_OPTIONS: `--import ${skewedClock()}`, CHAOS_SKEW_NAME: VICTIM, CHAOS_SKEW_FILE: path };
    return ChaosWorld.with(run, { cells: "messaging=2", env }, async (world) => {
      await world.sendAll(["us1"]);
      await world.during("before", () => world.wait(10));
      await world.during("during", async () => {
        for (const skewMs of [SKEW_MS, -SKEW_MS]) {
          run.tell(`clock of ${VICTIM} ${skewMs / 60_000} minutes off`);
          await writeFile(path, String(skewMs));
          await world.wait(SKEWED_SECONDS);
          world.findings.push(await sayClock(world));
        }
        await writeFile(path, "0");
      });
      await world.during("after", () => world.wait(5));
      return world.judge([
        { name: "of the cell with the wrong clock", loads: world.loadsOf(VICTIM), isSpared: true },
        { name: "elsewhere", loads: world.loadsElsewhere(VICTIM), isSpared: true },
      ]);
    });
  },
};

/** What the cell says of when it took its newest message, so that it can be seen that its clock is wrong. */
async function sayClock(world: ChaosWorld): Promise<string> {
  const [account] = world.accountsOf(VICTIM);
  const [load] = world.loadsOf(VICTIM);
  const newest = load?.samples.findLast(({ sid }) => sid !== undefined);
  assert.ok(account !== undefined && newest !== undefined, "the cell takes messages");
  const createdMs = await world.createdMs(account, newest.sid ?? "");
  const minutes = ((createdMs - Date.now()) / 60_000).toFixed(1);
  return `Messages were dated ${minutes} minutes from now.`;
}

function skewedClock(): string {
  const compiled = fileURLToPath(new URL("skewed-clock.js", import.meta.url));
  return existsSync(compiled) ? compiled : compiled.replace(/\.js$/, ".ts");
}
