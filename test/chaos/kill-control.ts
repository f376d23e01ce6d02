import { ChaosWorld } from "./chaos-world.ts";
import { ControlDatabase } from "./control-database.ts";
import { OperatorWatch } from "./operator-watch.ts";
import type { ChaosReport, Scenario } from "./scenario.ts";

const PROMISE = "everybody goes on sending and receiving; what the operator asks is answered 503/20503 meanwhile";

export const killControl: Scenario = {
  name: "kill-control",
  summary: "`kill -9` of the control plane",
  promise: PROMISE,
  run: (run) =>
    ChaosWorld.with(run, { cells: "messaging=2" }, (world) =>
      withoutControl(world, async () => {
        await world.killAndWait("control");
        await world.wait(4);
      }),
    ),
};

export const loseControlDatabase: Scenario = {
  name: "lose-control-database",
  summary: "the control plane's database away for 15 s, and the control plane killed meanwhile",
  promise: PROMISE,
  run: async (run) => {
    const database = await ControlDatabase.start();
    try {
      return await ChaosWorld.with(run, { cells: "messaging=2", env: database.env }, (world) =>
        withoutControl(world, async () => {
          run.tell("taking the database away");
          await database.takeAway();
          await world.wait(8);
          run.tell("killing control");
          await world.fleet.kill("control");
          await world.wait(7);
          await database.giveBack();
        }),
      );
    } finally {
      await database.stop();
    }
  },
};

async function withoutControl(world: ChaosWorld, work: () => Promise<void>): Promise<ChaosReport> {
  await world.sendAll(["us1"]);
  await world.during("before", () => world.wait(10));
  const watch = new OperatorWatch(world.fleet);
  watch.start();
  await world.during("during", work);
  world.findings.push(await watch.stop());
  world.require(watch.surprises.length === 0, `the operator was answered ${watch.surprises.join(", ")}`);
  const startMs = performance.now();
  await world.operatorServed();
  world.findings.push(`The operator was served ${((performance.now() - startMs) / 1_000).toFixed(1)} s later.`);
  return world.judge([{ name: "all", loads: world.loads, isSpared: true }]);
}
