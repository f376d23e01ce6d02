import { Buffer } from "node:buffer";
import { decodePdu } from "./decode.ts";
import { HEADER_OCTETS } from "./pdu.ts";
import type { Decoded } from "./pdu.ts";

const FIRST_ROOM_OCTETS = 256;

/** Sees the octets of a PDU from `start` to before `end`, just before it is decoded. They change afterwards: whoever keeps them copies. */
export type SeeFrame = (octets: Buffer, start: number, end: number) => void;

/**
 * Cuts a byte stream into PDUs and decodes them, wherever the chunks begin and
 * end; the outcome does not depend on how the stream was cut.
 *
 * Never throws. Holds at most `maxPduOctets` between two pushes, and never more
 * than twice what the peer has sent of the unfinished PDU; every octet is copied
 * a bounded number of times. Decoded values share no memory with the chunks.
 * After a `fatal` outcome everything that follows is ignored.
 */
export class PduDecoder {
  private readonly maxPduOctets: number;
  private readonly onFrame: SeeFrame | undefined;
  /** The beginning of an unfinished PDU is in `partial`, up to `held`. */
  private partial: Buffer = Buffer.alloc(0);
  private held = 0;
  private dead = false;

  /** `maxPduOctets` is the largest command_length that is accepted, header included; at least 16. */
  constructor(options: { maxPduOctets: number; onFrame?: SeeFrame | undefined }) {
    this.maxPduOctets = Math.max(options.maxPduOctets, HEADER_OCTETS);
    this.onFrame = options.onFrame;
  }

  /** Octets of an unfinished PDU that wait for the rest of it. */
  get heldOctets(): number {
    return this.held;
  }

  /** Octets of memory that the decoder keeps for an unfinished PDU; never more than `maxPduOctets`. */
  get reservedOctets(): number {
    return this.partial.length;
  }

  /** Takes the next octets of the stream and returns what is complete with them, in order. */
  push(chunk: Buffer): Decoded[] {
    const found: Decoded[] = [];
    let at = 0;
    while (!this.dead && at < chunk.length) {
      at = this.held > 0 ? this.continuePartial(chunk, at, found) : this.takeWhole(chunk, at, found);
    }
    return found;
  }

  /** Decodes the PDU that begins at `at`, or starts to hold it if its end is not there yet. Returns where to go on. */
  private takeWhole(chunk: Buffer, at: number, found: Decoded[]): number {
    const room = chunk.length - at;
    if (room >= HEADER_OCTETS) {
      const length = chunk.readUInt32BE(at);
      if (length <= room && length <= this.maxPduOctets && length >= HEADER_OCTETS) {
        this.onFrame?.(chunk, at, at + length);
        found.push(decodePdu(chunk, at, at + length));
        return at + length;
      }
    }
    return this.continuePartial(chunk, at, found);
  }

  /** Copies towards the next boundary of the unfinished PDU: its length, its header, its end. Returns where to go on. */
  private continuePartial(chunk: Buffer, at: number, found: Decoded[]): number {
    const goal = this.nextBoundary();
    const taken = Math.min(goal - this.held, chunk.length - at);
    this.reserve(this.held + taken);
    chunk.copy(this.partial, this.held, at, at + taken);
    this.held += taken;
    if (this.held === goal) this.reachBoundary(found);
    return at + taken;
  }

  private nextBoundary(): number {
    if (this.held < 4) return 4;
    if (this.held < HEADER_OCTETS) return HEADER_OCTETS;
    return this.partial.readUInt32BE(0);
  }

  private reachBoundary(found: Decoded[]): void {
    const length = this.partial.readUInt32BE(0);
    if (length < HEADER_OCTETS) {
      // There is no header to take a sequence_number from, and waiting for more octets could be waiting for ever.
      this.die(`command_length is ${length}, less than ${HEADER_OCTETS}`, 0, found);
    } else if (this.held >= HEADER_OCTETS && length > this.maxPduOctets) {
      const sequence = this.partial.readUInt32BE(12);
      this.die(`command_length is ${length}, more than ${this.maxPduOctets}`, sequence, found);
    } else if (this.held === length) {
      this.onFrame?.(this.partial, 0, length);
      found.push(decodePdu(this.partial, 0, length));
      this.release();
    }
  }

  /** Grows by doubling, so that a peer has to send octets before it gets memory and none is copied more than a few times. */
  private reserve(octets: number): void {
    if (octets <= this.partial.length) return;
    const wanted = Math.max(octets, this.partial.length * 2, FIRST_ROOM_OCTETS);
    const grown = Buffer.allocUnsafeSlow(Math.min(wanted, this.maxPduOctets));
    this.partial.copy(grown, 0, 0, this.held);
    this.partial = grown;
  }

  private die(reason: string, sequence: number, found: Decoded[]): void {
    this.dead = true;
    this.release();
    found.push({ kind: "fatal", reason, sequence });
  }

  private release(): void {
    this.held = 0;
    if (this.partial.length > FIRST_ROOM_OCTETS) this.partial = Buffer.alloc(0);
  }
}
