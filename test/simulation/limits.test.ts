import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seedOf } from "../kit/memory-log.ts";
import { limitStories, simulateLimit } from "./limits-world.ts";

/** Long enough for an average; the figures in the documentation are of a longer run. */
const SECONDS = 20;
const CUT_SECONDS = 10;

describe("a limit across three regions, 60 ms apart, with loss, offered three times as much", () => {
  const seed = seedOf(1);
  for (const story of limitStories(SECONDS, CUT_SECONDS)) {
    it(`holds on average and is used: ${story.name}, seed ${seed}`, (t) => {
      const outcome = simulateLimit(story, seed);
      t.diagnostic(JSON.stringify(outcome));
      assert.ok(outcome.average <= 105, `${outcome.average} % of the limit`);
      // A process that forgets what it admitted may admit its share of one window again.
      const most = story.restartMs === undefined ? 130 : 145;
      assert.ok(outcome.worstSecond <= most, `${outcome.worstSecond} % in the worst second`);
      if (outcome.whileCut === undefined) assert.ok(outcome.average >= 95, `only ${outcome.average} % used`);
      else assert.ok(outcome.whileCut <= 105 && outcome.whileCut >= 90, `${outcome.whileCut} % in the partition`);
    });
  }
});
