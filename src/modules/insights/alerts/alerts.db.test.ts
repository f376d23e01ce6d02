import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { memoryDisk, openMemoryLog, settle } from "../../../../test/kit/memory-log.ts";
import { startTestPostgres, type TestPostgres } from "../../../../test/kit/postgres.ts";
import { silentLogger } from "../../../../test/kit/silent-logger.ts";
import { ManualClock } from "../../../adapters/memory/index.ts";
import { migrate } from "../../../adapters/postgres/index.ts";
import { callerError, AppError } from "../../../kernel/errors.ts";
import { SidMinter } from "../../../kernel/ids.ts";
import {
  Cell,
  Projection,
  projectionMigration,
  readProjectedOffsets,
  type Machine,
} from "../../../platform/cell/index.ts";
import { HttpServer } from "../../../platform/http/index.ts";
import type { Mail } from "../../../platform/mail/index.ts";
import type { AlertRaised, WebhookRequested } from "../../../platform/webhooks/index.ts";
import type { SeriesAnswer, SeriesQuery } from "../query.ts";
import { insightAlerts, type Alerts, type AlertText } from "./index.ts";

const ACCOUNT = `AC${"a".repeat(32)}`;
const OPERATOR = `AC${"0".repeat(32)}`;
/** Comes with an ordinary key of the operator's. */
const KEY = `${OPERATOR}:key`;
const STRANGER = `AC${"f".repeat(32)}`;
const START_MS = Date.UTC(2025, 0, 31, 12);
const NUMBER = "+15550000001";
const RULES = "/trunkline/v1/Insights/AlertRules";
const busy = new AppError({ code: 1, status: 503, fault: "platform", retry: "later", message: "busy" });

type Json = any; // oxlint-disable-line typescript/no-explicit-any -- checked by the tests

