import { Buffer } from "node:buffer";
import { assert, present } from "../../kernel/assert.ts";
import { encodeGsm7, fillBitsAfter, pack7, septetsIn } from "../gsm7/index.ts";
import { encodeLatin1, encodeUcs2 } from "./character-codings.ts";
import type { DefaultAlphabet } from "./data-coding.ts";
import { segmentUcs2 } from "./segment-text.ts";
import type { SegmentedText } from "./segment-text.ts";
import { buildUdh, concatElement } from "./user-data-header.ts";
import type { Concatenation } from "./user-data-header.ts";

/**
 * How a message of several parts tells the carrier that they belong together:
 * a user data header with an 8 or 16 bit reference, the `sar_*` parameters
 * (SMPP 3.4 §5.3.2.22), or all of it at once in `message_payload` (§5.3.2.32).
 */
export type ConcatenationMethod = "udh8" | "udh16" | "sar" | "payload";

/** What the carrier wants. */
export interface PartOptions {
  readonly method: ConcatenationMethod;
  /** Unique for a while among messages between the same two numbers; the header takes its low 8 or 16 bits. */
  readonly reference: number;
  /** What this carrier means by data_coding 0; `gsm7` unless told. */
  readonly defaultAlphabet?: DefaultAlphabet;
}

/** One `submit_sm` or `deliver_sm`, as far as its text goes. */
export interface MessagePart {
  readonly shortMessage: Buffer;
  /** Set the user data header indicator, 0x40, in esm_class. */
  readonly esmClassUdhi: boolean;
  readonly dataCoding: number;
  /** Values for sar_msg_ref_num, sar_total_segments and sar_segment_seqnum. */
  readonly sar?: Concatenation;
  /** Octets for message_payload; `shortMessage` is then empty. */
  readonly payload?: Buffer;
}

/** An SMPP data_coding and the encoder that goes with it. */
interface PartEncoding {
  readonly dataCoding: number;
  readonly encode: (text: string, headerOctets: number) => Buffer;
}

const SMSC_DEFAULT = 0;
const UCS2_DATA_CODING = 8;
const CARRIAGE_RETURN = 0x0d;

const UCS2: PartEncoding = { dataCoding: UCS2_DATA_CODING, encode: encodeUcs2 };
const UNPACKED: PartEncoding = { dataCoding: SMSC_DEFAULT, encode: septetsOf };
const PACKED: PartEncoding = { dataCoding: SMSC_DEFAULT, encode: packSeptets };
const LATIN1: PartEncoding = { dataCoding: SMSC_DEFAULT, encode: latin1Of };

/**
 * The parts of a message, ready for SMPP. A message of one segment needs no
 * concatenation and goes in `shortMessage` whatever the method. `udh16` wants a
 * text that was cut with `reference: 16`. A GSM-7 text with characters that a
 * Latin-1 carrier cannot express (€, Greek) goes as UCS-2, in more parts than
 * `segmented` has.
 */
export function buildParts(segmented: SegmentedText, options: PartOptions): MessagePart[] {
  const { encoding, text: source } = chooseEncoding(segmented, options.defaultAlphabet ?? "gsm7");
  const { method, reference } = options;
  const { dataCoding } = encoding;
  const total = source.segments.length;
  const [first = ""] = source.segments;

  if (total <= 1) return [{ shortMessage: encoding.encode(first, 0), esmClassUdhi: false, dataCoding }];
  if (method === "payload") {
    const payload = encoding.encode(source.text, 0);
    return [{ shortMessage: Buffer.alloc(0), esmClassUdhi: false, dataCoding, payload }];
  }
  assert(method !== "udh16" || source.referenceBits === 16, "udh16 parts need segments cut for a 16 bit reference");
  return source.segments.map((segment, index) => {
    const concat = { reference: reference & 0xffff, total, sequence: index + 1 };
    if (method === "sar") {
      return { shortMessage: encoding.encode(segment, 0), esmClassUdhi: false, dataCoding, sar: concat };
    }
    const header = buildUdh([concatElement(concat, method === "udh8" ? 8 : 16)]);
    const shortMessage = Buffer.concat([header, encoding.encode(segment, header.length)]);
    return { shortMessage, esmClassUdhi: true, dataCoding };
  });
}

function chooseEncoding(
  segmented: SegmentedText,
  defaultAlphabet: DefaultAlphabet,
): { encoding: PartEncoding; text: SegmentedText } {
  if (segmented.encoding === "UCS-2") return { encoding: UCS2, text: segmented };
  if (defaultAlphabet === "gsm7") return { encoding: UNPACKED, text: segmented };
  if (defaultAlphabet === "gsm7-packed") return { encoding: PACKED, text: segmented };
  if (encodeLatin1(segmented.text) !== undefined) return { encoding: LATIN1, text: segmented };
  return { encoding: UCS2, text: segmentUcs2(segmented.text, segmented.referenceBits) };
}

function septetsOf(text: string): Buffer {
  return present(encodeGsm7(text), "the GSM-7 form of a segment");
}

function latin1Of(text: string): Buffer {
  return present(encodeLatin1(text), "the Latin-1 form of a segment");
}

/**
 * Septets packed behind a header. Where seven bits are left over they would
 * read as one more septet, an `@`; a carriage return in their place is invisible
 * (3GPP TS 23.038 §6.1.2.3.1).
 */
function packSeptets(text: string, headerOctets: number): Buffer {
  const septets = septetsOf(text);
  const fillBits = fillBitsAfter(headerOctets);
  const octets = pack7(septets, fillBits);
  if (septetsIn(octets.length, fillBits) === septets.length) return octets;
  return pack7(Buffer.concat([septets, Buffer.of(CARRIAGE_RETURN)]), fillBits);
}
