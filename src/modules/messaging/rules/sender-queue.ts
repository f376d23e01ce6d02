import { AppError } from "../../../kernel/errors.ts";
import { messageErrors } from "../errors.ts";
import type { Rule } from "./rule.ts";

/**
 * The sender's queue has room, and what waits in it goes out before the message's
 * validity ends. Refused at once, because a message that cannot arrive in time helps nobody.
 */
export const senderQueue: Rule = ({ accountSid, from, segments, validitySeconds }, { rates, state }) => {
  const perSecond = rates.perSecond({ accountSid, from });
  if (perSecond === undefined) return undefined;
  const waiting = state.waitingOfSender(accountSid, from).segments;
  const limit = rates.queueLimit({ accountSid, from });
  const estimateSeconds = Math.ceil(waiting / perSecond);
  if (estimateSeconds <= validitySeconds && (limit === undefined || waiting + segments <= limit)) return undefined;
  return new AppError(messageErrors.senderQueueFull, { from, segments: waiting, seconds: estimateSeconds });
};
