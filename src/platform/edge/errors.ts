import type { ErrorSpec } from "../../kernel/errors.ts";

/** Nobody answers in the cell, or it has more to do than it can. The request was not begun. */
export const CELL_UNREACHABLE: ErrorSpec = {
  code: 20503,
  status: 503,
  fault: "platform",
  retry: "later",
  message: "The service is overloaded or cannot be reached; the request was not carried out. Try again shortly.",
};

/** The connection to the cell broke after the request was sent: whether it was carried out is not known. */
export const CELL_LOST: ErrorSpec = {
  code: 20502,
  status: 502,
  fault: "unknown",
  retry: "never",
  message: "The connection was lost before the answer. Whether the request was carried out is not known.",
};

/** The cell took the request and did not answer in time: whether it was carried out is not known. */
export const CELL_SILENT: ErrorSpec = {
  code: 20504,
  status: 504,
  fault: "unknown",
  retry: "never",
  message: "There was no answer in time. Whether the request was carried out is not known.",
};

/** A limit is used up. The request was not carried out. */
export const RATE_LIMITED: ErrorSpec = {
  code: 20429,
  status: 429,
  fault: "caller",
  retry: "later",
  message: "Too many requests: the limit is used up for now. Retry-After says when to try again.",
};

/** Every error that is made here alone, for the error dictionary. */
export const EDGE_ERRORS: readonly ErrorSpec[] = [CELL_UNREACHABLE, CELL_LOST, CELL_SILENT, RATE_LIMITED];
