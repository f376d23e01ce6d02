import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { test } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { formatJson, formatPretty } from "./format-line.ts";
import type { LineFormat, LogLevel } from "./format-line.ts";
import { createLineWriter } from "./line-writer.ts";
import { createLogger, errorFields } from "./logger.ts";

const START_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

function setUp(options: { level?: LogLevel; format?: LineFormat; maxLineLength?: number } = {}) {
  const lines: string[] = [];
  const clock = new ManualClock(START_MS);
  const sink = { write: (line: string) => void lines.push(line), flush: () => Promise.resolve() };
  const repeat = { windowMs: 1000, burst: 2, maxKeys: 3 };
  const logger = createLogger({ sink, clock, level: options.level ?? "debug", repeat, ...options });
  const records = (): Record<string, unknown>[] => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { lines, clock, logger, records };
}

test("a line is one JSON object with time, level, event and the fields of all ancestors", () => {
  const { logger, lines } = setUp();
  logger.child({ cell: "m1" }).child({ carrier: "north" }).info("bind.up", { attempt: 2, note: undefined, ok: true });
  assert.deepEqual(lines, [
    '{"time":"2026-01-02T03:04:05.678Z","level":"info","event":"bind.up","cell":"m1","carrier":"north","attempt":2,"ok":true}',
  ]);
});

test("lines below the level are not written", () => {
  const { logger, lines } = setUp({ level: "warn" });
  logger.debug("a");
  logger.info("b");
  logger.warn("c");
  logger.error("d");
  assert.equal(lines.length, 2);
});

test("a field cannot take the place of time, level or event", () => {
  const { logger, records } = setUp();
  logger.info("x", { level: "fake" });
  assert.equal(records()[0]?.["level"], "info");
  assert.equal(records()[0]?.["level_"], "fake");
});

test("secrets are hidden by name, message texts too, and passwords in URLs", () => {
  const { logger, lines } = setUp();
  logger.child({ authToken: "hush" }).warn("x", {
    password: "hush",
    api_key: "hush",
    Authorization: "hush",
    body: "hush",
    url: "cannot reach smpp://me:hush@host:1 now",
    tokens: 3,
  });
  assert(!lines.join("").includes("hush"));
  assert(lines[0]?.includes("smpp://me:***@host:1") && lines[0].includes('"tokens":3'));
});

test("no line is longer than its bound, and what is left out is told", () => {
  const { logger, lines, records } = setUp({ maxLineLength: 2000 });
  const fields = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`f${index}`, "\u0001".repeat(5000)]));
  logger.info("e".repeat(5000), { ...fields, small: 1 });
  assert((lines[0]?.length ?? 9999) <= 2000);
  assert.equal(records()[0]?.["truncated"], true);
  assert.equal(records()[0]?.["small"], 1);
});

test("of one warning about one peer a burst passes, the rest is counted at the end of the window", () => {
  const { logger, records, clock } = setUp();
  const peer = logger.child({ peer: "10.0.0.1" });
  for (let i = 0; i < 100; i += 1) peer.warn("pdu.bad", { octets: i });
  logger.child({ peer: "10.0.0.2" }).warn("pdu.bad", { octets: 1 });
  assert.equal(records().length, 3);
  clock.advance(1000);
  assert.equal(records().length, 4);
  assert.deepEqual([records()[3]?.["octets"], records()[3]?.["repeated"]], [99, 98]);
  peer.warn("pdu.bad", { octets: 5 });
  assert.equal(records().length, 5);
});

test("informative lines are held back only when they are the same in every field", () => {
  const { logger, records } = setUp();
  for (let i = 0; i < 9; i += 1) logger.info("message.sent", { part: i });
  for (let i = 0; i < 9; i += 1) logger.info("tick");
  assert.equal(records().length, 11);
});

test("the number of remembered events is bounded and what was held back of forgotten ones is told", () => {
  const { logger, records } = setUp();
  for (let i = 0; i < 5; i += 1) logger.warn("first");
  for (const event of ["second", "third", "fourth"]) logger.warn(event);
  const told = records().find((record) => record["repeated"] !== undefined);
  assert.deepEqual([told?.["event"], told?.["repeated"]], ["first", 3]);
});

test("flush tells what is held back without waiting for the window", async () => {
  const { logger, records } = setUp();
  for (let i = 0; i < 5; i += 1) logger.error("x");
  await logger.flush();
  assert.equal(records().at(-1)?.["repeated"], 3);
});

test("for people, control characters cannot forge lines or move the cursor", () => {
  const { logger, lines } = setUp({ format: formatPretty(false) });
  logger.warn("x", { peer: "127.0.0.1:80", reason: "a\nb\u001b[2J\u009b" });
  assert.deepEqual(lines, ['03:04:05.678 warn  x peer=127.0.0.1:80 reason="a\\nb\\u001b[2J\\u009b"']);
});

test("an error is logged with its name, message, cause and a bounded stack", () => {
  const fields = errorFields(new TypeError("no", { cause: new Error("why") }));
  assert.deepEqual([fields["error"], fields["cause"]], ["TypeError: no", "Error: why"]);
  assert.equal(errorFields("plain")["error"], "plain");
  assert(formatJson({ timeMs: 0, level: "info", event: "x", fields: {} }).startsWith('{"time":"1970'));
});

class SlowStream extends Writable {
  readonly chunks: string[] = [];
  release: (() => void) | undefined;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk.toString());
    this.release = done;
  }
}

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

test("a slow reader costs a bounded buffer, and dropped lines are counted once there is room", async () => {
  const stream = new SlowStream();
  const writer = createLineWriter(stream, { maxBufferedCharacters: 30, droppedLine: (count) => `dropped ${count}` });
  writer.write("first");
  await turn();
  for (let i = 0; i < 100; i += 1) writer.write("0123456789");
  const flushed = writer.flush();
  stream.release?.();
  await turn();
  assert.deepEqual(stream.chunks, ["first\n", "0123456789\n0123456789\ndropped 98\n"]);
  stream.release?.();
  await flushed;
});

test("a broken pipe neither throws nor keeps anybody waiting", async () => {
  const stream = new SlowStream();
  const writer = createLineWriter(stream);
  writer.write("x");
  const flushed = writer.flush();
  await turn();
  stream.destroy(new Error("EPIPE"));
  await flushed;
  writer.write("y");
  await writer.flush();
});
