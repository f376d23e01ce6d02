import { findProgram } from "../kit/programs.ts";
import { startTestRedis } from "../kit/redis.ts";
import { ChaosWorld } from "./chaos-world.ts";
import type { Scenario } from "./scenario.ts";

export const killRedis: Scenario = {
  name: "kill-redis",
  summary: "Redis killed for 10 s, and back",
  promise: "nobody notices",
  unable: () =>
    findProgram("redis-server") === undefined ? "redis-server not found (package redis-server)" : undefined,
  run: async (run) => {
    const redis = await startTestRedis();
    let again: typeof redis | undefined;
    try {
      const env = { TRUNKLINE_REDIS_URL: redis.url };
      return await ChaosWorld.with(run, { cells: "messaging=2", env }, async (world) => {
        await world.sendAll(["us1"]);
        await world.during("before", () => world.wait(10));
        await world.during("during", async () => {
          run.tell("killing Redis");
          redis.process.kill("SIGKILL");
          await world.wait(10);
        });
        again = await startTestRedis(redis.port);
        await world.during("after", () => world.wait(5));
        return world.judge([{ name: "all", loads: world.loads, isSpared: true }]);
      });
    } finally {
      await redis.stop();
      await again?.stop();
    }
  },
};
