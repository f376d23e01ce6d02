import { latin1 } from "./reader.ts";
import type { Reader } from "./reader.ts";
import { MAX_TLVS, TLVS, tlvName } from "./tlvs.ts";
import type { TlvName, TlvSpec, Tlvs } from "./tlvs.ts";

/**
 * Reads the optional parameters that fill the rest of a PDU (SMPP 3.4 §3.2.4),
 * or `undefined` if there are none. Tolerant: a TLV that the PDU cuts off ends
 * the reading and what was read stays; an integer of an unexpected size is read
 * if it has one to four octets; a value that does not fit its layout is kept
 * under `unknown`; of a repeated TLV that may not repeat the last one counts;
 * after {@link MAX_TLVS} the rest is ignored.
 */
export function readTlvs(reader: Reader): Tlvs | undefined {
  const { buffer, end } = reader;
  let tlvs: Tlvs | undefined;
  for (let count = 0; count < MAX_TLVS && end - reader.at >= 4; count += 1) {
    const { at } = reader;
    const tag = buffer.readUInt16BE(at);
    const length = buffer.readUInt16BE(at + 2);
    if (end - at - 4 < length) break;
    reader.at = at + 4;
    tlvs ??= {};
    const name = tlvName(tag);
    const value = name === undefined ? undefined : readValue(reader, TLVS[name], length);
    if (name === undefined || value === undefined) {
      (tlvs.unknown ??= []).push({ tag, value: reader.octets(length, "tlv") });
    } else {
      keep(tlvs, name, value);
    }
    reader.at = at + 4 + length;
  }
  reader.at = end;
  return tlvs;
}

function keep(tlvs: Tlvs, name: TlvName, value: unknown): void {
  const loose = tlvs as Record<string, unknown>;
  const spec: TlvSpec = TLVS[name];
  if (spec.repeated !== true) loose[name] = value;
  else if (loose[name] === undefined) loose[name] = [value];
  else (loose[name] as unknown[]).push(value);
}

/** The value in the next `length` octets, or `undefined` when they do not fit the layout. */
function readValue(reader: Reader, spec: TlvSpec, length: number): unknown {
  switch (spec.kind) {
    case "integer":
      return length >= 1 && length <= 4 ? reader.integer(length, "tlv") : undefined;
    case "text": {
      const { buffer, at } = reader;
      let nul = at;
      while (nul < at + length && buffer[nul] !== 0) nul += 1;
      return latin1(buffer, at, nul);
    }
    case "octets":
      return reader.octets(length, "tlv");
    case "network-error":
      return length === 3
        ? { network_type: reader.integer(1, "tlv"), error_code: reader.integer(2, "tlv") }
        : undefined;
    case "flag":
      return true;
  }
}
