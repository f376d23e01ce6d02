import { columns, money } from "./columns.ts";
import { printable } from "./printable.ts";

/** A version of the routing table, as the API shows it. */
export interface ShownTable {
  readonly version: number;
  readonly status: string;
  readonly active: boolean;
  readonly hash: string | null;
  readonly note: string;
  readonly created_by: string;
  readonly date_created: string;
  readonly parts: number;
  readonly carriers: number;
  readonly networks: number;
  readonly prefixes: number;
  readonly routes: number;
  readonly inputs: number;
  readonly octets: number;
}

/** A publication, as the API shows it. */
export interface ShownPublication {
  readonly version: number;
  readonly previous_version: number;
  readonly kind: string;
  readonly actor: string;
  readonly reason: string;
  readonly date_published: string;
}

/** An explanation, as far as a person reads it. */
export interface ShownExplanation {
  readonly table_version: number;
  readonly health_version: number;
  readonly network: string | null;
  readonly country: string | null;
  readonly ported: boolean;
  readonly order: readonly string[];
  readonly candidates: readonly {
    readonly carrier: string;
    readonly place: number;
    readonly destination: string;
    readonly usable: boolean;
    readonly reason: string | null;
    readonly excluded: boolean;
    readonly priority: number;
    readonly price_micros: number;
    readonly currency: string;
    readonly quantised_score: number;
    readonly terms: readonly { readonly input: string; readonly points: number }[];
  }[];
  readonly more_candidates: number;
  readonly left_out: readonly { readonly carrier: string; readonly why: string }[];
  readonly more_left_out: number;
}

interface ShownSide {
  readonly messages: number;
  readonly cost_micros: number;
  readonly delivery_ratio: number | null;
}

/** A comparison, as far as a person reads it. */
export interface ShownComparison {
  readonly from: { readonly version: number; readonly currency: string };
  readonly to: { readonly version: number; readonly currency: string };
  readonly messages: number;
  readonly cut: boolean;
  readonly moved: number;
  readonly unroutable_before: number;
  readonly unroutable_after: number;
  readonly before: ShownSide;
  readonly after: ShownSide;
  readonly rows: readonly {
    readonly carrier: string;
    readonly country: string;
    readonly before: ShownSide;
    readonly after: ShownSide;
    readonly moved_away: number;
    readonly moved_here: number;
  }[];
}

const MAX_ROWS = 40;
const PERCENT = 100;

/** The versions and what was published of them. */
export function tableListText(tables: readonly ShownTable[], publications: readonly ShownPublication[]): string {
  const active = publications[0]?.version ?? 0;
  const now = active === 0 ? "The table that follows from the settings decides.\n" : `Version ${active} decides.\n`;
  if (tables.length === 0) return now;
  const versions = columns(
    ["version", "status", "made", "carriers", "prefixes", "routes", "note"],
    tables.map((table) => {
      const { version, status, date_created: date, carriers, prefixes, routes, note } = table;
      return [version, version === active ? "active" : status, date, carriers, prefixes, routes, note];
    }),
  );
  if (publications.length === 0) return `${now}\n${versions}`;
  const audit = columns(
    ["published", "what", "version", "before", "by", "reason"],
    publications.map((each) => [
      each.date_published,
      each.kind,
      each.version,
      each.previous_version,
      each.actor,
      each.reason,
    ]),
  );
  return `${now}\n${versions}\n${audit}`;
}

/** One version. */
export function tableText(table: ShownTable): string {
  const rows = Object.entries(table).filter(([name]) => name !== "url");
  const width = Math.max(...rows.map(([name]) => name.length));
  return (
    rows.map(([name, value]) => `${name.padEnd(width)}  ${printable(String(value ?? ""))}`.trimEnd()).join("\n") + "\n"
  );
}

