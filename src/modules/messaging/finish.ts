import type { ApplyContext } from "../../platform/cell/index.ts";
import type { AlertRaised } from "../../platform/webhooks/index.ts";
import { settleCharge } from "./charges.ts";
import type { MessageEffects } from "./effects.ts";
import { messageErrors } from "./errors.ts";
import { isFinal, type Message } from "./message.ts";
import type { MessageState } from "./message-state.ts";
import { changeStatus } from "./status-callback.ts";

/**
 * How a message ends that no carrier takes any more. One that was sent again, because
 * nobody knew whether it had arrived, may have arrived all the same.
 */
export function endOfUnsent(
  message: Readonly<Message>,
  errorCode: number,
): { readonly status: "failed" | "undelivered"; readonly errorCode: number } {
  if (message.possibleDuplicate !== true) return { status: "failed", errorCode };
  return { status: "undelivered", errorCode: messageErrors.unknownOutcome.code };
}

/** Ends a message for good with an error code. For reducers only. */
export function finish(
  state: MessageState,
  { effects, context }: { readonly effects: MessageEffects; readonly context: ApplyContext },
  message: Message,
  end: { readonly status: "failed" | "undelivered"; readonly errorCode: number },
): void {
  if (isFinal(message.status)) return;
  const { status, errorCode } = end;
  message.errorCode = errorCode;
  state.dequeued(message);
  changeStatus(message, status, context);
  state.unlinkAllUnknown(message);
  state.endReceipts(message);
  settleCharge(message, context);
  tellFailure(message, context);
  context.effect(() => effects.handedOver(message));
}

/** Tells the account's debugger of a message that has just ended badly. For reducers only. */
export function tellFailure(message: Readonly<Message>, context: ApplyContext): void {
  const { sid, accountSid, status, errorCode } = message;
  if (errorCode === undefined) return;
  const alert: AlertRaised = {
    kind: "alert.raised",
    accountSid,
    errorCode,
    level: "warning",
    text: `Message ${sid} is ${status}`,
    resourceSid: sid,
  };
  context.emit(alert);
}
