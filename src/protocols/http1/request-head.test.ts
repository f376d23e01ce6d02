import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "node:test";
import { Http1Error, encodeRequest } from "./index.ts";
import type { RequestMessage } from "./index.ts";

const BASE: RequestMessage = { method: "POST", target: "/sms?a=b", host: "example.com:8080", headers: [] };

const refused = (change: Partial<RequestMessage>, reason: string): void =>
  assert.throws(
    () => encodeRequest({ ...BASE, ...change }),
    (error) => error instanceof Http1Error && error.reason === reason,
  );

describe("a request", () => {
  it("leaves as one piece, with its fields in order and the true length", () => {
    const octets = encodeRequest({
      ...BASE,
      headers: [
        ["X-A", "1"],
        ["x-b", "ü"],
      ],
      body: "Body=€",
    });
    assert.equal(
      octets.toString("latin1"),
      "POST /sms?a=b HTTP/1.1\r\nHost: example.com:8080\r\nX-A: 1\r\nx-b: \xfc\r\nContent-Length: 8\r\n\r\nBody=\xe2\x82\xac",
    );
  });

  it("carries octets as they are", () => {
    const octets = encodeRequest({ ...BASE, body: Uint8Array.of(0, 255, 13, 10) });
    assert.deepEqual(octets.subarray(-4), Buffer.from([0, 255, 13, 10]));
  });

  it("announces an empty body for methods that have one, and none for others", () => {
    assert.match(encodeRequest(BASE).toString(), /\r\nContent-Length: 0\r\n\r\n$/);
    assert.doesNotMatch(encodeRequest({ ...BASE, method: "GET" }).toString(), /Content-Length/);
  });

  it("cannot be ended early by anything a caller passes", () => {
    refused({ headers: [["X", "a\r\nY: b"]] }, "bad-header-field");
    refused({ headers: [["X", "a\nb"]] }, "bad-header-field");
    refused({ headers: [["X", "a\rb"]] }, "bad-header-field");
    refused({ headers: [["X", "a\0b"]] }, "bad-header-field");
    refused({ headers: [["X", "\u{10d}\u{10a}"]] }, "bad-header-field");
    refused({ headers: [["X\r\nY", "a"]] }, "bad-header-field");
    refused({ headers: [["X:", "a"]] }, "bad-header-field");
    refused({ headers: [["", "a"]] }, "bad-header-field");
    refused({ target: "/a b" }, "bad-target");
    refused({ target: "/a\r\nX: y" }, "bad-target");
    refused({ target: "/\u{10d}" }, "bad-target");
    refused({ host: "a\r\nX: y" }, "bad-header-field");
    refused({ host: "" }, "bad-header-field");
    refused({ method: "GET / HTTP/1.1\r\n" }, "bad-method");
    refused({ method: "get" }, "bad-method");
  });

  it("has its framing and its connection from nobody else", () => {
    for (const name of ["Host", "content-length", "Transfer-Encoding", "CONNECTION", "Upgrade", "Expect", "TE"]) {
      refused({ headers: [[name, "1"]] }, "bad-header-field");
    }
  });
});
