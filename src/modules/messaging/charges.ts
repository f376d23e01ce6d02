import { mostMicros, type Quote } from "../pricing/index.ts";
import type { ApplyContext } from "../../platform/cell/index.ts";
import type {
  ChargeDetail,
  ChargeHeld,
  ChargeLine,
  ChargePosted,
  ChargeReleased,
  CostIncurred,
} from "../../platform/spending/index.ts";
import { isFinal, type Attempt, type Message, type Part } from "./message.ts";

/**
 * What a message costs, as facts for the ledger. All of it follows from the message and its
 * quote, because reducers run again: nothing here looks at a price.
 */

/** A hold outlives the validity of its message by this: outcomes that stayed unknown, and their receipts. */
const HOLD_MARGIN_MS = 86_400_000;
/** The usage categories beside that of the quote. */
const CARRIER_FEES = { SM: "sms-messages-carrierfees", MM: "mms-messages-carrierfees" } as const;
const ATTEMPTS = "message-attempts";
const FAILED_FEES = "failed-message-processing-fee";
const DEFAULT_CURRENCY = "USD";

/** What is priced: segments of an SMS, an MMS as a whole. */
export function unitsOf({ sid, segments }: Pick<Message, "sid" | "segments">): number {
  return sid.startsWith("MM") ? 1 : segments;
}

/** The attempts that an account can be asked for: each of them hands over a part at least. */
export function mostAttempts(message: Pick<Message, "segments" | "guarantee">): number {
  return message.segments * (message.guarantee === "at-least-once" ? 2 : 1);
}

/** What is set aside for a message: the most it can cost, whether it is sent or fails. */
export function holdMicros(quote: Quote, message: Pick<Message, "sid" | "segments" | "guarantee">): number {
  return Math.max(mostMicros(quote, unitsOf(message), mostAttempts(message)), quote.failedMicros);
}

/** Money is set aside for a message. For reducers only, as all that follows. */
export function holdCharge(message: Message, amountMicros: number, context: ApplyContext): void {
  const { quote } = message;
  if (quote === undefined || amountMicros === 0) return;
  message.heldMicros = amountMicros;
  const fact: ChargeHeld = {
    kind: "charge.held",
    id: message.holdId ?? message.sid,
    accountSid: message.accountSid,
    currency: quote.currency,
    amountMicros,
    expiresAtMs: message.validUntilMs + HOLD_MARGIN_MS,
  };
  context.emit(fact);
}

/** A carrier took a part of a message: the first one makes the account pay, further attempts where they have a price. */
export function chargeAcceptance(
  message: Message,
  taken: { readonly carrier: string; readonly attempt: number | undefined },
  context: ApplyContext,
): void {
  const { quote } = message;
  if (quote === undefined) return;
  if (message.priceMicros === undefined) return chargeFirst(message, quote, { taken, context });
  const { attempt } = taken;
  const { pricedAttempts: priced = [] } = message;
  const isPriced = quote.attemptMicros > 0 && attempt !== undefined && !priced.includes(attempt);
  if (isPriced && priced.length < mostAttempts(message)) {
    message.pricedAttempts = [...priced, attempt];
    message.priceMicros += quote.attemptMicros;
    const what = { id: `attempt-${attempt}`, category: ATTEMPTS, amountMicros: quote.attemptMicros };
    post(message, [lineOf(message, what, detailOf(message, taken))], context);
  } else closeHold(message, context);
}

function chargeFirst(
  message: Message,
  quote: Quote,
  {
    taken,
    context,
  }: { readonly taken: { carrier: string; attempt: number | undefined }; readonly context: ApplyContext },
): void {
  const units = unitsOf(message);
  const amountMicros = quote.unitMicros * units;
  const detail = detailOf(message, taken);
  const lines = [lineOf(message, { id: "message", category: quote.category, amountMicros }, detail)];
  const fees = quote.carrierFees;
  const feeMicros = fees === undefined ? 0 : (fees[taken.carrier] ?? fees["*"] ?? 0) * units;
  if (feeMicros > 0) {
    const category = CARRIER_FEES[message.sid.startsWith("MM") ? "MM" : "SM"];
    lines.push(lineOf(message, { id: "carrier-fee", category, amountMicros: feeMicros }, detail));
  }
  message.priceMicros = amountMicros + feeMicros;
  message.priceUnit = quote.currency;
  if (quote.attemptMicros > 0 && taken.attempt !== undefined) message.pricedAttempts = [taken.attempt];
  post(message, lines, context);
}

/**
 * Nothing more comes of a message, or of its attempts: what is still set aside for it is
 * given back, or pays the fee of a message that failed and that no carrier took.
 */
export function settleCharge(message: Message, context: ApplyContext): void {
  const { quote, status } = message;
  if (quote === undefined || !isFinal(status) || isOwedAnswer(message)) return closeHold(message, context);
  const isUnpaid = message.priceMicros === undefined;
  // What was never set aside is not asked for: it failed before anything was done for it.
  if (isUnpaid && status === "failed" && quote.failedMicros > 0 && message.heldMicros !== undefined) {
    message.priceMicros = quote.failedMicros;
    message.priceUnit = quote.currency;
    const what = { id: "failed", category: FAILED_FEES, amountMicros: quote.failedMicros };
    post(message, [lineOf(message, what, detailOf(message, undefined))], context);
  }
  release(message, context);
}