describe("alert rules", () => {
  let postgres: TestPostgres;
  let clock: ManualClock;
  let disk: ReturnType<typeof memoryDisk>;
  let alerts: Alerts;
  let cell: Cell;
  let projection: Projection;
  let server: HttpServer;
  /** Messages of an interval, as the series says. */
  let level = 0;
  let asked: SeriesQuery[] = [];
  let all: number | undefined;
  let webhooks: WebhookRequested[] = [];
  let raised: AlertRaised[] = [];
  let texts: AlertText[] = [];
  let textFailure: Error | undefined;
  let mails: Mail[] = [];
  let isReplaying = true;

  /** Stands for the queue of webhooks and the debugger log. */
  const listener: Machine = {
    name: "listener",
    tables: [],
    reducers: {},
    listeners: {
      "webhook.requested": (fact: WebhookRequested) => void (isReplaying || webhooks.push(fact)),
      "alert.raised": (fact: AlertRaised) => void (isReplaying || raised.push(fact)),
    },
  };

  const answer = (query: SeriesQuery, value: number): SeriesAnswer => {
    const points = (query.endMs - query.startMs) / query.stepMs;
    const groups = [{ key: [], counts: Array.from({ length: points }, () => value) }];
    const { metric, startMs, stepMs } = query;
    return {
      kind: "count",
      metric,
      by: [],
      startMs,
      stepMs,
      points,
      groups,
      overflow: 0,
      completeFromMs: startMs,
      revision: 1,
    };
  };

  const open = async (hasMail = true): Promise<void> => {
    const logger = silentLogger;
    const { database } = postgres;
    const minter = new SidMinter(() => clock.nowMs(), randomBytes);
    alerts = insightAlerts({
      database,
      clock,
      logger,
      mintSid: (prefix) => minter.mint(prefix),
      isOperator: (sid) => sid === OPERATOR,
      reader: {
        read: (query) => {
          asked.push(query);
          return answer(query, level);
        },
      },
      readAll: (query) => Promise.resolve(all === undefined ? undefined : answer(query, all)),
      texts: {
        canSendFrom: (accountSid, from) => accountSid === ACCOUNT && from === NUMBER,
        send: (text) => {
          if (textFailure !== undefined) return Promise.reject(textFailure);
          // As messaging does: an id is sent once.
          if (!texts.some(({ id }) => id === text.id)) texts.push(text);
          return Promise.resolve();
        },
      },
      ...(hasMail && {
        mail: {
          send: (mail) => Promise.resolve(void mails.push(mail)),
          close: () => Promise.resolve(),
        },
      }),
      pageUrl: (sid) => `https://console.example/console/alerts/${sid}`,
    });
    await migrate(database, [projectionMigration, ...alerts.migrations]);
    const log = await openMemoryLog(disk, clock);
    const projectedOffsets = await readProjectedOffsets(database, "messaging-1");
    cell = new Cell({
      name: "messaging-1",
      log,
      clock,
      logger,
      machines: [alerts.machine, listener],
      projectedOffsets,
    });
    alerts.attach(cell);
    await alerts.open();
    isReplaying = true;
    await cell.recover();
    isReplaying = false;
    projection = new Projection({ cell, database, clock, logger, tables: alerts.projections });
    alerts.start();
    const authenticator = {
      authenticate: ({ username, password }: { username: string; password: string }) =>
        Promise.resolve({
          accountSid: username,
          status: "active",
          ...(password === "x"
            ? ({ credential: "token" } as const)
            : ({ credential: "key", keyKind: "standard" } as const)),
          canAccess: () => Promise.resolve(false),
        } as const),
    };
    server = new HttpServer({ clock, logger, minter, authenticator, routes: alerts.routes });
  };
  /** Ends without a last checkpoint or projection, as a power cut does. */
  const crash = async (): Promise<void> => {
    alerts.stop();
    const left = disk.afterPowerCut();
    disk.crashed = true;
    await cell.close().catch(() => undefined);
    disk = left;
  };
  /** `as` may have a password after a colon. */
  const call = async (
    method: string,
    path: string,
    body?: Record<string, string | string[]>,
    as = ACCOUNT,
  ): Promise<{ status: number; json: Json }> => {
    const [username = "", password = "x"] = as.split(":");
    const auth = { username, password };
    const url = path.startsWith("https:") ? path : `https://api.twilio.com${path}`;
    const given = await server.inject({ method, url, auth, ...(body && { body }) });
    return { status: given.status, json: given.body === "" ? undefined : JSON.parse(given.body) };
  };
  const usual = { FriendlyName: "too many", Metric: "messages", Threshold: "10", NeededIntervals: "1", Intervals: "1" };
  const create = async (more: Record<string, string | string[]> = {}, as = ACCOUNT): Promise<Json> => {
    const { status, json } = await call("POST", RULES, { ...usual, ...more }, as);
    assert.equal(status, 201, JSON.stringify(json));
    return json;
  };
  /** One round, in which every rule is judged, and what follows from it. */
  const round = async (rounds = 1): Promise<void> => {
    for (let n = 0; n < rounds; n += 1) {
      await clock.advanceSettling(10_000);
      await settle();
    }
  };

  before(async () => {
    postgres = await startTestPostgres();
  });
  after(() => postgres.stop());
  beforeEach(async () => {
    clock = new ManualClock(START_MS);
    disk = memoryDisk();
    level = 0;
    all = undefined;
    asked = [];
    webhooks = [];
    raised = [];
    texts = [];
    mails = [];
    textFailure = undefined;
    await open();
    await postgres.database.query("truncate insight_alert_rules, insight_alert_events, projection_offsets");
    await alerts.open();
  });
  afterEach(crash);

  it("are made, listed, changed and deleted by their account and nobody else", async () => {
    const rule = await create({
      "Filter.country": "US,DE",
      WebhookUrls: ["https://a.example/1", "https://a.example/2"],
    });
    assert.match(rule.sid, /^IR[0-9a-f]{32}$/);
    assert.deepEqual(rule.filter, { country: ["US", "DE"] });
    assert.equal(rule.description, "messages (country US or DE) above 10 over 1 min");
    assert.equal(rule.state, "unknown");
    const second = await create();
    const page = await call("GET", `${RULES}?PageSize=1`);
    assert.deepEqual(
      page.json.alert_rules.map((one: Json) => one.sid),
      [second.sid],
    );
    const next = await call("GET", page.json.meta.next_page_url);
    assert.deepEqual(
      next.json.alert_rules.map((one: Json) => one.sid),
      [rule.sid],
    );
    for (const [method, body] of [["GET"], ["POST", { Threshold: "1" }], ["DELETE"]] as const) {
      assert.equal((await call(method, `${RULES}/${rule.sid}`, body, STRANGER)).status, 404);
    }
    assert.equal((await call("GET", `${RULES}/${rule.sid}/Events`, undefined, STRANGER)).status, 404);
    const changed = await call("POST", `${RULES}/${rule.sid}`, { Threshold: "20", WebhookUrls: "", Intervals: "3" });
    assert.equal(changed.json.threshold, 20);
    assert.equal(changed.json.intervals, 3);
    assert.deepEqual(changed.json.webhook_urls, []);
    assert.deepEqual(changed.json.filter, { country: ["US", "DE"] });
    const absence = await call("POST", `${RULES}/${rule.sid}`, { Kind: "absence", AbsentFor: "600" });
    assert.equal(absence.json.absent_for, 600);
    assert.equal((await call("DELETE", `${RULES}/${rule.sid}`)).status, 204);
    assert.equal((await call("GET", `${RULES}/${rule.sid}`)).status, 404);
  });

  it("of all accounts are nothing for an ordinary key of the operator, and carriers for nobody else", async () => {
    const rule = await create({ Scope: "all", "Filter.carrier": "north" }, OPERATOR);
    const own = await create({}, OPERATOR);
    const path = `${RULES}/${rule.sid}`;
    for (const [method, where, body] of [
      ["GET", path],
      ["GET", `${path}/Events`],
      ["POST", path, { Threshold: "1" }],
      ["DELETE", path],
    ] as const) {
      assert.equal((await call(method, where, body, KEY)).status, 404, `${method} ${where}`);
    }
    const sids = async (as: string): Promise<string[]> =>
      (await call("GET", RULES, undefined, as)).json.alert_rules.map((one: Json) => one.sid);
    assert.deepEqual([await sids(KEY), await sids(OPERATOR)], [[own.sid], [own.sid, rule.sid]]);
    assert.equal((await call("POST", RULES, { ...usual, Scope: "all" }, KEY)).status, 400);
    assert.equal((await call("POST", RULES, { ...usual, "Filter.carrier": "north" })).status, 403);
  });

  it("are refused with the reason", async () => {
    const refused = async (more: Record<string, string>, code: number, reason: RegExp, as = ACCOUNT): Promise<void> => {
      const { status, json } = await call("POST", RULES, { ...usual, ...more }, as);
      assert.deepEqual([status, json.code], [400, code], JSON.stringify(json));
      assert.match(json.message, reason);
    };
    await refused({ Metric: "nonsense" }, 20001, /Metric/);
    await refused({ Scope: "all" }, 20001, /operator/);
    await refused({ Metric: "availability" }, 20001, /Scope=all/);
    await refused({ Emails: "nobody" }, 20001, /e-mail address/);
    await refused({ Texts: "+15551234567", TextFrom: "+15559999999" }, 21606, /your numbers/);
    await refused({ Texts: "12", TextFrom: NUMBER }, 20001, /E\.164/);
    await refused({ WebhookUrls: "ftp://a.example" }, 20001, /WebhookUrls/);
    await refused({ "Filter.colour": "red" }, 20001, /colour/);
    await crash();
    await open(false);
    await refused({ Emails: "ops@customer.example" }, 20001, /smtpUrl/);
  });

  it("tell everybody once that they fire, and once that they are resolved", async () => {
    const rule = await create({
      WebhookUrls: "https://a.example/hook",
      Texts: "+15551234567",
      TextFrom: NUMBER,
      Emails: "ops@customer.example",
    });
    await round();
    assert.equal((await call("GET", `${RULES}/${rule.sid}`)).json.state, "ok");
    level = 11;
    await round(3);
    const firing = (await call("GET", `${RULES}/${rule.sid}`)).json;
    assert.deepEqual([firing.state, firing.value, firing.limit], ["firing", 11, 10]);
    level = 3;
    await round(3);
    assert.deepEqual(
      webhooks.map(({ id, url }) => `${id} ${url}`),
      [`alert:${rule.sid}:1:w0 https://a.example/hook`, `alert:${rule.sid}:2:w0 https://a.example/hook`],
    );
    const params = new Map(webhooks[0]?.params);
    assert.equal(params.get("AlertState"), "firing");
    assert.equal(params.get("Value"), "11");
    assert.equal(params.get("Url"), `https://console.example/console/alerts/${rule.sid}`);
    assert.match(
      params.get("Summary") ?? "",
      /^Firing: too many \(messages above 10 over 1 min\), now 11, since 2025-/,
    );
    assert.deepEqual(
      texts.map(({ id, to, from }) => [id, to, from]),
      [
        [`alert:${rule.sid}:1:t0`, "+15551234567", NUMBER],
        [`alert:${rule.sid}:2:t0`, "+15551234567", NUMBER],
      ],
    );
    assert.deepEqual(
      mails.map(({ subject }) => subject),
      ["Firing: too many", "Resolved: too many"],
    );
    assert.equal(alerts.status().waitingNotices, 0);
    const { json } = await call("GET", `${RULES}/${rule.sid}/Events`);
    assert.deepEqual(
      json.events.map((event: Json) => [event.turn, event.state, event.notified]),
      [
        [2, "resolved", true],
        [1, "firing", true],
      ],
    );
    await projection.flush();
    const paged = await call("GET", `${RULES}/${rule.sid}/Events?PageSize=1`);
    const rest = await call("GET", paged.json.meta.next_page_url);
    assert.deepEqual(
      rest.json.events.map((event: Json) => event.turn),
      [1],
    );
    assert.equal(await alerts.prune(), 0);
  });

  it("stand after a crash as before, and tell nobody again", async () => {
    const rule = await create({ WebhookUrls: "https://a.example/hook", Emails: "ops@customer.example" });
    level = 11;
    await round(2);
    assert.deepEqual([webhooks.length, mails.length], [1, 1]);
    await crash();
    await open();
    assert.equal((await call("GET", `${RULES}/${rule.sid}`)).json.state, "firing");
    await round(2);
    assert.deepEqual([webhooks.length, mails.length], [1, 1]);
    level = 0;
    await round(2);
    assert.deepEqual([webhooks.length, mails.length], [2, 2]);
  });

  it("send a text that messaging could not take later, also after a crash, under the same id", async () => {
    textFailure = busy;
    const rule = await create({ Texts: "+15551234567", TextFrom: NUMBER });
    level = 11;
    await round(2);
    assert.equal(alerts.status().waitingNotices, 1);
    await crash();
    await open();
    await settle();
    assert.equal(alerts.status().waitingNotices, 1);
    textFailure = undefined;
    await round(2);
    assert.deepEqual(
      texts.map(({ id }) => id),
      [`alert:${rule.sid}:1:t0`],
    );
    assert.equal(alerts.status().waitingNotices, 0);
  });

  it("tell the debugger log of a text that can never be sent", async () => {
    textFailure = new AppError(callerError(21610, 400, "opted out"));
    const rule = await create({ Texts: "+15551234567", TextFrom: NUMBER });
    level = 11;
    await round(2);
    assert.deepEqual(
      raised.map(({ resourceSid, text }) => [resourceSid, text]),
      [[rule.sid, "A notification of an alert rule could not be sent: opted out"]],
    );
    assert.equal(alerts.status().waitingNotices, 0);
  });

  it("are silent while muted, switched off or deleted", async () => {
    const until = new Date(START_MS + 45_000).toISOString();
    const muted = await create({ WebhookUrls: "https://a.example/muted", MutedUntil: until });
    const off = await create({ WebhookUrls: "https://a.example/off", Enabled: "false" });
    const gone = await create({ WebhookUrls: "https://a.example/gone" });
    assert.equal((await call("DELETE", `${RULES}/${gone.sid}`)).status, 204);
    level = 11;
    await round(2);
    assert.deepEqual(webhooks, []);
    assert.equal((await call("GET", `${RULES}/${muted.sid}`)).json.state, "firing");
    await round(4);
    assert.deepEqual(
      webhooks.map(({ url }) => url),
      ["https://a.example/muted"],
    );
    const { json } = await call("POST", `${RULES}/${off.sid}`, { Enabled: "true" });
    assert.equal(json.enabled, true);
    await round(2);
    assert.deepEqual(
      webhooks.map(({ url }) => url),
      ["https://a.example/muted", "https://a.example/off"],
    );
    await call("POST", `${RULES}/${off.sid}`, { Enabled: "false" });
    assert.equal((await call("GET", `${RULES}/${off.sid}`)).json.state, "unknown");
  });

  it("tell by text again after they were switched off and on", async () => {
    const { sid } = await create({ Texts: "+15551234567", TextFrom: NUMBER });
    level = 11;
    await round(2);
    for (const Enabled of ["false", "true"]) {
      assert.equal((await call("POST", `${RULES}/${sid}`, { Enabled })).status, 200);
      await round(1);
    }
    await round(2);
    assert.equal(texts.length, 2, "the second one has an id of its own");
    await projection.flush();
    const { json } = await call("GET", `${RULES}/${sid}/Events`);
    assert.deepEqual(
      json.events.map((event: Json) => event.state),
      ["firing", "firing"],
    );
  });

  it("of all accounts are all judged, however many there are in one turn", async () => {
    all = 11;
    await create({ Scope: "all" }, OPERATOR);
    // All of them have their turn in the same tenth of a round.
    const insert = `insert into insight_alert_rules select 'IR' || lpad((n * 1000)::text, 26, '0') || '000000', $1, 0, now(),
      now(), (select content from insight_alert_rules limit 1) from generate_series(1, 30) n`;
    await postgres.database.query(insert, [OPERATOR]);
    await alerts.open();
    await round(2);
    const { json } = await call("GET", `${RULES}?PageSize=50`, undefined, OPERATOR);
    assert.deepEqual([...new Set(json.alert_rules.map((rule: Json) => rule.state))], ["firing"]);
    assert.equal(json.alert_rules.length, 31);
    assert.equal(alerts.status().late, 0);
  });

  it("of the operator are of all cells, and wait while one of them does not answer", async () => {
    const rule = await create({ Scope: "all", Metric: "api_requests" }, OPERATOR);
    await round(2);
    assert.equal((await call("GET", `${RULES}/${rule.sid}`, undefined, OPERATOR)).json.state, "unknown");
    all = 12;
    await round(2);
    assert.equal((await call("GET", `${RULES}/${rule.sid}`, undefined, OPERATOR)).json.state, "firing");
    assert.ok(!asked.some(({ metric }) => metric === "api_requests"));
  });

  it("are watched as they change", async () => {
    const rule = await create();
    const [source] = alerts.liveSources;
    const ask = (cursor?: string, accountSid = ACCOUNT, everything = false) =>
      source?.ask({ query: {}, cursor, scope: { accountSid, everything }, limit: 10 });
    await round(2);
    const first = ask();
    assert.deepEqual(
      ((first?.items ?? []) as Json[]).map(({ sid, state }) => [sid, state]),
      [[rule.sid, "ok"]],
    );
    await round(2);
    assert.deepEqual(ask(first?.cursor)?.items, []);
    level = 11;
    await round(2);
    const second = ask(first?.cursor);
    assert.deepEqual(
      ((second?.items ?? []) as Json[]).map(({ state, value }) => [state, value]),
      [["firing", 11]],
    );
    assert.deepEqual(ask(undefined, STRANGER)?.items, []);
    assert.equal(ask(undefined, STRANGER, true)?.items.length, 1);
    await call("DELETE", `${RULES}/${rule.sid}`);
    assert.deepEqual(ask(second?.cursor)?.items, [{ sid: rule.sid, gone: true }]);
    // Who has watched another life of the process is told everything.
    assert.deepEqual(ask("another-life:7")?.items, [{ sid: rule.sid, gone: true }]);
  });

  it("move with their account, and how they stand with them", async () => {
    const rule = await create({ WebhookUrls: "https://a.example/hook" });
    level = 11;
    await round(2);
    const family = { mainSid: ACCOUNT, accountSids: [ACCOUNT], numbers: [] };
    const [records] = alerts.movable.records ?? [];
    const entries = JSON.parse(JSON.stringify(records?.list(family))) as [string, unknown][];
    assert.deepEqual(
      entries.map(([sid]) => sid),
      [rule.sid],
    );
    await records?.forget(family);
    assert.deepEqual(records?.list(family), []);
    await records?.put(family, entries, true);
    await round(2);
    assert.equal(webhooks.length, 1);
    assert.equal(alerts.movable.pending?.(family), 1);
    await projection.flush();
    assert.equal(alerts.movable.pending?.(family), 0);
  });

  it("are judged a few at a time, all of them in ten seconds", async () => {
    const insert = `insert into insight_alert_rules select 'IR' || md5(n::text), $1, 0, now(), now(), (select content
      from insight_alert_rules limit 1) from generate_series(1, 2000) n`;
    await create();
    await postgres.database.query(insert, [ACCOUNT]);
    await alerts.open();
    asked = [];
    await round();
    assert.equal(alerts.status().rules, 2_001);
    assert.equal(asked.length, 2_001);
    assert.equal(alerts.status().late, 0);
    const { status, json } = await call("POST", RULES, usual);
    assert.deepEqual([status, json.code], [400, 20001]);
    assert.match(json.message, /at most 1000/);
  });
});
