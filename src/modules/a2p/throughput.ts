import { assert } from "../../kernel/assert.ts";
import {
  UNKNOWN_NETWORK_DAILY_FACTOR,
  type ClassRow,
  type DailyBand,
  type LimitRule,
  type ThroughputTable,
} from "./throughput-tables.ts";
import type { UsOperator } from "./us-networks.ts";
import { usecaseOf } from "./usecases.ts";

/** What throughput depends on. */
export interface Standing {
  readonly usecase: string;
  /** The vetting score, else the registry's; absent where there is none. */
  readonly score?: number | undefined;
  readonly brandType: "STANDARD" | "SOLE_PROPRIETOR";
  readonly russell3000: boolean;
}

/** What a campaign may send. */
export interface Throughput {
  readonly messageClass: string;
  readonly brandTier: DailyBand["tier"];
  readonly rules: Readonly<Record<UsOperator | "unknown", readonly LimitRule[]>>;
}

/** Looks up what a campaign may send. */
export function throughputOf(table: ThroughputTable, standing: Standing): Throughput {
  const row = classOf(table, standing);
  const { segments, tier } = dailyOf(table, standing);
  const daily: LimitRule = { scope: "brand", segments, per: "day" };
  const total: LimitRule = { scope: "brand", segments: segments * UNKNOWN_NETWORK_DAILY_FACTOR, per: "day" };
  return {
    messageClass: row.messageClass,
    brandTier: tier,
    rules: {
      att: row.att,
      tmobile: [...row.tmobile, daily],
      verizon: row.verizon,
      other: row.other,
      unknown: [...row.att, total],
    },
  };
}

function classOf(table: ThroughputTable, { usecase, score = 0, brandType }: Standing): ClassRow {
  const known = usecaseOf(usecase);
  const bands = known?.kind === "mixed" || known === undefined ? table.mixed : table.declared;
  const byScore = bands.find(({ minScore }) => score >= minScore)?.messageClass;
  const messageClass =
    brandType === "SOLE_PROPRIETOR" || known?.kind === "sole-proprietor"
      ? table.soleProprietor
      : known?.kind === "low-volume"
        ? table.lowVolume
        : known?.messageClass !== undefined && table.hasSpecialClasses
          ? known.messageClass
          : byScore;
  const row = table.classes.find((each) => each.messageClass === messageClass);
  assert(row !== undefined, `the table ${table.name} has no class ${messageClass}`);
  return row;
}

function dailyOf(
  table: ThroughputTable,
  { score = 0, brandType, russell3000 }: Standing,
): Pick<DailyBand, "segments" | "tier"> {
  if (brandType === "SOLE_PROPRIETOR") return { segments: table.dailySoleProprietor, tier: "LOW" };
  if (russell3000) return { segments: table.dailyRussell3000, tier: "TOP" };
  const band = table.daily.find(({ minScore }) => score >= minScore);
  assert(band !== undefined, `the table ${table.name} has no daily cap for ${score}`);
  return band;
}

/** Segments a second to AT&T, as the `rate_limits` of a campaign say it. */
export function attPerSecond({ rules }: Throughput): number {
  const [first] = rules.att;
  if (first === undefined) return 0;
  return first.per === "second" ? first.segments : first.segments / 60;
}
