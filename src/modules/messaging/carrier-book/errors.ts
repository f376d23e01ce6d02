import { callerError, type ErrorSpec } from "../../../kernel/errors.ts";

/** Refusals of requests about carriers. */
export const carrierErrors = {
  bodyInvalid: callerError(20001, 400, "The request body is not valid: {reason}."),
  carrierInvalid: callerError(20001, 400, "The carrier is not valid: {problems}."),
  addressRefused: callerError(
    20001,
    400,
    "The carrier is not valid: {path}: {host} is no address that may be given here ({why}).",
  ),
  secretsNeeded: callerError(
    20001,
    400,
    "The carrier is not valid: {path}: its secrets must be given again, because where they are sent to has changed.",
  ),
  nameTaken: callerError(20409, 409, "There is a carrier of the name {name} already."),
  nameFixed: callerError(20001, 400, "The carrier is not valid: carrier.name: a carrier keeps its name, {name}."),
  readOnly: callerError(
    20409,
    409,
    "The carrier {name} stands in the settings of the system, and is changed there only.",
  ),
  tooMany: callerError(20429, 400, "There are {max} carriers already, and no more can be added."),
  chaosOff: callerError(20403, 403, "Nothing is broken on purpose here: the setting console.chaos is off."),
  chaosNotHere: callerError(20409, 409, "The carrier {name} has no connections that could be disturbed."),
  notRunning: callerError(20409, 409, "The carrier {name} does not run: {why}."),
  testsRun: {
    code: 20429,
    status: 429,
    fault: "caller",
    retry: "later",
    message: "Other carriers are being tested. Try again in a few seconds.",
  },
} satisfies Record<string, ErrorSpec>;