/** Gives back what is left of a hold when no carrier can take anything of the message any more. */
function closeHold(message: Message, context: ApplyContext): void {
  if (message.heldMicros !== undefined && message.priceMicros !== undefined && !mayBeTaken(message)) {
    release(message, context);
  }
}

function release(message: Message, context: ApplyContext): void {
  if (message.heldMicros === undefined) return;
  delete message.heldMicros;
  const { sid, accountSid, holdId = sid } = message;
  const fact: ChargeReleased = { kind: "charge.released", holdId, accountSid };
  context.emit(fact);
}

/** The text of a message was replaced: another amount is set aside, under another id. */
export function changeHold(
  message: Message,
  hold: { readonly id: string; readonly amountMicros: number },
  context: ApplyContext,
): void {
  release(message, context);
  message.holdId = hold.id;
  holdCharge(message, hold.amountMicros, context);
}

function post(message: Message, lines: readonly ChargeLine[], context: ApplyContext): void {
  const { accountSid, sid, quote, heldMicros, holdId = sid } = message;
  if (quote === undefined) return;
  const { currency } = quote;
  if (heldMicros === undefined) {
    // Outside of a hold the id of a line must be unique by itself.
    const own = lines.map((line): ChargeLine => ({ ...line, id: `${sid}.${line.id}` }));
    const fact: ChargePosted = { kind: "charge.posted", accountSid, currency, lines: own };
    context.emit(fact);
    return;
  }
  const fact: ChargePosted = { kind: "charge.posted", accountSid, currency, lines, holdId };
  if (quote.attemptMicros > 0 && !isFinal(message.status) && mayBeTaken(message)) {
    const kept: ChargePosted = { ...fact, keepsHold: true };
    context.emit(kept);
    return;
  }
  delete message.heldMicros;
  context.emit(fact);
}

/** Field by field, as below, because this runs for every message. */
function lineOf(
  message: Readonly<Message>,
  { id, category, amountMicros }: Pick<ChargeLine, "id" | "category" | "amountMicros">,
  detail: ChargeDetail,
): ChargeLine {
  // Attempts and failures are counted as such, however long the text.
  const isByMessage = message.sid.startsWith("MM") || category === ATTEMPTS || category === FAILED_FEES;
  const usage = isByMessage ? 1 : unitsOf(message);
  return { id, category, amountMicros, count: 1, usage, usageUnit: isByMessage ? "messages" : "segments", detail };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function detailOf(
  { sid, direction, quote, senderKind = "local" }: Readonly<Message>,
  taken: { readonly carrier: string; readonly attempt: number | undefined } | undefined,
): ChargeDetail {
  const detail: Mutable<ChargeDetail> = { resourceSid: sid };
  if (direction !== "inbound") detail.senderKind = senderKind;
  if (quote?.country !== undefined) detail.country = quote.country;
  if (quote?.network !== undefined) detail.network = quote.network;
  if (taken !== undefined) detail.carrier = taken.carrier;
  if (taken?.attempt !== undefined) detail.attempt = taken.attempt;
  return detail;
}

/** A part of it may still be taken by a carrier, or may have been. */
function mayBeTaken({ parts }: Readonly<Message>): boolean {
  for (const { state } of parts) if (state === "pending" || state === "submitted" || state === "unknown") return true;
  return false;
}

/** A carrier that was given a part may still say that it took it. */
function isOwedAnswer({ parts }: Readonly<Message>): boolean {
  for (const { state } of parts) if (state === "submitted") return true;
  return false;
}

/** A text that came in is paid for at once. */
export function chargeInbound(message: Message, context: ApplyContext): void {
  const { quote, accountSid, sid } = message;
  if (quote === undefined) return;
  const amountMicros = quote.unitMicros * unitsOf(message);
  message.priceMicros = amountMicros;
  message.priceUnit = quote.currency;
  const what = { id: `${sid}.message`, category: quote.category, amountMicros };
  const line = lineOf(message, what, detailOf(message, undefined));
  const fact: ChargePosted = { kind: "charge.posted", accountSid, currency: quote.currency, lines: [line] };
  context.emit(fact);
}

/** An attempt is over: what its carrier asks for the parts that it took. */
export function costOfAttempt(message: Readonly<Message>, attempt: Readonly<Attempt>, context: ApplyContext): void {
  // What it certainly did not take costs nothing.
  if (attempt.accepted === 0 && attempt.outcome !== "unknown") return;
  emitCost(message, attempt, { id: `${message.sid}.${attempt.number}`, parts: attempt.accepted, context });
}

/** A part of an attempt was taken after all that was over with an unknown outcome. */
export function costOfAdoption(
  message: Readonly<Message>,
  { attempt, part }: { readonly attempt: Readonly<Attempt>; readonly part: Readonly<Part> },
  context: ApplyContext,
): void {
  const id = `${message.sid}.${attempt.number}.${message.parts.indexOf(part) + 1}`;
  emitCost(message, attempt, { id, parts: 1, context });
}

function emitCost(
  message: Readonly<Message>,
  attempt: Readonly<Attempt>,
  { id, parts, context }: { readonly id: string; readonly parts: number; readonly context: ApplyContext },
): void {
  const fact: CostIncurred = {
    kind: "cost.incurred",
    id,
    accountSid: message.accountSid,
    currency: attempt.currency ?? DEFAULT_CURRENCY,
    amountMicros: parts * attempt.priceMicros,
    usage: parts,
    outcome: attempt.outcome ?? "unknown",
    detail: detailOf(message, { carrier: attempt.carrier, attempt: attempt.number }),
  };
  context.emit(fact);
}
