/** Programmable messaging: texts out, receipts back, texts in. */
export { carrierTypes, type Carrier, type CarrierEndpoint } from "./carriers/index.ts";
export { cancelMessage, replaceMessage } from "./change-message.ts";
export { createMessage, type CreateMessageInput } from "./create-message.ts";
export type { MessagingDeps } from "./deps.ts";
export { draftMessage } from "./draft-message.ts";
export { MESSAGE_INTENTS } from "./message-intents.ts";
export type { Message, MessageOrigin, MessageStatus } from "./message.ts";
export { findMessage } from "./message.store.ts";
export type { InboundBinds } from "./arrival.ts";
export { NO_SERVICES, PERMISSIVE_COMPLIANCE } from "./neighbour-defaults.ts";
export { cancelReservation, reserve } from "./price-message.ts";
export type { MessageAccepted, MessageReported, TextReceived } from "./records.ts";
export { NO_PDU_TRACE, type PduTrace, type TracedField, type TracedPdu } from "./pdu-trace.ts";
export type { MoneyLine, TimelineSources } from "./timeline/index.ts";
export type { HeldText, TextRouting } from "./text-forwarding.ts";
export { messageErrors } from "./errors.ts";
export type { FetchUrl } from "./media/index.ts";
export { messagingModule, type MessagingModule, type MessagingStatus } from "./module.ts";
