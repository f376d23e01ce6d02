import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  neighboursOf,
  QUOTE,
  samplePrices,
  SampleRules,
  SampleServices,
  SampleWallet,
  SERVICE,
} from "../../../../test/kit/message-neighbours.ts";
import { ACCOUNT, FOREIGN, MessagingWorld, NUMBER, phone, PHONE } from "../../../../test/kit/messaging-world.ts";
import { MessageRows } from "../../../../test/kit/message-rows.ts";
import { silentLogger } from "../../../../test/kit/silent-logger.ts";
import { AppError, callerError } from "../../../kernel/errors.ts";
import { Projection } from "../../../platform/cell/index.ts";
import { WebhookState, WebhookTraces, type WebhookJob } from "../../../platform/webhooks/index.ts";
import { redactMessage } from "../change-message.ts";
import { findMessageOfAny } from "../message.store.ts";
import type { PduTrace, TracedPdu } from "../pdu-trace.ts";
import type { TimelineEntry } from "./entry.ts";
import { messageSource } from "./message-source.ts";
import type { TimelineSources } from "./sources.ts";
import { viewQuote } from "./story.ts";
import { timelineOf } from "./timeline.ts";

const SPAM = callerError(30007, 400, "It looks like spam.");

type World = MessagingWorld;
type Told = Pick<TimelineEntry, "kind" | "kept"> & { readonly data: Readonly<Record<string, unknown>> };

const kinds = (entries: readonly Told[]): string[] => entries.map(({ kind }) => kind);
const dataOf = (entries: readonly Told[], kind: string): Readonly<Record<string, unknown>>[] =>
  entries.filter((entry) => entry.kind === kind).map(({ data }) => data);

async function tell(world: World, sid: string, given: { sources?: TimelineSources; account?: boolean } = {}) {
  const { sources = {}, account = false } = given;
  const message = await findMessageOfAny(world.deps, sid);
  assert.ok(message !== undefined);
  const told = await timelineOf({ deps: world.deps, sources: { ...sources, trace: world.state.trace } }, message, {
    isOperator: !account,
    seesSignatures: true,
  });
  return { ...told, entries: told.entries as readonly Told[] };
}

const start = (options: ConstructorParameters<typeof MessagingWorld>[0] = {}): Promise<World> =>
  MessagingWorld.start({ traces: 100, ...options });

