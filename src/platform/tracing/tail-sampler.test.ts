import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import type { Span } from "./span.ts";
import { TailSampler, type SamplingOptions } from "./tail-sampler.ts";

/** Chosen by none but `keepOneIn: 1`: the last digits are as high as can be. */
const PLAIN = `${"a".repeat(16)}${"f".repeat(16)}`;
/** Chosen by all. */
const CHOSEN = `${"a".repeat(16)}${"0".repeat(16)}`;

function setUp(options: Partial<SamplingOptions> = {}) {
  const out: Span[] = [];
  const clock = new ManualClock(0);
  const sampler = new TailSampler((span) => out.push(span), clock, { keepOneIn: 100, ...options });
  let spans = 0;
  const record = (traceId: string, failure?: string): void => {
    spans += 1;
    const times = { startMs: 0, endMs: 1 };
    sampler.record({ traceId, spanId: String(spans), name: "x", kind: "internal", ...times, attributes: {}, failure });
  };
  return { out, clock, sampler, record };
}

test("a trace that its id chooses goes out at once", () => {
  const { out, record } = setUp();
  record(CHOSEN);
  assert.equal(out.length, 1);
});

test("a trace in which all goes well is let go a while after its end", () => {
  const { out, clock, sampler, record } = setUp();
  sampler.hold(PLAIN);
  record(PLAIN);
  clock.advance(30_000);
  sampler.release(PLAIN);
  clock.advance(3_000);
  assert.equal(sampler.waiting, 1, "its webhooks may still fail");
  clock.advance(4_000);
  assert.deepEqual([out.length, sampler.waiting, sampler.counts.unsampled], [0, 0, 1]);
});

test("a failure brings out what came before it, and what comes after it", () => {
  const { out, sampler, record } = setUp();
  record(PLAIN);
  record(PLAIN, "it failed");
  record(PLAIN);
  assert.deepEqual(
    out.map(({ spanId }) => spanId),
    ["1", "2", "3"],
  );
  assert.equal(sampler.waiting, 0);
});

test("a slow trace is kept where somebody says so", () => {
  const { out, sampler, record } = setUp();
  record(PLAIN);
  sampler.keep(PLAIN);
  assert.equal(out.length, 1);
});

test("a trace that does not end is decided after a minute", () => {
  const { clock, sampler, record } = setUp();
  sampler.hold(PLAIN);
  record(PLAIN);
  clock.advance(59_000);
  assert.equal(sampler.waiting, 1);
  clock.advance(3_000);
  assert.equal(sampler.waiting, 0);
});

test("a failure in the time after the end still brings out the whole trace", () => {
  const { out, clock, sampler, record } = setUp();
  sampler.hold(PLAIN);
  record(PLAIN);
  sampler.release(PLAIN);
  clock.advance(2_000);
  sampler.hold(PLAIN);
  clock.advance(20_000);
  record(PLAIN, "the webhook failed");
  sampler.release(PLAIN);
  assert.equal(out.length, 2);
});

test("beyond the bound the oldest that has ended goes first, and is counted", () => {
  const { sampler, record } = setUp({ maxSpans: 10 });
  const idOf = (n: number): string => `${String(n).padStart(16, "0")}${"f".repeat(16)}`;
  for (let n = 1; n <= 10; n += 1) {
    sampler.hold(idOf(n));
    record(idOf(n));
  }
  sampler.release(idOf(7));
  record(idOf(1));
  assert.equal(sampler.waiting, 10);
  assert.equal(sampler.counts.noRoom, 1);
  for (let n = 20; n < 1_000; n += 1) record(idOf(n));
  assert.ok(sampler.waiting <= 10);
});

test("a client who puts everything into one trace gets 256 spans of it", () => {
  const { sampler, record } = setUp();
  for (let n = 0; n < 1_000; n += 1) record(PLAIN);
  assert.deepEqual([sampler.waiting, sampler.counts.tooMany], [256, 744]);
});

test("edges learn which traces were kept for how they went, also when the cell began anew", () => {
  const { sampler, record } = setUp();
  record(PLAIN, "failed");
  const first = sampler.keptAfter(0);
  assert.deepEqual(first, { next: 1, traceIds: [PLAIN] });
  assert.deepEqual(sampler.keptAfter(first.next).traceIds, []);
  assert.deepEqual(sampler.keptAfter(500).traceIds, [PLAIN]);
});
