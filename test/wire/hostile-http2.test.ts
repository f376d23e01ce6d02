/** Sessions of HTTP/2 that cost more than they ask for. Each ends, nothing grows, and others are served meanwhile. */
import assert from "node:assert/strict";
import * as http2 from "node:http2";
import { test } from "node:test";
import { askHealth, startFrontWorld, usedOctets } from "../kit/front-world.ts";
import {
  CONTINUATION,
  DATA,
  END_HEADERS,
  END_STREAM,
  frame,
  headerBlock,
  HEADERS,
  PING,
  PRIORITY,
  RawHttp2,
  requestFields,
  RST_STREAM,
  SETTINGS,
  WINDOW_UPDATE,
} from "../kit/http2-frames.ts";

const { NGHTTP2_ENHANCE_YOUR_CALM, NGHTTP2_CANCEL } = http2.constants;
const GET = headerBlock(requestFields("/healthz"));
const POST = headerBlock(requestFields("/echo", "POST"));
const LONG = headerBlock(requestFields("/long"));
/** Small, so that a test is over soon; the rates are those of the defaults. */
const LIMITS = { checkIntervalMs: 20, controlBurst: 50, overheadBurstOctets: 16_384 };
const int32 = (value: number): Buffer =>
  Buffer.from([value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255]);

