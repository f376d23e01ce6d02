/** Why a message would take its carrier, as the API tells, and in words. */

/** A part of a score. */
export interface Term {
  readonly input: string;
  readonly value: number;
  readonly points: number;
}

/** A carrier that could take the message. */
export interface Candidate {
  readonly carrier: string;
  readonly place: number;
  readonly destination: string;
  readonly usable: boolean;
  readonly reason: string | null;
  readonly excluded: boolean;
  readonly priority: number;
  readonly weight: number;
  readonly price_micros: number;
  readonly currency: string;
  readonly score: number;
  readonly quantised_score: number;
  readonly terms: readonly Term[];
}

/** The answer of `Routing/Explanations`. */
export interface Explanation {
  readonly table_version: number;
  readonly table_hash: string;
  readonly health_version: number;
  readonly ranking: readonly string[];
  readonly usable: number;
  readonly network: string | null;
  readonly country: string | null;
  readonly ported: boolean;
  readonly order: readonly string[];
  readonly quantum: number;
  readonly candidates: readonly Candidate[];
  readonly more_candidates: number;
  readonly left_out: readonly { readonly carrier: string; readonly why: string }[];
  readonly more_left_out: number;
}

const REASONS: Readonly<Record<string, string>> = {
  down: "it is not connected",
  breaker: "too many of its last answers were failures",
  stalled: "it does not answer",
  maintenance: "it is in a window of maintenance",
};

/** Why a candidate has its place: against the one before it, the first thing that tells them apart. */
export function whyOf({ candidates, order }: Explanation, index: number): string {
  const own = candidates[index];
  if (own === undefined) return "";
  const reason = own.reason === null ? "" : (REASONS[own.reason] ?? own.reason);
  if (own.excluded) return "It has refused the message before, so that it comes after all others.";
  if (!own.usable) return `It cannot take messages now: ${reason}. It is kept for when nobody else can.`;
  const before = candidates[index - 1];
  if (before === undefined) return chosenWords(own, candidates[1], order);
  const difference = tellApart(before, own, order);
  if (difference === undefined) {
    return `It is equal to ${before.carrier}. They share the conversations by weight, and this one fell to ${before.carrier}.`;
  }
  return `${before.carrier} goes first: ${difference}`;
}

function chosenWords(own: Candidate, next: Candidate | undefined, order: readonly string[]): string {
  if (next === undefined) return "Chosen: it is the only one with a route to the number.";
  if (!next.usable || next.excluded) return `Chosen: ${next.carrier}, the next, cannot take it.`;
  const difference = tellApart(own, next, order);
  return difference === undefined
    ? `Chosen: it is equal to ${next.carrier}, and this conversation falls to it by weight.`
    : `Chosen: ${difference}`;
}

/** What is better about the first, in a sentence; `undefined` where they are equal. */
function tellApart(first: Candidate, second: Candidate, order: readonly string[]): string | undefined {
  for (const what of order) {
    if (what === "specificity" && first.destination !== second.destination) {
      return `its route is more specific (${first.destination}, against ${second.destination}).`;
    }
    if (what === "priority" && first.priority !== second.priority) {
      return `its priority is ${first.priority}, against ${second.priority}; the smaller one goes first.`;
    }
  }
  if (first.quantised_score === second.quantised_score) return undefined;
  const terms = first.terms
    .map(({ input, points }) => ({ input, gain: points - pointsOf(second, input) }))
    .filter(({ gain }) => gain > 0)
    .toSorted((one, other) => other.gain - one.gain);
  const most = terms[0];
  const by = most === undefined ? "" : `, most of it by ${most.input} (+${short(most.gain)})`;
  return `it scores ${short(first.score)}, against ${short(second.score)}${by}.`;
}

function pointsOf({ terms }: Candidate, input: string): number {
  return terms.find((term) => term.input === input)?.points ?? 0;
}

/** A score without digits that say nothing. */
export function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** A table as it is given: lists of entries under names. */
export type TableDocument = Readonly<Record<string, unknown>>;

/** One entry that only one of two tables has. */
export interface Difference {
  readonly kind: "added" | "removed";
  /** `routes`, `carriers` … */
  readonly section: string;
  readonly text: string;
}

/** The parts of a table in one piece: lists are joined, the rest is of the part that has it. */
export function joinParts(parts: readonly TableDocument[]): TableDocument {
  const whole: Record<string, unknown> = {};
  for (const part of parts) {
    for (const [name, value] of Object.entries(part)) {
      const known = whole[name];
      whole[name] =
        Array.isArray(known) && Array.isArray(value) ? [...(known as unknown[]), ...(value as unknown[])] : value;
    }
  }
  return whole;
}

/** What differs between two tables, entry by entry; the order of entries does not count. */
export function differencesOf(before: TableDocument, after: TableDocument): Difference[] {
  const sections = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...sections].flatMap((section) => {
    const old = entriesOf(before[section]);
    const fresh = entriesOf(after[section]);
    return [
      ...missing(old, fresh).map((text): Difference => ({ kind: "removed", section, text })),
      ...missing(fresh, old).map((text): Difference => ({ kind: "added", section, text })),
    ];
  });
}

function entriesOf(value: unknown): string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? (value as unknown[]) : [value]).map((entry) => JSON.stringify(sorted(entry)));
}

/** Those of the first that the second has not, as often as it has not. */
function missing(these: readonly string[], those: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of those) counts.set(text, (counts.get(text) ?? 0) + 1);
  return these.filter((text) => {
    const left = counts.get(text) ?? 0;
    if (left > 0) counts.set(text, left - 1);
    return left === 0;
  });
}

/** Members in the order of their names, so that equal entries have equal texts. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}
