import { Buffer } from "node:buffer";
import { buildParts, segmentText, type MessagePart } from "../../protocols/sms/index.ts";
import {
  EsmClass,
  MessageState,
  receiptDate,
  writeReceiptText,
  type PduBodyInput,
  type Tlvs,
} from "../../protocols/smpp/index.ts";
import { smppAddress } from "./addresses.ts";
import type { ReceiptToGive, TextToGive } from "./delivery.ts";
import { messageState, receiptError } from "./message-outcome.ts";

type DeliverBody = PduBodyInput["deliver_sm"];

/** How a customer wants what it is given. */
export interface DeliverStyle {
  readonly defaultAlphabet: "gsm7" | "latin1";
  readonly longTexts: "udh" | "payload";
}

/** network_type "message center specific" of SMPP 5.0 §4.8.4.42: the code is this server's own. */
const OWN_ERROR_CODES = 8;

/**
 * The deliver_sm of a receipt: text in the form of SMPP 3.4 Appendix B, and the same as
 * TLVs. The addresses change sides: it comes from the recipient.
 */
export function receiptPdu(receipt: ReceiptToGive): DeliverBody {
  const { messageId, status, errorCode, source, destination, userReference } = receipt;
  const state = receipt.closed === true ? "UNKNOWN" : messageState(status, errorCode);
  const text = writeReceiptText({
    id: messageId,
    state,
    submitDate: receiptDate(receipt.submittedMs),
    doneDate: receiptDate(receipt.doneMs),
    errorCode: receiptError(errorCode),
    // Receipts are read as ASCII, whatever data_coding 0 means.
    text: receipt.bodyStart.replaceAll(/[^\x20-\x7e]/gu, "?"),
  });
  const tlvs: Tlvs = { receipted_message_id: messageId, message_state: MessageState[state] };
  if (errorCode !== undefined) tlvs.network_error_code = { network_type: OWN_ERROR_CODES, error_code: errorCode };
  if (userReference !== undefined) tlvs.user_message_reference = userReference;
  return {
    source_addr_ton: destination.ton,
    source_addr_npi: destination.npi,
    source_addr: destination.address,
    dest_addr_ton: source.ton,
    dest_addr_npi: source.npi,
    destination_addr: source.address,
    esm_class: state === "ENROUTE" ? EsmClass.TYPE_INTERMEDIATE : EsmClass.TYPE_RECEIPT,
    data_coding: 0,
    short_message: Buffer.from(text, "latin1"),
    tlvs,
  };
}

/** The deliver_sm of a text, in as many parts as the customer's style needs. */
export function textPdus(text: TextToGive, style: DeliverStyle): DeliverBody[] {
  const from = smppAddress(text.from);
  const to = smppAddress(text.to);
  const segmented = segmentText(text.body, { smartEncoding: false });
  const parts = buildParts(segmented, {
    method: style.longTexts === "udh" ? "udh8" : "payload",
    // Follows from the SID, so that parts that are given again still belong together.
    reference: Number.parseInt(text.sid.slice(-4), 16),
    defaultAlphabet: style.defaultAlphabet,
  });
  return parts.map((part) => ({
    source_addr_ton: from.ton,
    source_addr_npi: from.npi,
    source_addr: from.address,
    dest_addr_ton: to.ton,
    dest_addr_npi: to.npi,
    destination_addr: to.address,
    esm_class: part.esmClassUdhi ? EsmClass.UDHI : 0,
    data_coding: part.dataCoding,
    short_message: part.shortMessage,
    tlvs: tlvsOf(part),
  }));
}

function tlvsOf({ payload }: MessagePart): Tlvs | undefined {
  return payload === undefined ? undefined : { message_payload: payload };
}
