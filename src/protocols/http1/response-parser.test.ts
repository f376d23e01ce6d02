import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "node:test";
import { Http1Error, MAX_HEADER_FIELDS, MAX_HEAD_OCTETS, ResponseParser } from "./index.ts";
import type { ExpectedResponse, Http1Reason } from "./index.ts";

interface Outcome {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  readonly keepAlive: boolean;
  readonly complete: boolean;
  readonly truncated: boolean;
  readonly reason: Http1Reason | undefined;
}

const GET: ExpectedResponse = { method: "GET", maxBodyOctets: 1_000, oversize: "fail" };

/** Feeds the pieces, then the end of the stream, as a connection would. */
function read(pieces: readonly Buffer[], expected: ExpectedResponse = GET, ends = true): Outcome {
  const parser = new ResponseParser();
  parser.start(expected);
  let complete = false;
  let reason: Http1Reason | undefined;
  try {
    for (const piece of pieces) {
      complete = parser.push(piece);
      if (complete) break;
    }
    if (!complete && ends) {
      parser.end();
      complete = true;
    }
  } catch (error) {
    if (!(error instanceof Http1Error)) throw error;
    reason = error.reason;
  }
  return {
    status: parser.status,
    headers: parser.headers.entries(),
    body: reason === undefined ? parser.body.toString("latin1") : "",
    keepAlive: complete && parser.keepAlive,
    complete,
    truncated: parser.truncated,
    reason,
  };
}

const whole = (text: string, expected?: ExpectedResponse): Outcome => read([Buffer.from(text, "latin1")], expected);
const refusal = (text: string, expected?: ExpectedResponse): Http1Reason | undefined => whole(text, expected).reason;

function octetByOctet(text: string): Buffer[] {
  return Array.from(Buffer.from(text, "latin1"), (octet) => Buffer.from([octet]));
}

