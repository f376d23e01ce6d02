export type { AlertRaised, WebhookRequested } from "./request.ts";
