import { callerError, type ErrorSpec } from "../../kernel/errors.ts";

/** Refusals of registrations. Codes as Twilio numbers them. */
export const a2pErrors = {
  profileNotApproved: callerError(20001, 400, "'{parameter}' {value} is no approved profile of this account."),
  otpNotPossible: callerError(
    20001,
    400,
    "Only an approved brand of a sole proprietor that is not verified yet can be asked to confirm.",
  ),
  tooMany: callerError(20001, 400, "An account may have at most {max} {what}."),
  campaignNotFailed: callerError(20001, 400, "Only a campaign that has failed can be changed; this one is {status}."),
  campaignExists: callerError(20409, 409, "The Messaging Service {serviceSid} already has the campaign {sid}."),
  serviceUnknown: callerError(21701, 400, "The Messaging Service {value} does not exist."),
  brandNotValid: callerError(21717, 400, "The brand {value} cannot have this campaign: {reason}."),
  usecaseInvalid: callerError(21720, 400, "The use case {value} does not exist, or is not one of this brand's type."),
  tokenIncompatible: callerError(
    21721,
    400,
    "Only an approved standard brand can import a Campaign Verify token; this one is {reason}.",
  ),
  tokenInvalid: callerError(21722, 400, "The 'VettingId' is not a valid Campaign Verify token."),
  importInProgress: callerError(21723, 400, "A vetting of this brand is already in progress."),
  updatesExceeded: callerError(21724, 400, "A brand can be updated at most {max} times."),
  brandNotFailed: callerError(21725, 400, "Only a brand that has failed can be updated; this one is {status}."),
  campaignParameterMissing: callerError(21727, 400, "The campaign lacks the parameter '{parameter}'."),
  campaignLength: callerError(21728, 400, "The parameter '{parameter}' of the campaign is not valid: {reason}."),
  campaignSuspended: callerError(21729, 400, "The campaign {sid} is suspended."),
  tollFreeNumberInvalid: callerError(
    30436,
    400,
    "'TollfreePhoneNumberSid' {value} is no toll-free number of this account.",
  ),
  editExpired: callerError(30437, 400, "The time in which this verification could be edited ended at {at}."),
  editNotAllowed: callerError(20001, 400, "A verification that is {status} cannot be edited: {reason}."),
  verificationExists: callerError(
    20409,
    409,
    "The number {number} already has the verification {sid}, which is {status}.",
  ),
} satisfies Record<string, ErrorSpec>;
