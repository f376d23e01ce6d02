import type { Buffer } from "node:buffer";
import { MAX_TLVS, MAX_TLV_OCTETS, TLVS, tlvName } from "./tlvs.ts";
import type { NetworkErrorCode, TlvName, TlvSpec, Tlvs, UnknownTlv } from "./tlvs.ts";
import { SmppEncodeError } from "./writer.ts";
import type { Writer } from "./writer.ts";

const TLV_HEADER_OCTETS = 4;

/** Octets that these optional parameters take on the wire, their tags and lengths included. Validates nothing. */
export function tlvsOctets(tlvs: Tlvs): number {
  let total = 0;
  for (const name in tlvs) {
    if (name === "unknown") {
      for (const { value } of tlvs.unknown ?? []) total += TLV_HEADER_OCTETS + value.length;
      continue;
    }
    const value: unknown = tlvs[name as TlvName];
    if (value === undefined) continue;
    const spec = specOf(name);
    if (spec.repeated === true) {
      for (const one of value as unknown[]) total += TLV_HEADER_OCTETS + valueOctets(spec, one);
    } else {
      total += TLV_HEADER_OCTETS + valueOctets(spec, value);
    }
  }
  return total;
}

/**
 * Writes optional parameters in the order in which the object holds them.
 * Throws {@link SmppEncodeError} on an unknown name, a value out of range, a known tag
 * under `unknown`, or more than {@link MAX_TLVS}.
 */
export function writeTlvs(writer: Writer, tlvs: Tlvs): void {
  let count = 0;
  for (const name in tlvs) {
    if (name === "unknown") {
      for (const tlv of tlvs.unknown ?? []) writeUnknown(writer, tlv);
      count += tlvs.unknown?.length ?? 0;
      continue;
    }
    const value: unknown = tlvs[name as TlvName];
    if (value === undefined) continue;
    const spec = specOf(name);
    if (spec.repeated === true) {
      for (const one of value as unknown[]) writeOne(writer, name, one);
      count += (value as unknown[]).length;
    } else {
      writeOne(writer, name, value);
      count += 1;
    }
  }
  if (count > MAX_TLVS) throw new SmppEncodeError("tlvs", `are ${count}, at most ${MAX_TLVS} are sent`);
}

function specOf(name: string): TlvSpec {
  if (!Object.hasOwn(TLVS, name)) throw new SmppEncodeError(name, "is no optional parameter of SMPP");
  return TLVS[name as TlvName];
}

function valueOctets(spec: TlvSpec, value: unknown): number {
  switch (spec.kind) {
    case "integer":
      return spec.octets;
    case "text":
      return (value as string).length + 1;
    case "octets":
      return (value as Buffer).length;
    case "network-error":
      return 3;
    case "flag":
      return 0;
  }
}

function writeOne(writer: Writer, name: string, value: unknown): void {
  const spec = specOf(name);
  const length = valueOctets(spec, value);
  writer.int2(spec.tag, name);
  writer.int2(length, name);
  switch (spec.kind) {
    case "integer":
      if (spec.octets === 1) writer.int1(value as number, name);
      else if (spec.octets === 2) writer.int2(value as number, name);
      else writer.int4(value as number, name);
      break;
    case "text":
      writer.text(value as string, spec.maxOctets, name);
      break;
    case "octets":
      if (length < spec.minOctets || length > spec.maxOctets) {
        throw new SmppEncodeError(
          name,
          `has ${length} octets, from ${spec.minOctets} to ${spec.maxOctets} are allowed`,
        );
      }
      writer.octets(value as Buffer);
      break;
    case "network-error":
      writer.int1((value as NetworkErrorCode).network_type, `${name}.network_type`);
      writer.int2((value as NetworkErrorCode).error_code, `${name}.error_code`);
      break;
    case "flag":
      break;
  }
}

function writeUnknown(writer: Writer, tlv: UnknownTlv): void {
  const known = tlvName(tlv.tag);
  if (known !== undefined) throw new SmppEncodeError(known, "is sent by its name, not as an unknown TLV");
  if (tlv.value.length > MAX_TLV_OCTETS) throw new SmppEncodeError("tlvs.unknown", "holds more than 65535 octets");
  writer.int2(tlv.tag, "tlvs.unknown.tag");
  writer.int2(tlv.value.length, "tlvs.unknown.length");
  writer.octets(tlv.value);
}
