import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SealError, SecretBox } from "./secret-box.ts";

const MASTER = new Uint8Array(32).fill(7);
const SECRET = "0123456789abcdef0123456789abcdef";

describe("SecretBox", () => {
  it("opens what it sealed, in another process too, and never seals alike", () => {
    const sealed = new SecretBox(MASTER).seal(SECRET, "AC1");
    assert.equal(new SecretBox(MASTER).open(sealed, "AC1"), SECRET);
    assert.notEqual(new SecretBox(MASTER).seal(SECRET, "AC1"), sealed);
    assert.ok(!sealed.includes(SECRET));
  });

  it("keeps text of any length and alphabet", () => {
    const box = new SecretBox(MASTER);
    for (const text of ["", "é\u{1f600}\0", "x".repeat(5_000)])
      assert.equal(box.open(box.seal(text, "AC1"), "AC1"), text);
  });

  it("refuses another context, another master key, another version, and every flipped bit", () => {
    const box = new SecretBox(MASTER);
    const sealed = box.seal("secret", "AC1");
    const refuses = (by: SecretBox, text: string, context = "AC1"): void => {
      assert.throws(() => by.open(text, context), SealError);
    };
    refuses(box, sealed, "AC2");
    refuses(new SecretBox(new Uint8Array(32).fill(8)), sealed);
    refuses(box, sealed.replace("v1.", "v2."));
    refuses(box, "");
    refuses(box, "v1.AAAA");
    refuses(box, sealed.slice(0, -4));
    const octets = Buffer.from(sealed.slice(3), "base64url");
    for (let bit = 0; bit < octets.length * 8; bit += 1) {
      const flipped = Buffer.from(octets);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      refuses(box, `v1.${flipped.toString("base64url")}`);
    }
  });

  it("says nothing of the secret when it refuses", () => {
    const box = new SecretBox(MASTER);
    assert.throws(
      () => box.open(box.seal(SECRET, "AC1"), "AC2"),
      (error: Error) => !error.message.includes(SECRET) && error.message.includes("AC2"),
    );
  });

  it("digests by secret, context and master key", () => {
    const box = new SecretBox(MASTER);
    const digest = box.digest(SECRET, "AC1");
    assert.equal(new SecretBox(MASTER).digest(SECRET, "AC1"), digest);
    assert.ok(box.sameDigest(digest, box.digest(SECRET, "AC1")));
    for (const other of [
      box.digest(SECRET, "AC2"),
      box.digest(`${SECRET} `, "AC1"),
      new SecretBox(new Uint8Array(32).fill(8)).digest(SECRET, "AC1"),
      "",
    ]) {
      assert.ok(!box.sameDigest(digest, other));
    }
    assert.notEqual(box.digest("C1x", "A"), box.digest("x", "AC1"));
  });

  it("makes fingerprints that another process cannot make", () => {
    const box = new SecretBox(MASTER);
    assert.equal(box.fingerprint("a"), box.fingerprint("a"));
    assert.notEqual(box.fingerprint("a"), box.fingerprint("b"));
    assert.notEqual(box.fingerprint("a"), new SecretBox(MASTER).fingerprint("a"));
  });

  it("takes a key of 32 octets only, and no context with a zero character", () => {
    assert.throws(() => new SecretBox(new Uint8Array(31)));
    assert.throws(() => new SecretBox(MASTER).digest("a", "b\0c"));
    assert.throws(() => new SecretBox(MASTER).seal("a", ""));
  });
});
