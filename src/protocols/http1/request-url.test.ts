import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Http1Error, MAX_URL_OCTETS, parseRequestUrl } from "./index.ts";

describe("a URL", () => {
  it("falls into what a connection and a request need", () => {
    assert.deepEqual(parseRequestUrl("https://us%65r:p%3Ass@Example.COM/a/../b?c=d#e=f"), {
      scheme: "https",
      host: "example.com",
      port: 443,
      hostField: "Example.COM",
      target: "/a/../b?c=d",
      username: "user",
      password: "p:ss",
      href: "https://Example.COM/a/../b?c=d",
    });
  });

  it("goes onto the wire as it is spelt, because receivers sign what they see", () => {
    for (const target of ["/?q=a+b%20c", "/a%2fb", "/.", "/x;y=1,2", "/a'b(c)*!"]) {
      assert.equal(parseRequestUrl(`http://h:80${target}`).target, target);
    }
    assert.equal(parseRequestUrl("http://h:80/").hostField, "h:80");
    assert.equal(parseRequestUrl("http://h?q").target, "/?q");
    assert.equal(parseRequestUrl("http://h").target, "/");
  });

  it("is normalised where its spelling would not be legal there", () => {
    assert.equal(parseRequestUrl("http://h/a b\u{e9}").target, "/a%20b%C3%A9");
    assert.equal(parseRequestUrl("http://h/a\r\nX: y").target, "/aX:%20y");
    assert.equal(parseRequestUrl(" http:\\\\h\\a").target, "/a");
  });

  it("names one host only, however it is written", () => {
    const host = (url: string): string => parseRequestUrl(url).host;
    for (const spelling of [
      "127.1",
      "2130706433",
      "0x7f000001",
      "0177.0.0.1",
      "0x7f.1",
      "127.0.0.1.",
      "１２７.0.0.1",
    ]) {
      assert.equal(host(`http://${spelling}/`), "127.0.0.1", spelling);
      assert.match(parseRequestUrl(`http://${spelling}/`).hostField, /^127\.0\.0\.1\.?$/);
    }
    assert.equal(host("http://[::FFFF:127.0.0.1]/"), "::ffff:7f00:1");
    assert.equal(host("http://good.example@evil.example/"), "evil.example");
    assert.equal(host("http://good.example:80@evil.example/"), "evil.example");
    assert.equal(host("http://evil.example\\@good.example/"), "evil.example");
    assert.equal(host("http://evil.example#@good.example/"), "evil.example");
    assert.equal(host("http://b\u{fc}cher.example/"), "xn--bcher-kva.example");
  });

  it("is refused with another scheme, without a host, and when it is too long", () => {
    const long = `http://h/${"a".repeat(MAX_URL_OCTETS)}`;
    for (const url of [
      "ftp://h/",
      "file:///etc/passwd",
      "javascript:1",
      "h/path",
      "",
      "http://",
      "http://h:99999/",
      long,
    ]) {
      assert.throws(
        () => parseRequestUrl(url),
        (error) => error instanceof Http1Error && error.reason === "bad-url",
      );
    }
  });
});
