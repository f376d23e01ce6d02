import type { Buffer } from "node:buffer";

/**
 * Sees the PDUs of one session as they are on the wire, both ways, binds with their passwords
 * included. Called for every PDU, so it must be quick, must not throw, and copies what it keeps.
 */
export interface PduTap {
  /** A whole PDU was given to the output. */
  sent(octets: Buffer): void;
  /** A whole PDU came: the octets from `start` to before `end`. */
  received(octets: Buffer, start: number, end: number): void;
}
