import { callerError, type ErrorSpec } from "../../kernel/errors.ts";

/** Refusals of requests about Messaging Services. Codes as Twilio numbers them. */
export const serviceErrors = {
  tooManyServices: callerError(20001, 400, "An account may have at most {max} Messaging Services."),
  urlInvalid: callerError(21402, 400, "The parameter '{parameter}' is not a valid http or https URL: {reason}."),
  methodInvalid: callerError(21403, 400, "The parameter '{parameter}' must be GET or POST."),
  numberUnknown: callerError(21421, 400, "'{parameter}' {value} is not a number or short code of this account."),
  alphaMissing: callerError(21708, 400, "An 'AlphaSender' is required."),
  alphaInvalid: callerError(21709, 400, "The alphanumeric sender '{value}' cannot be used: {reason}."),
  alreadyHere: callerError(21710, 409, "{sender} is already in this Messaging Service."),
  inAnother: callerError(21712, 409, "{sender} is in another Messaging Service."),
  usecaseInvalid: callerError(21713, 400, "The 'Usecase' {value} is not one of a Messaging Service: {reason}."),
  poolFull: callerError(21714, 400, "A Messaging Service takes at most {max} senders of this kind."),
  noMessages: callerError(21715, 400, "{sender} sends no messages."),
  countryInvalid: callerError(20001, 400, "The 'IsoCountryCode' {value} is not two letters: {reason}."),
  dateInvalid: callerError(20001, 400, "The 'Date' {value} is not a day that has been: {reason}."),
  fileGone: callerError(20404, 404, "The address of this file has expired; ask for the day again."),
  senderIdInvalid: callerError(
    21657,
    400,
    "The 'sender_id' {value} is not 'whatsapp:' with a number, or 'rcs:' with an agent.",
  ),
  senderKnown: callerError(20409, 409, "{value} is already a sender of this account."),
  fieldInvalid: callerError(20001, 400, "The field '{parameter}' is not allowed: {reason}."),
} satisfies Record<string, ErrorSpec>;
