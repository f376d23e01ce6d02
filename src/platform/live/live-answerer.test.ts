import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CHILD, OTHER, OWN } from "../../../test/kit/live-world.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { ManualClock } from "../../adapters/memory/index.ts";
import { FLEET_SIGNATURE_HEADER, FleetKey, INTERNAL_PREFIX, signedMount } from "../fleet/index.ts";
import { HttpServer } from "../http/index.ts";
import {
  fleetSource,
  LIVE_PATH,
  LiveAnswerer,
  readReplies,
  RequestRing,
  type LiveAsk,
  type LiveReply,
  type LiveSource,
} from "./index.ts";

const clock = new ManualClock();

function ask(topic: string, more: Partial<LiveAsk> = {}): LiveAsk {
  const who = { accountSid: OWN, viewerSid: OWN, everything: false };
  return { topic, query: null, cursor: undefined, limit: 200, ...who, ...more };
}

function source(topic: string, items: readonly unknown[], onAsk: () => void = () => undefined): LiveSource {
  return {
    topic,
    ask: () => {
      onAsk();
      return { cursor: "c", items };
    },
  };
}

function answerer(...sources: LiveSource[]): LiveAnswerer {
  return new LiveAnswerer({ sources, clock, logger: silentLogger });
}

const isLater = (reply: LiveReply): boolean => "later" in reply;

describe("what answers for a cell", () => {
  it("gives items as text, and says of topics that it does not have that others may", async () => {
    const replies = await answerer(source("a", [1, { b: 2 }])).answer([ask("a"), ask("b")]);
    assert.deepEqual(replies[0], { cursor: "c", count: 2, skipped: 0, items: '[1,{"b":2}]' });
    assert.deepEqual(replies[1], { error: { code: 20404, message: "There is no topic b." }, isFinal: false });
  });

  it("leaves questions for later when it has worked for long enough, but answers one at least", async () => {
    const slow = answerer(source("slow", [], () => clock.advance(20)));
    const replies = await slow.answer(Array.from({ length: 5 }, () => ask("slow")));
    assert.deepEqual(replies.map(isLater), [false, false, true, true, true]);
  });

  it("leaves questions for later when the answers are long enough, and refuses one that is too long", async () => {
    const long = answerer(source("long", ["x".repeat(1_000_000)]), source("longer", ["x".repeat(2_000_000)]));
    const replies = await long.answer(Array.from({ length: 7 }, () => ask("long")));
    assert.deepEqual(replies.map(isLater), [false, false, false, false, false, true, true]);
    const [longer] = await long.answer([ask("longer")]);
    assert.deepEqual(longer, { error: { code: 20500, message: "This cannot be shown just now." }, isFinal: false });
  });

  it("takes what a source gives beyond its bounds for a failure of the source", async () => {
    const many = answerer(
      source("many", Array.from({ length: 201 })),
      { topic: "cursor", ask: () => ({ cursor: "x".repeat(513), items: [] }) },
      {
        topic: "loop",
        ask: () => {
          const a: unknown[] = [];
          a.push(a);
          return { cursor: "", items: a };
        },
      },
    );
    for (const reply of await many.answer([ask("many"), ask("cursor"), ask("loop")])) assert.ok("error" in reply);
  });

  it("shows nothing of accounts that are not the viewer's own, and of none while that is not known", async () => {
    const shown: string[] = [];
    const open: LiveSource = {
      topic: "a",
      ask: ({ scope }) => {
        shown.push(scope.accountSid);
        return { cursor: "", items: [] };
      },
    };
    const canAccess = (main: string, other: string): Promise<boolean> => {
      if (other === CHILD) return Promise.resolve(main === OWN);
      return Promise.reject(new Error("the database is away"));
    };
    const guarded = new LiveAnswerer({ sources: [open], clock, logger: silentLogger, canAccess });
    const replies = await guarded.answer([
      ask("a", { accountSid: CHILD }),
      ask("a", { accountSid: CHILD, viewerSid: OTHER }),
      ask("a", { accountSid: OTHER }),
      ask("a"),
    ]);
    assert.deepEqual(shown, [CHILD, OWN]);
    assert.deepEqual(
      replies.map((reply) => ("error" in reply ? [reply.error.code, reply.isFinal] : "shown")),
      ["shown", [20404, true], [20500, false], "shown"],
    );
    assert.ok("error" in ((await answerer(open).answer([ask("a", { accountSid: CHILD })]))[0] ?? {}));
  });

  it("answers signed requests, refuses others, and what makes no sense", async (t) => {
    const key = new FleetKey(new Uint8Array(32).fill(7));
    const mount = signedMount(key, clock, answerer(source("a", [1])).endpoint);
    const server = new HttpServer({
      clock,
      logger: silentLogger,
      minter: { mint: (prefix) => prefix },
      authenticator: { authenticate: () => Promise.resolve(undefined) },
      routes: [],
      mounts: [mount],
    });
    t.after(() => server.close(0));
    const target = `${INTERNAL_PREFIX}${LIVE_PATH}`;
    const post = async (json: unknown, isSigned = true) => {
      const body = JSON.stringify(json);
      const signature = key.sign({ method: "POST", target, body }, clock.nowMs());
      const headers = isSigned ? { [FLEET_SIGNATURE_HEADER]: signature } : {};
      const answer = await server.inject({ method: "POST", url: target, body, headers });
      return { status: answer.status, json: JSON.parse(answer.body) as unknown };
    };
    const good = await post({ questions: [ask("a")] });
    assert.equal(good.status, 200);
    assert.deepEqual(readReplies(good.json, 1), [{ cursor: "c", count: 1, skipped: 0, items: "[1]" }]);
    assert.throws(() => readReplies(good.json, 2));
    assert.throws(() => readReplies({ answers: [{ cursor: "c" }] }, 1));
    assert.equal((await post({ questions: [ask("a")] }, false)).status, 403);
    const wrong = [{}, { questions: [1] }, { questions: [{ ...ask("a"), accountSid: "AC" }] }];
    const many = { questions: Array.from({ length: 257 }, () => ask("a")) };
    for (const json of [...wrong, many, { questions: [{ ...ask("a"), cursor: 1 }] }]) {
      assert.equal((await post(json)).status, 400);
    }
  });
});

