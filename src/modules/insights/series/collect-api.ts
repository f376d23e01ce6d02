import type { SeriesGroup } from "../../../protocols/sketches/index.ts";
import type { Dimension } from "../query.ts";
import type { ApiCounts, ApiKey } from "../rollups/index.ts";
import type { CellNames } from "./dimension-texts.ts";
import type { Plan } from "./plan.ts";

/** The class of answers that are the platform's failures. */
const FAILED = "5xx";

interface Line {
  readonly key: SeriesGroup["key"];
  readonly counts: number[];
  readonly of: number[];
  weight: number;
}

/** API answers: so few rows that texts do. */
export function collectApi(api: ApiCounts, plan: Plan, names: CellNames): SeriesGroup[] {
  const { startMs, endMs, stepMs, by, filter, points, top } = plan;
  const isRate = plan.metric === "availability";
  const lines = new Map<string, Line>();
  const known = api.keys.map((key): Line | undefined => {
    if (!filter.every(([dimension, values]) => values.includes(valueOf(key, dimension, names) ?? ""))) return undefined;
    const texts = by.map((dimension) => valueOf(key, dimension, names));
    const name = JSON.stringify(texts);
    const line = lines.get(name) ?? newLine(texts, points);
    lines.set(name, line);
    return line;
  });
  for (const { startMs: atMs, counts } of api.read(plan.level, startMs, endMs)) {
    const point = Math.floor((atMs - startMs) / stepMs);
    for (const [number, count] of counts.entries()) {
      const line = known[number];
      if (line === undefined || count === 0) continue;
      line.weight += count;
      line.of[point] = (line.of[point] ?? 0) + count;
      if (!isRate || api.keys[number]?.answer !== FAILED) line.counts[point] = (line.counts[point] ?? 0) + count;
    }
  }
  const ordered = [...lines.values()].filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight);
  const chosen = ordered.slice(0, top);
  const rest = ordered.slice(top);
  if (rest.length > 0) chosen.push(united(rest, plan));
  if (chosen.length === 0 && by.length === 0) chosen.push(newLine([], points));
  return chosen.map(({ key, counts, of }) => (isRate ? { key, counts, of } : { key, counts }));
}

function zeros(points: number): number[] {
  return Array.from({ length: points }, () => 0);
}

function newLine(key: SeriesGroup["key"], points: number): Line {
  return { key, counts: zeros(points), of: zeros(points), weight: 0 };
}

function united(lines: readonly Line[], { by, points }: Plan): Line {
  const whole = newLine(
    by.map(() => null),
    points,
  );
  for (const { counts, of } of lines) {
    for (const [at, count] of counts.entries()) whole.counts[at] = (whole.counts[at] ?? 0) + count;
    for (const [at, count] of of.entries()) whole.of[at] = (whole.of[at] ?? 0) + count;
  }
  return whole;
}

/** The tier is that of the answer, not that of the cell that keeps the count. */
function valueOf(key: ApiKey, dimension: Dimension, names: CellNames): string | null {
  if (dimension === "cell") return names.cell;
  if (dimension === "tier" || dimension === "class" || dimension === "answer") return key[dimension];
  return null;
}
