/** TwiML: what a webhook's answer asks for, from a parsed document. */
export { twimlErrors } from "./errors.ts";
export type { TwimlErrorSpec } from "./errors.ts";
export type { TwimlProblem } from "./problem.ts";
export { readMessagingTwiml } from "./read-messaging-twiml.ts";
export type { MessagingTwiml } from "./read-messaging-twiml.ts";
export type { MessageVerb, MessagingVerb, RedirectVerb } from "./verbs/index.ts";
