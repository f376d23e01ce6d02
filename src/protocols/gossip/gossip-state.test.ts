import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "node:test";
import { seededRandom } from "../../../test/kit/seeded-random.ts";
import { encodePacket, GossipState, MAX_ANSWER_PACKETS, MAX_PACKET_OCTETS, OwnerState } from "./index.ts";
import type { PacketBody, StateEvents } from "./index.ts";

const SILENT: StateEvents = { introduced() {}, changed() {}, heard() {}, outdated() {} };
const SENDER = { sender: 1, senderGeneration: 1 };

function member(id: string, events: StateEvents = SILENT, seed = 1): GossipState {
  const own = new OwnerState({ id, role: "edge", region: "us1", host: "10.0.0.1", port: 1 }, 1_763_000_000_000);
  own.heartbeat = 1;
  return new GossipState(own, events, seededRandom(seed));
}

/** Carries a whole exchange that `from` begins, each packet through its octets' limit, and gives how many packets it took. */
function exchange(from: GossipState, to: GossipState): number {
  const buffer = Buffer.alloc(MAX_PACKET_OCTETS);
  let count = 0;
  const carry = (bodies: readonly PacketBody[], target: GossipState): void => {
    for (const body of bodies) {
      count += 1;
      encodePacket(Object.assign({}, body, SENDER), buffer);
      const back = target === to ? from : to;
      if (body.type === "syn") carry(target.answerSyn(body), back);
      if (body.type === "ack") carry(target.answerAck(body, 0), back);
      if (body.type === "delta") target.takeDelta(body, 0);
    }
  };
  carry(from.digest(), to);
  return count;
}

describe("GossipState", () => {
  it("reconciles two strangers in one exchange, and has nothing to send afterwards", () => {
    const [a, b] = [member("a"), member("b")];
    a.self.set("k", "of a");
    b.self.set("k", "of b");
    exchange(a, b);
    assert.equal(a.owner(b.self.hash)?.get("k"), "of b");
    assert.equal(b.owner(a.self.hash)?.get("k"), "of a");
    assert.equal(exchange(a, b), 1);
  });

  it("splits a digest that is too long for a packet, and knows of each part what it does not name", () => {
    const [a, b, together] = [member("a"), member("b"), member("together")];
    for (let at = 0; at < 200; at += 1) {
      const other = member(`messaging-${at}`);
      other.self.set("k", String(at));
      exchange(other, at % 2 === 0 ? a : b);
    }
    assert.ok(a.digest().length > 1);
    for (let rounds = 0; Math.min(a.owners.length, b.owners.length) < 202; rounds += 1) {
      assert.ok(rounds < 20);
      exchange(a, b);
    }
    assert.equal(exchange(a, b), a.digest().length);
    exchange(together, a);
    assert.ok(together.owners.length > 40);
  });

  it("answers one packet by a few at most, however much is lacking", () => {
    const [a, b] = [member("a"), member("b")];
    for (let at = 0; at < 100; at += 1) a.self.set(`k${at}`, "x".repeat(700));
    const [syn] = b.digest();
    assert.ok(syn);
    const answers = a.answerSyn(syn);
    assert.equal(answers.length, MAX_ANSWER_PACKETS);
  });

  it("begins with the owner of which most is lacking", () => {
    const [a, reader] = [member("a"), member("reader")];
    for (const [id, count] of [
      ["few", 1],
      ["many", 30],
      ["some", 8],
    ] as const) {
      const other = member(id);
      for (let at = 0; at < count; at += 1) other.self.set(`k${at}`, "x");
      exchange(other, a);
    }
    const [syn] = reader.digest();
    assert.ok(syn);
    const [ack] = a.answerSyn(syn);
    assert.ok(ack?.type === "ack");
    const order = ack.deltas.map(({ introduction }) => introduction?.id);
    assert.deepEqual(order.slice(0, 3), ["many", "some", "few"]);
  });

  it("does not take back who was forgotten, until there is something newer of it", () => {
    const [a, b, c] = [member("a"), member("b"), member("c")];
    exchange(c, a);
    exchange(a, b);
    const forgotten = b.owner(c.self.hash);
    assert.ok(forgotten);
    b.forget(forgotten);
    exchange(a, b);
    assert.equal(b.owner(c.self.hash), undefined);
    c.self.heartbeat += 1;
    exchange(c, b);
    assert.ok(b.owner(c.self.hash));
  });

  it("says when others know more of itself than it has said", () => {
    const outdated: number[] = [];
    const events: StateEvents = Object.assign({}, SILENT, {
      outdated: ({ generation }: { generation: number }) => outdated.push(generation),
    });
    const [before, a] = [member("c"), member("a")];
    before.self.generation += 5;
    exchange(before, a);
    const after = member("c", events);
    exchange(after, a);
    exchange(a, after);
    assert.ok(outdated.length >= 2);
    assert.ok(outdated.every((generation) => generation === before.self.generation));
  });
});
