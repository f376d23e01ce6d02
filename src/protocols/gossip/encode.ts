import { Buffer } from "node:buffer";
import { assert } from "../../kernel/assert.ts";
import { MAX_PACKET_OCTETS } from "./limits.ts";
import type { DeltaEntry, DigestEntry, OwnerCondition, OwnerDelta, OwnerRole, Packet } from "./packet.ts";
import { countOctets, PacketWriter } from "./packet-writer.ts";

/** Octets in front of a packet that authenticate it: HMAC-SHA-256 cut to 128 bits (RFC 2104 §5). */
export const MAC_OCTETS = 16;

/** The version of the layout, of which each process speaks one. */
export const PACKET_FORMAT = 1;

/** Types by their code on the wire; 0 is none. */
export const PACKET_TYPES = ["", "syn", "ack", "delta", "ping", "ping-request", "pong", "leave"] as const;
/** Roles by their code on the wire. */
export const ROLES: readonly OwnerRole[] = ["edge", "cell", "control"];
/** Conditions by their code on the wire. */
export const CONDITIONS: readonly OwnerCondition[] = ["alive", "dead", "left"];

/** In the flags of a digest entry, beside the two bits of the condition: a `gcVersion` follows. */
export const HAS_GC_VERSION = 4;
/** In the flags of a delta. */
export const HAS_INTRODUCTION = 1;
export const IS_RESET = 2;

/** The most octets of a packet's beginning: code, format, type, sender's hash and generation. */
const HEAD_OCTETS = MAC_OCTETS + 2 + 6 + 7;
/** What a packet has for digest entries, beside its beginning, the range and their number. */
export const DIGEST_ROOM_OCTETS = MAX_PACKET_OCTETS - HEAD_OCTETS - 12 - 2;
/** What a packet has for deltas, beside its beginning, their number, and an empty digest. */
export const DELTA_ROOM_OCTETS = MAX_PACKET_OCTETS - HEAD_OCTETS - 2 - 2;

/** How long a digest entry is on the wire. */
export function digestEntryOctets({ generation, heartbeat, version, gcVersion }: DigestEntry): number {
  const gcOctets = gcVersion === 0 ? 0 : countOctets(gcVersion);
  return 7 + countOctets(generation) + countOctets(heartbeat) + countOctets(version) + gcOctets;
}

/** How long a delta without entries is on the wire, at most. */
export function deltaHeadOctets({ generation, from, gcVersion, introduction }: OwnerDelta): number {
  const octets = 6 + 1 + countOctets(generation) + countOctets(from) + 7 + countOctets(gcVersion) + 2;
  if (introduction === undefined) return octets;
  const { id, region, host, heartbeat } = introduction;
  return octets + 1 + 1 + id.length + 1 + region.length + 1 + host.length + 2 + countOctets(heartbeat);
}

/** How long an entry of a delta is on the wire, after one with version `previous`. `octets` is the value's length, undefined for none. */
export function deltaEntryOctets(key: string, octets: number | undefined, versionStep: number): number {
  const valueOctets = octets === undefined ? 1 : countOctets(octets + 1) + octets;
  return countOctets(versionStep) + 1 + key.length + valueOctets;
}

/**
 * Writes a packet into `buffer`, behind the place for its authentication code, and
 * returns where it ends. `buffer` has {@link MAX_PACKET_OCTETS}; what does not fit is a bug.
 */
export function encodePacket(packet: Packet, buffer: Buffer): number {
  const writer = new PacketWriter(buffer, MAC_OCTETS);
  writer.integer(PACKET_FORMAT, 1);
  writer.integer(PACKET_TYPES.indexOf(packet.type), 1);
  writer.integer(packet.sender, 6);
  writer.count(packet.senderGeneration);
  writeBody(writer, packet);
  assert(writer.at <= MAX_PACKET_OCTETS, `a gossip packet of ${writer.at} octets`);
  return writer.at;
}

function writeBody(writer: PacketWriter, packet: Packet): void {
  switch (packet.type) {
    case "syn":
      writer.integer(packet.first, 6);
      writer.integer(packet.last, 6);
      return writeDigest(writer, packet.entries);
    case "ack":
      writeDigest(writer, packet.entries);
      return writeDeltas(writer, packet.deltas);
    case "delta":
      return writeDeltas(writer, packet.deltas);
    case "ping":
      return writer.integer(packet.nonce, 4);
    case "ping-request":
      writer.integer(packet.nonce, 4);
      return writer.integer(packet.target, 6);
    case "pong":
      writer.integer(packet.nonce, 4);
      writer.integer(packet.target, 6);
      writer.count(packet.generation);
      return writer.count(packet.heartbeat);
    case "leave":
  }
}

function writeDigest(writer: PacketWriter, entries: readonly DigestEntry[]): void {
  writer.integer(entries.length, 2);
  for (const { hash, generation, heartbeat, version, gcVersion, condition } of entries) {
    writer.integer(hash, 6);
    writer.integer(CONDITIONS.indexOf(condition) + (gcVersion === 0 ? 0 : HAS_GC_VERSION), 1);
    writer.count(generation);
    writer.count(heartbeat);
    writer.count(version);
    if (gcVersion !== 0) writer.count(gcVersion);
  }
}

function writeDeltas(writer: PacketWriter, deltas: readonly OwnerDelta[]): void {
  writer.integer(deltas.length, 2);
  for (const delta of deltas) {
    writer.integer(delta.hash, 6);
    writer.integer((delta.introduction === undefined ? 0 : HAS_INTRODUCTION) + (delta.reset ? IS_RESET : 0), 1);
    writer.count(delta.generation);
    writer.count(delta.from);
    writer.count(delta.to);
    writer.count(delta.gcVersion);
    writeIntroduction(writer, delta.introduction);
    writer.integer(delta.entries.length, 2);
    writeEntries(writer, delta.from, delta.entries);
  }
}

function writeIntroduction(writer: PacketWriter, introduction: OwnerDelta["introduction"]): void {
  if (introduction === undefined) return;
  const { id, role, region, host, port, heartbeat, condition } = introduction;
  // Two bits of the condition, and the role above them.
  writer.integer(CONDITIONS.indexOf(condition) + 4 * ROLES.indexOf(role), 1);
  for (const text of [id, region, host]) {
    writer.integer(text.length, 1);
    writer.ascii(text);
  }
  writer.integer(port, 2);
  writer.count(heartbeat);
}

function writeEntries(writer: PacketWriter, from: number, entries: readonly DeltaEntry[]): void {
  let previous = from;
  for (const { key, value, version } of entries) {
    writer.count(version - previous);
    previous = version;
    writer.integer(key.length, 1);
    writer.ascii(key);
    if (value === undefined) {
      writer.count(0);
      continue;
    }
    writeValue(writer, value);
  }
}

/** A value with its length, which is that of the text where all of it is ASCII, and has to be counted otherwise. */
function writeValue(writer: PacketWriter, value: string): void {
  const octets = Buffer.byteLength(value, "utf8");
  writer.count(octets + 1);
  writer.utf8(value);
}
