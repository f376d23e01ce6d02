import type { ApplyContext, Reducer } from "../../platform/cell/index.ts";
import { carrierOptOut } from "./carrier-opt-out.ts";
import { chargeAcceptance, settleCharge } from "./charges.ts";
import type { MessageEffects } from "./effects.ts";
import { endOfUnsent, finish } from "./finish.ts";
import { hasPendingPart, isFinal, isUntouched, pendingParts, statusOfParts, type Message } from "./message.ts";
import { beginAttempt, noteAnswer } from "./message-attempts.ts";
import type { MessageState } from "./message-state.ts";
import { settleReceipt } from "./receipt-reducers.ts";
import type { MessagesAttempted, RefusalVerdict, SubmitAnswer, SubmitsAnswered } from "./records.ts";
import { MAX_ATTEMPTS, retryDelayMs } from "./retry.ts";
import { changeStatus } from "./status-callback.ts";

/** What the reducers of this file work with. */
interface Scene {
  readonly state: MessageState;
  readonly effects: MessageEffects;
  readonly context: ApplyContext;
}

/** The reducers that hand a message to a carrier and take the carrier's answers. */
export function attemptReducers(state: MessageState, effects: MessageEffects): Record<string, Reducer> {
  return {
    "message.attempted": (record: MessagesAttempted, context) => attempt({ state, effects, context }, record),
    "message.answered": (record: SubmitsAnswered, context) => {
      const scene = { state, effects, context };
      for (const answer of record.answers) applyAnswer(scene, record.carrier, answer);
    },
  };
}

/** Begins the attempts that may begin; what was canceled or expired meanwhile is left out. */
function attempt({ state, effects, context }: Scene, record: MessagesAttempted): void {
  const begun: { message: Message; parts: number[] }[] = [];
  if (record.days !== undefined) state.countDays(record.days);
  for (let at = 0; at < record.sids.length; at += 1) {
    const sid = record.sids[at] as string;
    const message = state.messages.get(sid);
    if (message === undefined || isFinal(message.status) || !hasPendingPart(message)) continue;
    if (message.parked === true) continue;
    const edited = state.messages.edit(sid) as Message;
    const count = record.partCounts?.[sid] ?? edited.segments;
    if (count !== edited.parts.length && isUntouched(edited)) edited.parts = pendingParts(count);
    const parts = beginAttempt(edited, {
      carrier: record.carrier,
      atMs: context.atMs,
      table: record.chosen?.[sid]?.[0] ?? record.table,
      health: record.chosen?.[sid]?.[1] ?? record.health,
      priceMicros: record.prices?.[at] ?? 0,
      currency: record.currencies?.[at],
    });
    edited.attempts += 1;
    edited.carrier = record.carrier;
    delete edited.retryAtMs;
    state.dequeued(edited);
    changeStatus(edited, "sending", context);
    begun.push({ message: edited, parts });
  }
  context.effect(() => effects.submit(record.carrier, begun));
}

function applyAnswer(scene: Scene, carrier: string, answer: SubmitAnswer): void {
  const { state, effects, context } = scene;
  const message = state.messages.edit(answer.sid);
  const part = message?.parts[answer.part];
  if (message === undefined || part === undefined || part.state !== "submitted") return;
  const { outcome } = answer;
  const { attempt } = part;
  state.trace?.note(context, message.sid, { kind: "answered", carrier, part: answer.part, attempt, outcome });
  noteAnswer(message, part, outcome, context);
  if (outcome.kind === "accepted") {
    part.state = "accepted";
    part.id = outcome.id;
    chargeAcceptance(message, { carrier, attempt }, context);
    state.linkCarrierId(carrier, outcome.id, message.sid, answer.part);
    changeStatus(message, statusOfParts(message), context);
    settleHeld(scene, { carrier, id: outcome.id, message, part: answer.part });
    if (isFinal(message.status)) state.endReceipts(message);
  } else if (outcome.kind === "unknown") {
    part.state = "unknown";
    message.unknownSinceMs ??= context.atMs;
    if (!isFinal(message.status)) state.linkUnknown(carrier, message);
  } else {
    part.state = "pending";
    delete part.via;
    refused(scene, message, { carrier, outcome });
    return settleCharge(message, context);
  }
  settleWhole(scene, message, answer.part);
  settleCharge(message, context);
  if (isHandedOver(message)) context.effect(() => effects.handedOver(message));
}

function isHandedOver(message: Readonly<Message>): boolean {
  for (const { state } of message.parts) if (state === "pending" || state === "submitted") return false;
  return true;
}

/** Nothing of the part was sent: it goes again, now, later or elsewhere, or the message has failed. */
function refused(
  { state, effects, context }: Scene,
  message: Message,
  {
    carrier,
    outcome,
  }: { carrier: string; outcome: Exclude<SubmitAnswer["outcome"], { kind: "accepted" | "unknown" }> },
): void {
  if (isFinal(message.status)) return;
  const { verdict } = outcome.kind === "not-sent" ? { verdict: "not-sent" as const } : outcome;
  // An attempt in which the carrier took no part does not count: all of its parts wait again.
  if ((verdict === "not-sent" || verdict === "throttle") && isUntouched(message)) message.attempts -= 1;
  if (outcome.kind === "refused") {
    message.refusalCode = outcome.errorCode;
    carrierOptOut(message, outcome.errorCode, context);
    const isLast = message.attempts >= MAX_ATTEMPTS && outcome.verdict !== "throttle";
    if (isLast || outcome.verdict === "permanent") {
      return finish(state, { effects, context }, message, endOfUnsent(message, outcome.errorCode));
    }
  }
  // With another part that waits the message is queued again already; that attempt takes this part along.
  let waiting = 0;
  for (const part of message.parts) if (part.state === "pending") waiting += 1;
  const retryAtMs = verdict === "not-sent" ? undefined : context.atMs + delayOf(message, carrier, verdict);
  if (waiting > 1) return;
  if (retryAtMs === undefined) return context.effect(() => effects.ready(message));
  message.retryAtMs = retryAtMs;
  state.trace?.note(context, message.sid, { kind: "retries", atMs: retryAtMs });
  context.effect(() => effects.retry(message, retryAtMs));
}

/** How long a message waits after a refusal. Another carrier is asked at once, once each. */
function delayOf(message: Message, carrier: string, verdict: RefusalVerdict): number {
  if (verdict === "other-route" && message.refusedBy?.includes(carrier) !== true) {
    message.refusedBy = [...(message.refusedBy ?? []), carrier];
    return 0;
  }
  return retryDelayMs(message.sid, message.attempts, verdict);
}

/** A receipt may have come before the response that names it. */
function settleHeld(scene: Scene, given: { carrier: string; id: string; message: Message; part: number }): void {
  const { state } = scene;
  const key = `${given.carrier}|${given.id}`;
  const held = state.heldReceipts.get(key);
  if (held === undefined) return;
  state.heldReceipts.delete(key);
  const { carrier, message } = given;
  state.trace?.note(scene.context, message.sid, { kind: "receipt", carrier, receipt: held.receipt, use: "applied" });
  settleReceipt(scene, { message: given.message, part: given.part, receipt: held.receipt });
}

/** The receipt for all parts may have come before the answer to this one. */
function settleWhole(scene: Scene, message: Message, part: number): void {
  const receipt = message.wholeReceipt;
  if (receipt !== undefined) settleReceipt(scene, { message, part, receipt });
}
