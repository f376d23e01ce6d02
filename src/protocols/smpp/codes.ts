/** Values of data_coding (SMPP 3.4 §5.2.19). 0 is what the SMSC uses by default: GSM-7 or Latin-1, by carrier. */
export const DataCoding = {
  SMSC_DEFAULT: 0x00,
  IA5: 0x01,
  BINARY_ALIAS: 0x02,
  LATIN1: 0x03,
  BINARY: 0x04,
  JIS: 0x05,
  CYRILLIC: 0x06,
  HEBREW: 0x07,
  UCS2: 0x08,
  PICTOGRAM: 0x09,
  ISO_2022_JP: 0x0a,
  EXTENDED_KANJI: 0x0d,
  KS_C_5601: 0x0e,
} as const;

/** Bits of esm_class (SMPP 3.4 §5.2.12). Mode in bits 1-0, message type in bits 5-2, GSM features in bits 7-6. */
export const EsmClass = {
  MODE_MASK: 0x03,
  MODE_DEFAULT: 0x00,
  MODE_DATAGRAM: 0x01,
  MODE_FORWARD: 0x02,
  MODE_STORE_AND_FORWARD: 0x03,
  TYPE_MASK: 0x3c,
  TYPE_RECEIPT: 0x04,
  TYPE_DELIVERY_ACK: 0x08,
  TYPE_MANUAL_ACK: 0x10,
  TYPE_CONVERSATION_ABORT: 0x18,
  TYPE_INTERMEDIATE: 0x20,
  UDHI: 0x40,
  REPLY_PATH: 0x80,
} as const;

/** Bits of registered_delivery (SMPP 3.4 §5.2.17). */
export const RegisteredDelivery = {
  NONE: 0x00,
  FINAL: 0x01,
  FAILURE_ONLY: 0x02,
  SME_DELIVERY_ACK: 0x04,
  SME_MANUAL_ACK: 0x08,
  INTERMEDIATE: 0x10,
} as const;

/** Types of number (SMPP 3.4 §5.2.5). */
export const Ton = {
  UNKNOWN: 0,
  INTERNATIONAL: 1,
  NATIONAL: 2,
  NETWORK_SPECIFIC: 3,
  SUBSCRIBER: 4,
  ALPHANUMERIC: 5,
  ABBREVIATED: 6,
} as const;

/** Numbering plans (SMPP 3.4 §5.2.6). */
export const Npi = {
  UNKNOWN: 0,
  ISDN: 1,
  DATA: 3,
  TELEX: 4,
  LAND_MOBILE: 6,
  NATIONAL: 8,
  PRIVATE: 9,
  ERMES: 10,
  INTERNET: 14,
  WAP: 18,
} as const;

/** Values of interface_version that are spoken here (SMPP 3.4 §5.2.4, SMPP 5.0 §4.7.13). */
export const InterfaceVersion = { V3_4: 0x34, V5_0: 0x50 } as const;

/** A version of SMPP that is spoken here. */
export type InterfaceVersionValue = (typeof InterfaceVersion)[keyof typeof InterfaceVersion];

/**
 * The version of a session between two ends: 5.0 where both said 5.0 or more, else
 * 3.4, whose octets a peer of an older version can read. `undefined` is a peer that said none.
 */
export function commonVersion(ours: InterfaceVersionValue, theirs: number | undefined): InterfaceVersionValue {
  const isFive = ours >= InterfaceVersion.V5_0 && theirs !== undefined && theirs >= InterfaceVersion.V5_0;
  return isFive ? InterfaceVersion.V5_0 : InterfaceVersion.V3_4;
}

/** Values of message_state (SMPP 3.4 §5.2.28). SCHEDULED and SKIPPED are of SMPP 5.0; some carriers send them in 3.4. */
export const MessageState = {
  SCHEDULED: 0,
  ENROUTE: 1,
  DELIVERED: 2,
  EXPIRED: 3,
  DELETED: 4,
  UNDELIVERABLE: 5,
  ACCEPTED: 6,
  UNKNOWN: 7,
  REJECTED: 8,
  SKIPPED: 9,
} as const;

/** The name of a message state. */
export type MessageStateName = keyof typeof MessageState;

const STATE_NAMES = Object.keys(MessageState) as readonly MessageStateName[];

/** The name of a message_state, or `undefined` for a number outside the table. */
export function messageStateName(state: number): MessageStateName | undefined {
  return STATE_NAMES[state];
}

/**
 * True when esm_class marks the PDU as a delivery receipt or an intermediate
 * notification, so that its text is a report and not a message from a person
 * (SMPP 3.4 §5.2.12). False for acknowledgements that the other phone wrote.
 */
export function isReceipt(esmClass: number): boolean {
  const type = esmClass & EsmClass.TYPE_MASK;
  return (
    type === EsmClass.TYPE_RECEIPT ||
    type === EsmClass.TYPE_INTERMEDIATE ||
    type === (EsmClass.TYPE_RECEIPT | EsmClass.TYPE_INTERMEDIATE)
  );
}

/** True when esm_class marks the PDU as an intermediate notification: more will follow. */
export function isIntermediateNotification(esmClass: number): boolean {
  return (esmClass & EsmClass.TYPE_MASK) === EsmClass.TYPE_INTERMEDIATE;
}

/** True when the message starts with a user data header (UDHI, SMPP 3.4 §5.2.12, 3GPP TS 23.040 §9.2.3.24). */
export function hasUdh(esmClass: number): boolean {
  return (esmClass & EsmClass.UDHI) !== 0;
}
