import type { ApplyContext, Reducer } from "../../platform/cell/index.ts";
import type { MessageEffects } from "./effects.ts";
import { messageErrors } from "./errors.ts";
import { endOfUnsent, finish } from "./finish.ts";
import { hasPendingPart, hasSubmittedPart, hasUnknownPart, isFinal, type Message } from "./message.ts";
import type { MessageState } from "./message-state.ts";
import type { DeadlinesPassed, UnknownsSettled } from "./records.ts";
import { reportMessage } from "./status-callback.ts";

/** The reducers for what time decides. */
export function deadlineReducers(state: MessageState, effects: MessageEffects): Record<string, Reducer> {
  return {
    "message.deadlines": (record: DeadlinesPassed, context) => {
      for (const sid of record.sids) passDeadline(state, { effects, context }, sid);
    },
    "message.unknowns-settled": (record: UnknownsSettled, context) => {
      for (const sid of record.sids) settleUnknown(state, { effects, context }, sid);
    },
  };
}

interface Scene {
  readonly effects: MessageEffects;
  readonly context: ApplyContext;
}

/** A message that nothing is under way of, so that time may decide about it. */
function resting(state: MessageState, sid: string): Message | undefined {
  const message = state.messages.get(sid);
  // A parked message may have left memory or not: a replay cannot tell.
  if (message === undefined || isFinal(message.status) || message.parked === true) return undefined;
  if (message.dueMs !== undefined) return undefined;
  // An answer or a broken connection will decide what is submitted; the sweep comes again.
  if (hasSubmittedPart(message)) return undefined;
  return state.messages.edit(sid);
}

/**
 * What a deadline means depends on where the message is: queued too long, an outcome
 * that stayed unknown, or sent without a receipt, which then stays `sent`.
 */
function passDeadline(state: MessageState, scene: Scene, sid: string): void {
  const message = resting(state, sid);
  if (message === undefined) return;
  if (hasUnknownPart(message)) return giveUpUnknown(state, scene, message);
  if (hasPendingPart(message)) {
    const errorCode = message.refusalCode ?? messageErrors.validityExpired.code;
    return finish(state, scene, message, endOfUnsent(message, errorCode));
  }
  if (message.closed === true) return;
  message.closed = true;
  state.endReceipts(message);
  reportMessage(message, scene.context);
}

/**
 * Nobody can tell any more whether the carrier has it. At most once: it is given up,
 * told to the customer and not billed. At least once: it is given again, once.
 */
function settleUnknown(state: MessageState, scene: Scene, sid: string): void {
  const message = resting(state, sid);
  if (message === undefined || !hasUnknownPart(message)) return;
  const { context, effects } = scene;
  const mayRepeat = message.guarantee === "at-least-once" && message.possibleDuplicate !== true;
  if (!mayRepeat || message.validUntilMs <= context.atMs) return giveUpUnknown(state, scene, message);
  const wasQueued = hasPendingPart(message);
  for (const part of message.parts) {
    if (part.state !== "unknown") continue;
    if (part.via !== undefined) state.unlinkUnknown(part.via, message);
    part.state = "pending";
    delete part.via;
  }
  message.possibleDuplicate = true;
  state.trace?.note(context, sid, { kind: "resent" });
  delete message.unknownSinceMs;
  message.updatedMs = context.atMs;
  if (!wasQueued) context.effect(() => effects.ready(message));
}

function giveUpUnknown(state: MessageState, scene: Scene, message: Message): void {
  for (const part of message.parts) {
    if (part.state !== "unknown") continue;
    part.state = "failed";
    if (part.via !== undefined) state.unlinkUnknown(part.via, message);
  }
  finish(state, scene, message, { status: "undelivered", errorCode: messageErrors.unknownOutcome.code });
}
