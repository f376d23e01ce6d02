import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "node:test";
import { Http1Error, RequestParser } from "./index.ts";
import { CORPUS, type Verdict } from "../../../test/kit/request-corpus.ts";

interface Outcome {
  readonly verdict: Verdict;
  /** `METHOD target body` of each whole request. */
  readonly requests: readonly string[];
}

/** Feeds the pieces as a server would that takes every body. */
function read(pieces: readonly Buffer[], maxBodyOctets = 100_000): Outcome {
  const parser = new RequestParser();
  const requests: string[] = [];
  try {
    for (const piece of pieces) {
      let offset = 0;
      while (offset < piece.length) {
        offset = parser.push(piece, offset);
        if (parser.phase === "held") parser.takeBody(maxBodyOctets);
        if (parser.phase !== "done") continue;
        requests.push(`${parser.method} ${parser.target} ${parser.body.toString("latin1")}`);
        parser.next();
      }
    }
  } catch (error) {
    if (!(error instanceof Http1Error)) throw error;
    const isTooLarge = error.reason === "head-too-large" || error.reason === "too-many-header-fields";
    return { verdict: isTooLarge ? 431 : 400, requests };
  }
  return { verdict: parser.isWithin ? "wait" : "accept", requests };
}

const octetsOf = (text: string): Buffer => Buffer.from(text, "latin1");

function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => (state = (state * 48_271) % 2_147_483_647) % below;
}

describe("the corpus of nasty requests", () => {
  it("is large, and every entry has a name of its own", () => {
    assert.ok(CORPUS.length >= 150, String(CORPUS.length));
    assert.equal(new Set(CORPUS.map(({ name }) => name)).size, CORPUS.length);
  });

  it("is answered as it says", () => {
    for (const { name, octets, verdict, requests } of CORPUS) {
      const outcome = read([octetsOf(octets)]);
      assert.deepEqual([outcome.verdict, outcome.requests.length], [verdict, requests], name);
    }
  });

  it("is answered the same when it is split at any octet, and when it comes octet by octet", () => {
    for (const { name, octets } of CORPUS) {
      const all = octetsOf(octets);
      const expected = read([all]);
      // A long head is split around its ends only: the middle is more of the same.
      const step = all.length < 1_000 ? 1 : 97;
      for (let at = 1; at < all.length; at += step) {
        const outcome = read([all.subarray(0, at), all.subarray(at)]);
        assert.deepEqual(outcome, expected, `${name}, split at ${at}`);
      }
      const pieces = Array.from(all, (_, i) => all.subarray(i, i + 1));
      assert.deepEqual(read(pieces), expected, `${name}, octet by octet`);
    }
  });

  it("mutated with seed 11, is answered the same however it is split, and never with a crash", () => {
    const random = seeded(11);
    for (let round = 0; round < 4_000; round += 1) {
      const { octets } = CORPUS[random(CORPUS.length)] ?? { octets: "" };
      if (octets.length > 2_000) continue;
      const mutated = octetsOf(octets);
      for (let i = random(3); i >= 0; i -= 1) {
        const at = random(mutated.length);
        mutated[at] = random(2) === 0 ? random(256) : (octetsOf("\r\n :,;\t0aG")[random(10)] ?? 0);
      }
      const whole = read([mutated]);
      const at = random(mutated.length);
      const split = read([mutated.subarray(0, at), mutated.subarray(at)]);
      // Which of two faults is met first may depend on the pieces; that there is one may not.
      assert.deepEqual(split, whole, JSON.stringify(mutated.toString("latin1")));
    }
  });
});

describe("a request", () => {
  const parse = (text: string): RequestParser => {
    const parser = new RequestParser();
    parser.push(octetsOf(text), 0);
    return parser;
  };

  it("is handed over with its head before its body", () => {
    const parser = parse("POST /a?b HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n\r\n");
    assert.equal(parser.phase, "held");
    assert.deepEqual([parser.method, parser.target, parser.minorVersion], ["POST", "/a?b", 1]);
    assert.deepEqual([parser.contentLength, parser.expectsContinue, parser.expectsUnknown], [5, true, false]);
    assert.equal(parser.fields.get("host"), "h");
  });

  it("says whether its connection goes on", () => {
    const goesOn = (version: string, connection: string): boolean =>
      parse(`GET / HTTP/${version}\r\nHost: x\r\n${connection === "" ? "" : `Connection: ${connection}\r\n`}\r\n`)
        .keepAlive;
    assert.deepEqual([goesOn("1.1", ""), goesOn("1.0", "")], [true, false]);
    assert.deepEqual([goesOn("1.1", "Close"), goesOn("1.0", "Keep-Alive")], [false, true]);
    assert.deepEqual([goesOn("1.1", "x, close"), goesOn("1.1", "close, keep-alive")], [false, false]);
  });

  it("with a body over the bound is read to its end, and the body dropped", () => {
    for (const body of [
      "Content-Length: 10\r\n\r\n0123456789",
      "Transfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n0\r\n\r\n",
    ]) {
      const parser = new RequestParser();
      const octets = octetsOf(`POST / HTTP/1.1\r\nHost: x\r\n${body}`);
      const at = parser.push(octets, 0);
      parser.takeBody(4);
      assert.equal(parser.push(octets, at), octets.length);
      assert.deepEqual([parser.phase, parser.isTooLong], ["done", true]);
    }
  });

  it("that expects something unknown says so, except in HTTP/1.0, which has no expectations", () => {
    assert.equal(parse("GET / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n").expectsUnknown, true);
    assert.equal(parse("GET / HTTP/1.0\r\nExpect: tea\r\n\r\n").expectsUnknown, false);
  });
});
