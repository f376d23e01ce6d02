import type { ErrorSpec } from "../../kernel/errors.ts";

/** The cell cannot make anything durable now: disk full, I/O error, projection too far behind, or shutting down. */
export const cellRefuses: ErrorSpec = {
  code: 20503,
  status: 503,
  fault: "platform",
  retry: "later",
  message: "The service is temporarily unable to accept this request. Nothing was done; try again later.",
};

/** The disk failed in a way that leaves open whether the record is durable. */
export const cellOutcomeUnknown: ErrorSpec = {
  code: 20503,
  status: 503,
  fault: "unknown",
  retry: "never",
  message: "A disk failure leaves it open whether this request was accepted. Look before you send it again.",
};
