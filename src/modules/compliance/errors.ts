import { callerError, type ErrorSpec } from "../../kernel/errors.ts";

/**
 * Why a rule refuses a message. Numbered as Twilio numbers them; where Twilio refuses only after
 * accepting, the code of its failed message is used for the refusal here.
 */
export const ruleErrors = {
  optedOut: callerError(21610, 400, "{to} has opted out of messages from {from}."),
  countryNotPermitted: callerError(
    21408,
    400,
    "Permission to send messages to {country} has not been enabled for this account.",
  ),
  prefixNotPermitted: callerError(
    21408,
    400,
    "Permission to send messages to numbers that begin with {prefix} has not been enabled for this account: {why}.",
  ),
  senderNotSupported: callerError(21612, 400, "{country} takes no messages from {kind} senders such as {from}."),
  senderInvalid: callerError(21657, 400, "The sender ID {from} is not valid in {country}: {reason}."),
  shortCodeForeign: callerError(21659, 400, "{from} is no short code of {country}."),
  senderUnregistered: callerError(
    30018,
    400,
    "{country} takes only senders that were registered before, and {from} is not registered there for this account.",
  ),
  flashNotSupported: callerError(21612, 400, "{country} takes no flash messages."),
  unregistered: callerError(30034, 400, "{from} is not registered for US A2P 10DLC: no campaign has it."),
  campaignPending: callerError(30035, 400, "The US A2P 10DLC registration of {from} is not complete yet."),
  campaignSuspended: callerError(30033, 400, "The US A2P 10DLC campaign of {from} is suspended."),
  tollFreeUnverified: callerError(30032, 400, "The toll-free number {from} has not been verified."),
  tollFreeRejected: callerError(30032, 400, "The verification of the toll-free number {from} was rejected."),
  entityUnknown: callerError(
    21900,
    400,
    "No principal entity of India's registries is known for {from} in this account, or it is not {entityId}.",
  ),
  templateMismatch: callerError(
    21901,
    400,
    "The text matches no content template that is registered for {from}, or not the one that was given.",
  ),
  shortenerBanned: callerError(30007, 400, "Message filtered: {host} is a public link shortener."),
  wordBanned: callerError(30007, 400, "Message filtered: the text has words that the list {list} ({category}) bans."),
  stopMissing: callerError(
    21618,
    400,
    "Marketing to {country} has to say how to stop it: the text must hold the word STOP.",
  ),
  doNotCall: callerError(30640, 400, "{to} is on the do-not-call list {list}."),
  quietHours: callerError(
    30610,
    400,
    "It is outside the hours in which {place} lets marketing be sent; the next such moment is {next}.",
  ),
  spam: callerError(30007, 400, "Message filtered: it was taken for spam."),
} satisfies Record<string, ErrorSpec>;

/** Refusals of requests that change or read what the rules go by. */
export const complianceErrors = {
  bodyInvalid: callerError(20001, 400, "The request body is not valid: {reason}."),
  scopeInvalid: callerError(
    20001,
    400,
    "'{value}' is no sender of this account: a Messaging Service, a number, a short code, or the account itself.",
  ),
  recipientInvalid: callerError(21211, 400, "The number {value} is not a valid phone number."),
  keywordInvalid: callerError(20001, 400, "The keyword '{value}' is no single word of 1 to 34 characters."),
  keywordTwice: callerError(20001, 400, "The keyword '{value}' stands in two lists."),
  languageUnknown: callerError(20001, 400, "The language '{value}' is none of {known}."),
  countryUnknown: callerError(20001, 400, "'{value}' is no country."),
  highRisk: callerError(30649, 400, "High risk country permission cannot be updated"),
  entityIdInvalid: callerError(21900, 400, "A principal entity id has 19 digits; '{value}' has not."),
  headerInvalid: callerError(20001, 400, "A header has 6 letters, or 6 digits for promotions; '{value}' is neither."),
  templateIdInvalid: callerError(21901, 400, "A content template id has 19 digits; '{value}' has not."),
  templateInvalid: callerError(21901, 400, "The content template is not valid: {reason}."),
  entityMissing: callerError(20404, 404, "The principal entity {value} is not registered in this account."),
  hoursInvalid: callerError(20001, 400, "'From' and 'To' must be times such as 09:00, the first before the second."),
  settingTaken: callerError(20409, 409, "There is such a {what} already: {key}."),
  tooMany: callerError(20001, 400, "This account has {max} of them, which is the most it can have."),
  operatorOnly: callerError(20403, 403, "Only the operator of this server may set this."),
  listUnknown: callerError(20404, 404, "There is no do-not-call list {value}."),
  phraseInvalid: callerError(20001, 400, "'{value}' is no phrase of one to {max} words."),
  ruleInvalid: callerError(20001, 400, "The country rule is not valid: {reason}."),
} satisfies Record<string, ErrorSpec>;
