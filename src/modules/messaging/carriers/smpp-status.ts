import { statusName, type CommandStatusName, type DeliveryReceipt } from "../../../protocols/smpp/index.ts";
import { messageErrors } from "../errors.ts";
import type { Receipt, RefusalVerdict } from "../records.ts";

const FAILED = messageErrors.unknownOutcome.code;
const UNKNOWN_HANDSET = messageErrors.unknownHandset.code;
const FILTERED = messageErrors.filtered.code;
const EXPIRED = messageErrors.validityExpired.code;

interface Refusal {
  readonly verdict: RefusalVerdict;
  /** Public code the message shows if this ends it. */
  readonly errorCode: number;
}

/**
 * What a `command_status` other than ESME_ROK in a submit_sm_resp means (SMPP 3.4
 * §5.1.3, SMPP 5.0 §4.7.6, and what SMSCs use the codes for in practice). What is not listed is `later`
 * on another carrier: a refusal is certain, so trying again elsewhere repeats nothing.
 */
const REFUSALS: Readonly<Partial<Record<CommandStatusName, Refusal>>> = {
  ESME_RTHROTTLED: { verdict: "throttle", errorCode: FAILED },
  ESME_RMSGQFUL: { verdict: "throttle", errorCode: FAILED },
  ESME_RSYSERR: { verdict: "later", errorCode: FAILED },
  ESME_RX_T_APPN: { verdict: "later", errorCode: FAILED },
  ESME_RSUBMITFAIL: { verdict: "other-route", errorCode: FAILED },
  ESME_RDELIVERYFAILURE: { verdict: "other-route", errorCode: FAILED },
  ESME_RUNKNOWNERR: { verdict: "other-route", errorCode: FAILED },
  ESME_RINVBNDSTS: { verdict: "other-route", errorCode: FAILED },
  ESME_RBINDFAIL: { verdict: "other-route", errorCode: FAILED },
  ESME_RINVSYSID: { verdict: "other-route", errorCode: FAILED },
  ESME_RINVPASWD: { verdict: "other-route", errorCode: FAILED },
  ESME_RINVSERTYP: { verdict: "other-route", errorCode: FAILED },
  ESME_RINVSRCADR: { verdict: "other-route", errorCode: FAILED },
  ESME_RINVMSGLEN: { verdict: "permanent", errorCode: FAILED },
  ESME_RINVDSTADR: { verdict: "permanent", errorCode: UNKNOWN_HANDSET },
  ESME_RINVDSTTON: { verdict: "permanent", errorCode: UNKNOWN_HANDSET },
  ESME_RINVDSTNPI: { verdict: "permanent", errorCode: UNKNOWN_HANDSET },
  ESME_RINVSRCTON: { verdict: "permanent", errorCode: FAILED },
  ESME_RINVSRCNPI: { verdict: "permanent", errorCode: FAILED },
  ESME_RINVESMCLASS: { verdict: "permanent", errorCode: FAILED },
  ESME_RINVSCHED: { verdict: "permanent", errorCode: FAILED },
  ESME_RINVEXPIRY: { verdict: "permanent", errorCode: EXPIRED },
  ESME_RX_P_APPN: { verdict: "permanent", errorCode: FILTERED },
  ESME_RX_R_APPN: { verdict: "permanent", errorCode: FILTERED },
  ESME_RSERTYPUNAUTH: { verdict: "other-route", errorCode: FAILED },
  ESME_RPROHIBITED: { verdict: "other-route", errorCode: FAILED },
  ESME_RSERTYPUNAVAIL: { verdict: "later", errorCode: FAILED },
  ESME_RSERTYPDENIED: { verdict: "other-route", errorCode: FAILED },
  ESME_RINVDCS: { verdict: "other-route", errorCode: FAILED },
};

/** The verdict on a refused submit. */
export function refusalOf(status: number): Refusal & { readonly status: string } {
  const name = statusName(status);
  const known = REFUSALS[name as CommandStatusName];
  return { ...(known ?? { verdict: "later", errorCode: FAILED }), status: name };
}

/** What the state of a receipt means for the part it is about. */
const RECEIPT_STATES: Readonly<Record<string, { result: Receipt["result"]; errorCode?: number }>> = {
  DELIVERED: { result: "delivered" },
  ACCEPTED: { result: "progress" },
  ENROUTE: { result: "progress" },
  SCHEDULED: { result: "progress" },
  EXPIRED: { result: "failed", errorCode: messageErrors.unreachableHandset.code },
  DELETED: { result: "failed", errorCode: FAILED },
  UNDELIVERABLE: { result: "failed", errorCode: UNKNOWN_HANDSET },
  REJECTED: { result: "failed", errorCode: FILTERED },
  SKIPPED: { result: "failed", errorCode: FAILED },
  UNKNOWN: { result: "failed", errorCode: FAILED },
};

/** The verdict on a receipt. Absent or strange states are treated as UNKNOWN. */
export function receiptResult(receipt: DeliveryReceipt): { result: Receipt["result"]; errorCode?: number } {
  return RECEIPT_STATES[receipt.state] ?? { result: "failed", errorCode: FAILED };
}