describe("the timeline of a message that goes out", () => {
  it("has everything in order, from its acceptance to its receipt", async () => {
    const world = await start();
    const sid = await world.send({});
    await world.advance(40);
    const accepted = world.carrier.answer();
    assert.ok(accepted.kind === "accepted");
    await world.settle();
    await world.advance(1_000);
    await world.carrier.receipt({ id: accepted.id, doneDate: "2501311200" });
    const { entries, isComplete } = await tell(world, sid);
    assert.equal(isComplete, true);
    assert.ok(entries.every(({ kept }) => kept));
    assert.deepEqual(kinds(entries), [
      "accepted",
      "policed",
      "priced",
      "queued",
      "routed",
      "attempt",
      "status",
      "status",
      "status",
      "receipt",
      "status",
    ]);
    assert.deepEqual(
      dataOf(entries, "status").map(({ status }) => status),
      ["queued", "sending", "sent", "delivered"],
    );
    const [attempt] = dataOf(entries, "attempt");
    assert.equal(attempt?.["carrier"], "north");
    assert.deepEqual((attempt?.["answers"] as object[] | undefined)?.length, 1);
    const [receipt] = dataOf(entries, "receipt");
    assert.equal(receipt?.["use"], "applied");
    assert.equal(receipt?.["carrier_message_id"], accepted.id);
    assert.equal(receipt?.["part"], 1);
  });

  it("says neither carriers nor costs to the account", async () => {
    const world = await start();
    const sid = await world.send({});
    const accepted = world.carrier.answer();
    await world.settle();
    assert.ok(accepted.kind === "accepted");
    await world.carrier.receipt({ id: accepted.id });
    const told = await tell(world, sid, { account: true });
    const text = JSON.stringify(told.entries);
    assert.ok(!text.includes("north"));
    assert.ok(!text.includes("price_micros_per_part"));
    assert.ok(!kinds(told.entries).includes("routed"));
    assert.ok(kinds(told.entries).includes("attempt"));
  });

  it("has receipts that came twice, too early, and for nobody", async () => {
    const world = await start();
    const sid = await world.send({});
    await world.carrier.receipt({ id: "north-1", result: "progress" });
    await world.carrier.receipt({ id: "north-1" });
    world.carrier.answer();
    await world.settle();
    await world.carrier.receipt({ id: "north-1" });
    const { entries } = await tell(world, sid);
    assert.deepEqual(
      dataOf(entries, "receipt").map(({ use }) => use),
      ["progress", "early", "applied", "duplicate"],
    );
  });

  it("says by which rule it was refused, and what it would have cost", async () => {
    const world = await start({
      neighbours: () =>
        neighboursOf({
          rules: new SampleRules({
            check: () => ({ kind: "refuse", rule: "sample", error: new AppError(SPAM) }),
          }),
          wallet: new SampleWallet(1_000_000_000),
          prices: samplePrices(),
          services: new SampleServices(),
        }),
    });
    const sid = await world.send({});
    const { entries } = await tell(world, sid, { sources: { rulesAsked: () => ["a", "sample", "z"] } });
    const [policed] = dataOf(entries, "policed");
    assert.equal(policed?.["verdict"], "refuse");
    assert.equal(policed?.["error_code"], 30007);
    assert.deepEqual(
      dataOf(entries, "status").map(({ status }) => status),
      ["queued", "failed"],
    );
  });

  it("says who chose the sender, what was set aside, and until when it waited", async () => {
    const world = await start({
      neighbours: () =>
        neighboursOf({
          rules: new SampleRules({}),
          wallet: new SampleWallet(1_000_000_000),
          prices: samplePrices(),
          services: new SampleServices(),
        }),
    });
    const now = await world.send({ from: "", messagingServiceSid: SERVICE });
    const told = await tell(world, now);
    assert.equal(dataOf(told.entries, "accepted")[0]?.["sender_chosen_by"], "service");
    const [priced] = dataOf(told.entries, "priced");
    assert.equal(priced?.["billed"], true);
    assert.ok(Number(priced?.["held_micros"]) > 0);
    const schedule = { type: "fixed", sendAtMs: world.timeMs + 600_000 };
    const later = await world.send({ from: "", messagingServiceSid: SERVICE, schedule });
    const waiting = await tell(world, later);
    assert.equal(dataOf(waiting.entries, "waiting")[0]?.["until"], new Date(schedule.sendAtMs).toISOString());
    assert.equal(dataOf(waiting.entries, "waiting")[0]?.["why"], "schedule");
    assert.ok(!kinds(waiting.entries).includes("queued"));
  });

  it("says what it waits for while it does", async () => {
    const world = await start();
    world.carrier.goDown();
    const sid = await world.send({});
    const { entries } = await tell(world, sid);
    const [queued] = dataOf(entries, "queued");
    assert.equal(queued?.["waits_for"], "turn");
    assert.equal(queued?.["messages_of_sender"], 1);
  });

  it("says what is not kept any more, and invents nothing", async () => {
    const rows = new MessageRows();
    const world = await start({ database: rows, projectedOffsets: () => rows.offsets });
    const sid = await world.send({});
    const accepted = world.carrier.answer();
    assert.ok(accepted.kind === "accepted");
    await world.settle();
    await world.carrier.receipt({ id: accepted.id });
    const { cell, clock, module } = world;
    const [tables] = module.projections;
    assert.ok(tables !== undefined);
    const projection = new Projection({ cell, database: rows, clock, logger: silentLogger, tables: [tables] });
    assert.equal(await projection.flush(), true);
    await world.restart();
    const { entries, isComplete } = await tell(world, sid);
    assert.equal(isComplete, false);
    const notKept = entries.filter(({ kept }) => !kept).map(({ kind }) => kind);
    assert.deepEqual(
      new Set(notKept),
      new Set(["accepted", "policed", "priced", "attempt", "receipt", "status", "webhook"]),
    );
    const [attempt] = dataOf(entries, "attempt");
    assert.equal(attempt?.["outcome"], "accepted");
    assert.equal(attempt?.["answers_kept"], false);
    assert.equal(dataOf(entries, "status").at(-1)?.["status"], "delivered");
  });

  it("has the PDUs of an attempt with it, and those of a receipt with that", async () => {
    const world = await start();
    const sid = await world.send({});
    const accepted = world.carrier.answer();
    assert.ok(accepted.kind === "accepted");
    await world.settle();
    const atMs = world.timeMs;
    await world.carrier.receipt({ id: accepted.id });
    const pdu = (name: string, direction: "in" | "out", more: Partial<TracedPdu> = {}): TracedPdu => ({
      atMs,
      direction,
      carrier: "north",
      protocol: "smpp",
      name,
      hex: "00",
      octets: 1,
      fields: [
        { name: "sequence_number", value: "7", offset: 12, length: 4 },
        { name: "short_message", value: `id:${accepted.id} stat:DELIVRD` },
      ],
      ...more,
    });
    const list = [
      pdu("submit_sm", "out", { attempt: 1, part: 0 }),
      pdu("submit_sm_resp", "in", { attempt: 1, part: 0 }),
      pdu("deliver_sm", "in"),
      pdu("deliver_sm_resp", "out"),
    ];
    const pdus: PduTrace = { of: () => list, forget: () => undefined, completeSinceMs: 0 };
    const { entries } = await tell(world, sid, { sources: { pdus } });
    const [attempt] = dataOf(entries, "attempt");
    assert.deepEqual(
      (attempt?.["pdus"] as { name: string }[] | undefined)?.map(({ name }) => name),
      ["submit_sm", "submit_sm_resp"],
    );
    const [receipt] = dataOf(entries, "receipt");
    assert.equal((receipt?.["pdus"] as unknown[] | undefined)?.length, 2);
    assert.equal(receipt?.["raw"], `id:${accepted.id} stat:DELIVRD`);
    const own = await tell(world, sid, { sources: { pdus }, account: true });
    assert.ok(!JSON.stringify(own.entries).includes("submit_sm"));
  });

  it("has its money lines, of which the account sees its own", async () => {
    const world = await start();
    const sid = await world.send({});
    const line = { category: "sms-outbound", currency: "USD", count: 1, usage: 1, usageUnit: "segments" };
    const more = { carrier: "north", attempt: 1, outcome: "accepted", atMs: world.timeMs };
    const linesOf: TimelineSources["linesOf"] = () =>
      Promise.resolve([
        { ...line, ...more, kind: "charge", amountMicros: 7_900 },
        { ...line, ...more, kind: "cost", amountMicros: 3_000 },
      ]);
    const all = await tell(world, sid, { sources: { linesOf } });
    assert.equal(dataOf(all.entries, "money").length, 2);
    const own = await tell(world, sid, { sources: { linesOf }, account: true });
    assert.deepEqual(
      dataOf(own.entries, "money").map(({ amount_micros: micros }) => micros),
      [7_900],
    );
  });
});

