import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "node:test";
import { seededRandom } from "../../../test/kit/seeded-random.ts";
import { decodePacket, encodePacket, MAC_OCTETS, MAX_PACKET_OCTETS, ownerHash } from "./index.ts";
import type { DeltaEntry, DigestEntry, OwnerDelta, Packet } from "./index.ts";

const SEED = Number(process.env["SEED"] ?? 42);
const SENDER = { sender: ownerHash("edge-us1-1"), senderGeneration: 1_763_000_000_000 };

function encode(packet: Packet): Buffer {
  const buffer = Buffer.alloc(MAX_PACKET_OCTETS);
  return Buffer.from(buffer.subarray(0, encodePacket(packet, buffer)));
}

/** Packets of every type with values of every length. */
function* packets(random: () => number, count: number): Generator<Packet> {
  const below = (most: number): number => Math.floor(random() * most);
  const number = (): number => below(2 ** below(48));
  const condition = (): DigestEntry["condition"] => (["alive", "dead", "left"] as const)[below(3)] ?? "alive";
  const digest = (): DigestEntry[] => {
    let hash = 0;
    return Array.from({ length: below(12) }, () => {
      hash += 1 + below(2 ** 40);
      const known = { generation: number(), heartbeat: number(), version: number(), gcVersion: number() };
      return { hash, ...known, condition: condition() };
    });
  };
  const deltas = (): OwnerDelta[] => Array.from({ length: below(3) }, () => delta());
  const delta = (): OwnerDelta => {
    const from = below(2) * number();
    let version = from;
    const entries = Array.from({ length: below(5) }, (): DeltaEntry => {
      version += 1 + below(1_000);
      const value = below(4) === 0 ? undefined : "aé€😀".repeat(below(5));
      return { key: `k/${"x".repeat(below(20))}${below(10)}`, value, version };
    });
    const id = `messaging-${below(100)}`;
    const region = `us${below(5)}`;
    const host = below(2) === 0 ? "10.0.0.1" : "2001:db8::1";
    const role = (["edge", "cell", "control"] as const)[below(3)] ?? "edge";
    const isNew = from === 0;
    const introduction = {
      id,
      role,
      region,
      host,
      port: 1 + below(65_535),
      heartbeat: number(),
      condition: condition(),
    };
    const gcVersion = number();
    return {
      hash: ownerHash(id),
      generation: 1 + number(),
      from,
      to: version + below(100),
      gcVersion,
      reset: isNew && gcVersion > 0 && below(2) === 0,
      introduction: isNew ? introduction : undefined,
      entries,
    };
  };
  for (let at = 0; at < count; at += 1) {
    const nonce = below(2 ** 32);
    const entries = digest();
    const first = below((entries[0]?.hash ?? 1) + 1);
    yield { ...SENDER, type: "syn", first, last: (entries.at(-1)?.hash ?? first) + below(100), entries };
    yield { ...SENDER, type: "ack", entries, deltas: deltas() };
    yield { ...SENDER, type: "delta", deltas: deltas() };
    yield { ...SENDER, type: "ping", nonce };
    yield { ...SENDER, type: "ping-request", nonce, target: below(2 ** 48) };
    yield { ...SENDER, type: "pong", nonce, target: below(2 ** 48), generation: number(), heartbeat: number() };
    yield { ...SENDER, type: "leave" };
  }
}

describe("gossip packets", () => {
  it(`are read as they were written (seed ${SEED})`, () => {
    for (const packet of packets(seededRandom(SEED), 300)) assert.deepEqual(decodePacket(encode(packet)), packet);
  });

  it(`are refused when cut short or drawn out (seed ${SEED})`, () => {
    for (const packet of packets(seededRandom(SEED), 20)) {
      const octets = encode(packet);
      for (let length = 0; length < octets.length; length += 1) {
        assert.equal(decodePacket(octets.subarray(0, length)), undefined, `${packet.type} of ${length} octets`);
      }
      assert.equal(decodePacket(Buffer.concat([octets, Buffer.alloc(1)])), undefined);
    }
  });

  it(`have one form: what is read writes the same octets, whatever was changed in them (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    let read = 0;
    for (const packet of packets(random, 200)) {
      const octets = encode(packet);
      for (let changes = 1 + Math.floor(random() * 3); changes > 0; changes -= 1) {
        const at = MAC_OCTETS + Math.floor(random() * (octets.length - MAC_OCTETS));
        octets[at] = Math.floor(random() * 256);
      }
      const decoded = decodePacket(octets);
      if (decoded === undefined) continue;
      read += 1;
      assert.equal(encode(decoded).compare(octets, MAC_OCTETS, octets.length, MAC_OCTETS), 0);
    }
    assert.ok(read > 100);
  });

  it("are refused where numbers of entries promise more than there is, versions do not rise, or names are none", () => {
    const delta: OwnerDelta = {
      hash: ownerHash("a"),
      generation: 1,
      from: 5,
      to: 9,
      gcVersion: 0,
      reset: false,
      introduction: undefined,
      entries: [{ key: "k", value: "v", version: 7 }],
    };
    const body = (change: Partial<OwnerDelta>): Packet => ({
      ...SENDER,
      type: "delta",
      deltas: [{ ...delta, ...change }],
    });
    const introduction = {
      id: "a",
      role: "edge",
      region: "us1",
      host: "10.0.0.1",
      port: 1,
      heartbeat: 1,
      condition: "alive",
    } as const;
    assert.ok(decodePacket(encode(body({}))));
    assert.ok(decodePacket(encode(body({ from: 0, introduction }))));
    const wrong: Partial<OwnerDelta>[] = [
      { to: 4 },
      { to: 6 },
      { generation: 0 },
      { reset: true, gcVersion: 3 },
      { from: 0, reset: true },
      { introduction },
      { from: 0, introduction: { ...introduction, id: "b" } },
      { from: 0, introduction: { ...introduction, host: "host.example" } },
      { from: 0, introduction: { ...introduction, region: "us 1" } },
      { from: 0, introduction: { ...introduction, port: 0 } },
      { entries: [{ key: "", value: "v", version: 7 }] },
      { entries: [{ key: "a b", value: "v", version: 7 }] },
      { entries: [{ key: "k", value: "x".repeat(769), version: 7 }] },
      { entries: [{ key: "k", value: "v", version: 5 }] },
    ];
    for (const change of wrong) assert.equal(decodePacket(encode(body(change))), undefined, JSON.stringify(change));
    const octets = encode(body({}));
    octets.writeUInt16BE(65_535, octets.length - 7);
    assert.equal(decodePacket(octets), undefined);
  });

  it("hash ids into 48 bits without meeting", () => {
    const hashes = new Set<number>();
    for (let at = 0; at < 20_000; at += 1) hashes.add(ownerHash(`messaging-${at}`));
    for (let at = 0; at < 20_000; at += 1) hashes.add(ownerHash(`edge-us1-${at}`));
    assert.equal(hashes.size, 40_000);
    for (const hash of hashes) assert.ok(hash > 0 && hash < 2 ** 48);
  });
});
