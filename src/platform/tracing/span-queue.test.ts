import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { ManualClock } from "../../adapters/memory/index.ts";
import type { Span } from "./span.ts";
import { SpanQueue } from "./span-queue.ts";

const span = (name: string): Span => {
  return { traceId: "a", spanId: "b", name, kind: "internal", startMs: 0, endMs: 0, attributes: {} };
};

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

function setUp() {
  const batches: (readonly Span[])[] = [];
  const clock = new ManualClock(0);
  const state = { fails: false, closed: 0 };
  const exporter = {
    export: (spans: readonly Span[]): Promise<void> => {
      if (state.fails) return Promise.reject(new Error("nobody there"));
      batches.push(spans);
      return Promise.resolve();
    },
    close: (): Promise<void> => {
      state.closed += 1;
      return Promise.resolve();
    },
  };
  const queue = new SpanQueue({ exporter, clock, logger: silentLogger });
  return { queue, batches, clock, state };
}

test("spans go out together, after a second or when there are 500", async () => {
  const { queue, batches, clock } = setUp();
  for (let n = 0; n < 3; n += 1) queue.push(span(`s${n}`));
  assert.equal(batches.length, 0);
  clock.advance(1_000);
  await turn();
  assert.equal(batches[0]?.length, 3);
  for (let n = 0; n < 500; n += 1) queue.push(span("x"));
  await turn();
  assert.equal(batches[1]?.length, 500);
});

test("a collector that is away costs bounded memory, and what is lost is counted", async () => {
  const { queue, clock, state } = setUp();
  state.fails = true;
  for (let n = 0; n < 12_000; n += 1) queue.push(span("x"));
  assert.ok(queue.length <= 10_000);
  assert.equal(queue.lost["queue-full"], 12_000 - 500 - 10_000);
  for (let n = 0; n < 4; n += 1) {
    await turn();
    clock.advance(5_000);
  }
  await turn();
  assert.equal(queue.lost["not-taken"], 500, "one batch was given up after four tries");
});

test("what waits at the end is sent before it, and nothing is taken after it", async () => {
  const { queue, batches, state } = setUp();
  queue.push(span("last"));
  await queue.close();
  assert.deepEqual([batches.length, state.closed], [1, 1]);
  queue.push(span("late"));
  assert.equal(queue.lost["queue-full"], 1);
});

test("an end waits two seconds for a collector that does not answer, and no longer", async () => {
  const clock = new ManualClock(0);
  const never = (): Promise<void> => new Promise(() => {});
  const queue = new SpanQueue({ exporter: { export: never, close: never }, clock, logger: silentLogger });
  queue.push(span("last"));
  const closed = queue.close();
  await turn();
  clock.advance(2_000);
  await closed;
});
