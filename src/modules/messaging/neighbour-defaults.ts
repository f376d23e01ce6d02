/** What stands in for the modules beside this one in a cell, or a test, that has none of them. */
import type { Compliance } from "../compliance/index.ts";
import type { ServiceDirectory } from "../services/index.ts";

/** Every message may go at once, nobody has opted out, and no word means anything. */
export const PERMISSIVE_COMPLIANCE: Compliance = {
  check: () => ({ kind: "accept" }),
  recheck: () => ({ kind: "accept" }),
  isOptedOut: () => false,
  inbound: () => undefined,
  revocation: () => undefined,
  carrierTlvs: () => ({}),
  limits: () => [],
};

/** There are no Messaging Services. */
export const NO_SERVICES: ServiceDirectory = {
  service: () => undefined,
  serviceOfSender: () => undefined,
  hasSender: () => false,
  chooseSender: () => "empty",
  stick: () => undefined,
};
