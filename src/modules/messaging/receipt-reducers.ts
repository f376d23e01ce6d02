import type { ApplyContext, Reducer } from "../../platform/cell/index.ts";
import { carrierOptOut } from "./carrier-opt-out.ts";
import { chargeAcceptance, settleCharge } from "./charges.ts";
import type { MessageEffects } from "./effects.ts";
import { messageErrors } from "./errors.ts";
import { userReference } from "./carriers/index.ts";
import { hasUnknownPart, isFinal, statusOfParts, type Message, type Part } from "./message.ts";
import { noteAdoption } from "./message-attempts.ts";
import type { MessageState } from "./message-state.ts";
import type { ReceiptEvent } from "./message-trace.ts";
import type { Receipt, ReceiptsAdopted, ReceiptsArrived } from "./records.ts";
import { tellFailure } from "./finish.ts";
import { changeStatus } from "./status-callback.ts";

/** The reducers for what carriers report after the fact: late, twice, early, or under an unknown id. */
export function receiptReducers(state: MessageState, effects: MessageEffects): Record<string, Reducer> {
  return {
    "message.receipts": (record: ReceiptsArrived, context) => {
      const { carrier } = record;
      for (const receipt of record.receipts) {
        const message = arrive({ state, effects, context }, { carrier, receipt });
        if (message !== undefined && receipt.result !== "progress")
          tellHealth(message, { carrier, receipt }, { effects, context });
      }
    },
    "message.receipts-adopted": (record: ReceiptsAdopted, context) => {
      for (const key of record.keys) adopt({ state, effects, context }, key, record.forget);
    },
  };
}

/** What the settling of a receipt works with. */
export interface ReceiptScene {
  readonly state: MessageState;
  readonly effects: MessageEffects;
  readonly context: ApplyContext;
}

function tellHealth(
  message: Readonly<Message>,
  { carrier, receipt }: { carrier: string; receipt: Receipt },
  { effects, context }: { effects: MessageEffects; context: ApplyContext },
): void {
  const { to, sentMs = message.createdMs } = message;
  const delivered = receipt.result === "delivered";
  const latencyMs = context.atMs - sentMs;
  context.effect(() => effects.receiptEntered({ carrier, to, delivered, latencyMs }));
}

/** Returns the message that the receipt is for. */
function arrive(scene: ReceiptScene, given: { carrier: string; receipt: Receipt }): Message | undefined {
  const { state, context } = scene;
  const { carrier, receipt } = given;
  const found = state.findByCarrierId(carrier, receipt.id);
  if (state.trace !== undefined)
    state.trace.note(context, found?.sid, { kind: "receipt", carrier, receipt, use: useOf(state, given, found) });
  if (found === undefined) {
    if (receipt.result === "progress") return undefined;
    const key = `${carrier}|${receipt.id}`;
    state.hold(key, { carrier, receipt, sinceMs: context.atMs });
    return undefined;
  }
  const message = state.messages.edit(found.sid);
  if (message !== undefined) settleReceipt(scene, { message, part: found.part, receipt });
  return message;
}

/** What becomes of a receipt that comes in. */
function useOf(
  state: MessageState,
  { carrier, receipt }: { carrier: string; receipt: Receipt },
  found: object | undefined,
): ReceiptEvent["use"] {
  if (receipt.result === "progress") return "progress";
  if (found !== undefined) return "applied";
  return state.isSettled(carrier, receipt.id) ? "duplicate" : "early";
}

/** Applies a receipt to the part it is for. A part that already has its final receipt keeps it. */
export function settleReceipt(
  { state, effects, context }: ReceiptScene,
  given: { message: Message; part: number; receipt: Receipt },
): void {
  const { message, part: index, receipt } = given;
  if (receipt.result === "progress") return;
  const { wholeMessage = false } = receipt;
  if (wholeMessage && message.wholeReceipt === undefined) message.wholeReceipt = receipt;
  message.parts.forEach((part, at) => {
    if (at !== index && !wholeMessage) return;
    if (part.state !== "accepted" && !(wholeMessage && part.state === "unknown")) return;
    part.state = receipt.result === "delivered" ? "delivered" : "failed";
    if (part.via !== undefined && part.id !== undefined) state.settleCarrierId(part.via, part.id);
  });
  if (receipt.doneDate !== undefined) message.doneDate = receipt.doneDate;
  const status = statusOfParts(message);
  if (status === "undelivered" && !isFinal(message.status)) {
    message.errorCode = receipt.errorCode ?? messageErrors.unknownOutcome.code;
    carrierOptOut(message, receipt.errorCode, context);
  }
  const wasFinal = isFinal(message.status);
  changeStatus(message, status, context);
  settleCharge(message, context);
  if (message.unknownSinceMs !== undefined && (isFinal(message.status) || !hasUnknownPart(message))) {
    state.unlinkAllUnknown(message);
    delete message.unknownSinceMs;
  }
  if (wasFinal || message.status !== "undelivered") return;
  state.endReceipts(message);
  tellFailure(message, context);
  // Other parts may still wait, and what is done holds up nobody.
  context.effect(() => effects.handedOver(message));
}

/** The part that a receipt may be for: the one whose reference it repeats, where the carrier does that, else the oldest. */
function unknownPartOf(
  state: MessageState,
  carrier: string,
  receipt: Receipt,
): { sid: string; index: number } | undefined {
  let oldest: { sid: string; index: number; sinceMs: number } | undefined;
  // All are looked at, because the order of an index is another one after a checkpoint was restored.
  for (const sid of state.unknownsOf(carrier, receipt.from, receipt.to)) {
    const { parts = [], unknownSinceMs: sinceMs = 0 } = state.messages.get(sid) ?? {};
    if (oldest !== undefined && (sinceMs > oldest.sinceMs || (sinceMs === oldest.sinceMs && sid > oldest.sid)))
      continue;
    const index = parts.findIndex((part, at) => {
      if (part.state !== "unknown" || part.via !== carrier) return false;
      return receipt.reference === undefined || receipt.reference === userReference(sid, at, part.attempt ?? 1);
    });
    if (index !== -1) oldest = { sid, index, sinceMs };
  }
  return oldest;
}

/** A receipt whose response never came belongs to the oldest unknown attempt between the same two addresses. */
function adopt(scene: ReceiptScene, key: string, forget: boolean): void {
  const { state, context } = scene;
  const held = state.heldReceipts.get(key);
  if (held === undefined) return;
  const { carrier, receipt } = held;
  const found = unknownPartOf(state, carrier, receipt);
  if (found === undefined) {
    if (forget) {
      state.heldReceipts.delete(key);
      state.trace?.note(context, undefined, { kind: "receipt", carrier, receipt, use: "unmatched" });
    }
    return;
  }
  const { index } = found;
  const message = state.messages.edit(found.sid) as Message;
  const part = message.parts[index] as Part;
  const { attempt } = part;
  state.trace?.note(context, message.sid, { kind: "receipt", carrier, receipt, use: "adopted" });
  noteAdoption(message, part, scene.context);
  part.state = "accepted";
  part.id = receipt.id;
  chargeAcceptance(message, { carrier, attempt }, context);
  if (!hasUnknownPart(message)) {
    delete message.unknownSinceMs;
    state.unlinkUnknown(carrier, message);
  }
  state.heldReceipts.delete(key);
  changeStatus(message, statusOfParts(message), context);
  settleReceipt(scene, { message, part: index, receipt });
}
