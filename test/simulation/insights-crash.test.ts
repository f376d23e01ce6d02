import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { killAndCompare } from "../kit/insight-crash.ts";
import { seedOf } from "../kit/memory-log.ts";

/** How often the process is killed; `KILLS` for a longer run. */
const kills = Number(process.env["KILLS"] ?? 5);

it("counts what the log says after being killed again and again", async (t) => {
  const seed = seedOf(3);
  t.diagnostic(`seed ${seed}`);
  const folder = await mkdtemp(join(tmpdir(), "trunkline-insights-crash-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  t.diagnostic(JSON.stringify(await killAndCompare({ folder, kills, seed, checkpointEveryOctets: 65_536 })));
});
