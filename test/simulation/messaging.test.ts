import { it } from "node:test";
import { seedOf } from "../kit/memory-log.ts";
import { MessagingStory } from "./messaging-story.ts";

const ROUNDS = Number(process.env["SIMULATION_ROUNDS"] ?? 6);
const MESSAGES = 250;
const FIRST_SEED = seedOf(20_250_131);

for (let round = 0; round < ROUNDS; round += 1) {
  const seed = FIRST_SEED + round;
  it(`no message is sent twice, lost or told wrongly, whatever carriers, disk and crashes do, seed ${seed}`, async (t) => {
    const story = new MessagingStory(seed);
    try {
      await story.run(MESSAGES);
    } catch (error) {
      t.diagnostic(`repeat with TRUNKLINE_SEED=${seed} SIMULATION_ROUNDS=1`);
      throw error;
    }
    t.diagnostic(`seed ${seed}: ${JSON.stringify({ ...story.counts, ...story.ends })}`);
  });
}
