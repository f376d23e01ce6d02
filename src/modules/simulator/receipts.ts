import { Buffer } from "node:buffer";
import { EsmClass, MessageState, receiptDate, writeReceiptText } from "../../protocols/smpp/index.ts";
import type { MessageStateName, PduBodyInput } from "../../protocols/smpp/index.ts";
import { wireAddress } from "./addresses.ts";
import type { OwedReceipt } from "./phone-store.ts";

/** Whether receipts say it in text, in TLVs, or in both. */
export type ReceiptForm = "both" | "text" | "tlv";

const NETWORK_TYPE_GSM = 3;

/** What a network says about each failure; the numbers are of this simulator, as every carrier has its own. */
const NETWORK_ERRORS: Readonly<Partial<Record<MessageStateName, number>>> = {
  UNDELIVERABLE: 27,
  EXPIRED: 32,
  REJECTED: 88,
  DELETED: 9,
  UNKNOWN: 255,
};

/** The deliver_sm of a receipt (SMPP 3.4 Appendix B). `shownId` is the message id in the base that receipts use. */
export function receiptPdu(receipt: OwedReceipt, shownId: string, form: ReceiptForm): PduBodyInput["deliver_sm"] {
  const source = wireAddress(receipt.to);
  const destination = wireAddress(receipt.from);
  const networkError = NETWORK_ERRORS[receipt.state];
  const text = writeReceiptText({
    id: shownId,
    state: receipt.state,
    submitDate: receiptDate(receipt.submittedMs),
    doneDate: receiptDate(receipt.doneMs),
    errorCode: String(networkError ?? 0).padStart(3, "0"),
    text: receipt.text.replace(/[^\x20-\x7e]/g, "?"),
  });
  return {
    source_addr_ton: source.ton,
    source_addr_npi: source.npi,
    source_addr: source.digits,
    dest_addr_ton: destination.ton,
    dest_addr_npi: destination.npi,
    destination_addr: destination.digits,
    esm_class: EsmClass.TYPE_RECEIPT,
    short_message: form === "tlv" ? Buffer.alloc(0) : Buffer.from(text, "latin1"),
    ...(form === "text" ? {} : { tlvs: receiptTlvs(shownId, receipt.state, networkError) }),
  };
}

function receiptTlvs(
  shownId: string,
  state: MessageStateName,
  networkError: number | undefined,
): PduBodyInput["deliver_sm"]["tlvs"] {
  return {
    receipted_message_id: shownId,
    message_state: MessageState[state],
    ...(networkError === undefined
      ? {}
      : { network_error_code: { network_type: NETWORK_TYPE_GSM, error_code: networkError } }),
  };
}
