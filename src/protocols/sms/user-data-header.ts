import { Buffer } from "node:buffer";
import { assert } from "../../kernel/assert.ts";

/** One information element of a user data header. */
export interface InformationElement {
  readonly id: number;
  readonly data: Uint8Array;
}

/** A parsed header, and where the user data after it begins. */
export interface UserDataHeader {
  readonly elements: readonly InformationElement[];
  /** Octets of the header, its length octet included. */
  readonly headerOctets: number;
}

/** The place of a part in a concatenated message. */
export interface Concatenation {
  readonly reference: number;
  /** 1 to 255. */
  readonly total: number;
  /** 1 to `total`. */
  readonly sequence: number;
}

/** Application ports: to which program on the phone, from which. */
export interface ApplicationPorts {
  readonly destination: number;
  readonly source: number;
}

/** Identifiers of information elements (3GPP TS 23.040 §9.2.3.24). */
const ELEMENT = {
  concat8: 0x00,
  ports8: 0x04,
  ports16: 0x05,
  concat16: 0x08,
  singleShift: 0x24,
  lockingShift: 0x25,
} as const;

const MAX_HEADER_OCTETS = 140;

/**
 * Reads the user data header at the start of `octets` (3GPP TS 23.040
 * §9.2.3.24). `undefined` when there is none or its length runs past the data.
 * An element that runs past the header ends the list; those before it are kept.
 */
export function parseUdh(octets: Uint8Array): UserDataHeader | undefined {
  const length = octets[0];
  if (length === undefined || length + 1 > octets.length) return undefined;
  const headerOctets = length + 1;
  const elements: InformationElement[] = [];
  let position = 1;
  while (position + 2 <= headerOctets) {
    const start = position + 2;
    const end = start + (octets[position + 1] ?? 0);
    if (end > headerOctets) break;
    elements.push({ id: octets[position] ?? 0, data: octets.subarray(start, end) });
    position = end;
  }
  return { elements, headerOctets };
}

/** The octets of a header with these elements, the length octet first. They must fit in one message. */
export function buildUdh(elements: readonly InformationElement[]): Buffer {
  const length = elements.reduce((sum, element) => sum + 2 + element.data.length, 0);
  assert(length < MAX_HEADER_OCTETS, `a user data header of ${length} octets does not fit in a message`);
  const octets = Buffer.allocUnsafe(length + 1);
  octets[0] = length;
  let position = 1;
  for (const element of elements) {
    octets[position] = element.id;
    octets[position + 1] = element.data.length;
    octets.set(element.data, position + 2);
    position += 2 + element.data.length;
  }
  return octets;
}

/** The concatenation element of a part, with a reference of 8 or 16 bits; higher bits of the reference are dropped. */
export function concatElement(concat: Concatenation, referenceBits: 8 | 16): InformationElement {
  const { reference, total, sequence } = concat;
  if (referenceBits === 8) {
    return { id: ELEMENT.concat8, data: Uint8Array.of(reference & 0xff, total, sequence) };
  }
  return { id: ELEMENT.concat16, data: Uint8Array.of((reference >>> 8) & 0xff, reference & 0xff, total, sequence) };
}

/**
 * The concatenation that a header declares. An element that makes no sense (no
 * parts, sequence 0 or beyond the total) is ignored, as 3GPP TS 23.040
 * §9.2.3.24.1 asks; of several the last one counts.
 */
export function readConcat(header: UserDataHeader): Concatenation | undefined {
  let concat: Concatenation | undefined;
  for (const { id, data } of header.elements) {
    const octets = referenceOctets(id);
    if (octets === undefined || data.length !== octets + 2) continue;
    const reference = octets === 1 ? (data[0] ?? 0) : ((data[0] ?? 0) << 8) | (data[1] ?? 0);
    const total = data[octets] ?? 0;
    const sequence = data[octets + 1] ?? 0;
    if (sequence >= 1 && sequence <= total) concat = { reference, total, sequence };
  }
  return concat;
}

function referenceOctets(id: number): 1 | 2 | undefined {
  if (id === ELEMENT.concat8) return 1;
  return id === ELEMENT.concat16 ? 2 : undefined;
}

/** The application ports that a header declares (3GPP TS 23.040 §9.2.3.24.3 and .4), 8 or 16 bits wide. */
export function readPorts(header: UserDataHeader): ApplicationPorts | undefined {
  for (const { id, data } of header.elements) {
    const [a = 0, b = 0, c = 0, d = 0] = data;
    if (id === ELEMENT.ports8 && data.length === 2) return { destination: a, source: b };
    if (id === ELEMENT.ports16 && data.length === 4) return { destination: (a << 8) | b, source: (c << 8) | d };
  }
  return undefined;
}

/** The national language tables that a header selects (3GPP TS 23.040 §9.2.3.24.15 and .16), by identifier. */
export function readNationalShift(header: UserDataHeader): { locking?: number; single?: number } {
  const shift: { locking?: number; single?: number } = {};
  for (const { id, data } of header.elements) {
    const language = data[0];
    if (language === undefined || data.length !== 1) continue;
    if (id === ELEMENT.lockingShift) shift.locking = language;
    if (id === ELEMENT.singleShift) shift.single = language;
  }
  return shift;
}
