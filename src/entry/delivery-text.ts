import { columns, money } from "./columns.ts";
import { printable } from "./printable.ts";
import { explanationText, type ShownExplanation } from "./routes-text.ts";

/** One attempt to hand a message to a carrier, as the API shows it. */
export interface ShownAttempt {
  readonly number: number;
  readonly carrier: string;
  readonly at: string;
  readonly routing_table_version: number;
  readonly health_version: number;
  readonly parts: number;
  readonly parts_accepted: number;
  readonly outcome: string;
  readonly verdict: string | null;
  readonly carrier_status: string | null;
  readonly price_micros_per_part: number;
  readonly resend: boolean;
  readonly repetitions_before: number;
}

/** The delivery of a message, as the API shows it to the operator. */
export interface ShownDelivery {
  readonly sid: string;
  readonly account_sid: string;
  readonly status: string;
  readonly error_code: number | null;
  readonly from: string;
  readonly to: string;
  readonly traffic_class: string;
  readonly parked: boolean;
  readonly possible_duplicate: boolean;
  readonly date_created: string;
  readonly date_sent: string | null;
  readonly attempts: readonly ShownAttempt[];
  readonly parts: readonly {
    readonly number: number;
    readonly state: string;
    readonly carrier: string | null;
    readonly carrier_message_id: string | null;
  }[];
  readonly route: ShownExplanation | null;
}

/** What became of a message: its state, every attempt, its parts, its cost, and why the last attempt went where it went. */
export function deliveryText(delivery: ShownDelivery): string {
  const { attempts, route } = delivery;
  const sections = [headText(delivery), attemptsText(delivery), partsText(delivery), costText(delivery)];
  if (route !== null) sections.push(whyText(attempts, route));
  else if (attempts.length > 0) sections.push("The routing table of the last attempt is not kept any more.\n");
  return sections.join("\n");
}

function headText(delivery: ShownDelivery): string {
  const { sid, account_sid: account, from, to, status, error_code: code } = delivery;
  const notes = [
    ...(delivery.parked ? ["waits in the database, because very many are queued before it"] : []),
    ...(delivery.possible_duplicate ? ["was sent again although it may have arrived before"] : []),
  ];
  const rows: readonly (readonly [string, string])[] = [
    ["status", code === null ? status : `${status}, error ${code}`],
    ["lane", delivery.traffic_class],
    ["account", account],
    ["created", delivery.date_created],
    ...(delivery.date_sent === null ? [] : [["sent", delivery.date_sent] as const]),
    ...notes.map((note) => ["note", note] as const),
  ];
  const lines = rows.map(([name, value]) => `  ${name.padEnd(7)}  ${printable(value)}\n`);
  return `${printable(sid)}   ${printable(from)} → ${printable(to)}\n${lines.join("")}`;
}

function attemptsText({ attempts }: ShownDelivery): string {
  const last = attempts.at(-1);
  if (last === undefined) return "No carrier was given it.\n";
  // Attempts count from 1, and on over those that are not listed.
  const times = last.number === 1 ? "once" : `${last.number} times`;
  const rows = attempts.map((each) => [
    each.number,
    each.at,
    each.carrier,
    each.parts,
    each.parts_accepted,
    each.verdict === null ? each.outcome : `${each.outcome} (${each.verdict})`,
    each.carrier_status ?? "",
    // Which currency it is in is only known of carriers that stand in the ranking.
    money(each.price_micros_per_part, ""),
    `${each.routing_table_version}/${each.health_version}`,
    remarksOf(each),
  ]);
  const headings = ["", "at", "carrier", "parts", "taken", "outcome", "in its words", "a part", "table/health", ""];
  const [first = last] = attempts;
  const isCut = first.number - first.repetitions_before > 1;
  return `Tried ${times}${isCut ? "; the oldest attempts are not listed any more" : ""}\n${columns(headings, rows)}`;
}

function remarksOf({ resend, repetitions_before: repetitions }: ShownAttempt): string {
  return [
    ...(resend ? ["sent again"] : []),
    ...(repetitions === 0 ? [] : [`the same ${repetitions === 1 ? "once" : `${repetitions} times`} before`]),
  ].join(", ");
}

function partsText({ parts }: ShownDelivery): string {
  const rows = parts.map((part) => [part.number, part.state, part.carrier ?? "", part.carrier_message_id ?? ""]);
  return columns(["part", "state", "carrier", "carrier's id"], rows);
}

/** The ranking, and why the attempt did not go to the first of it where it did not. */
function whyText(attempts: readonly ShownAttempt[], route: ShownExplanation): string {
  const { carrier = "", number = 0 } = attempts.at(-1) ?? {};
  const at = route.candidates.findIndex((candidate) => candidate.carrier === carrier);
  const before = route.candidates.slice(0, Math.max(0, at)).map((candidate) => candidate.carrier);
  const refused = new Set(
    attempts.filter((each) => each.number < number && each.verdict === "other-route").map((each) => each.carrier),
  );
  const have = before.every((name) => refused.has(name))
    ? "had refused it"
    : "were passed over: they had refused it, its first parts were with this carrier, or this carrier was being tried";
  const detour = before.length === 0 ? "" : `\nBefore it stand ${printable(before.join(", "))}, which ${have}.\n`;
  return `Why ${printable(carrier)}:\n${explanationText(route)}${detour}`;
}

/** What the accepted parts cost, by currency: sums over carriers with different ones would mean nothing. */
function costText({ attempts, route }: ShownDelivery): string {
  const currencies = new Map(route?.candidates.map(({ carrier, currency }) => [carrier, currency]));
  const sums = new Map<string, number>();
  for (const { carrier, parts_accepted: accepted, price_micros_per_part: price } of attempts) {
    const currency = currencies.get(carrier) ?? "";
    sums.set(currency, (sums.get(currency) ?? 0) + accepted * price);
  }
  const shown = [...sums].filter(([, micros]) => micros !== 0).map(([currency, micros]) => money(micros, currency));
  return `Cost, of the parts that carriers took: ${shown.length === 0 ? "nothing" : shown.join(" and ")}\n`;
}
