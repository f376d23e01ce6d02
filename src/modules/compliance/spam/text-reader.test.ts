import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { phraseHashes } from "./lexicon.ts";
import { MAX_READ_CHARACTERS, TextReader } from "./text-reader.ts";

const reader = new TextReader();

function streamOf(text: string): string {
  reader.read(text);
  return String.fromCharCode(...reader.stream.subarray(0, reader.length));
}

describe("the reader of texts", () => {
  it("leaves of a text what stays when it is disguised", () => {
    const plain = streamOf("Verify your password now");
    assert.equal(plain, "verifyyourpasswordnow");
    for (const disguised of [
      "VERIFY  your   password, now!",
      "Vеrіfy yоur раsswоrd nоw",
      "Ver\u200bify yo\u00adur pass\u2060word now",
      "Verify your p4ssw0rd now",
      "V.e.r.i.f.y your password now",
      "Vérifỳ your ｐａｓｓｗｏｒｄ now",
      "𝐕𝐞𝐫𝐢𝐟𝐲 your password now",
    ]) {
      assert.equal(streamOf(disguised), plain, disguised);
    }
  });

  it("masks numbers, so that codes do not tell texts apart", () => {
    assert.equal(streamOf("Your code is 123456"), streamOf("Your code is 98 21"));
    reader.read("Your code is 123456, call +14155550100");
    assert.deepEqual([reader.codes, reader.phones], [1, 1]);
  });

  it("counts disguise only where there is one", () => {
    reader.read("Your pаssword is l\u200bocked, W1NNER of fr33 money");
    assert.deepEqual([reader.mixedWords, reader.invisibles, reader.leetCount], [1, 1, 2]);
    for (const honest of [
      "Привет, как дела? Встреча в 10:30",
      "नमस्ते क\u200dष",
      "Café à 12h30, 10pm, A1234",
      "👨‍👩‍👧 hello",
    ]) {
      reader.read(honest);
      assert.deepEqual([reader.mixedWords, reader.invisibles, reader.leetCount], [0, 0, 0], honest);
    }
  });

  it("reads words that are spelled out", () => {
    const [whole] = phraseHashes("free");
    reader.read("get it f r e e today");
    assert.equal(reader.spelledWords[0], whole);
  });

  it("takes links apart", () => {
    reader.read("See https://Pay.Example.co.uk/a?b, http://10.0.0.1/x or bit.ly/abc. Bye.Now 3.50 a@b.com");
    assert.deepEqual(
      reader.links.map(({ host, domain, isAddress }) => [host, domain, isAddress]),
      [
        ["pay.example.co.uk", "example.co.uk", false],
        ["10.0.0.1", "10.0.0.1", true],
        ["bit.ly", "bit.ly", false],
      ],
    );
  });

  it("sees through links that pretend", () => {
    const linkOf = (text: string) => {
      reader.read(text);
      return reader.links[0];
    };
    assert.ok(linkOf("https://bаnk.com/x")?.isHomograph);
    assert.ok(linkOf("https://xn--bnk-5cd.com")?.isHomograph);
    assert.ok(!linkOf("https://münchen.de/rathaus")?.isHomograph);
    assert.ok(linkOf("https://bank.com@evil.top/x")?.hasUser);
    assert.equal(linkOf("https://bank.com@evil.top/x")?.domain, "evil.top");
    assert.ok(linkOf("hxxps://evil[.]top/x")?.isHidden);
  });

  it("reads hostile texts in bounded time and room", () => {
    for (const text of [
      "a.".repeat(5_000),
      ".".repeat(5_000),
      "\u200b".repeat(5_000),
      "h".repeat(5_000),
      "\ud835".repeat(5_000),
      "@$!1a".repeat(1_000),
    ]) {
      reader.read(text);
      assert.ok(reader.length <= MAX_READ_CHARACTERS + 512);
      assert.ok(reader.links.length <= 5);
    }
  });
});
