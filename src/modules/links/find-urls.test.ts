import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findUrls, MAX_URLS } from "./find-urls.ts";

const urlsOf = (text: string): string[] => findUrls(text).map(({ url }) => url);

describe("the URLs of a text", () => {
  it("are found wherever they stand, several at once, in any case", () => {
    assert.deepEqual(urlsOf("https://a.example/x"), ["https://a.example/x"]);
    assert.deepEqual(urlsOf("Sale! HTTP://Shop.Example/?q=1&r=2 or https://b.example:8443/y#z now"), [
      "HTTP://Shop.Example/?q=1&r=2",
      "https://b.example:8443/y#z",
    ]);
    assert.deepEqual(urlsOf("first\nhttps://a.example/1\nhttps://a.example/2"), [
      "https://a.example/1",
      "https://a.example/2",
    ]);
  });

  it("end before the punctuation of the sentence", () => {
    for (const [text, url] of [
      ["See https://a.example/x.", "https://a.example/x"],
      ["See https://a.example/x, or call", "https://a.example/x"],
      ["Really https://a.example/x?!", "https://a.example/x"],
      ["(see https://a.example/x)", "https://a.example/x"],
      ["(see https://a.example/x).", "https://a.example/x"],
      ["https://en.example/wiki/Ship_(disambiguation)", "https://en.example/wiki/Ship_(disambiguation)"],
      ["(https://en.example/wiki/Ship_(disambiguation))", "https://en.example/wiki/Ship_(disambiguation)"],
      ["[https://a.example/x[1]]", "https://a.example/x[1]"],
      ["“https://a.example/x”", "https://a.example/x"],
      ["<https://a.example/x>", "https://a.example/x"],
      ['"https://a.example/x"', "https://a.example/x"],
      ["https://a.example/x…", "https://a.example/x"],
      ["https://a.example/?x=1.5&y=a.b", "https://a.example/?x=1.5&y=a.b"],
      ["https://a.example/x/", "https://a.example/x/"],
    ] as const) {
      assert.deepEqual(urlsOf(text), [url], text);
    }
  });

  it("may hold letters of any script, and end at full-width punctuation", () => {
    assert.deepEqual(urlsOf("看 https://例え.example/パス？はい"), ["https://例え.example/パス"]);
    assert.deepEqual(urlsOf("https://bücher.example/straße😀 !"), ["https://bücher.example/straße😀"]);
    assert.deepEqual(urlsOf("https://a.example/x\u200bnext"), ["https://a.example/x"]);
  });

  it("are not what only looks like one", () => {
    for (const text of [
      "",
      "no link",
      "www.example.com",
      "Hello.World e.g.it 3.50",
      "https://",
      "https://.",
      "http:// a.example",
      "xhttps://a.example",
      "mailto:a@b.example",
      "me@https://a.example",
      "https://intranet/x",
      "https://user:secret@a.example/",
      "https://bank.example@evil.example/",
      `https://a.example/${"x".repeat(2_048)}`,
    ]) {
      assert.deepEqual(urlsOf(text), [], text.slice(0, 40));
    }
  });

  it("are found in linear time, and no more than a bound", () => {
    const many = "https://a.example/1 ".repeat(5_000);
    assert.equal(findUrls(many).length, MAX_URLS);
    for (const hostile of [
      "http://".repeat(20_000),
      `https://a.example/${"(".repeat(50_000)}${")".repeat(50_000)}`,
      ".".repeat(100_000),
    ]) {
      const started = performance.now();
      findUrls(hostile);
      assert.ok(performance.now() - started < 1_000);
    }
  });

  it("stand where they are said to stand", () => {
    const text = "é😀 https://a.example/x, b";
    const [found] = findUrls(text);
    assert.equal(text.slice(found?.start, found?.end), "https://a.example/x");
  });
});
