import { iso8601 } from "../../kernel/time.ts";
import type { JsonObject } from "../../platform/http/index.ts";
import type { Row } from "../../platform/ports.ts";
import { addName, type ClickTally, type NameKind } from "./clicks/index.ts";
import type { LinkDeps } from "./deps.ts";
import type { Link } from "./link.ts";

/** What is asked. */
export interface AnalyticsRange {
  readonly fromMs: number | undefined;
  readonly untilMs: number | undefined;
  readonly granularity: "hour" | "day";
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const USUAL_RANGE_MS = 30 * DAY_MS;
/** Tallies that are added up for one answer. */
const MAX_TALLIES = 50_000;

interface TallyRow extends Row {
  key: string;
  hour: Date;
  clicks: number;
  previews: number;
  bots: number;
  names: Record<string, number>;
}

type Counts = Pick<ClickTally, "clicks" | "previews" | "bots" | "names" | "hourMs">;

/** Adds up the visits of a link: rows, and in their place what is newer in memory. */
export async function readAnalytics(deps: LinkDeps, link: Link, range: AnalyticsRange): Promise<JsonObject> {
  const untilMs = range.untilMs ?? deps.clock.nowMs() + HOUR_MS;
  const fromMs = Math.floor((range.fromMs ?? untilMs - USUAL_RANGE_MS) / HOUR_MS) * HOUR_MS;
  const tallies = new Map<string, Counts>();
  // Looked at before the rows: what is projected meanwhile is then newer here, never older.
  for (const tally of deps.state.tallies.values()) {
    if (tally.linkSid !== link.sid || tally.hourMs < fromMs || tally.hourMs >= untilMs) continue;
    tallies.set(tally.key, structuredClone(tally));
  }
  const rows = await deps.database.query<TallyRow>(
    `select key, hour, clicks, previews, bots, names from link_clicks
     where link_id = $1::uuid and hour >= $2 and hour < $3 order by hour desc limit $4`,
    [link.sid.slice(2), new Date(fromMs), new Date(untilMs), MAX_TALLIES],
  );
  for (const { key, hour, clicks, previews, bots, names } of rows) {
    if (!tallies.has(key)) tallies.set(key, { hourMs: hour.getTime(), clicks, previews, bots, names });
  }
  return summed(link, [...tallies.values()], { fromMs, untilMs, granularity: range.granularity });
}

function summed(
  link: Link,
  tallies: readonly Counts[],
  range: { readonly fromMs: number; readonly untilMs: number; readonly granularity: "hour" | "day" },
): JsonObject {
  const total = { clicks: 0, previews: 0, bots: 0 };
  const names: Record<string, number> = {};
  const series = new Map<number, typeof total>();
  const stepMs = range.granularity === "hour" ? HOUR_MS : DAY_MS;
  for (const tally of tallies) {
    const at = Math.floor(tally.hourMs / stepMs) * stepMs;
    const point = series.get(at) ?? { clicks: 0, previews: 0, bots: 0 };
    series.set(at, point);
    for (const kind of ["clicks", "previews", "bots"] as const) {
      total[kind] += tally[kind];
      point[kind] += tally[kind];
    }
    for (const [key, count] of Object.entries(tally.names)) {
      const dot = key.indexOf(".");
      addName(names, key.slice(0, dot) as NameKind, key.slice(dot + 1), count);
    }
  }
  const ranked = ranking(names, total.clicks);
  const points = [...series].toSorted(([a], [b]) => a - b);
  return {
    link_sid: link.sid,
    account_sid: link.accountSid,
    start_date: iso8601(range.fromMs),
    end_date: iso8601(range.untilMs),
    granularity: range.granularity,
    ...total,
    series: points.map(([at, counts]) => ({ date: iso8601(at), ...counts })),
    countries: ranked("country"),
    referrers: ranked("referrer"),
    devices: ranked("device"),
    browsers: ranked("browser"),
    systems: ranked("system"),
  };
}

/** The names of a kind with their counts, the most frequent first; clicks that nothing is known of are `unknown`. */
function ranking(names: Readonly<Record<string, number>>, clicks: number): (kind: NameKind) => JsonObject[] {
  return (kind) => {
    const own = Object.entries(names).filter(([key]) => key.startsWith(`${kind}.`));
    const known = own.reduce((sum, [, count]) => sum + count, 0);
    const entries = own.map(([key, count]) => [key.slice(kind.length + 1), count] as const);
    if (clicks > known) entries.push(["unknown", clicks - known]);
    entries.sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1));
    return entries.map(([name, count]) => ({ name, clicks: count }));
  };
}
