import type { Buffer } from "node:buffer";
import { decodeGsm7, fillBitsAfter, septetsIn, unpack7 } from "../gsm7/index.ts";
import type { NationalShift } from "../gsm7/index.ts";
import {
  decodeAscii,
  decodeCyrillic,
  decodeHebrew,
  decodeLatin1,
  decodeUcs2,
  wellFormed,
} from "./character-codings.ts";
import { parseDataCoding } from "./data-coding.ts";
import type { Alphabet, DataCoding, DefaultAlphabet } from "./data-coding.ts";
import { parseUdh, readConcat, readNationalShift, readPorts } from "./user-data-header.ts";
import type { ApplicationPorts, Concatenation } from "./user-data-header.ts";

/** The user data of a message as it came from the carrier. */
export interface ReceivedUserData {
  readonly dataCoding: number;
  /** `short_message`, or `message_payload` where that is used. */
  readonly shortMessage: Uint8Array;
  /** Whether esm_class says that a user data header comes first (SMPP 3.4 §5.2.12). */
  readonly udhi: boolean;
  /** What this carrier means by data_coding 0; `gsm7` unless told. */
  readonly defaultAlphabet?: DefaultAlphabet;
}

/** What the user data says. Exactly one of `text` and `binary` is present. */
export interface DecodedUserData extends DataCoding {
  readonly text?: string;
  readonly binary?: Uint8Array;
  readonly concat?: Concatenation;
  readonly ports?: ApplicationPorts;
}

/**
 * Reads the user data of an inbound message. Never fails: a header that does
 * not fit its message is read as text, an alphabet without a decoder comes back
 * as `binary`. The text of a part with a concatenation header may begin or end
 * with half a surrogate pair; apply `wellFormed` after joining.
 */
export function decodeUserData(received: ReceivedUserData): DecodedUserData {
  const { dataCoding, shortMessage, udhi, defaultAlphabet = "gsm7" } = received;
  const header = udhi ? parseUdh(shortMessage) : undefined;
  const headerOctets = header?.headerOctets ?? 0;
  const body = shortMessage.subarray(headerOctets);
  const coding = parseDataCoding(dataCoding, defaultAlphabet);
  const concat = header && readConcat(header);
  const ports = header && readPorts(header);
  const place = { ...(concat && { concat }), ...(ports && { ports }) };

  if (coding.alphabet === "gsm7") {
    const septets = defaultAlphabet === "gsm7-packed" ? unpackBody(body, headerOctets) : body;
    const shift: NationalShift = header ? readNationalShift(header) : {};
    return { ...coding, text: decodeGsm7(septets, shift), ...place };
  }
  const text = decodeOctets(coding.alphabet, body);
  if (text === undefined) return { ...coding, binary: body, ...place };
  return { ...coding, text: concat === undefined ? wellFormed(text) : text, ...place };
}

function decodeOctets(alphabet: Alphabet, body: Uint8Array): string | undefined {
  switch (alphabet) {
    case "ascii":
      return decodeAscii(body);
    case "latin1":
      return decodeLatin1(body);
    case "cyrillic":
      return decodeCyrillic(body);
    case "hebrew":
      return decodeHebrew(body);
    case "ucs2":
      return decodeUcs2(body);
    default:
      return undefined;
  }
}

const CARRIAGE_RETURN = 0x0d;

/**
 * Packed septets do not say how many they are: when seven bits are left over,
 * they look like one more septet. It is taken for padding when it is zero or a
 * carriage return (3GPP TS 23.038 §6.1.2.3.1).
 */
function unpackBody(body: Uint8Array, headerOctets: number): Buffer {
  const fillBits = fillBitsAfter(headerOctets);
  const count = septetsIn(body.length, fillBits);
  const septets = unpack7(body, count, fillBits);
  const leavesSpareSeptet = count > 0 && septetsIn(body.length - 1, fillBits) === count - 2;
  const last = septets[count - 1];
  const padded = leavesSpareSeptet && (last === 0 || last === CARRIAGE_RETURN);
  return padded ? septets.subarray(0, count - 1) : septets;
}
