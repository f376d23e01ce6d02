import type { ApplyContext, Reducer } from "../../platform/cell/index.ts";
import type { LateChange, MessageState } from "./message-state.ts";
import type { FeedbackGiven, MediumDeleted, MessageDeleted, MessageRedacted } from "./records.ts";

/**
 * The reducers for what a customer changes once a message is done. The message may have
 * left memory by then; its row is changed instead.
 */
export function lateReducers(state: MessageState): Record<string, Reducer> {
  return {
    "message.redacted": (record: MessageRedacted, context) => {
      context.effect(() => state.trace?.redacted(record.sid, context.atMs));
      const message = state.messages.edit(record.sid);
      if (message === undefined) return changeRow(state, record.sid, { redacted: true }, context);
      message.body = "";
      delete message.sentText;
      message.updatedMs = context.atMs;
    },
    "message.deleted": (record: MessageDeleted, context) => {
      context.effect(() => state.trace?.redacted(record.sid, context.atMs));
      const message = state.messages.get(record.sid);
      if (message === undefined) return changeRow(state, record.sid, { deleted: true }, context);
      state.release(message);
      state.messages.delete(record.sid);
    },
    "message.medium-deleted": (record: MediumDeleted, context) => {
      const message = state.messages.edit(record.sid);
      if (message === undefined) {
        const earlier = state.lateChanges.get(record.sid)?.deletedMedia ?? [];
        return changeRow(state, record.sid, { deletedMedia: [...earlier, record.mediumSid] }, context);
      }
      if (message.media === undefined) return;
      message.media = message.media.filter((medium) => medium.sid !== record.mediumSid);
      message.updatedMs = context.atMs;
    },
    "message.feedback": (record: FeedbackGiven, context) => {
      const message = state.messages.edit(record.sid);
      if (message === undefined) return changeRow(state, record.sid, { feedback: record.outcome }, context);
      message.feedback = record.outcome;
      message.updatedMs = context.atMs;
    },
  };
}

function changeRow(state: MessageState, sid: string, change: Partial<LateChange>, context: ApplyContext): void {
  const earlier = state.lateChanges.get(sid);
  state.lateChanges.put(sid, { ...earlier, ...change, sid, updatedMs: context.atMs });
}
