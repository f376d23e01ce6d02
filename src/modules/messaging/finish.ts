import type { ApplyContext } from "../../platform/cell/index.ts";
import type { AlertRaised } from "../../platform/webhooks/index.ts";
import type { MessageEffects } from "./effects.ts";
import { isFinal, type Message } from "./message.ts";
import type { MessageState } from "./message-state.ts";
import { changeStatus } from "./status-callback.ts";

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
  const alert: AlertRaised = {
    kind: "alert.raised",
    accountSid: message.accountSid,
    errorCode,
    level: "warning",
    text: `Message ${message.sid} is ${status}`,
    resourceSid: message.sid,
  };
  context.emit(alert);
  context.effect(() => effects.handedOver(message));
}
