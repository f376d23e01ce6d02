import assert from "node:assert/strict";
import { test } from "node:test";
import {
  isChosen,
  newSpanId,
  newTraceId,
  packContext,
  readContext,
  spanIdOf,
  traceIdOf,
  unpackContext,
  writeParent,
} from "./trace-context.ts";

// The examples of W3C Trace Context §3.2.2.
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

test("a traceparent is read and written as the specification says", () => {
  assert.deepEqual(readContext(`00-${TRACE}-${SPAN}-01`), { traceId: TRACE, spanId: SPAN, sampled: true });
  assert.deepEqual(readContext(`00-${TRACE}-${SPAN}-00`), { traceId: TRACE, spanId: SPAN, sampled: false });
  assert.equal(writeParent({ traceId: TRACE, spanId: SPAN, sampled: true }), `00-${TRACE}-${SPAN}-01`);
});

test("a later version is read as far as it is known, and unknown flags are left alone", () => {
  assert.equal(readContext(`cc-${TRACE}-${SPAN}-09-more`)?.sampled, true);
  assert.equal(readContext(`cc-${TRACE}-${SPAN}-08`)?.sampled, false);
});

test("what is no traceparent is none", () => {
  const broken = [
    undefined,
    "",
    "00",
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-01-more`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${"0".repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${"0".repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-0g`,
    `cc-${TRACE}-${SPAN}-01-${"x".repeat(600)}`,
  ];
  for (const header of broken) assert.equal(readContext(header), undefined, header);
});

test("a tracestate goes along where it is well formed, and is left out alone where it is not", () => {
  const parent = `00-${TRACE}-${SPAN}-01`;
  const read = (state: string): string | undefined => readContext(parent, state)?.state;
  assert.equal(read("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"), "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");
  assert.equal(read("a=1, b=2 ,"), "a=1,b=2");
  assert.equal(read("tenant@vendor=x y"), "tenant@vendor=x y");
  for (const bad of ["", ",", "A=1", "a", "a=", "a=1\r\nX: y", "a=é", `a=${"x".repeat(600)}`]) {
    assert.equal(read(bad), undefined, bad);
    assert.equal(readContext(parent, bad)?.traceId, TRACE);
  }
  assert.equal(read(Array.from({ length: 33 }, (_, n) => `k${n}=1`).join(",")), undefined);
});

test("a context can be packed into one text and found again", () => {
  for (const state of [undefined, "a=1,b=2", "a=x y"]) {
    const context = { traceId: TRACE, spanId: SPAN, sampled: true, ...(state === undefined ? {} : { state }) };
    assert.deepEqual(unpackContext(packContext(context)), context);
  }
  assert.equal(unpackContext("nonsense"), undefined);
  assert.equal(unpackContext(undefined), undefined);
});

test("ids follow from what they are for, or from nothing", () => {
  assert.match(traceIdOf("SM1"), /^[0-9a-f]{32}$/);
  assert.equal(traceIdOf("SM1"), traceIdOf("SM1"));
  assert.notEqual(traceIdOf("SM1"), traceIdOf("SM2"));
  assert.match(spanIdOf("SM1", "attempt 1"), /^[0-9a-f]{16}$/);
  assert.notEqual(spanIdOf("SM1", "attempt 1"), spanIdOf("SM1", "attempt 2"));
  const ids = new Set(Array.from({ length: 2_000 }, () => newTraceId() + newSpanId()));
  assert.equal(ids.size, 2_000);
});

test("of many traces one in so many is chosen, by its id alone", () => {
  const ids = Array.from({ length: 20_000 }, (_, n) => traceIdOf(`SM${n}`));
  const share = ids.filter((id) => isChosen(id, 100)).length / ids.length;
  assert.ok(share > 0.007 && share < 0.013, `${share}`);
  assert.ok(ids.every((id) => isChosen(id, 1)));
  // What is chosen for a smaller share is chosen for every larger one, so processes may differ in their settings.
  assert.ok(ids.filter((id) => isChosen(id, 1_000)).every((id) => isChosen(id, 100)));
});
