import { AppError } from "../../../kernel/errors.ts";
import { messageErrors } from "../errors.ts";
import type { Rule } from "./rule.ts";

/** The sender is a number of this account that can send texts, and media where there are any. */
export const senderOwned: Rule = ({ accountSid, from, mediaUrls }, { numbers }) => {
  const sender = numbers.sender(accountSid, from);
  if (sender === undefined) return new AppError(messageErrors.fromNotOwned, { from });
  if (mediaUrls.length > 0 && !sender.mms) return new AppError(messageErrors.mmsNotEnabled, { from });
  return undefined;
};
