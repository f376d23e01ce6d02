import { Buffer } from "node:buffer";
import { DataCoding, hasUdh, isReceipt, messageStateName } from "./codes.ts";
import type { MessageStateName } from "./codes.ts";
import type { PduBody } from "./pdu.ts";
import { MAX_RECEIPT_CHARACTERS, scanReceipt, stateOf } from "./receipt-text.ts";

/** What a receipt says about one message (or one segment of a long one). */
export interface DeliveryReceipt {
  /** The carrier's message id, as the carrier writes it in receipts. */
  id: string;
  state: MessageStateName;
  /** The carrier's error code, in at least three digits when it came as a TLV. */
  errorCode?: string;
  /** As the text says it, usually `YYMMDDhhmm`. */
  doneDate?: string;
  submitDate?: string;
  /** Where the state came from, or the id if no state was given. */
  source: "tlv" | "text";
}

/**
 * Reads the receipt in a deliver_sm or data_sm, or `undefined` if there is none.
 *
 * TLVs (receipted_message_id, message_state, network_error_code) count more than
 * the text. The text is believed only when esm_class says that it is a report,
 * because anybody can send a message that looks like one. A report that names a
 * message but no state has the state UNKNOWN.
 */
export function readReceipt(body: PduBody["deliver_sm"] | PduBody["data_sm"]): DeliveryReceipt | undefined {
  const { tlvs } = body;
  const tlvId = tlvs?.receipted_message_id;
  const tlvState = tlvs?.message_state === undefined ? undefined : messageStateName(tlvs.message_state);
  const reported = isReceipt(body.esm_class);
  if (!reported && (!tlvId || tlvState === undefined)) return undefined;
  const text = reported ? scanReceipt(reportText(body)) : {};
  const id = tlvId || text.id;
  if (id === undefined) return undefined;
  const state = tlvState ?? (text.stat === undefined ? "UNKNOWN" : stateOf(text.stat));
  const fromText = tlvState === undefined && (text.stat !== undefined || !tlvId);
  const receipt: DeliveryReceipt = { id, state, source: fromText ? "text" : "tlv" };
  const networkError = tlvs?.network_error_code;
  const errorCode = networkError === undefined ? text.err : String(networkError.error_code).padStart(3, "0");
  if (errorCode !== undefined) receipt.errorCode = errorCode;
  if (text.doneDate !== undefined) receipt.doneDate = text.doneDate;
  if (text.submitDate !== undefined) receipt.submitDate = text.submitDate;
  return receipt;
}

/** The text of a report: ASCII in whatever data_coding, but for the carriers that send it as UCS-2. */
function reportText(body: PduBody["deliver_sm"] | PduBody["data_sm"]): string {
  const short = "short_message" in body ? body.short_message : undefined;
  const payload = short !== undefined && short.length > 0 ? short : body.tlvs?.message_payload;
  if (payload === undefined || payload.length === 0) return "";
  const start = hasUdh(body.esm_class) ? (payload[0] as number) + 1 : 0;
  if (body.data_coding !== DataCoding.UCS2) return payload.toString("latin1", start, start + MAX_RECEIPT_CHARACTERS);
  const units = payload.subarray(start, start + 2 * MAX_RECEIPT_CHARACTERS);
  return Buffer.from(units.subarray(0, units.length & ~1))
    .swap16()
    .toString("utf16le");
}
