import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "node:test";
import { Http1Error, ResponseParser, ResponseReader, type Http1Reason } from "./index.ts";

interface Outcome {
  readonly status: number;
  readonly body: string;
  readonly isWhole: boolean;
  readonly keepAlive: boolean;
  readonly reason: Http1Reason | undefined;
  readonly fields: readonly string[];
}

function read(pieces: readonly Buffer[], method = "GET"): Outcome {
  const reader = new ResponseReader();
  let body = "";
  let reason: Http1Reason | undefined;
  reader.start(method);
  reader.onPiece = (piece) => (body += piece.toString("latin1"));
  try {
    for (const piece of pieces) {
      for (let at = 0; at < piece.length;) {
        const next = reader.push(piece, at);
        if (next === at || (reader.phase === "done" && next <= piece.length)) break;
        at = next;
      }
      if (reader.phase === "done") break;
    }
    if (reader.phase !== "done") reader.end();
  } catch (error) {
    if (!(error instanceof Http1Error)) throw error;
    reason = error.reason;
  }
  const { status, fields } = reader;
  const isWhole = reason === undefined;
  return { status, body, isWhole, keepAlive: isWhole && reader.keepAlive, reason, fields };
}

/** The same through the parser that gathers. */
function parse(octets: Buffer, method = "GET"): Omit<Outcome, "fields"> {
  const parser = new ResponseParser();
  parser.start({ method, maxBodyOctets: 1_000_000, oversize: "fail" });
  let reason: Http1Reason | undefined;
  let isDone = false;
  try {
    isDone = parser.push(octets);
    if (!isDone) parser.end();
  } catch (error) {
    if (!(error instanceof Http1Error)) throw error;
    reason = error.reason;
  }
  const isWhole = reason === undefined;
  return {
    status: parser.status,
    body: isWhole ? parser.body.toString("latin1") : "",
    isWhole,
    keepAlive: false,
    reason,
  };
}

const whole = (text: string, method?: string): Outcome => read([Buffer.from(text, "latin1")], method);

describe("a response that is passed on", () => {
  it("has its fields in the case they came in, without those of one hop", () => {
    const { fields, body, keepAlive } = whole(
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Hop: 1\r\nConnection: X-Hop\r\nKeep-Alive: timeout=5\r\nDate: now\r\nContent-Length: 2\r\nX-Kept:  a b \r\n\r\nok",
    );
    assert.deepEqual(fields, ["Content-Type", "text/plain", "X-Kept", "a b"]);
    assert.deepEqual([body, keepAlive], ["ok", true]);
  });

  it("says how long it would have been, after HEAD", () => {
    const reader = new ResponseReader();
    reader.start("HEAD");
    reader.push(Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"), 0);
    assert.deepEqual([reader.phase, reader.announcedLength, reader.contentLength], ["done", 900, 0]);
  });

  it("stops after its head, and at the end of its body", () => {
    const octets = Buffer.from("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP");
    const reader = new ResponseReader();
    reader.start("GET");
    const head = reader.push(octets, 0);
    assert.deepEqual([octets.toString("latin1", head), reader.phase], ["okHTTP", "body"]);
    assert.equal(octets.toString("latin1", reader.push(octets, head)), "HTTP");
    assert.equal(reader.phase, "done");
  });

  it("is read again and again with the same reader", () => {
    const reader = new ResponseReader();
    for (const text of ["HTTP/1.1 204 No\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"]) {
      reader.start("GET");
      reader.push(Buffer.from(text), 0);
    }
    assert.deepEqual([reader.status, reader.phase, reader.contentLength], [200, "body", undefined]);
  });
});

const PARTS = [
  "HTTP/1.1 200 OK\r\n",
  "HTTP/1.0 200 OK\r\n",
  "HTTP/1.1 100 C\r\n\r\n",
  "HTTP/1.1 204\r\n",
  "\r\n",
  "\r\n",
  "Content-Length: 5\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Connection: close\r\n",
  "A: b\r\n",
  "3\r\nabc\r\n",
  "5;x\r\nabcde\r\n",
  "0\r\n\r\n",
  "abcde",
  " ",
  "\n",
  "\r",
  "\0",
  "\xff",
];

function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => (state = (state * 48_271) % 2_147_483_647) % below;
}

describe("any slicing of the octets", () => {
  for (const seed of [1, 42, 20_261_121]) {
    it(`gives what the parser that gathers gives, seed ${seed}`, () => {
      const random = generator(seed);
      for (let round = 0; round < 800; round += 1) {
        let text = random(4) === 0 ? "" : "HTTP/1.1 200 OK\r\n";
        for (let count = random(9); count >= 0; count -= 1) text += PARTS[random(PARTS.length)] ?? "";
        const octets = Buffer.from(text, "latin1");
        const method = random(8) === 0 ? "HEAD" : "GET";
        const sliced: Buffer[] = [];
        for (let at = 0; at < octets.length;) {
          const end = at + 1 + random(random(3) === 0 ? 3 : 40);
          sliced.push(octets.subarray(at, end));
          at = end;
        }
        const at = JSON.stringify({ text, method });
        const outcome = read(sliced, method);
        const atOnce = read([octets], method);
        assert.deepEqual({ ...outcome }, { ...atOnce }, at);
        const gathered = parse(octets, method);
        // Both refuse the same; which rule is named first may differ, and two lengths are one too many for the reader.
        if (!gathered.isWhole) assert.equal(outcome.isWhole, false, at);
        else if (outcome.isWhole)
          assert.deepEqual([outcome.status, outcome.body], [gathered.status, gathered.body], at);
        else assert.equal(outcome.reason, "conflicting-content-length", at);
      }
    });
  }

  it("costs linear work, one octet at a time", () => {
    const long = `HTTP/1.1 200 OK\r\nX: ${"a".repeat(15_000)}\r\nContent-Length: 60000\r\n\r\n${"b".repeat(60_000)}`;
    assert.equal(read(Array.from(Buffer.from(long), (octet) => Buffer.from([octet]))).body.length, 60_000);
  });
});
