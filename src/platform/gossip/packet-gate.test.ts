import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PacketGate } from "./packet-gate.ts";

const FROM = { host: "10.0.0.1", port: 7_946 };
const [OLD, NEW] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
const PING = { type: "ping", nonce: 5, sender: 77, senderGeneration: 3 } as const;
const gate = (...keys: Uint8Array[]): PacketGate => new PacketGate({ keys, perInterval: 20, intervalMs: 100 });

describe("PacketGate", () => {
  it("opens what was sealed with a known key, and signs with the first", () => {
    assert.deepEqual(gate(NEW).open(gate(NEW).seal(PING), FROM, 0), PING);
    assert.deepEqual(gate(OLD, NEW).open(gate(NEW, OLD).seal(PING), FROM, 0), PING);
    const strict = gate(OLD);
    assert.equal(strict.open(gate(NEW, OLD).seal(PING), FROM, 0), undefined);
    strict.useKeys([NEW]);
    assert.deepEqual(strict.open(gate(NEW, OLD).seal(PING), FROM, 0), PING);
    assert.equal(strict.counts.unauthenticated, 1);
  });

  it("refuses a packet of which any bit was changed, and counts a signed one that is none", () => {
    const mine = gate(OLD);
    const sealed = mine.seal(PING);
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.equal(mine.open(changed, FROM, bit * 1_000), undefined);
    }
    assert.equal(mine.counts.unauthenticated, sealed.length * 8);
    assert.equal(
      mine.open(mine.seal({ type: "ping", nonce: 1, sender: 0, senderGeneration: 1 }), FROM, 1e9),
      undefined,
    );
    assert.equal(mine.counts.malformed, 1);
  });

  it("looks at so many packets of one address, and of all strangers together beyond those that it can count", () => {
    const mine = gate(OLD);
    const sealed = mine.seal(PING);
    const opened = (host: string, port: number, nowMs: number): boolean =>
      mine.open(sealed, { host, port }, nowMs) !== undefined;
    let count = 0;
    for (let at = 0; at < 500; at += 1) if (opened("10.0.0.1", 1, 0)) count += 1;
    assert.equal(count, 200);
    assert.ok(opened("10.0.0.2", 1, 0));
    assert.ok(opened("10.0.0.1", 1, 5));
    count = 0;
    for (let port = 2; port < 10_000; port += 1) if (opened("10.0.0.3", port, 10)) count += 1;
    assert.ok(count > 2_048 && count < 2_048 + 210, `${count} of strangers`);
    assert.ok(opened("10.0.0.2", 1, 10));
  });
});
