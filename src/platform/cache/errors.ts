import type { ErrorSpec } from "../../kernel/errors.ts";

/** A value is not known and cannot be looked up now: too many look-ups wait already, or one waited too long. */
export const LOADS_OVERLOADED: ErrorSpec = {
  code: 20503,
  status: 503,
  fault: "platform",
  retry: "later",
  message: "Too much has to be looked up at this moment; try again shortly.",
};

/** A value is not known, and whoever should know it does not answer in time. */
export const LOAD_TIMED_OUT: ErrorSpec = {
  code: 20503,
  status: 503,
  fault: "platform",
  retry: "later",
  message: "What this request needs cannot be looked up at this moment; try again shortly.",
};

/** Every error that caches make, for the error dictionary. */
export const CACHE_ERRORS: readonly ErrorSpec[] = [LOADS_OVERLOADED, LOAD_TIMED_OUT];
