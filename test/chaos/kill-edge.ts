import { ChaosWorld } from "./chaos-world.ts";
import { ControlDatabase } from "./control-database.ts";
import type { Scenario } from "./scenario.ts";

const VICTIM = "ie1";
const OTHER = "us1";

export const killEdge: Scenario = {
  name: "kill-edge",
  summary: "`kill -9` of one of two edges, with the routing table out of reach",
  promise: "its connections break; the other edge serves all; it comes back with what its snapshot says",
  run: async (run) => {
    const database = await ControlDatabase.start();
    const options = { cells: "messaging=2", regions: `${OTHER},${VICTIM}`, env: database.env };
    try {
      return await ChaosWorld.with(run, options, async (world) => {
        await world.sendAll([OTHER, VICTIM]);
        await world.during("before", () => world.wait(10));
        await world.during("during", async () => {
          await database.takeAway();
          await world.killAndWait(`edge-${VICTIM}`);
          // Without the table it knows only what it had written down, and what cells say.
          await world.wait(6);
        });
        await database.giveBack();
        await world.during("after", () => world.wait(4));
        const through = (edge: string) => world.loads.filter(({ options: load }) => load.edge === edge);
        const groups = [
          { name: "through the dead edge", loads: through(VICTIM), isSpared: false },
          { name: "through the other edge", loads: through(OTHER), isSpared: true },
        ];
        return world.judge(groups, { refusals: ["503/20503"] });
      });
    } finally {
      await database.stop();
    }
  },
};