it("a quote names the operator's carriers to nobody else, who is told the highest fee", () => {
  assert.deepEqual(viewQuote(QUOTE, { isOperator: true })["carrier_fees_micros"], { north: 3_000, "*": 2_000 });
  assert.deepEqual(viewQuote(QUOTE, { isOperator: false })["carrier_fees_micros"], { "*": 3_000 });
});

describe("the timeline of a text that comes in", () => {
  it("has its parts, its webhook and the TwiML that answered", async () => {
    const world = await start();
    const concat = { reference: 5, total: 2 };
    await world.carrier.text({ text: "a", concat: { ...concat, sequence: 2 } });
    await world.advance(10);
    await world.carrier.text({ text: "b", concat: { ...concat, sequence: 1 } });
    const [message] = [...world.state.messages.values()];
    assert.ok(message !== undefined);
    const traces = new WebhookTraces({ capacity: 5, clock: world.clock, life: "0123456789ab" });
    const [{ kind: _kind, ...request } = { kind: "" }] = world.webhooks;
    const job = { ...request, createdMs: world.timeMs } as WebhookJob;
    const trace = {
      url: "",
      method: "POST",
      requestHeaders: [],
      redirects: 0,
      response: { status: 200, headers: [], body: "<Response/>", bodyOctets: 11 },
    };
    const one = { atMs: world.timeMs, durationMs: 3, url: job.url, method: "POST", isFallback: false, trace } as const;
    const reply = { kind: "message.accepted", sid: "SMreply" } as never;
    traces.add(job, [one], { orderKey: "", outcome: { id: job.id, delivered: true }, records: [reply] });
    const { entries } = await tell(world, message.sid, {
      sources: { webhooks: { traces, state: new WebhookState() } },
    });
    assert.deepEqual(kinds(entries), ["part", "part", "arrived", "status", "webhook", "twiml"]);
    assert.deepEqual(dataOf(entries, "twiml"), [
      { document: "<Response/>", replies: ["SMreply"], error_code: null, problem: null },
    ]);
    assert.equal(dataOf(entries, "arrived")[0]?.["carrier"], "north");
  });

  it("says that it waits for its webhook", async () => {
    const world = await start();
    await world.carrier.text({});
    const [message] = [...world.state.messages.values()];
    const [{ kind: _kind, ...request } = { kind: "" }] = world.webhooks;
    const job = { ...request, createdMs: world.timeMs } as WebhookJob;
    const state = new WebhookState();
    state.jobs.put(job.id, job);
    const traces = new WebhookTraces({ capacity: 5, clock: world.clock, life: "0123456789ab" });
    const { entries } = await tell(world, message?.sid ?? "", { sources: { webhooks: { traces, state } } });
    assert.equal(dataOf(entries, "webhook")[0]?.["state"], "waiting");
  });
});

