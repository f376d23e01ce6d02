import assert from "node:assert/strict";
import { it } from "node:test";
import { runSeed } from "../kit/smpp-pdus.ts";
import { CrashWorld } from "./crash-world.ts";
import { drained, judge } from "./verdict.ts";

/** How often the process is killed; `KILLS` for a longer run. */
const KILLS = Number(process.env["KILLS"] ?? 20);
/** One start in so many is killed before it is done. */
const START_KILL_SHARE = 5;

it("a process that is killed again and again loses nothing, sends nothing twice and tells everything", async (t) => {
  const seed = runSeed();
  t.diagnostic(`seed ${seed}`);
  const world = await CrashWorld.open(seed);
  t.after(() => world.close());
  await world.start();
  while (world.kills < KILLS) {
    await world.runFor(50, 1_500);
    await world.kill();
    if (world.random.oneIn(START_KILL_SHARE)) await world.killWithinStart();
    await world.start();
  }
  await world.runFor(200, 500);
  const counts = judge(world, await drained(world));
  t.diagnostic(JSON.stringify(counts));
  assert.ok(Number(counts["accepted"]) > KILLS, "there was work to lose");
});
