import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { migrate } from "../../adapters/postgres/index.ts";
import { SidMinter } from "../../kernel/ids.ts";
import {
  Cell,
  Projection,
  projectionMigration,
  readProjectedOffsets,
  type Machine,
} from "../../platform/cell/index.ts";
import { HttpServer, type Authenticator } from "../../platform/http/index.ts";
import { openLog, type Log } from "../../platform/log/index.ts";
import type { Database } from "../../platform/ports.ts";
import type { AlertRaised } from "../../platform/webhooks/index.ts";
import { startTestPostgres, type TestPostgres } from "../../../test/kit/postgres.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { until } from "../../../test/kit/until.ts";
import { monitorModule, type MonitorModule } from "./index.ts";

const ACCOUNT = `AC${"a".repeat(32)}`;
const STRANGER = `AC${"f".repeat(32)}`;
const START_MS = Date.UTC(2025, 0, 31, 12);
const CELL = "messaging-1";

/** Stands for the products: raises whatever alerts its record says. */
const product: Machine = {
  name: "product",
  tables: [],
  reducers: {
    "test.alerts": (record: { alerts: AlertRaised[] }, context) => record.alerts.forEach((each) => context.emit(each)),
  },
};

const authenticator: Authenticator = {
  authenticate: ({ username }) =>
    Promise.resolve({
      accountSid: username,
      status: "active",
      credential: "token",
      canAccess: () => Promise.resolve(false),
    }),
};

function alert(more: Partial<AlertRaised> = {}): AlertRaised {
  const what = { errorCode: 11_200, level: "error", text: "The answer had status 500." } as const;
  return { kind: "alert.raised", accountSid: ACCOUNT, ...what, ...more };
}

interface Shown {
  readonly sid: string;
  readonly alert_text: string;
  readonly log_level: string;
  readonly error_code: string;
}

/** A cell with the monitor in it, over a folder and a database that outlive it. */
interface Program {
  readonly module: MonitorModule;
  readonly cell: Cell;
  readonly log: Log;
  readonly projection: Projection;
  raise(...alerts: AlertRaised[]): Promise<void>;
  get(accountSid: string, path: string): Promise<{ status: number; json: any }>; // oxlint-disable-line typescript/no-explicit-any -- checked by the tests
  list(query?: string): Promise<Shown[]>;
}

async function startProgram(database: Database, directory: string, clock: ManualClock): Promise<Program> {
  const logger = silentLogger;
  const module = monitorModule({ database, clock, logger, cell: CELL });
  await migrate(database, [projectionMigration, ...module.migrations]);
  const log = await openLog({ directory, logger, clock });
  const projectedOffsets = await readProjectedOffsets(database, CELL);
  const machines = [product, module.machine];
  const cell = new Cell({ name: CELL, log, clock, logger, machines, projectedOffsets });
  await cell.recover();
  const projection = new Projection({ cell, database, clock, logger, tables: module.projections });
  const minter = new SidMinter(() => clock.nowMs(), randomBytes);
  const server = new HttpServer({ clock, logger, minter, authenticator, routes: module.routes });
  const get: Program["get"] = async (accountSid, path) => {
    const url = path.startsWith("https:") ? path : `https://monitor.twilio.com${path}`;
    const { status, body } = await server.inject({ method: "GET", url, auth: { username: accountSid, password: "x" } });
    return { status, json: JSON.parse(body) };
  };
  return {
    module,
    cell,
    log,
    projection,
    raise: async (...alerts) => {
      await cell.commit({ kind: "test.alerts", alerts } as { kind: string });
    },
    get,
    list: async (query = "") => {
      const { status, json } = await get(ACCOUNT, `/v1/Alerts${query}`);
      assert.equal(status, 200, JSON.stringify(json));
      return json.alerts;
    },
  };
}

