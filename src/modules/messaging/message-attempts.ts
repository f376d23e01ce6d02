import type { ApplyContext } from "../../platform/cell/index.ts";
import { costOfAdoption, costOfAttempt } from "./charges.ts";
import { MAX_LISTED_ATTEMPTS, type Attempt, type AttemptOutcome, type Message, type Part } from "./message.ts";
import type { SubmitOutcome } from "./records.ts";

/** What is known of an attempt when it begins. */
export interface AttemptStart {
  readonly carrier: string;
  readonly atMs: number;
  readonly table: number;
  readonly health: number;
  readonly priceMicros: number;
  readonly currency?: string | undefined;
}

/** Marks the parts that wait as given, and lists the attempt. Returns the parts. For reducers only. */
export function beginAttempt(message: Message, start: AttemptStart): number[] {
  const tries = (message.tries ??= []);
  const previous = tries.at(-1);
  const number = (previous?.number ?? 0) + 1;
  const parts: number[] = [];
  for (let index = 0; index < message.parts.length; index += 1) {
    const part = message.parts[index] as Part;
    if (part.state !== "pending") continue;
    part.state = "submitted";
    part.via = start.carrier;
    part.attempt = number;
    parts.push(index);
  }
  const isRepeat = previous !== undefined && previous.carrier === start.carrier && tookNothing(previous);
  if (isRepeat || tries.length >= MAX_LISTED_ATTEMPTS) dropOne(tries, isRepeat);
  // Field by field: this runs for every message.
  const attempt: { -readonly [K in keyof Attempt]: Attempt[K] } = {
    number,
    carrier: start.carrier,
    atMs: start.atMs,
    table: start.table,
    health: start.health,
    parts: parts.length,
    accepted: 0,
    open: parts.length,
    priceMicros: start.priceMicros,
  };
  if (start.currency !== undefined) attempt.currency = start.currency;
  if (message.possibleDuplicate === true) attempt.resend = true;
  if (isRepeat) attempt.repeated = (previous.repeated ?? 0) + 1;
  tries.push(attempt);
  return parts;
}

/** A carrier that was busy or away says the same for an hour: such attempts are one line. */
function tookNothing(attempt: Attempt): boolean {
  if (attempt.open > 0 || attempt.accepted > 0) return false;
  return attempt.outcome === "not-sent" || attempt.verdict === "throttle";
}

/** Makes room in the list: for a repetition the line it repeats, else the oldest that is over. */
function dropOne(tries: Attempt[], isRepeat: boolean): void {
  if (isRepeat) tries.pop();
  else
    tries.splice(
      Math.max(
        0,
        tries.findIndex((attempt) => attempt.open === 0),
      ),
      1,
    );
}

const SEVERITY: Readonly<Record<AttemptOutcome, number>> = { accepted: 0, "not-sent": 1, refused: 2, unknown: 3 };

/** Enters a carrier's answer to a part, and tells what it costs when the attempt is over. For reducers only. */
export function noteAnswer(message: Message, part: Part, outcome: SubmitOutcome, context: ApplyContext): void {
  const attempt = message.tries?.findLast(({ number }) => number === part.attempt);
  // A receipt of an outcome that is not known may name the attempt.
  if (outcome.kind !== "unknown") delete part.attempt;
  if (attempt === undefined) return;
  attempt.open -= 1;
  if (outcome.kind === "accepted") attempt.accepted += 1;
  else {
    attempt.status = outcome.kind === "refused" ? outcome.status : outcome.reason;
    if (outcome.kind === "refused") attempt.verdict = outcome.verdict;
  }
  const worst = attempt.outcome;
  if (worst === undefined || SEVERITY[outcome.kind] > SEVERITY[worst]) attempt.outcome = outcome.kind;
  if (attempt.open > 0) return;
  costOfAttempt(message, attempt, context);
}

/** A receipt shows that a part had arrived whose answer was lost: it was accepted, and costs. For reducers only. */
export function noteAdoption(message: Message, part: Part, context: ApplyContext): void {
  const attempt = message.tries?.findLast(({ number }) => number === part.attempt);
  delete part.attempt;
  if (attempt === undefined) return;
  attempt.accepted += 1;
  costOfAdoption(message, { attempt, part }, context);
}
