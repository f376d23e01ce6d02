import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readRequests, readResults, writeRequest, writeResult, type Batch } from "./send-batch.ts";
import type { AttemptResult, SendRequest } from "./sender.ts";

describe("a batch between the threads", () => {
  it("brings every request over as it was, with the time that is left by then", () => {
    const requests = [0, 1, 9].map((count): SendRequest => ({
      webhookId: `SM${count}:sent`,
      url: `https://example.org/${count}#rc=2`,
      method: count === 1 ? "GET" : "POST",
      params: Array.from({ length: count }, (_, at) => [`name ${at}`, at % 2 === 0 ? "" : "☃\u0000"]),
      authToken: "secret",
      leftMs: 10_000,
      wantsBody: count === 0,
      wantsTrace: count === 9,
      context: count === 0 ? undefined : "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    }));
    const batch: Batch = [];
    requests.forEach((request, at) => writeRequest(batch, at + 7, request, 1_234.5));
    const read: [number, SendRequest][] = [];
    readRequests(structuredClone(batch), (key, request) => read.push([key, request]));
    assert.deepEqual(
      read,
      requests.map((request, at) => [at + 7, { ...request, leftMs: 1_234.5 }]),
    );
  });

  it("brings every result over as it was", () => {
    const failure = { kind: "failed", errorCode: 11200, text: "No.", retryable: "5xx", hostDown: false } as const;
    const results: AttemptResult[] = [
      { kind: "answer", answer: { status: 204, contentType: "", body: "" }, url: "" },
      { kind: "answer", answer: { status: 200, contentType: "text/xml", body: "<Response/>" }, url: "http://x/" },
      { ...failure, status: 503, body: "" },
      { ...failure, retryable: undefined, hostDown: undefined },
      { kind: "answer", answer: { status: 200, contentType: "", body: "" }, url: "http://x/" },
      { ...failure, trace: { url: "http://x/", method: "POST", requestHeaders: [["A", "☃"]], redirects: 2 } },
      { kind: "answer", answer: { status: 204, contentType: "", body: "" }, url: "" },
    ];
    const batch: Batch = [];
    results.forEach((result, at) => writeResult(batch, at, result));
    const read: [number, AttemptResult][] = [];
    readResults(structuredClone(batch), (key, result) => read.push([key, result]));
    assert.deepEqual(
      read,
      results.map((result, at) => [at, result]),
    );
  });

  it("is refused when it is cut", () => {
    const batch: Batch = [1, "SM1:sent", "http://x/", "POST", "secret", 10, false, false, undefined, 2, "a", "b", "c"];
    assert.throws(() => readRequests(batch, () => {}), /complete/);
    assert.throws(() => readResults([1, 9, 200], () => {}), /known kind/);
  });
});
