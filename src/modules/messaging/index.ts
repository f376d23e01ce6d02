/** Programmable messaging: texts out, receipts back, texts in. */
export { carrierTypes, type Carrier } from "./carriers/index.ts";
export { createMessage, type CreateMessageInput } from "./create-message.ts";
export { messageErrors } from "./errors.ts";
export type { FetchUrl } from "./media/index.ts";
export { messagingModule, type MessagingModule, type MessagingStatus } from "./module.ts";
