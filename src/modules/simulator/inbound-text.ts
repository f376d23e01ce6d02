import { Buffer } from "node:buffer";
import { decodeUserData, wellFormed } from "../../protocols/sms/index.ts";
import type { DefaultAlphabet } from "../../protocols/sms/index.ts";
import { hasUdh } from "../../protocols/smpp/index.ts";
import type { PduBody } from "../../protocols/smpp/index.ts";
import type { Concatenation } from "./phone-message.ts";

/** A submit_sm or data_sm, as far as the phone shows it. */
export interface InboundText {
  readonly body: string;
  readonly encoding: string;
  readonly octets: number;
  readonly concatenation: Concatenation;
  /** Its place among several parts. */
  readonly place?: { readonly reference: number; readonly total: number; readonly sequence: number };
}

/** What is read of a submit_sm, data_sm or replace_sm. */
type InboundBody = Pick<PduBody["data_sm"], "data_coding" | "esm_class" | "tlvs"> &
  Partial<Pick<PduBody["submit_sm"], "short_message">>;

const ENCODING_NAMES: Readonly<Record<string, string>> = { gsm7: "GSM-7", ucs2: "UCS-2" };

/** Reads the text of a submit_sm or data_sm: UDH, `sar_*` parameters or message_payload. Never fails. */
export function readInboundText(pdu: InboundBody, defaultAlphabet: DefaultAlphabet): InboundText {
  const short = pdu.short_message ?? Buffer.alloc(0);
  const payload = pdu.tlvs?.message_payload;
  const octets = short.length === 0 && payload !== undefined ? payload : short;
  const decoded = decodeUserData({
    dataCoding: pdu.data_coding,
    shortMessage: octets,
    udhi: hasUdh(pdu.esm_class),
    defaultAlphabet,
  });
  const body = decoded.text ?? Buffer.from(decoded.binary ?? octets).toString("hex");
  const encoding = ENCODING_NAMES[decoded.alphabet] ?? decoded.alphabet.toUpperCase();
  const base = { body, encoding, octets: octets.length };
  if (decoded.concat !== undefined && decoded.concat.total > 1)
    return { ...base, concatenation: "udh", place: decoded.concat };
  const sar = sarOf(pdu);
  if (sar !== undefined) return { ...base, concatenation: "sar", place: sar };
  return { ...base, body: wellFormed(body), concatenation: octets === payload ? "payload" : "none" };
}

function sarOf(pdu: InboundBody): InboundText["place"] {
  const { sar_msg_ref_num: reference, sar_total_segments: total, sar_segment_seqnum: sequence } = pdu.tlvs ?? {};
  if (reference === undefined || total === undefined || sequence === undefined || total <= 1) return undefined;
  return { reference, total, sequence };
}