/** What was published. */
export function publicationText(publication: ShownPublication): string {
  const { version, previous_version: previous } = publication;
  const name = (each: number): string => (each === 0 ? "the table of the settings" : `version ${each}`);
  return `From now on ${name(version)} decides; before, ${name(previous)} did.\n`;
}

/** The candidates in their order, and why the others are none. */
export function explanationText(explanation: ShownExplanation): string {
  const { table_version: table, health_version: health, network, country, ported, order, candidates } = explanation;
  const where = [country, network === null ? null : `network ${network}${ported ? ", ported" : ""}`].filter(Boolean);
  const head = [
    `table ${table}, health ${health}`,
    ...(where.length === 0 ? [] : [printable(where.join(", "))]),
    ...(order.length === 0 ? [] : [`${order.join(", then ")}, before the score`]),
  ].join("; ");
  const names = [...new Set(candidates.flatMap(({ terms }) => terms.map(({ input }) => input)))];
  const weighing = names.filter((name) => candidates.some(({ terms }) => pointsOf(terms, name) !== 0));
  const rows = candidates.map((each) => [
    each.place,
    each.carrier,
    stateOf(each),
    each.destination,
    each.priority,
    money(each.price_micros, each.currency),
    each.quantised_score,
    ...weighing.map((name) => pointsOf(each.terms, name)),
  ]);
  const headings = ["", "carrier", "state", "route to", "priority", "price", "score", ...weighing];
  const ranked = candidates.length === 0 ? "No carrier takes this message.\n" : columns(headings, rows);
  const leftOut = explanation.left_out.map(({ carrier, why }) => [carrier, why]);
  const others = leftOut.length === 0 ? "" : `\n${columns(["left out", "because"], leftOut)}`;
  const more = explanation.more_candidates + explanation.more_left_out;
  return `${head}\n\n${ranked}${others}${more === 0 ? "" : `… and ${more} more; --json has counts.\n`}`;
}

function stateOf(each: { usable: boolean; excluded: boolean; reason: string | null }): string {
  if (each.excluded) return "excluded";
  return each.usable ? "usable" : (each.reason ?? "not usable");
}

function pointsOf(terms: readonly { readonly input: string; readonly points: number }[], name: string): number {
  return terms.find(({ input }) => input === name)?.points ?? 0;
}

/** What would change, carrier by carrier. */
export function comparisonText(comparison: ShownComparison): string {
  const { from, to, messages, moved, before, after, rows } = comparison;
  const share = messages === 0 ? "" : ` (${((moved / messages) * PERCENT).toFixed(1)} %)`;
  const lines = [
    `${messages} messages${comparison.cut ? ", of more" : ""}, by version ${to.version} in place of ${from.version}`,
    `  other carrier   ${moved}${share}`,
    `  cost            ${money(before.cost_micros, from.currency)} → ${money(after.cost_micros, to.currency)}`,
    `  delivery        ${percent(before)} → ${percent(after)} expected`,
    `  without route   ${comparison.unroutable_before} → ${comparison.unroutable_after}`,
  ];
  const shown = rows
    .slice(0, MAX_ROWS)
    .map((row) => [
      row.carrier,
      row.country,
      row.before.messages,
      row.after.messages,
      row.moved_away,
      row.moved_here,
      money(row.before.cost_micros, from.currency),
      money(row.after.cost_micros, to.currency),
      percent(row.before),
      percent(row.after),
    ]);
  const headings = ["carrier", "country", "before", "after", "leave", "come", "cost before", "cost after"];
  const table = shown.length === 0 ? "" : `\n${columns([...headings, "delivery before", "after"], shown)}`;
  const more = rows.length > MAX_ROWS ? `… and ${rows.length - MAX_ROWS} more; --json shows them.\n` : "";
  return `${lines.join("\n")}\n${table}${more}`;
}

function percent({ delivery_ratio: ratio }: ShownSide): string {
  return ratio === null ? "–" : `${(ratio * PERCENT).toFixed(1)} %`;
}
