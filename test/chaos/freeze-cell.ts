import { ChaosWorld } from "./chaos-world.ts";
import type { Scenario } from "./scenario.ts";

const FROZEN_SECONDS = 10;
const SLOW_MS = 1_000;

export const freezeCell: Scenario = {
  name: "freeze-cell",
  summary: `one of three messaging cells stopped (\`SIGSTOP\`) for ${FROZEN_SECONDS} s`,
  promise:
    "edges refuse soon for a cell that holds its connections and says nothing; accounts elsewhere notice nothing",
  run: (run) =>
    ChaosWorld.with(run, { cells: "messaging=3" }, async (world) => {
      const victim = run.random.pick(world.mortals);
      const pid = await world.pidOf(victim);
      await world.sendAll(["us1"]);
      await world.during("before", () => world.wait(10));
      await world.during("during", async () => {
        run.tell(`stopping ${victim}`);
        process.kill(pid, "SIGSTOP");
        try {
          await world.wait(FROZEN_SECONDS);
        } finally {
          process.kill(pid, "SIGCONT");
        }
      });
      await world.during("after", () => world.wait(6));
      const groups = [
        { name: "of the stopped cell", loads: world.loadsOf(victim), isSpared: false },
        { name: "elsewhere", loads: world.loadsElsewhere(victim), isSpared: true },
      ];
      const report = await world.judge(groups, { mayTextsDouble: true, refusals: ["503/20503"] });
      const samples = world.loadsOf(victim).flatMap((load) => load.samples);
      const slow = samples.filter(({ startMs, endMs = Infinity }) => endMs - startMs > SLOW_MS).length;
      world.findings.push(`${slow} requests, those from before it was noticed, waited for more than 1 s.`);
      return report;
    }),
};