describe("the debugger log", () => {
  let postgres: TestPostgres;
  let directory: string;
  let clock: ManualClock;
  let program: Program;
  before(async () => {
    postgres = await startTestPostgres();
  });
  after(() => postgres.stop());
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "trunkline-monitor-"));
    clock = new ManualClock(START_MS);
    program = await startProgram(postgres.database, directory, clock);
    await postgres.database.query("truncate alerts, alert_repeats, projection_offsets");
  });
  afterEach(async () => {
    await program.cell.close();
    await rm(directory, { recursive: true, force: true });
  });

  it("shows an alert as soon as it is raised, and the same when it is in the database only", async () => {
    await program.raise(
      alert({
        resourceSid: `SM${"1".repeat(32)}`,
        requestUrl: "https://example.com/hook",
        requestMethod: "POST",
        requestParams: "MessageStatus=sent",
        responseStatus: 500,
        responseBody: "oops",
      }),
    );
    const { json } = await program.get(ACCOUNT, "/v1/Alerts");
    const [shown] = json.alerts;
    assert.deepEqual(shown, {
      account_sid: ACCOUNT,
      alert_text: "The answer had status 500.",
      api_version: "2010-04-01",
      date_created: "2025-01-31T12:00:00Z",
      date_generated: "2025-01-31T12:00:00Z",
      date_updated: "2025-01-31T12:00:00Z",
      error_code: "11200",
      log_level: "error",
      more_info: "https://www.twilio.com/docs/errors/11200",
      request_method: "POST",
      request_url: "https://example.com/hook",
      resource_sid: `SM${"1".repeat(32)}`,
      service_sid: null,
      sid: shown.sid,
      url: `https://monitor.twilio.com/v1/Alerts/${shown.sid}`,
    });
    assert.equal(json.meta.key, "alerts");
    const detail = (await program.get(ACCOUNT, `/v1/Alerts/${shown.sid}`)).json;
    assert.deepEqual(detail, {
      ...shown,
      request_headers: null,
      request_variables: "MessageStatus=sent",
      response_body: "oops",
      response_headers: null,
    });
    assert.equal(await program.projection.flush(), true);
    assert.equal(program.module.projections[0]?.table.size, 0, "it left memory");
    assert.deepEqual((await program.get(ACCOUNT, "/v1/Alerts")).json, json);
    assert.deepEqual((await program.get(ACCOUNT, `/v1/Alerts/${shown.sid}`)).json, detail);
  });

  it("writes 20 alerts of an account, code and minute, and counts the others", async () => {
    const many = Array.from({ length: 300 }, () => alert());
    await program.raise(...many, alert({ errorCode: 11_205 }), alert({ accountSid: STRANGER }));
    await program.raise(...many);
    const check = async () => {
      const shown = await program.list();
      assert.equal(shown.length, 21);
      const told = shown.map((each) => each.alert_text).filter((text) => text.includes("580 more"));
      assert.deepEqual(told, ["The answer had status 500. (and 580 more like it within that minute)"]);
      assert.equal((await program.get(STRANGER, "/v1/Alerts")).json.alerts.length, 1);
    };
    await check();
    await program.projection.flush();
    await check();
    await program.raise(alert());
    await program.projection.flush();
    assert.match((await program.list()).find((each) => each.alert_text.includes("more"))?.alert_text ?? "", /581 more/);

    clock.advance(60_000);
    await program.raise(alert());
    assert.equal((await program.list()).length, 22);
  });

  it("makes the same of a log that is read again, after a crash and after an orderly stop", async () => {
    const half = Array.from({ length: 15 }, (_, index) => alert({ text: `number ${index}` }));
    await program.raise(...half);
    await program.projection.flush();
    clock.advance(1_000);
    await program.raise(...half, alert({ errorCode: 12_100 }));
    const shown = await program.list();
    assert.equal(shown.length, 21);
    await program.log.close();
    program = await startProgram(postgres.database, directory, clock);
    assert.deepEqual(await program.list(), shown);
    await program.projection.flush();
    assert.deepEqual(await program.list(), shown);
    const [count] = await postgres.database.query<{ count: number }>("select count(*) from alerts");
    assert.equal(count?.count, 21);

    await program.cell.close();
    program = await startProgram(postgres.database, directory, clock);
    assert.equal(program.module.projections[0]?.table.size, 0, "memory holds nothing that is in the database");
    assert.deepEqual(await program.list(), shown);
    await program.raise(alert());
    assert.match((await program.list()).map((each) => each.alert_text).join(), /and 11 more like it/);
  });

  it("keeps bodies that are long, or hold what no database keeps", async () => {
    await program.raise(alert({ responseBody: `\0${"€".repeat(9_000)}`, text: "zero \0" }));
    assert.equal(await program.projection.flush(), true);
    const [shown] = await program.list();
    assert.equal(shown?.alert_text, "zero \ufffd");
    const detail = (await program.get(ACCOUNT, `/v1/Alerts/${shown?.sid}`)).json;
    assert.ok(Buffer.byteLength(detail.response_body) <= 8_192);
  });

  it("is filtered by level and date, before and after projection", async () => {
    await program.raise(alert({ text: "first" }));
    clock.advance(86_400_000);
    await program.raise(alert({ text: "second", level: "warning" }), alert({ text: "third", level: "notice" }));
    const texts = async (query: string) => (await program.list(query)).map((each) => each.alert_text);
    const check = async () => {
      assert.deepEqual(await texts(""), ["third", "second", "first"]);
      assert.deepEqual(await texts("?LogLevel=warning"), ["second"]);
      assert.deepEqual(await texts("?LogLevel=debug"), []);
      assert.deepEqual(await texts("?StartDate=2025-02-01"), ["third", "second"]);
      assert.deepEqual(await texts("?EndDate=2025-01-31"), ["first"]);
      assert.deepEqual(await texts("?EndDate=2025-01-31T12:00:00Z"), ["first"]);
      assert.deepEqual(await texts("?EndDate=2025-01-31T11:59:59Z"), []);
      assert.deepEqual(await texts("?StartDate=2025-01-31T12:00:00Z&EndDate=2025-02-01T11:59:59Z"), ["first"]);
    };
    await check();
    await program.projection.flush();
    await check();
    assert.equal((await program.get(ACCOUNT, "/v1/Alerts?LogLevel=loud")).status, 400);
    assert.equal((await program.get(ACCOUNT, "/v1/Alerts?StartDate=yesterday")).status, 400);
  });

  it("is paged while alerts arrive, onwards and back", async () => {
    for (let i = 0; i < 5; i += 1) await program.raise(alert({ text: String(i) }));
    await program.projection.flush();
    await program.raise(alert({ text: "5" }));
    const texts = (json: { alerts: Shown[] }) => json.alerts.map((each) => each.alert_text);
    const first = (await program.get(ACCOUNT, "/v1/Alerts?PageSize=2")).json;
    assert.deepEqual(texts(first), ["5", "4"]);
    await program.raise(alert({ text: "6" }));
    const second = (await program.get(ACCOUNT, first.meta.next_page_url)).json;
    assert.deepEqual(texts(second), ["3", "2"]);
    const third = (await program.get(ACCOUNT, second.meta.next_page_url)).json;
    assert.deepEqual(texts(third), ["1", "0"]);
    assert.equal(third.meta.next_page_url, null);
    const back = (await program.get(ACCOUNT, second.meta.previous_page_url)).json;
    assert.deepEqual(texts(back), ["5", "4"]);
    assert.deepEqual(texts((await program.get(ACCOUNT, back.meta.previous_page_url)).json), ["6"]);
    assert.equal((await program.get(ACCOUNT, "/v1/Alerts?PageToken=PAnonsense")).status, 400);
  });

  it("is nobody else's", async () => {
    await program.raise(alert());
    const [shown] = await program.list();
    const check = async () => {
      assert.deepEqual((await program.get(STRANGER, "/v1/Alerts")).json.alerts, []);
      const { status, json } = await program.get(STRANGER, `/v1/Alerts/${shown?.sid}`);
      assert.deepEqual([status, json.code], [404, 20404]);
    };
    await check();
    await program.projection.flush();
    await check();
    for (const sid of ["NO1", `NO${"0".repeat(32)}`, `SM${shown?.sid.slice(2)}`]) {
      assert.equal((await program.get(ACCOUNT, `/v1/Alerts/${sid}`)).status, 404);
    }
  });

  it("forgets what is older than 30 days, once a day by itself", async () => {
    await program.raise(...Array.from({ length: 21 }, () => alert()));
    await program.projection.flush();
    clock.advance(86_400_000);
    await program.raise(alert({ text: "younger" }));
    await program.projection.flush();
    assert.equal(await program.module.prune(), 0);
    clock.advance(29 * 86_400_000);
    program.module.start();
    program.module.start();
    clock.advance(5 * 60_000);
    const left = () => postgres.database.query("select 1 from alerts union all select 1 from alert_repeats");
    let count = 22;
    await until("the older alerts are gone", () => {
      void left().then((rows) => (count = rows.length));
      return count === 1;
    });
    assert.deepEqual(
      (await program.list()).map((each) => each.alert_text),
      ["younger"],
    );
    await until("the next time is set", () => clock.pendingTimers > 0);
    program.module.stop();
  });
});
