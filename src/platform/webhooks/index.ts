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
export { maskUrl } from "./mask-url.ts";
export { MAX_TRACED_BODY_OCTETS, type RequestTrace } from "./request-trace.ts";
export { webhookMachine, WebhookState, type WebhookReplayed, type WebhooksSettled } from "./webhook-machine.ts";
export { mayHoldSignatures, viewWebhook, viewWebhookLine, viewWebhookLive } from "./webhook.view.ts";
export { WebhookTraces, type WebhookTrace, type WebhookTry } from "./webhook-traces.ts";