it("what is redacted is shown nowhere", async () => {
  const forgotten: string[] = [];
  const pdus: PduTrace = { of: () => [], forget: (sid) => void forgotten.push(sid), completeSinceMs: 0 };
  const world = await start({ timeline: { pdus } });
  await world.carrier.text({});
  const [message] = [...world.state.messages.values()];
  await redactMessage(world.deps, { accountSid: ACCOUNT, sid: message?.sid ?? "" });
  assert.deepEqual(forgotten, [message?.sid]);
});

describe("the live messages", () => {
  it("are the changes of an account's messages, filtered, with carriers for the operator alone", async () => {
    const world = await start();
    const sid = await world.send({});
    const trace = world.state.trace;
    assert.ok(trace !== undefined);
    const mine = messageSource(trace, () => false);
    const ask = (query: unknown, accountSid = ACCOUNT): { status: string; carrier?: string }[] =>
      mine.ask({ query, cursor: undefined, scope: { accountSid, everything: false }, limit: 100 }).items as never;
    assert.deepEqual(
      ask({}).map(({ status }) => status),
      ["queued", "sending"],
    );
    assert.deepEqual(ask({}, FOREIGN), []);
    assert.equal(ask({ status: "sending" }).length, 1);
    assert.equal(ask({ number: PHONE.slice(0, 6) }).length, 2);
    assert.equal(ask({ number: NUMBER, direction: "inbound" }).length, 0);
    assert.equal(ask({ error_code: "30003" }).length, 0);
    assert.ok(ask({}).every((item) => !("carrier" in item)));
    assert.equal(ask({ carrier: "north" }).length, 0);
    const all = messageSource(trace, () => true);
    const first = all.ask({
      query: { carrier: "north" },
      cursor: undefined,
      scope: { accountSid: FOREIGN, everything: true },
      limit: 9,
    });
    assert.deepEqual(
      (first.items as { carrier: string }[]).map(({ carrier }) => carrier),
      ["north"],
    );
    world.carrier.answer();
    await world.settle();
    const next = all.ask({
      query: {},
      cursor: first.cursor,
      scope: { accountSid: FOREIGN, everything: true },
      limit: 9,
    });
    assert.deepEqual(
      (next.items as { status: string; sid: string }[]).map((item) => [item.sid, item.status]),
      [[sid, "sent"]],
    );
    assert.throws(() => ask("x"), { code: 20001 });
    assert.throws(() => ask({ status: 5 }), { code: 20001 });
  });

  it("have nothing of what a replay goes through again", async () => {
    const world = await start();
    await world.send({});
    await world.restart();
    assert.equal(world.state.trace?.changes.total, 0);
  });
});

describe("what is followed", () => {
  it("is a hundred messages a second, each of them whole", async () => {
    const world = await start({ traces: 500 });
    const sids: string[] = [];
    for (let n = 0; n < 130; n += 1) sids.push(await world.send({ to: phone(n) }));
    const whole = (await Promise.all(sids.map((sid) => tell(world, sid)))).map(({ isComplete }) => isComplete);
    assert.equal(whole.filter(Boolean).length, 100);
    assert.deepEqual(
      whole.slice(0, 100),
      Array.from({ length: 100 }, () => true),
    );
    await world.advance(1_000);
    const later = await tell(world, await world.send({ to: phone(500) }));
    assert.equal(later.isComplete, true);
    assert.equal(dataOf(later.entries, "status").length, 1, "the carrier has no room for it");
  });

  it("is the last messages, as many as there is room for", async () => {
    const world = await start({ traces: 2 });
    const sids = [
      await world.send({ to: phone(1) }),
      await world.send({ to: phone(2) }),
      await world.send({ to: phone(3) }),
    ];
    world.carrier.answer();
    await world.settle();
    const answers = await Promise.all(
      sids.map(async (sid) => dataOf((await tell(world, sid)).entries, "attempt")[0]?.["answers"] as unknown[]),
    );
    assert.deepEqual(
      answers.map(({ length }) => length),
      [0, 0, 0],
      "the first is not followed any more",
    );
    world.carrier.answer();
    await world.settle();
    const second = await tell(world, sids[1] ?? "");
    assert.equal((dataOf(second.entries, "attempt")[0]?.["answers"] as unknown[] | undefined)?.length, 1);
  });

  it("has the status of a text of one part, too", async () => {
    const world = await start();
    await world.carrier.text({});
    const [message] = [...world.state.messages.values()];
    const { entries } = await tell(world, message?.sid ?? "");
    assert.deepEqual(kinds(entries), ["arrived", "status"]);
    assert.ok(entries.every(({ kept }) => kept));
  });
});
