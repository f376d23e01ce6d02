import assert from "node:assert/strict";
import { test } from "node:test";
import { startOtlpReceiver } from "../../../test/kit/otlp-receiver.ts";
import type { Span } from "../../platform/tracing/index.ts";
import { otlpExporter } from "./otlp-exporter.ts";

const span: Span = {
  traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
  spanId: "00f067aa0ba902b7",
  parentSpanId: "b7ad6b7169203331",
  name: "send north",
  kind: "producer",
  startMs: 1_700_000_000_123.5,
  endMs: 1_700_000_000_456.25,
  attributes: { "messaging.system": "trunkline", "trunkline.attempt": 2, "trunkline.resend": true },
  failure: "the carrier's answer: refused",
  state: "a=1,b=2",
};

test("a span arrives as it was, with who sent it and the headers of the settings", async (t) => {
  const receiver = await startOtlpReceiver();
  t.after(() => receiver.close());
  const who = { instance: "messaging-1", role: "cell", region: "us1", version: "1.2.3" };
  const exporter = otlpExporter({ url: receiver.url, headers: ["Authorization: Basic eDp5", "X-Scope: a:b"], ...who });
  await exporter.export([span]);
  await exporter.close();
  const { startMs, endMs, failure, state, kind, ...same } = span;
  assert.deepEqual(receiver.spans, [
    {
      ...same,
      traceState: state,
      kind: 4,
      startMs: Math.floor(startMs),
      endMs: Math.floor(endMs),
      statusCode: 2,
      instance: "messaging-1",
    },
  ]);
  assert.ok(receiver.bodies[0]?.includes(failure ?? "nothing"));
  assert.equal(kind, "producer");
  assert.deepEqual([receiver.headers[0]?.["authorization"], receiver.headers[0]?.["x-scope"]], ["Basic eDp5", "a:b"]);
});

test("a collector that refuses is an error with its reason", async (t) => {
  const receiver = await startOtlpReceiver();
  t.after(() => receiver.close());
  receiver.answer(401);
  const who = { instance: "x", role: "cell", region: "us1", version: "1" };
  const exporter = otlpExporter({ url: receiver.url, headers: [], ...who });
  await assert.rejects(exporter.export([span]), /Unauthorized|401/);
  await exporter.close();
});
