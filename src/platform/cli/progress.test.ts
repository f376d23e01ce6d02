import assert from "node:assert/strict";
import { test } from "node:test";
import { createProgress, showDuration } from "./progress.ts";

function setUp(isTty: boolean) {
  const state = { nowMs: 0, text: "" };
  const output = { isTty, write: (text: string) => void (state.text += text) };
  return { state, progress: createProgress(output, () => state.nowMs) };
}

test("without a terminal only what ended is written, a line each", () => {
  const { state, progress } = setUp(false);
  const database = progress.step("PostgreSQL");
  const edge = progress.step("edge");
  state.nowMs = 1234;
  database.done();
  edge.failed("port 8080 is taken");
  edge.done();
  progress.note("bye");
  assert.equal(state.text, "✓ PostgreSQL ready in 1.2 s\n✗ edge failed after 1.2 s: port 8080 is taken\nbye\n");
});

test("on a terminal the last line names what is under way and is replaced", () => {
  const { state, progress } = setUp(true);
  const database = progress.step("PostgreSQL");
  progress.step("edge");
  state.nowMs = 30;
  database.done("started");
  const clear = "\r\u001b[2K";
  assert.equal(
    state.text,
    `${clear}… PostgreSQL${clear}… PostgreSQL, edge${clear}✓ PostgreSQL started in 30 ms\n… edge`,
  );
});

test("durations are written as people say them", () => {
  assert.deepEqual([0, 12.4, 999, 1000, 59_940, 59_960, 184_000].map(showDuration), [
    "0 ms",
    "12 ms",
    "999 ms",
    "1.0 s",
    "59.9 s",
    "1 min 0 s",
    "3 min 4 s",
  ]);
});
