/** The durable webhook queue: facts in, signed requests out. */
export { WebhookDelivery, type DeliveryOptions } from "./delivery.ts";
export type { WebhookAnswer, WebhookJob, WebhookOutcome } from "./job.ts";
export { LocalSender } from "./local-sender.ts";
export type { AlertRaised, WebhookRequested } from "./request.ts";
export { ignoreAnswer, type Responder, type ResponderVerdict } from "./responder.ts";
export { runSendThread, type SendThreadSetup } from "./send-thread.ts";
export type { AttemptResult, Sender, SendRequest } from "./sender.ts";
export { ThreadSender, type ThreadSenderOptions } from "./thread-sender.ts";
export { signTwilioRequest } from "./signature.ts";
export { webhookMachine, WebhookState, type WebhooksSettled } from "./webhook-machine.ts";