describe("the picture of the fleet", () => {
  it("is taken once a second at most, and shown where it is another one", () => {
    let taken = 0;
    let cells = 1;
    const status = () => ({ cells, made: (taken += 1) > 0 });
    const fleet = fleetSource({ clock, status });
    const scope = { accountSid: OWN, everything: true };
    const first = fleet.ask({ query: null, cursor: undefined, scope, limit: 10 });
    assert.deepEqual(first.items, [{ cells: 1, made: true }]);
    cells = 2;
    const same = fleet.ask({ query: null, cursor: first.cursor, scope, limit: 10 });
    assert.deepEqual([same.items, taken], [[], 1]);
    clock.advance(1_000);
    const next = fleet.ask({ query: null, cursor: first.cursor, scope, limit: 10 });
    assert.deepEqual([next.items, taken], [[{ cells: 2, made: true }], 2]);
    clock.advance(1_000);
    const again = fleet.ask({ query: null, cursor: next.cursor, scope, limit: 10 });
    assert.deepEqual([again.items, again.cursor], [[], next.cursor]);
    assert.deepEqual(fleet.ask({ query: null, cursor: undefined, scope, limit: 10 }).items, next.items);
  });
});

describe("the last requests", () => {
  const answered = (requestId: string, more: object = {}) => ({
    requestId,
    method: "POST",
    path: "/2010-04-01/Accounts/AC1/Messages.json",
    operation: "CreateMessage",
    accountSid: OWN,
    status: 201,
    errorCode: undefined,
    durationMs: 1.234,
    ...more,
  });

  it("are shown to their account, without those to mounts, and by what was asked for", () => {
    const ring = new RequestRing({ capacity: 100, clock });
    ring.record(answered("RQ1"));
    ring.record(answered("RQ2", { accountSid: OTHER }));
    ring.record(answered("RQ3", { status: 400, errorCode: 21211 }));
    ring.record(answered("RQ4", { operation: "/healthz" }));
    ring.record(
      answered("RQ5", { accountSid: undefined, operation: undefined, status: 401, path: `/${"x".repeat(999)}` }),
    );
    const shown = (query: unknown, everything = false): string[] => {
      const scope = { accountSid: OWN, everything };
      const { items } = ring.source.ask({ query, cursor: undefined, scope, limit: 200 });
      return items.map((item) => (item as { request_sid: string }).request_sid);
    };
    assert.deepEqual(shown(undefined), ["RQ1", "RQ3"]);
    assert.deepEqual(shown({ outcome: "errors" }), ["RQ3"]);
    assert.deepEqual(shown({ requestSid: "RQ1", method: "POST", operation: "CreateMessage" }), ["RQ1"]);
    assert.deepEqual(shown({}, true), ["RQ1", "RQ2", "RQ3", "RQ5"]);
    for (const query of ["x", [], { outcome: "some" }, { method: 1 }]) assert.throws(() => shown(query));
    const [item] = ring.source.ask({
      query: null,
      cursor: undefined,
      scope: { accountSid: OWN, everything: false },
      limit: 1,
    }).items;
    assert.deepEqual(item, {
      at: new Date(clock.nowMs()).toISOString(),
      method: "POST",
      path: "/2010-04-01/Accounts/AC1/Messages.json",
      status: 400,
      error_code: 21211,
      request_sid: "RQ3",
      duration_ms: 1.2,
      account_sid: OWN,
      operation: "CreateMessage",
    });
  });
});