describe("a response", () => {
  it("is complete after as many octets as Content-Length says", () => {
    const outcome = whole("HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 5\r\n\r\n<a/>\n");
    assert.deepEqual(outcome, {
      status: 200,
      headers: [
        ["content-type", "text/xml"],
        ["content-length", "5"],
      ],
      body: "<a/>\n",
      keepAlive: true,
      complete: true,
      truncated: false,
      reason: undefined,
    });
  });

  it("may leave out the reason and the space before it, and may have octets above ASCII in it", () => {
    assert.equal(whole("HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n").status, 404);
    assert.equal(whole("HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n").status, 404);
    assert.equal(whole("HTTP/1.1 404 Nicht gef\xfcnden\r\nContent-Length: 0\r\n\r\n").status, 404);
  });

  it("is read after any number of interim ones, whose fields do not stay", () => {
    const outcome = whole(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
    );
    assert.equal(outcome.status, 200);
    assert.deepEqual(outcome.headers, [["content-length", "1"]]);
  });

  it("takes chunks with extensions and trailers, and forgets the trailers", () => {
    const outcome = whole(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n4;name=value\r\nWiki\r\n00005\r\npedia\r\n0\r\nX-Sum: 1\r\nContent-Length: 3\r\n\r\n",
    );
    assert.equal(outcome.body, "Wikipedia");
    assert.equal(outcome.keepAlive, true);
    assert.deepEqual(outcome.headers, [["transfer-encoding", "Chunked"]]);
  });

  it("lasts until the connection closes where nothing says how long it is", () => {
    const outcome = whole("HTTP/1.1 200 OK\r\n\r\nall of it");
    assert.equal(outcome.body, "all of it");
    assert.equal(outcome.keepAlive, false);
  });

  it("has no body after HEAD, with 204 and with 304, whatever its fields say", () => {
    const text = (status: string): string => `HTTP/1.1 ${status}\r\nContent-Length: 900000\r\n\r\n`;
    assert.equal(whole(text("200 OK"), { ...GET, method: "HEAD" }).complete, true);
    for (const status of ["204 No Content", "304 Not Modified"]) {
      const outcome = whole(text(status));
      assert.deepEqual([outcome.body, outcome.keepAlive, outcome.reason], ["", true, undefined]);
    }
  });

  it("keeps the connection as version and Connection field say", () => {
    const verdict = (version: string, connection: string): boolean =>
      whole(`HTTP/${version} 200 OK\r\n${connection}Content-Length: 0\r\n\r\n`).keepAlive;
    assert.equal(verdict("1.1", ""), true);
    assert.equal(verdict("1.1", "Connection: close\r\n"), false);
    assert.equal(verdict("1.1", "Connection: x, Close\r\n"), false);
    assert.equal(verdict("1.1", "Connection: keep-alive\r\nConnection: close\r\n"), false);
    assert.equal(verdict("1.0", ""), false);
    assert.equal(verdict("1.0", "Connection: Keep-Alive\r\n"), true);
  });

  it("does not keep a connection on which octets follow", () => {
    assert.equal(whole("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 200 OK\r\n").keepAlive, false);
    assert.equal(whole("HTTP/1.1 204 No Content\r\n\r\nx").keepAlive, false);
  });

  it("accepts the same Content-Length several times", () => {
    assert.equal(whole("HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\nContent-Length: 2\r\n\r\nab").body, "ab");
  });

  it("is as fresh as the first one when the parser is used again", () => {
    const parser = new ResponseParser();
    for (const body of ["one", "two2"]) {
      parser.start(GET);
      assert.equal(
        parser.push(Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nX: ${body}\r\n\r\n${body}`)),
        true,
      );
      assert.deepEqual([parser.body.toString(), parser.headers.size, parser.headers.get("x")], [body, 2, body]);
    }
  });
});

describe("a response that breaks a rule", () => {
  const REFUSED: readonly (readonly [reason: Http1Reason, response: string])[] = [
    ["length-and-transfer-encoding", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"],
    ["conflicting-content-length", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n"],
    ["conflicting-content-length", "HTTP/1.1 200 OK\r\nContent-Length: 3, 4\r\n\r\n"],
    ["bad-content-length", "HTTP/1.1 200 OK\r\nContent-Length: +3\r\n\r\n"],
    ["bad-content-length", "HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\n"],
    ["bad-content-length", "HTTP/1.1 200 OK\r\nContent-Length: 0x3\r\n\r\n"],
    ["bad-content-length", "HTTP/1.1 200 OK\r\nContent-Length: 3,\r\n\r\n"],
    ["bad-content-length", "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n"],
    ["bad-content-length", "HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999\r\n\r\n"],
    ["unsupported-transfer-encoding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"],
    ["unsupported-transfer-encoding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n"],
    [
      "unsupported-transfer-encoding",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
    ["unsupported-transfer-encoding", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"],
    ["folded-header-field", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n"],
    ["bad-header-field", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n"],
    ["bad-header-field", "HTTP/1.1 200 OK\r\n: b\r\n\r\n"],
    ["bad-header-field", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n"],
    ["bad-header-field", "HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n"],
    ["bad-header-field", "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n"],
    ["bare-line-feed", "HTTP/1.1 200 OK\nA: b\r\n\r\n"],
    ["bare-line-feed", "HTTP/1.1 200 OK\r\nA: b\n\r\n"],
    ["bad-status-line", "HTTP/2.0 200 OK\r\n\r\n"],
    ["bad-status-line", "HTTP/1.1 99 OK\r\n\r\n"],
    ["bad-status-line", "HTTP/1.1 600 OK\r\n\r\n"],
    ["bad-status-line", "HTTP/1.1  200 OK\r\n\r\n"],
    ["bad-status-line", "\r\nHTTP/1.1 200 OK\r\n\r\n"],
    ["bad-status-line", "220 mail.example ESMTP\r\n"],
    ["unexpected-upgrade", "HTTP/1.1 101 Switching Protocols\r\n\r\n"],
    ["incomplete-message", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab"],
    ["incomplete-message", "HTTP/1.1 200 OK\r\nContent-Len"],
    ["incomplete-message", "HTTP/1.1 100 Continue\r\n\r\n"],
    ["incomplete-message", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n"],
  ];
  const chunked = (body: string): string => `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body}`;
  const CHUNKS: readonly (readonly [reason: Http1Reason, body: string])[] = [
    ["bad-chunk-size", "\r\n"],
    ["bad-chunk-size", "0x3\r\nabc\r\n0\r\n\r\n"],
    ["bad-chunk-size", "-3\r\n"],
    ["bad-chunk-size", "+3\r\n"],
    ["bad-chunk-size", " 3\r\n"],
    ["bad-chunk-size", "3 \r\n"],
    ["bad-chunk-size", "3g\r\n"],
    ["bad-chunk-size", "100000000\r\n"],
    ["bad-chunk-size", `3;${"x".repeat(2_000)}`],
    ["bad-chunk-end", "3\r\nabcd\r\n"],
    ["bare-line-feed", "3\nabc\r\n0\r\n\r\n"],
    ["bare-line-feed", "3\r\nabc\n0\r\n\r\n"],
    ["folded-header-field", "0\r\n folded\r\n\r\n"],
    ["bad-header-field", "0\r\nno colon\r\n\r\n"],
    ["bad-trailer", `0\r\n${"X: yyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n".repeat(300)}`],
  ];

  for (const [reason, response] of [...REFUSED, ...CHUNKS.map(([reason, body]) => [reason, chunked(body)] as const)]) {
    it(`is refused as ${reason}: ${JSON.stringify(response.slice(0, 90))}`, () => {
      assert.equal(refusal(response), reason);
      assert.equal(read(octetByOctet(response)).reason, reason);
    });
  }
});

describe("the bounds", () => {
  it("are on the head as a whole, interim ones included, at the exact octet", () => {
    const start = "HTTP/1.1 200 OK\r\nX: ";
    const end = "\r\nContent-Length: 0\r\n\r\n";
    const fill = (octets: number): string => "a".repeat(octets - start.length - end.length);
    assert.equal(whole(`${start}${fill(MAX_HEAD_OCTETS)}${end}`).complete, true);
    assert.equal(refusal(`${start}${fill(MAX_HEAD_OCTETS + 1)}${end}`), "head-too-large");
    assert.equal(refusal("HTTP/1.1 102 Processing\r\n\r\n".repeat(700)), "head-too-large");
    assert.equal(refusal("x".repeat(MAX_HEAD_OCTETS + 1)), "head-too-large");
  });

  it("are on the number of fields", () => {
    const fields = (count: number): string => "A: b\r\n".repeat(count);
    assert.equal(whole(`HTTP/1.1 204 No\r\n${fields(MAX_HEADER_FIELDS)}\r\n`).complete, true);
    assert.equal(refusal(`HTTP/1.1 204 No\r\n${fields(MAX_HEADER_FIELDS + 1)}\r\n`), "too-many-header-fields");
  });

  it("are on the body: refused as soon as its length is known, or when it grows over", () => {
    const small = { ...GET, maxBodyOctets: 4 };
    assert.equal(refusal("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", small), "body-too-large");
    assert.equal(refusal("HTTP/1.1 200 OK\r\n\r\nabcde", small), "body-too-large");
    assert.equal(
      refusal("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n", small),
      "body-too-large",
    );
    assert.equal(whole("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd", small).body, "abcd");
  });

  it("can cut the body instead, which ends message and connection", () => {
    const cut: ExpectedResponse = { method: "GET", maxBodyOctets: 4, oversize: "truncate" };
    for (const response of [
      "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nabcdefgh",
      "HTTP/1.1 200 OK\r\n\r\nabcdefgh",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nff\r\ndefgh",
    ]) {
      for (const pieces of [[Buffer.from(response)], octetByOctet(response)]) {
        const outcome = read(pieces, cut, false);
        assert.deepEqual([outcome.body, outcome.truncated, outcome.keepAlive], ["abcd", true, false]);
      }
    }
  });
});

/** A small generator, so that a failing case can be had again from its seed. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => (state = (state * 48_271) % 2_147_483_647) % below;
}

function cut(octets: Buffer, random: (below: number) => number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < octets.length;) {
    const size = 1 + random(random(3) === 0 ? 3 : 40);
    pieces.push(octets.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

const PARTS = [
  "HTTP/1.1 200 OK\r\n",
  "HTTP/1.0 200 OK\r\n",
  "HTTP/1.1 100 C\r\n\r\n",
  "HTTP/1.1 204\r\n",
  "\r\n",
  "\r\n",
  "\r\n",
  "Content-Length: 5\r\n",
  "Content-Length: 3\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Connection: close\r\n",
  "A: b\r\n",
  "3\r\nabc\r\n",
  "5;x\r\nabcde\r\n",
  "0\r\n\r\n",
  "0\r\nT: u\r\n\r\n",
  "abcde",
  " ",
  "\n",
  "\r",
  "\0",
  "\xff",
  "9",
];

describe("any slicing of the octets", () => {
  for (const seed of [1, 42, 20_261_121]) {
    it(`gives the same outcome for valid and broken responses, seed ${seed}`, () => {
      const random = generator(seed);
      for (let round = 0; round < 600; round++) {
        let text = random(4) === 0 ? "" : "HTTP/1.1 200 OK\r\n";
        for (let count = random(9); count >= 0; count--) text += PARTS[random(PARTS.length)] ?? "";
        const octets = Buffer.from(text, "latin1");
        const expected = { ...GET, method: random(8) === 0 ? "HEAD" : "GET", maxBodyOctets: 1 + random(12) };
        const atOnce = read([octets], expected);
        const sliced = read(cut(octets, random), expected);
        // Octets behind the message are seen at once only when they come with it.
        assert.deepEqual(
          { ...sliced, keepAlive: false },
          { ...atOnce, keepAlive: false },
          JSON.stringify({ text, expected }),
        );
        assert.ok(sliced.keepAlive || !atOnce.keepAlive, JSON.stringify({ text, expected }));
      }
    });
  }

  it("throws nothing but its own error at random octets, seed 99", () => {
    const random = generator(99);
    for (let round = 0; round < 1_000; round++) {
      const octets = Buffer.from(Array.from({ length: random(200) }, () => random(256)));
      const head = Buffer.from(random(2) === 0 ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" : "");
      read(cut(Buffer.concat([head, octets]), random), GET);
    }
  });

  it("costs linear work, one octet at a time", () => {
    const long = `HTTP/1.1 200 OK\r\nX: ${"a".repeat(16_000)}\r\nContent-Length: 60000\r\n\r\n${"b".repeat(60_000)}`;
    assert.equal(read(octetByOctet(long), { ...GET, maxBodyOctets: 60_000 }).body.length, 60_000);
  });
});
