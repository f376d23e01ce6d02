import type { Buffer } from "node:buffer";
import { isUtf8 } from "node:buffer";
import {
  CONDITIONS,
  HAS_GC_VERSION,
  HAS_INTRODUCTION,
  IS_RESET,
  MAC_OCTETS,
  PACKET_FORMAT,
  PACKET_TYPES,
  ROLES,
} from "./encode.ts";
import { isKey, isName, MAX_PACKET_OCTETS, MAX_VALUE_OCTETS } from "./limits.ts";
import type { DeltaEntry, DigestEntry, OwnerDelta, Packet, PacketBody } from "./packet.ts";
import { ownerHash } from "./packet.ts";
import { PacketReader } from "./packet-reader.ts";

/** The fewest octets of a digest entry, a delta and a delta's entry: what is left of a packet bounds how many of them it can have. */
const MIN_DIGEST_ENTRY_OCTETS = 10;
const MIN_DELTA_OCTETS = 13;
const MIN_DELTA_ENTRY_OCTETS = 4;

const ADDRESS = /^[0-9A-Fa-f:.]{2,45}$/;

/**
 * Reads a packet whose authentication code was found right. Gives `undefined` for
 * everything that {@link encodePacket} would not have written: other formats, too short
 * or too long, values out of their range or order, names that are none.
 */
export function decodePacket(buffer: Buffer): Packet | undefined {
  if (buffer.length > MAX_PACKET_OCTETS) return undefined;
  const reader = new PacketReader(buffer, MAC_OCTETS);
  const format = reader.integer(1);
  const type = PACKET_TYPES[reader.integer(1)];
  const sender = reader.integer(6);
  const senderGeneration = reader.count();
  if (reader.broken || format !== PACKET_FORMAT || sender === 0 || senderGeneration === 0) return undefined;
  const body = readBody(reader, type);
  if (body === undefined || reader.broken || reader.left !== 0) return undefined;
  return Object.assign(body, { sender, senderGeneration });
}

function readBody(reader: PacketReader, type: (typeof PACKET_TYPES)[number] | undefined): PacketBody | undefined {
  switch (type) {
    case "syn": {
      const first = reader.integer(6);
      const last = reader.integer(6);
      const entries = readDigest(reader, first, last);
      return first > last ? undefined : { type, first, last, entries };
    }
    case "ack":
      return { type, entries: readDigest(reader, 0, Infinity), deltas: readDeltas(reader) };
    case "delta":
      return { type, deltas: readDeltas(reader) };
    case "ping":
      return { type, nonce: reader.integer(4) };
    case "ping-request":
      return { type, nonce: reader.integer(4), target: reader.integer(6) };
    case "pong": {
      const nonce = reader.integer(4);
      const target = reader.integer(6);
      return { type, nonce, target, generation: reader.count(), heartbeat: reader.count() };
    }
    case "leave":
      return { type };
    case "":
    case undefined:
      return undefined;
  }
}

/** Entries by rising hash, none outside of `first` to `last`. */
function readDigest(reader: PacketReader, first: number, last: number): DigestEntry[] {
  const entries: DigestEntry[] = [];
  const count = reader.integer(2);
  if (count * MIN_DIGEST_ENTRY_OCTETS > reader.left) reader.fail();
  let lowest = Math.max(1, first);
  for (let at = 0; at < count && !reader.broken; at += 1) {
    const hash = reader.integer(6);
    const flags = reader.integer(1);
    const condition = CONDITIONS[flags & 3];
    const generation = reader.count();
    const heartbeat = reader.count();
    const version = reader.count();
    const hasGcVersion = (flags & HAS_GC_VERSION) !== 0;
    const gcVersion = hasGcVersion ? reader.count() : 0;
    const isWrong = flags > 7 || hash < lowest || hash > last || (hasGcVersion && gcVersion === 0);
    if (isWrong || condition === undefined) reader.fail();
    else entries.push({ hash, generation, heartbeat, version, gcVersion, condition });
    lowest = hash + 1;
  }
  return entries;
}

function readDeltas(reader: PacketReader): OwnerDelta[] {
  const deltas: OwnerDelta[] = [];
  const count = reader.integer(2);
  if (count * MIN_DELTA_OCTETS > reader.left) reader.fail();
  for (let at = 0; at < count && !reader.broken; at += 1) deltas.push(readDelta(reader));
  return deltas;
}

function readDelta(reader: PacketReader): OwnerDelta {
  const hash = reader.integer(6);
  const flags = reader.integer(1);
  const generation = reader.count();
  const from = reader.count();
  const to = reader.count();
  const gcVersion = reader.count();
  const reset = (flags & IS_RESET) !== 0;
  if (hash === 0 || generation === 0 || flags > 3 || to < from) reader.fail();
  if (reset && (from !== 0 || gcVersion === 0)) reader.fail();
  const introduction = (flags & HAS_INTRODUCTION) === 0 ? undefined : readIntroduction(reader);
  if (introduction !== undefined && (from !== 0 || ownerHash(introduction.id) !== hash)) reader.fail();
  const entries = readEntries(reader, from, to);
  return { hash, generation, from, to, gcVersion, reset, introduction, entries };
}

function readIntroduction(reader: PacketReader): OwnerDelta["introduction"] {
  const code = reader.integer(1);
  const condition = CONDITIONS[code & 3];
  const role = ROLES[code >>> 2];
  const id = reader.ascii(reader.integer(1));
  const region = reader.ascii(reader.integer(1));
  const host = reader.ascii(reader.integer(1));
  const port = reader.integer(2);
  const heartbeat = reader.count();
  const isRight = isName(id) && isName(region) && ADDRESS.test(host) && port > 0;
  if (isRight && condition !== undefined && role !== undefined) {
    return { id, role, region, host, port, heartbeat, condition };
  }
  reader.fail();
  return undefined;
}

/** Entries by rising version, all after `from` and up to `to`. */
function readEntries(reader: PacketReader, from: number, to: number): DeltaEntry[] {
  const entries: DeltaEntry[] = [];
  const count = reader.integer(2);
  if (count * MIN_DELTA_ENTRY_OCTETS > reader.left) reader.fail();
  let version = from;
  for (let at = 0; at < count && !reader.broken; at += 1) {
    const step = reader.count();
    version += step;
    const key = reader.ascii(reader.integer(1));
    const octets = reader.count();
    const startAt = reader.at;
    const value = octets === 0 ? undefined : reader.utf8(octets - 1);
    const isText = octets <= MAX_VALUE_OCTETS + 1 && isUtf8(reader.buffer.subarray(startAt, reader.at));
    if (step === 0 || version > to || !isKey(key) || !isText) reader.fail();
    else entries.push({ key, value, version });
  }
  return entries;
}
