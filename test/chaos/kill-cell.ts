import { ChaosWorld } from "./chaos-world.ts";
import type { Scenario } from "./scenario.ts";

/** How long each stretch is; a test in CI has shorter ones. */
export interface Pace {
  readonly beforeSeconds: number;
  readonly afterSeconds: number;
}

export const FULL_PACE: Pace = { beforeSeconds: 12, afterSeconds: 8 };

export const killCell = killCellAt(FULL_PACE);

export function killCellAt({ beforeSeconds, afterSeconds }: Pace): Scenario {
  return {
    name: "kill-cell",
    summary: "`kill -9` of one of three messaging cells",
    promise: "accounts elsewhere notice nothing; those of the dead cell get 503 with Retry-After and are whole afterwards",
    run: (run) =>
      ChaosWorld.with(run, { cells: "messaging=3" }, async (world) => {
        const victim = run.random.pick(world.mortals);
        world.sendAll(["us1"]);
        await world.during("before", () => world.wait(beforeSeconds));
        await world.during("during", async () => {
          run.tell(`killing ${victim}`);
          const { restarts = 0 } = (await world.fleet.nodes()).find(({ name }) => name === victim) ?? {};
          await world.fleet.kill(victim);
          await world.fleet.restarted(victim, restarts);
          await world.wait(2);
        });
        await world.during("after", () => world.wait(afterSeconds));
        const report = await world.judge([
          { name: "of the dead cell", loads: world.loadsOf(victim), isSpared: false },
          { name: "elsewhere", loads: world.loadsElsewhere(victim), isSpared: true },
        ]);
        const [dead] = report.rows;
        const codes = Object.keys(dead?.refused ?? {});
        world.require(codes.every((code) => code === "503/20503"), `refused with ${codes.join(", ")}, not 503/20503`);
        world.require(dead?.refusedWithoutRetryAfter === 0, "refused without Retry-After");
        return report;
      }),
  };
}
