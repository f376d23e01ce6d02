import { Fleet } from "./fleet/fleet.ts";
import { sumUp, tableLines, type Phase } from "./fleet/tally.ts";
const t0 = Date.now();
const mode = process.env["MODE"] ?? "n1";
const seed = Number(process.env["SEED"] ?? 1);
const fleet = await Fleet.start({
  seed,
  size: { cells: 50, carriers: 500, worldCarriers: 10, countries: 200, rate: Number(process.env["RATE"] ?? 5000) },
  seconds: 40,
  ranked: process.env["RANKED"] === "1",
});
fleet.begin();
await fleet.run(2);
const phases: Phase[] = [];
let openings = 0;
const step = async (name: string, s: number, dead: number[] = []) => {
  const from = fleet.clock.monotonicMs();
  await fleet.run(s);
  const o = fleet.cells.reduce((a, c) => a + c.breakerOpenings, 0);
  phases.push({
    name,
    fromMs: from,
    toMs: fleet.clock.monotonicMs(),
    dead: new Set(dead),
    breakerOpenings: o - openings,
  });
  openings = o;
  console.error(name, Date.now() - t0);
};
await step("before", 3);
const pool =
  mode === "n1"
    ? fleet.plan.countries.filter((_, i) => true).map((c) => c.carriers[0]!)
    : fleet.plan.carriers.map((c) => c.index);
const dead = fleet.choose(50, pool);
fleet.change(dead, "down");
await step("10% down", 6, dead);
fleet.change(dead, "well");
await step("after", 3);
const hole = [fleet.plan.countries[0]!.carriers[0]!];
fleet.change(hole, "black-hole");
await step("hole", 4, hole);
fleet.change(hole, "well");
await step("after2", 3);
fleet.stop();
await fleet.run(5);
for (const l of tableLines(phases.map((p) => sumUp(fleet.journal, fleet.plan, p)))) console.log(l);
const j = fleet.journal;
// worst countries in phase 1
const bad = new Map<number, number>(),
  tot = new Map<number, number>();
for (let i = 0; i < j.count; i++) {
  const d = j.dueMs[i]!;
  if (d < phases[1]!.fromMs || d >= phases[1]!.toMs || j.isStranded[i]) continue;
  const c = j.country[i]!;
  tot.set(c, (tot.get(c) ?? 0) + 1);
  const x = j.deliveredMs[i]!;
  if (x < 0 || x - d > 5000) bad.set(c, (bad.get(c) ?? 0) + 1);
}
console.log(
  [...bad]
    .map(
      ([c, n]) =>
        `${c}: ${n}/${tot.get(c)} carriers ${fleet.plan.countries[c]!.carriers.length} dead ${fleet.plan.countries[c]!.carriers.filter((x) => dead.includes(x)).length}`,
    )
    .slice(0, 20),
);
console.log("total", Date.now() - t0, process.memoryUsage().rss / 1e6);
process.exit(0);
