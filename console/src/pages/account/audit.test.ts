import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { describe, it } from "node:test";
import { type AuditProof, changesOf, checkProof, describeType } from "./audit.ts";

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const PUBLIC_KEY = publicKey.export({ format: "der", type: "spki" }).subarray(12).toString("base64");

function hash(first: number, ...parts: readonly Buffer[]): Buffer {
  return createHash("sha256")
    .update(Buffer.from([first]))
    .update(Buffer.concat(parts))
    .digest();
}

/** A log of three entries, and the proof of one of them. */
function proofOf(index: 0 | 2): AuditProof {
  const entries = ['{"sid":"AE0"}', '{"sid":"AE1"}', '{"sid":"AE2"}'];
  const [a, b, c] = entries.map((entry) => hash(0, Buffer.from(entry))) as [Buffer, Buffer, Buffer];
  const root = hash(1, hash(1, a, b), c).toString("base64");
  const path = index === 0 ? [b, c] : [hash(1, a, b)];
  const text = `trunkline/messaging-1\n3\n${root}\n1795000000000\n`;
  return {
    cell: "messaging-1",
    index,
    size: 3,
    root,
    date_ms: 1_795_000_000_000,
    signature: sign(null, Buffer.from(text), privateKey).toString("base64"),
    entry: entries[index] ?? "",
    leaf_hash: (index === 0 ? a : c).toString("base64"),
    proof: path.map((octets) => octets.toString("base64")),
  };
}

describe("a proof of the audit log", () => {
  it("holds for the first and the last entry", async () => {
    const all = { isEntry: true, isInLog: true, isSigned: true };
    assert.deepEqual(await checkProof(proofOf(0), "AE0", PUBLIC_KEY), all);
    assert.deepEqual(await checkProof(proofOf(2), "AE2", PUBLIC_KEY), all);
  });

  it("fails where the entry, the path or the head was touched", async () => {
    const good = proofOf(2);
    const touched = await checkProof({ ...good, entry: good.entry.replace("AE2", "AE9") }, "AE9", PUBLIC_KEY);
    assert.deepEqual([touched.isEntry, touched.isInLog], [false, false]);
    assert.equal((await checkProof(good, "AE1", PUBLIC_KEY)).isEntry, false);
    assert.equal((await checkProof({ ...good, index: 1 }, "AE2", PUBLIC_KEY)).isInLog, false);
    assert.equal((await checkProof({ ...good, index: 3 }, "AE2", PUBLIC_KEY)).isInLog, false);
    assert.equal((await checkProof({ ...good, size: 4 }, "AE2", PUBLIC_KEY)).isSigned, false);
  });
});

describe("an event", () => {
  it("shows what was before and after, by name", () => {
    const changes = changesOf({
      event_data: {
        resource_properties: {
          sms_url: { previous: "", updated: "https://a.example" },
          capabilities: { updated: { sms: true } },
          friendly_name: { previous: "old" },
        },
      },
    });
    assert.deepEqual(changes, [
      { name: "capabilities", before: undefined, after: '{\n  "sms": true\n}' },
      { name: "friendly_name", before: "old", after: undefined },
      { name: "sms_url", before: "(empty)", after: "https://a.example" },
    ]);
  });

  it("is named in words", () => {
    assert.equal(describeType("phone-number.updated"), "phone number updated");
  });
});
