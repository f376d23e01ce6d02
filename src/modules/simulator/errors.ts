import { callerError } from "../../kernel/errors.ts";
import type { ErrorSpec } from "../../kernel/errors.ts";

/** A parameter of a request to the simulated carrier that cannot be used. */
export const INVALID_SIMULATOR_PARAMETER: ErrorSpec = callerError(20001, 400, "{parameter} is invalid: {problem}");

/** More waits for an application to bind than the simulated carrier keeps. */
export const SIMULATOR_QUEUE_FULL: ErrorSpec = {
  code: 20429,
  status: 429,
  fault: "caller",
  retry: "later",
  message: "Too many texts wait for an application to bind",
};
