/** The durable webhook queue: facts in, signed requests out. */
export { WebhookDelivery, type DeliveryOptions } from "./delivery.ts";
export type { WebhookAnswer, WebhookJob, WebhookOutcome } from "./job.ts";
export type { AlertRaised, WebhookRequested } from "./request.ts";
export { ignoreAnswer, type Responder, type ResponderVerdict } from "./responder.ts";
export { webhookMachine, WebhookState, type WebhooksSettled } from "./webhook-machine.ts";
