import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import type { ApplyContext, Machine } from "../cell/index.ts";
import type { MessageChanged } from "../insight/index.ts";
import type { AttemptResult, Sender, SendRequest } from "../webhooks/index.ts";
import { watchMessages } from "./message-metrics.ts";
import { Metrics } from "./metrics.ts";
import { ProjectionLag } from "./projection-lag.ts";
import { WatchedSender } from "./webhook-metrics.ts";

const changed = (more: Partial<MessageChanged>): MessageChanged => {
  const numbers = { from: "+15550001", to: "+15550002", segments: 1, acceptedMs: 1_000 };
  return {
    kind: "message.changed",
    sid: "SM1",
    accountSid: "AC1",
    direction: "outbound",
    status: "queued",
    ...numbers,
    ...more,
  };
};

function hear(machine: Machine, fact: MessageChanged, atMs: number): void {
  machine.listeners?.["message.changed"]?.(fact, { atMs } as ApplyContext);
}

test("messages are counted when they are accepted, tried and done, and not while the log is replayed", () => {
  const metrics = new Metrics();
  const machine = watchMessages(metrics, () => "4bf92f3577b34da6a3ce929d0e0e4736");
  hear(machine, changed({}), 1_000);
  machine.recovered?.();
  hear(machine, changed({}), 1_000);
  hear(machine, changed({ before: "queued", status: "sending", carrier: "north" }), 1_020);
  hear(machine, changed({ before: "sent", status: "delivered", carrier: "north" }), 3_000);
  hear(machine, changed({ before: "queued", status: "failed", errorCode: 30_007, acceptedMs: 0 }), 9_000);
  hear(machine, changed({ direction: "inbound", status: "received" }), 1_000);
  const text = metrics.render();
  for (const line of [
    'trunkline_messages_total{direction="outbound"} 1',
    'trunkline_messages_total{direction="inbound"} 1',
    'trunkline_message_first_attempt_seconds_sum{carrier="north"} 0.02',
    'trunkline_message_delivery_seconds_bucket{carrier="north",le="2.5"} 1',
    'trunkline_message_delivery_seconds_bucket{carrier="north",le="1"} 0',
    'trunkline_message_outcomes_total{status="delivered",code="0",carrier="north"} 1',
    'trunkline_message_outcomes_total{status="failed",code="30007",carrier="-"} 1',
  ]) {
    assert.ok(text.includes(`${line}\n`), `${line} in\n${text}`);
  }
  assert.ok(metrics.renderOpen().includes('# {trace_id="4bf92f3577b34da6a3ce929d0e0e4736"} 2\n'));
});

test("a scheduled message is not late for the time that it was to wait", () => {
  const metrics = new Metrics();
  const machine = watchMessages(metrics);
  machine.recovered?.();
  hear(machine, changed({ before: "sent", status: "delivered", carrier: "north", dueMs: 600_000 }), 601_000);
  assert.ok(metrics.render().includes('trunkline_message_delivery_seconds_sum{carrier="north"} 1\n'));
});

test("webhooks are counted by how they end, and a host that fails is named until it answers", () => {
  const metrics = new Metrics();
  const results: AttemptResult[] = [];
  const next: Sender = { send: (_, done) => done(results.shift() as AttemptResult), close: () => Promise.resolve() };
  let nowMs = 0;
  const sender = new WatchedSender(next, metrics, () => (nowMs += 50));
  const send = (url: string, result: AttemptResult): void => {
    results.push(result);
    sender.send({ webhookId: "SM1:sent", url } as SendRequest, () => {});
  };
  const down = { errorCode: 11_205, text: "The connection broke.", retryable: "ct", hostDown: true } as const;
  const answer = { status: 204, contentType: "", body: "" };
  for (let n = 0; n < 6; n += 1) send("http://user:secret@a.example/x?token=y", { kind: "failed", ...down });
  send("http://b.example/", { kind: "failed", ...down, errorCode: 11_200, status: 503 });
  send("http://c.example/", { kind: "answer", answer, url: "" });
  assert.deepEqual(sender.failing(), [{ host: "a.example", failures: 6, errorCode: 11_205, text: down.text }]);
  const text = metrics.render();
  assert.ok(text.includes('trunkline_webhook_requests_total{outcome="11205"} 6\n'), text);
  assert.ok(text.includes('trunkline_webhook_requests_total{outcome="5xx"} 1\n'));
  assert.ok(text.includes('trunkline_webhook_requests_total{outcome="2xx"} 1\n'));
  assert.ok(text.includes("trunkline_webhook_hosts_failing 1\n"));
  send("http://a.example/", { kind: "answer", answer, url: "" });
  assert.deepEqual(sender.failing(), []);
});

test("the lag of the database is the age of the oldest change that it does not have", () => {
  const clock = new ManualClock(0);
  let end = 100;
  let first: number | undefined;
  const lag = new ProjectionLag({ clock, end: () => end, firstUnprojected: () => first });
  lag.start();
  clock.advance(5_000);
  assert.equal(lag.seconds(), 0);
  first = 100;
  end = 300;
  clock.advance(10_000);
  assert.ok(lag.seconds() >= 9 && lag.seconds() <= 11, `${lag.seconds()}`);
  first = 250;
  assert.ok(lag.seconds() >= 9 && lag.seconds() <= 11);
  first = undefined;
  assert.equal(lag.seconds(), 0);
  lag.stop();
});
