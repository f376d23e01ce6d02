import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { ManualClock } from "../../adapters/memory/index.ts";
import type { ApplyContext, Machine } from "../cell/index.ts";
import type { HttpRequest, HttpResponse, RequestAnswerer } from "../http/index.ts";
import type { MessageChanged } from "../insight/index.ts";
import type { AttemptResult, Sender, SendRequest } from "../webhooks/index.ts";
import { KeptTraces, keptTracesEndpoint } from "./kept-traces.ts";
import { attemptSpanId, messageIds, receiptSpanId, type TracedAttempt, type TracedMessage } from "./message-spans.ts";
import type { Span } from "./span.ts";
import { readContext, traceIdOf } from "./trace-context.ts";
import { Tracing } from "./tracing.ts";
import { TracedSender, type TracedJob } from "./webhook-tracing.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";
const SID = `SM${"1".repeat(32)}`;
const START_MS = 1_000_000;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A process that traces, a cell that says what it is told to, and what was exported. */
class Scene {
  readonly clock = new ManualClock(START_MS);
  readonly spans: Span[] = [];
  readonly tracing: Tracing;
  readonly messages = new Map<string, Mutable<TracedMessage>>();
  private readonly machines: readonly Machine[];

  constructor(keepOneIn = 1) {
    const exporter = {
      export: (spans: readonly Span[]) => {
        this.spans.push(...spans);
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    };
    this.tracing = new Tracing({ exporter, clock: this.clock, logger: silentLogger, keepOneIn, slowMs: 5_000 });
    const table = { name: "messages", get: (sid: string) => this.messages.get(sid) };
    const messaging = {
      name: "messaging",
      tables: [table] as readonly unknown[] as Machine["tables"],
      reducers: { "message.answered": () => "outcome" },
    };
    this.machines = this.tracing.messages.watch([messaging]);
  }

  recover(): void {
    for (const machine of this.machines) machine.recovered?.();
  }

  accept(more: Partial<TracedMessage> = {}): void {
    const message = {
      sid: SID,
      accountSid: "AC1",
      status: "queued",
      segments: 1,
      createdMs: this.clock.nowMs(),
      ...more,
    };
    this.messages.set(SID, message);
    this.change("queued", undefined);
  }

  change(status: string, before: string | undefined, more: Partial<MessageChanged> = {}): void {
    const message = this.messages.get(SID) as Mutable<TracedMessage>;
    message.status = status;
    if (status === "sent") message.sentMs = this.clock.nowMs();
    const fact: MessageChanged = {
      kind: "message.changed",
      sid: SID,
      accountSid: "AC1",
      direction: "outbound",
      status,
      ...(before === undefined ? {} : { before }),
      from: "+15550001",
      to: "+15550002",
      segments: 1,
      acceptedMs: message.createdMs,
      ...more,
    };
    for (const { listeners } of this.machines) listeners?.["message.changed"]?.(fact, this.context());
  }

  answer(...tries: readonly TracedAttempt[]): unknown {
    (this.messages.get(SID) as Mutable<TracedMessage>).tries = tries;
    const record = { carrier: "north", answers: [{ sid: SID }, { sid: SID }] };
    return this.machines[0]?.reducers["message.answered"]?.(record, this.context());
  }

  attempt(
    number: number,
    outcome: NonNullable<TracedAttempt["outcome"]>,
    more: Partial<TracedAttempt> = {},
  ): TracedAttempt {
    return { number, carrier: "north", atMs: this.clock.nowMs(), parts: 1, open: 0, outcome, ...more };
  }

  async exported(): Promise<readonly Span[]> {
    await this.tracing.close();
    return this.spans;
  }

  private context(): ApplyContext {
    return { offset: 0, atMs: this.clock.nowMs(), effect: () => {}, emit: () => {} };
  }
}

function request(headers: Record<string, string>, target = "/2010-04-01/Accounts/AC1/Messages.json"): HttpRequest {
  return {
    method: "POST",
    target,
    headers,
    scheme: "http",
    peer: "",
    readBody: () => Promise.resolve(Buffer.alloc(0)),
  };
}

const answering = (answer: HttpResponse, seen: HttpRequest[] = []): RequestAnswerer => ({
  dispatch: (asked) => {
    seen.push(asked);
    return Promise.resolve(answer);
  },
  reject: () => answer,
});

describe("the traces of messages", () => {
  it("stand below the request, attempt after attempt, down to the receipt", async () => {
    const scene = new Scene();
    scene.recover();
    scene.accept({ trace: `00-${TRACE}-${SPAN}-01 a=1` });
    scene.clock.advance(10);
    const first = scene.attempt(1, "refused", { status: "ESME_RTHROTTLED" });
    scene.change("sending", "queued");
    scene.clock.advance(5);
    assert.equal(scene.answer(first), "outcome");
    scene.clock.advance(100);
    const second = scene.attempt(2, "accepted");
    scene.clock.advance(5);
    scene.answer(first, second);
    scene.change("sent", "sending");
    scene.clock.advance(700);
    scene.change("delivered", "sent", { carrier: "north" });
    const spans = await scene.exported();
    const { spanId } = messageIds(SID, undefined);
    assert.deepEqual(
      spans.map(({ name, parentSpanId, startMs, endMs }) => [name, parentSpanId, startMs - START_MS, endMs - START_MS]),
      [
        ["queue", spanId, 0, 10],
        ["send north", spanId, 10, 15],
        ["queue", spanId, 15, 115],
        ["send north", spanId, 115, 120],
        ["receipt north", attemptSpanId(SID, 2), 120, 820],
        ["message outbound", SPAN, 0, 820],
      ],
    );
    assert.ok(spans.every(({ traceId, state }) => traceId === TRACE && state === "a=1"));
    assert.equal(spans[1]?.attributes["error.type"], "ESME_RTHROTTLED");
    assert.equal(spans[4]?.spanId, receiptSpanId(SID));
    assert.ok(!JSON.stringify(spans).includes("+1555"), "no number is told");
  });

  it("make nothing of a replay, and go on with a message that another process accepted", async () => {
    const scene = new Scene();
    scene.accept();
    scene.answer(scene.attempt(1, "accepted"));
    scene.change("sent", "sending");
    scene.clock.advance(2_000);
    scene.recover();
    scene.clock.advance(500);
    scene.change("delivered", "sent", { carrier: "north" });
    const spans = await scene.exported();
    assert.deepEqual(
      spans.map(({ name, traceId }) => [name, traceId]),
      [
        ["receipt north", traceIdOf(SID)],
        ["message outbound", traceIdOf(SID)],
      ],
    );
    assert.equal(spans[0]?.parentSpanId, attemptSpanId(SID, 1));
  });

  it("wait for an attempt until all of its parts are answered, and tell of it once", async () => {
    const scene = new Scene();
    scene.recover();
    scene.accept();
    const attempt = scene.attempt(1, "accepted", { parts: 2, open: 1 });
    scene.answer(attempt);
    scene.answer({ ...attempt, open: 0 });
    scene.answer({ ...attempt, open: 0 });
    assert.deepEqual(
      (await scene.exported()).map(({ name }) => name),
      ["queue", "send north"],
    );
  });

  it("are kept where the message fails or is slow, and let go where all went well", async () => {
    const outcomes = [
      { status: "failed", afterMs: 100, kept: true },
      { status: "delivered", afterMs: 6_000, kept: true },
      { status: "delivered", afterMs: 100, kept: false },
    ];
    for (const { status, afterMs, kept } of outcomes) {
      const scene = new Scene(1_000_000_000);
      scene.recover();
      scene.accept();
      scene.clock.advance(afterMs);
      scene.change(status, "sending", { carrier: "north" });
      assert.equal((await scene.exported()).length > 0, kept, `${status} after ${afterMs} ms`);
    }
  });

  it("are told after a minute where a message does not end: as a failure only where no carrier has it", async () => {
    for (const [status, kept] of [
      ["sent", false],
      ["queued", true],
    ] as const) {
      const scene = new Scene(1_000_000_000);
      scene.recover();
      scene.accept();
      if (status === "sent") scene.change("sent", "sending");
      for (let second = 0; second < 70; second += 1) scene.clock.advance(1_000);
      const spans = await scene.exported();
      assert.deepEqual(
        spans.map(({ name }) => name),
        kept ? ["message outbound"] : [],
      );
    }
  });
});

describe("the traces of requests", () => {
  it("take the client's context, and give their own to whoever is next", async () => {
    const scene = new Scene();
    const seen: HttpRequest[] = [];
    const answer = { status: 201, headers: ["Twilio-Request-Id", "RQ1"], body: "" };
    const cell = scene.tracing.requests.around("cell", "internal", answering(answer, seen));
    const edge = scene.tracing.requests.around("edge", "server", cell);
    await edge.dispatch(request({ traceparent: `00-${TRACE}-${SPAN}-00`, tracestate: "a=1" }));
    const spans = await scene.exported();
    assert.deepEqual(
      spans.map(({ kind, parentSpanId }) => [kind, parentSpanId]),
      [
        ["internal", spans[1]?.spanId],
        ["server", SPAN],
      ],
    );
    const told = readContext(String(seen[0]?.headers["traceparent"]), String(seen[0]?.headers["tracestate"]));
    assert.deepEqual(told, { traceId: TRACE, spanId: spans[0]?.spanId, sampled: true, state: "a=1" });
    assert.ok(spans.every(({ attributes }) => attributes["http.response.status_code"] === 201));
  });

  it("are sampled by our own choice at an edge, whatever the client says, and by the edge's in a cell", async () => {
    for (const [keepOneIn, flags, isSampled] of [
      [1, "00", true],
      [1_000_000, "01", false],
    ] as const) {
      const scene = new Scene(keepOneIn);
      const seen: HttpRequest[] = [];
      const next = answering({ status: 201, headers: [], body: "" }, seen);
      for (const place of ["edge", "cell"] as const) {
        const asked = request({ traceparent: `00-${TRACE}-${SPAN}-${flags}` });
        await scene.tracing.requests.around(place, "server", next).dispatch(asked);
      }
      const told = seen.map(({ headers }) => readContext(String(headers["traceparent"])));
      assert.deepEqual(
        told.map((context) => [context?.traceId, context?.sampled]),
        [
          [TRACE, isSampled],
          [TRACE, !isSampled],
        ],
      );
      await scene.exported();
    }
  });

  it("keep what fails, and leave health, metrics and the console alone", async () => {
    const scene = new Scene(1_000_000_000);
    const around = (status: number): RequestAnswerer =>
      scene.tracing.requests.around("edge", "server", answering({ status, headers: [] }));
    await around(200).dispatch(request({}));
    await around(503).dispatch(request({}));
    for (const target of ["/healthz", "/metrics", "/console/api/session", "/trunkline/internal/v1/live"]) {
      const headers: Record<string, string> = {};
      await around(500).dispatch(request(headers, target));
      assert.deepEqual(headers, {}, target);
    }
    const spans = await scene.exported();
    assert.deepEqual(
      spans.map(({ failure }) => failure),
      ["answered 503"],
    );
  });
});

describe("the traces of webhooks", () => {
  it("stand below what they tell of, and go along with the request", async () => {
    const scene = new Scene();
    const sent: SendRequest[] = [];
    const answer: AttemptResult = { kind: "answer", answer: { status: 204, contentType: "", body: "" }, url: "" };
    const next: Sender = { send: (asked, done) => (sent.push(asked), done(answer)), close: () => Promise.resolve() };
    const job: TracedJob = {
      accountSid: "AC1",
      purpose: "message.status",
      resourceSid: SID,
      trace: `00-${TRACE}-${SPAN}-01`,
    };
    const other: TracedJob = { accountSid: "AC1", purpose: "number.ported", resourceSid: `PN${"2".repeat(32)}` };
    const jobs = new Map([
      [`${SID}:sent`, job],
      [`${SID}:delivered`, job],
      ["other", other],
    ]);
    const { sampler } = scene.tracing;
    const sender = new TracedSender(next, { sampler, clock: scene.clock, slowMs: 5_000, jobs });
    const url = "http://user:secret@hooks.example:8080/path?token=x";
    for (const webhookId of [...jobs.keys(), "unknown"]) {
      sender.send(
        { webhookId, url, method: "POST", params: [["Body", "hush"]], authToken: "t", leftMs: 1, wantsBody: false },
        () => {},
      );
    }
    const spans = await scene.exported();
    const { spanId } = messageIds(SID, undefined);
    assert.deepEqual(
      spans.map(({ parentSpanId }) => parentSpanId),
      [spanId, receiptSpanId(SID), undefined],
    );
    assert.deepEqual(
      sent.map(({ context }) => readContext(context)?.spanId),
      [...spans.map((span) => span.spanId), undefined],
    );
    assert.equal(spans[0]?.attributes["server.address"], "hooks.example");
    assert.ok(!/secret|path|token=|hush/.test(JSON.stringify(spans)));
  });
});

describe("what a cell kept", () => {
  it("is kept at an edge, too, which asks while it holds anything", async () => {
    const [cell, edge] = [new Scene(1_000_000_000), new Scene(1_000_000_000)];
    const endpoint = keptTracesEndpoint(cell.tracing.sampler);
    let asked = 0;
    const kept = new KeptTraces({
      sampler: edge.tracing.sampler,
      clock: edge.clock,
      cells: () => ["messaging-1", "away"],
      ask: (name, after) => {
        asked += 1;
        if (name === "away") return Promise.reject(new Error("nobody there"));
        return Promise.resolve(endpoint.run({ path: {}, query: `after=${after}`, json: undefined }));
      },
    });
    await kept.round();
    assert.equal(asked, 0);
    const headers = { traceparent: `00-${TRACE}-${SPAN}-01` };
    await edge.tracing.requests
      .around("edge", "server", answering({ status: 201, headers: [] }))
      .dispatch(request(headers));
    await kept.round();
    cell.tracing.sampler.keep(TRACE);
    await kept.round();
    assert.deepEqual(
      (await edge.exported()).map(({ traceId }) => traceId),
      [TRACE],
    );
  });
});
