import { Buffer } from "node:buffer";
import type { Rows } from "./bin.ts";

/** Pieces of a table one after the other. */
export function joinRows(parts: readonly Rows[]): Rows {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  const whole = new Uint32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Words of 32 bits as text: the lowest octet first, in base64. */
export function encodeRows(rows: Rows): string {
  return Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength).toString("base64");
}

/** The words of a text that {@link encodeRows} made. */
export function decodeRows(text: string): Rows {
  const octets = Buffer.from(text, "base64");
  const rows = new Uint32Array(octets.length >> 2);
  new Uint8Array(rows.buffer).set(octets.subarray(0, rows.byteLength));
  return rows;
}
