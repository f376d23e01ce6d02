/** Carriers that misbehave, one way each: one file and one line here. */
import type { CarrierKind } from "./behaviour.ts";
import { blackHole } from "./black-hole.ts";
import { cutPdu } from "./cut-pdu.ts";
import { decimalIds } from "./decimal-ids.ts";
import { duplicatedReceipts } from "./duplicated-receipts.ts";
import { earlyReceipts } from "./early-receipts.ts";
import { halfOpen } from "./half-open.ts";
import { hexIds } from "./hex-ids.ts";
import { lateReceipts } from "./late-receipts.ts";
import { outOfOrder } from "./out-of-order.ts";
import { slow } from "./slow.ts";
import { throttling } from "./throttling.ts";
import { wellBehaved } from "./well-behaved.ts";

export { CarrierCell } from "./carrier-cell.ts";
export type { CarrierKind } from "./behaviour.ts";
export type { CarrierLedger, TakenSubmit } from "./ledger.ts";
export { judge, UNKNOWN_OUTCOME, type EndedMessage, type Outcome } from "./judge.ts";
export { SandboxCarrier } from "./sandbox-carrier.ts";

/** The well-behaved one is among them, to be compared with. */
export const misbehaviours = {
  "well-behaved": wellBehaved,
  "black-hole": blackHole,
  throttling,
  slow,
  "out-of-order": outOfOrder,
  "duplicated-receipts": duplicatedReceipts,
  "early-receipts": earlyReceipts,
  "hex-ids": hexIds,
  "decimal-ids": decimalIds,
  "half-open": halfOpen,
  "cut-pdu": cutPdu,
  "late-receipts": lateReceipts,
} as const satisfies Record<string, CarrierKind>;

export type MisbehaviourName = keyof typeof misbehaviours;

export const MISBEHAVIOUR_NAMES = Object.keys(misbehaviours) as MisbehaviourName[];
