import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readSignature, SIGNATURE_VALUES, signatureOf, signatureText } from "./signature.ts";
import { TemplateTable } from "./template-table.ts";
import { TextReader } from "./text-reader.ts";

const reader = new TextReader();

function signature(text: string): Uint16Array {
  reader.read(text);
  const values = new Uint16Array(SIGNATURE_VALUES);
  signatureOf(reader.stream, reader.length, values);
  return values;
}

describe("the table of templates", () => {
  it("finds a text again after small changes, and no other", () => {
    const table = new TemplateTable(64);
    const slot = table.make(signature("Hi Anna, your parcel AB12 is held at our depot, pay the customs fee here"), 0);
    assert.equal(
      table.find(signature("Hello Ben, your p4rcel ZX99 is held at our depot. Pay the customs fee here!")),
      slot,
    );
    assert.equal(table.find(signature("Your table at the restaurant is booked for Friday evening, see you soon")), -1);
  });

  it("counts senders and accounts of this and the last six hours", () => {
    const table = new TemplateTable(64);
    const slot = table.make(signature("the same text from very many senders everywhere"), 0);
    for (let at = 0; at < 40; at += 1) table.count(slot, Math.imul(at, 0x9e3779b1), at % 5, at);
    assert.ok(table.senders(slot) > 20 && table.senders(slot) < 70, String(table.senders(slot)));
    assert.ok(table.accounts(slot) >= 4 && table.accounts(slot) <= 6);
    table.count(slot, 1, 1, 24 * 3_600_000);
    assert.equal(table.senders(slot), 1);
  });

  it("forgets what was not seen for longest, but not what somebody labelled", () => {
    const table = new TemplateTable(16);
    const kept = table.make(signature("a text that the operator has marked as spam once"), 0);
    table.labels[kept] = 1;
    for (let at = 1; at < 200; at += 1)
      table.make(signature(`${String.fromCharCode(97 + (at % 26)).repeat(9)} filler ${at % 7}`), at);
    assert.equal(table.labels[kept], 1);
    assert.equal(table.find(signature("a text that the operator has marked as spam once")), kept);
  });

  it("has signatures that survive as text", () => {
    const values = signature("any text at all that is long enough");
    assert.deepEqual(readSignature(signatureText(values)), values);
    assert.equal(readSignature("short"), undefined);
  });
});
