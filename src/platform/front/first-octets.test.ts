import assert from "node:assert/strict";
import { it } from "node:test";
import { classify } from "./first-octets.ts";

const kindOf = (text: string): string | undefined => classify(Buffer.from(text, "latin1"))?.kind;

it("tells TLS by its first octet and HTTP as soon as the target begins", () => {
  assert.equal(kindOf("\x16"), "tls");
  assert.equal(kindOf("GET /"), "http");
  assert.equal(kindOf("OPTIONS *"), "http");
});

it("tells HTTP/2 by its whole preface, and leaves what only begins like it to the HTTP server", () => {
  const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  assert.equal(kindOf(preface), "http2");
  assert.equal(kindOf(`${preface}\0\0\0\x04`), "http2");
  for (let length = 1; length < preface.length; length += 1) assert.equal(kindOf(preface.slice(0, length)), undefined);
  for (const text of ["PRI / HTTP/1.1\r\n", "PRI * HTTP/2.0\r\nHost: x\r\n\r\n", "PRIVATE /", "PRI *\r\n"])
    assert.equal(kindOf(text), "http", text);
  assert.equal(kindOf("PRINT"), "http");
  assert.equal(kindOf("PUT /"), "http");
});

it("waits while it cannot tell", () => {
  for (const text of [
    "",
    "G",
    "GET",
    "GET ",
    "CONNECT",
    "CONNECT a",
    "CONNECT a:1 HTTP/1.1\r\n\r",
    "GET http://a/ HTTP/1.1\r\nA: b\r\n",
  ])
    assert.equal(kindOf(text), undefined, text);
});

it("leaves everything that is no request to the HTTP server", () => {
  for (const text of ["\x00", "\x80\x2e", "get /", "SSH-2.0-x", "\r\n", " ", "A".repeat(25), "GET \x00"])
    assert.equal(kindOf(text), "http", JSON.stringify(text));
});

it("takes the head of a proxy request and nothing after it", () => {
  const head = "CONNECT a.test:443 HTTP/1.1\r\nHost: a\r\n\r\n";
  assert.deepEqual(classify(Buffer.from(`${head}\x16\x03`, "latin1")), { kind: "proxy", head });
  assert.equal(kindOf("GET http://a.test/ HTTP/1.1\r\n\r\n"), "proxy");
  assert.equal(kindOf("GET HTTP://a.test/ HTTP/1.1\r\n\r\n"), "proxy");
});

it("stops collecting a head that does not end", () => {
  assert.equal(kindOf(`CONNECT a:1 HTTP/1.1\r\nA: ${"x".repeat(16_384)}`), "http");
});