/** Sends the same again and again, no faster than it is taken, until the connection ends. */
async function flood(raw: RawHttp2, piece: (turn: number) => Buffer): Promise<void> {
  for (let turn = 0; !raw.socket.destroyed; turn += 1) {
    raw.send(piece(turn));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

test("streams that are opened and reset at once end the session (CVE-2023-44487)", async (t) => {
  const { port, offences, http2: server } = await startFrontWorld(t, { http2: LIMITS });
  const raw = await RawHttp2.open(port);
  const before = usedOctets();
  await flood(raw, (turn) =>
    Buffer.concat(
      Array.from({ length: 20 }, (_, at) => {
        const id = (turn * 20 + at) * 2 + 1;
        return Buffer.concat([frame(HEADERS, END_HEADERS, id, POST), frame(RST_STREAM, 0, id, int32(NGHTTP2_CANCEL))]);
      }),
    ),
  );
  assert.deepEqual(raw.goaways().slice(-1), [NGHTTP2_ENHANCE_YOUR_CALM]);
  assert.deepEqual(offences, ["resets"]);
  assert.match(await askHealth(port), /ok\n$/);
  assert.equal(server.sessionCount, 0);
  assert.ok(usedOctets() - before < 8_000_000);
});

for (const [what, offence] of [
  ["opens the window too far", (id: number) => frame(WINDOW_UPDATE, 0, id, int32(0x7fffffff))],
  ["opens the window by nothing", (id: number) => frame(WINDOW_UPDATE, 0, id, int32(0))],
  ["sends a priority of no length", (id: number) => frame(PRIORITY, 0, id)],
  ["sends more than it announced", (id: number) => frame(DATA, END_STREAM, id, Buffer.alloc(10))],
] as const) {
  test(`a client that makes us reset its streams, as it ${what}, is ended (CVE-2025-8671)`, async (t) => {
    // After some offences nghttp2 reads no more and says nothing of it, so that the time limits are what ends the session.
    const limits = { ...LIMITS, requestTimeoutMs: 80, writeTimeoutMs: 80, keepAliveTimeoutMs: 80 };
    const { port, reached, http2: server } = await startFrontWorld(t, { http2: limits });
    const raw = await RawHttp2.open(port);
    const announced = headerBlock([...requestFields("/echo", "POST"), ["content-length", "5"]]);
    await flood(raw, (turn) => {
      const id = turn * 2 + 1;
      return Buffer.concat([frame(HEADERS, END_HEADERS, id, announced), offence(id)]);
    });
    while (server.sessionCount > 0) await new Promise(setImmediate);
    assert.ok(reached.length < 200, `${reached.length} requests`);
  });
}

test("what is in progress of a session is bounded, also by streams that were reset", async (t) => {
  const { port, reached } = await startFrontWorld(t, { http2: { ...LIMITS, maxStreams: 10 } });
  const raw = await RawHttp2.open(port);
  // Each waits for something and is reset, which makes room for the next as far as HTTP/2 knows.
  for (let at = 0; at < 40; at += 1) {
    const id = at * 2 + 1;
    raw.send(
      frame(HEADERS, END_HEADERS | END_STREAM, id, headerBlock(requestFields("/hold"))),
      frame(RST_STREAM, 0, id, int32(NGHTTP2_CANCEL)),
    );
  }
  raw.send(frame(HEADERS, END_HEADERS | END_STREAM, 101, headerBlock(requestFields("/hold"))));
  await raw.until(() => raw.of(DATA, 101).length > 0);
  assert.match(String(raw.of(DATA, 101)[0]?.payload), /"code":20429/);
  assert.ok(reached.length <= 10, `${reached.length} at once`);
  raw.socket.destroy();
});

test("more streams than allowed are refused, and the session goes on", async (t) => {
  const { port, reached } = await startFrontWorld(t, { http2: { maxStreams: 3 } });
  const raw = await RawHttp2.open(port);
  await raw.until(() => raw.of(SETTINGS).length > 1);
  for (const id of [1, 3, 5, 7, 9]) raw.send(frame(HEADERS, END_HEADERS, id, POST));
  await raw.until(() => raw.resets(7).length > 0 && raw.resets(9).length > 0);
  raw.send(frame(DATA, END_STREAM, 1, Buffer.from("abc")));
  await raw.until(() => raw.of(HEADERS, 1).length > 0);
  assert.equal(reached.length, 3);
  raw.socket.destroy();
});

test("a header that goes on for ever ends the session (CVE-2024-27316)", async (t) => {
  const { port, reached, http2: server } = await startFrontWorld(t, { http2: LIMITS });
  const before = usedOctets();
  const raw = await RawHttp2.open(port);
  raw.send(frame(HEADERS, END_STREAM, 1, GET));
  const piece = frame(CONTINUATION, 0, 1, headerBlock([["x", "y".repeat(16_000)]]));
  await flood(raw, () => piece);
  assert.match(await askHealth(port), /ok\n$/);
  assert.ok(usedOctets() - before < 8_000_000);
  assert.deepEqual([reached, server.sessionCount], [[], 0]);
});

test("so does one of a single octet at a time", async (t) => {
  const { port, reached } = await startFrontWorld(t, { http2: LIMITS });
  const raw = await RawHttp2.open(port);
  raw.send(frame(HEADERS, END_STREAM, 1, GET));
  await flood(raw, () => frame(CONTINUATION, 0, 1));
  assert.deepEqual(reached, []);
});

test("a header that is small on the wire and huge when read resets its stream (HPACK bomb)", async (t) => {
  const { port, reached } = await startFrontWorld(t, { http2: LIMITS });
  const before = usedOctets();
  const raw = await RawHttp2.open(port);
  // A value of 3 KiB goes into the table (RFC 7541 §6.2.1), and each further octet, 0xbe, stands for all of it.
  const [, name, , value] = [0, Buffer.from("\x01x", "latin1"), 0, Buffer.alloc(3_000, "a")];
  const entry = Buffer.concat([Buffer.from([0x40]), name, Buffer.from([0x7f, 0xb9, 0x16]), value]);
  const bomb = Buffer.concat([GET, entry, Buffer.alloc(10_000, 0xbe)]);
  raw.send(frame(HEADERS, END_HEADERS | END_STREAM, 1, bomb));
  await raw.until(() => raw.resets(1).length > 0 || raw.goaways().length > 0).catch(() => undefined);
  raw.socket.destroy();
  assert.deepEqual(reached, []);
  assert.ok(usedOctets() - before < 8_000_000);
});

const FLOODS: Readonly<Record<string, (turn: number) => Buffer>> = {
  pings: () => frame(PING, 0, 0, Buffer.alloc(8)),
  settings: () => frame(SETTINGS, 0, 0),
  "settings that change nothing": () => frame(SETTINGS, 0, 0, Buffer.from([0, 3, 0, 0, 0, 100])),
  "window updates": () => frame(WINDOW_UPDATE, 0, 0, int32(1)),
  priorities: (turn) => frame(PRIORITY, 0, (turn % 1_000) * 2 + 1, Buffer.from([0, 0, 0, 0, 1])),
  "empty data": () => frame(DATA, 0, 1),
  "unknown frames": () => frame(0x55, 0, 0, Buffer.alloc(100)),
};

for (const [name, piece] of Object.entries(FLOODS)) {
  test(`a flood of ${name} ends the session (CVE-2019-9511 to 9518)`, async (t) => {
    const { port, http2: server } = await startFrontWorld(t, { http2: LIMITS });
    const before = usedOctets();
    const raw = await RawHttp2.open(port);
    raw.send(frame(HEADERS, END_HEADERS, 1, POST));
    const flooded = flood(raw, (turn) => Buffer.concat(Array.from({ length: 200 }, () => piece(turn))));
    assert.match(await askHealth(port), /ok\n$/);
    await flooded;
    while (server.sessionCount > 0) await new Promise(setImmediate);
    assert.ok(usedOctets() - before < 8_000_000);
  });
}

test("a client that reads nothing is cut off, and holds little until then", async (t) => {
  const limits = { checkIntervalMs: 20, writeTimeoutMs: 200 };
  const { port, http2: server } = await startFrontWorld(t, { http2: limits });
  const before = usedOctets();
  // No window at all for any stream (RFC 9113 §6.5.2).
  const raw = await RawHttp2.open(port, Buffer.from([0, 4, 0, 0, 0, 0]));
  for (let at = 0; at < 90; at += 1) raw.send(frame(HEADERS, END_HEADERS | END_STREAM, at * 2 + 1, LONG));
  await raw.until(() => raw.of(HEADERS).length === 90);
  const held = usedOctets() - before;
  assert.ok(held < 90 * 131_072, `${held} octets`);
  assert.match(await askHealth(port), /ok\n$/);
  await raw.until(() => raw.of(RST_STREAM).length === 90);
  raw.socket.destroy();
  while (server.sessionCount > 0) await new Promise(setImmediate);
});

test("a window that opens by single octets does not keep an answer alive", async (t) => {
  const limits = { ...LIMITS, overheadBurstOctets: 1_000_000, writeTimeoutMs: 200 };
  const { port } = await startFrontWorld(t, { http2: limits });
  const raw = await RawHttp2.open(port, Buffer.from([0, 4, 0, 0, 0, 0]));
  raw.send(frame(HEADERS, END_HEADERS | END_STREAM, 1, LONG));
  while (raw.resets(1).length === 0) {
    raw.send(frame(WINDOW_UPDATE, 0, 1, int32(1)));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.deepEqual(raw.resets(1), [NGHTTP2_CANCEL]);
  raw.socket.destroy();
});

test("a body that never comes is answered 408, and its stream ends", async (t) => {
  const { port } = await startFrontWorld(t, { http2: { checkIntervalMs: 20, requestTimeoutMs: 60 } });
  const raw = await RawHttp2.open(port);
  raw.send(frame(HEADERS, END_HEADERS, 1, POST), frame(DATA, 0, 1, Buffer.from("a")));
  await raw.until(() => raw.resets(1).length > 0);
  assert.equal(raw.of(HEADERS, 1).length, 1);
  assert.match(String(raw.of(DATA, 1)[0]?.payload), /"status":408/);
  raw.socket.destroy();
});

test("a body over the bound is answered 413, and the rest of it is not read", async (t) => {
  const { port } = await startFrontWorld(t);
  const raw = await RawHttp2.open(port);
  raw.send(frame(HEADERS, END_HEADERS, 1, POST));
  for (let at = 0; at < 5; at += 1) raw.send(frame(DATA, 0, 1, Buffer.alloc(16_000)));
  await raw.until(() => raw.resets(1).length > 0);
  assert.match(String(raw.of(DATA, 1)[0]?.payload), /"status":413/);
  raw.socket.destroy();
});
