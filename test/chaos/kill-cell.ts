import { ChaosWorld } from "./chaos-world.ts";
import type { Scenario } from "./scenario.ts";

/** How long each stretch is; a test in CI has shorter ones. */
export interface Pace {
  readonly beforeSeconds: number;
  readonly afterSeconds: number;
  readonly accountsPerCell: number;
}

const FULL_PACE: Pace = { beforeSeconds: 12, afterSeconds: 8, accountsPerCell: 2 };

export const killCell = killCellAt(FULL_PACE);

/** The scenario with stretches of another length. */
export function killCellAt({ beforeSeconds, afterSeconds, accountsPerCell }: Pace): Scenario {
  return {
    name: "kill-cell",
    summary: "`kill -9` of one of three messaging cells",
    promise:
      "accounts elsewhere notice nothing; those of the dead cell are refused with 503/20503 and `Retry-After` and are " +
      "whole afterwards",
    run: (run) =>
      ChaosWorld.with(run, { cells: "messaging=3", accountsPerCell }, async (world) => {
        const victim = run.random.pick(world.mortals);
        await world.sendAll(["us1"]);
        await world.during("before", () => world.wait(beforeSeconds));
        await world.during("during", async () => {
          await world.killAndWait(victim);
          await world.wait(2);
        });
        await world.during("after", () => world.wait(afterSeconds));
        const groups = [
          { name: "of the dead cell", loads: world.loadsOf(victim), isSpared: false },
          { name: "elsewhere", loads: world.loadsElsewhere(victim), isSpared: true },
        ];
        return world.judge(groups, { mayTextsDouble: true, refusals: ["503/20503"] });
      }),
  };
}
