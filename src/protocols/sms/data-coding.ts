/** How the octets of a message are to be read. `other` is text in a character set that is handed on as octets. */
export type Alphabet = "gsm7" | "ascii" | "latin1" | "cyrillic" | "hebrew" | "ucs2" | "binary" | "other";

/**
 * What a carrier means by data_coding 0, its "SMSC default alphabet": GSM-7 one
 * septet an octet (usual), ISO 8859-1, or GSM-7 packed.
 */
export type DefaultAlphabet = "gsm7" | "latin1" | "gsm7-packed";

/** A message waiting indication (3GPP TS 23.038 §4, groups 1100 to 1110). */
export interface WaitingIndication {
  readonly active: boolean;
  readonly kind: "voicemail" | "fax" | "email" | "other";
  /** Whether the phone keeps the text, or shows the indicator only. */
  readonly store: boolean;
}

/** The meaning of a data_coding octet. */
export interface DataCoding {
  readonly alphabet: Alphabet;
  /** 0 flash, 1 phone, 2 SIM, 3 terminal equipment. */
  readonly messageClass?: 0 | 1 | 2 | 3;
  readonly waiting?: WaitingIndication;
}

const WAITING_KINDS = ["voicemail", "fax", "email", "other"] as const;
const MESSAGE_CLASSES = [0, 1, 2, 3] as const;

/** data_coding 0 to 15 (SMPP 3.4 §5.2.19); 0 depends on the carrier. */
const SMPP_ALPHABETS: readonly Alphabet[] = [
  "gsm7",
  "ascii",
  "binary",
  "latin1",
  "binary",
  "other",
  "cyrillic",
  "hebrew",
  "ucs2",
  "other",
  "other",
  "binary",
  "binary",
  "other",
  "other",
  "binary",
];

/**
 * Reads a data_coding octet: values below 16 as SMPP 3.4 §5.2.19 lists them,
 * the rest as the coding groups of 3GPP TS 23.038 §4. Reserved values read as
 * binary, so that nothing is invented.
 */
export function parseDataCoding(dataCoding: number, defaultAlphabet: DefaultAlphabet): DataCoding {
  if (dataCoding === 0) return { alphabet: defaultAlphabet === "latin1" ? "latin1" : "gsm7" };
  if (dataCoding < 0x10) return { alphabet: SMPP_ALPHABETS[dataCoding] ?? "binary" };
  if (dataCoding < 0x80) return parseGeneralGroup(dataCoding);
  if (dataCoding < 0xc0) return { alphabet: "binary" };
  if (dataCoding < 0xf0) return parseWaitingGroup(dataCoding);
  return { alphabet: (dataCoding & 0x04) === 0 ? "gsm7" : "binary", ...classOf(dataCoding) };
}

/** Groups 00xx and 01xx: compression, class, and alphabet in bits 3 and 2. */
function parseGeneralGroup(dataCoding: number): DataCoding {
  const compressed = (dataCoding & 0x20) !== 0;
  const alphabet = compressed ? "binary" : (["gsm7", "binary", "ucs2", "binary"] as const)[(dataCoding >>> 2) & 3];
  const hasClass = (dataCoding & 0x10) !== 0;
  return { alphabet: alphabet ?? "binary", ...(hasClass ? classOf(dataCoding) : {}) };
}

/** Groups 1100 (discard), 1101 (store, GSM-7) and 1110 (store, UCS-2). */
function parseWaitingGroup(dataCoding: number): DataCoding {
  const waiting: WaitingIndication = {
    active: (dataCoding & 0x08) !== 0,
    kind: WAITING_KINDS[dataCoding & 3] ?? "other",
    store: dataCoding >= 0xd0,
  };
  return { alphabet: dataCoding >= 0xe0 ? "ucs2" : "gsm7", waiting };
}

function classOf(dataCoding: number): { messageClass: 0 | 1 | 2 | 3 } {
  return { messageClass: MESSAGE_CLASSES[dataCoding & 3] ?? 0 };
}
