import { crc32c } from "../../protocols/crc32c/index.ts";

/** Octets before each payload: CRC-32C (u32, little-endian), then the payload's length (u32, little-endian). */
export const FRAME_HEADER_OCTETS = 8;
/** The longest payload that is ever believed, whatever a log is configured for. */
export const MAX_PAYLOAD_OCTETS = 16 * 1024 * 1024;

/** What {@link checkFrame} answers when more octets are needed to tell. */
export const FRAME_INCOMPLETE = 0;
/** What {@link checkFrame} answers when the octets are no frame. */
export const FRAME_DAMAGED = -1;

/**
 * The CRC's seed for a frame at an offset of the log. It makes a whole frame in the
 * wrong place (a stale block, a frame quoted inside a payload) as wrong as a flipped bit.
 */
export function seedAt(offset: number): number {
  return ((offset >>> 0) ^ Math.imul((offset / 0x1_0000_0000) >>> 0, 0x9e3779b1)) >>> 0;
}

/** Completes the frame at `at`, whose `length` payload octets are in place already. */
export function sealFrame(buffer: Buffer, at: number, length: number, seed: number): void {
  buffer.writeUInt32LE(length, at + 4);
  buffer.writeUInt32LE(crc32c(buffer, at + 4, at + FRAME_HEADER_OCTETS + length, seed), at);
}

/**
 * The payload's length (at least 1) of the whole and undamaged frame at `at`, or
 * {@link FRAME_INCOMPLETE} when it would end after `limit`, or {@link FRAME_DAMAGED}.
 */
export function checkFrame(buffer: Buffer, at: number, limit: number, seed: number): number {
  if (limit - at < FRAME_HEADER_OCTETS) return FRAME_INCOMPLETE;
  const length = buffer.readUInt32LE(at + 4);
  if (length === 0 || length > MAX_PAYLOAD_OCTETS) return FRAME_DAMAGED;
  const end = at + FRAME_HEADER_OCTETS + length;
  if (end > limit) return FRAME_INCOMPLETE;
  return crc32c(buffer, at + 4, end, seed) === buffer.readUInt32LE(at) ? length : FRAME_DAMAGED;
}

/**
 * How many octets of CRC a search for frames may cost. Text holds next to no
 * plausible lengths; only octets made to look like frames reach this.
 */
const MAX_SEARCH_OCTETS = 1024 * 1024 * 1024;

/**
 * The first place at or after `from` where a whole valid frame lies, given the log
 * offset of the buffer's first octet; `undefined` if there is none, and `"unknown"`
 * if the search would cost too much.
 */
export function findFrame(buffer: Buffer, from: number, bufferOffset: number): number | "unknown" | undefined {
  let budget = MAX_SEARCH_OCTETS;
  for (let at = from; at + FRAME_HEADER_OCTETS < buffer.length; at += 1) {
    const length = buffer.readUInt32LE(at + 4);
    if (length === 0 || length > MAX_PAYLOAD_OCTETS || at + FRAME_HEADER_OCTETS + length > buffer.length) continue;
    budget -= length;
    if (budget < 0) return "unknown";
    if (checkFrame(buffer, at, buffer.length, seedAt(bufferOffset + at)) > 0) return at;
  }
  return undefined;
}
