import type { ErrorSpec } from "../../kernel/errors.ts";

/** Where the key is at home is not known here, and what knows it cannot be reached or is asked too much. */
export const ROUTE_UNAVAILABLE: ErrorSpec = {
  code: 20503,
  status: 503,
  fault: "platform",
  retry: "later",
  message: "Where this account is at home cannot be found out for now; try again shortly.",
};

/** An account cannot be placed. */
export const NO_ROOM: ErrorSpec = {
  code: 20503,
  status: 503,
  fault: "platform",
  retry: "later",
  message: "No {type} cell of the tier {tier} in the region {region} has room for another account.",
};

/** Every error this folder makes, for the error dictionary. */
export const ROUTER_ERRORS: readonly ErrorSpec[] = [ROUTE_UNAVAILABLE, NO_ROOM];
