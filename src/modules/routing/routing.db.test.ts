import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { migrate } from "../../adapters/postgres/index.ts";
import { SidMinter } from "../../kernel/ids.ts";
import { HttpServer, type Authenticator } from "../../platform/http/index.ts";
import type { Database } from "../../platform/ports.ts";
import { startTestPostgres, type TestPostgres } from "../../../test/kit/postgres.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { routingModule, UNKNOWN_HEALTH, type PastRequest, type RoutingModule } from "./index.ts";
import { ACCOUNT, request, sha256, tableOf } from "./sample-routes.test.ts";

const STRANGER = `AC${"f".repeat(32)}`;
const carriers = [
  { name: "a", prefixes: ["1"], priority: 0 },
  { name: "b", prefixes: [], priority: 5 },
];

const authenticator: Authenticator = {
  authenticate: ({ username }) =>
    Promise.resolve({
      accountSid: username,
      status: "active",
      credential: "token",
      canAccess: () => Promise.resolve(false),
    }),
};

/** A process over the database. */
class Process {
  readonly clock: ManualClock;
  readonly module: RoutingModule;
  private readonly server: HttpServer;

  private constructor(module: RoutingModule, clock: ManualClock) {
    this.module = module;
    this.clock = clock;
    const minter = new SidMinter(() => clock.nowMs(), randomBytes);
    this.server = new HttpServer({ clock, logger: silentLogger, minter, authenticator, routes: module.routes });
  }

  static async start(database: Database): Promise<Process> {
    const clock = new ManualClock(Date.UTC(2025, 0, 31, 12));
    async function* traffic(): AsyncGenerator<PastRequest> {
      yield { ...request(), sid: "SM1", carrier: "a" };
      yield request({ to: "+447700900123" });
    }
    const module = await routingModule({
      database,
      clock,
      logger: silentLogger,
      hash: sha256,
      pause: () => Promise.resolve(),
      carriers,
      traffic,
      health: () => UNKNOWN_HEALTH,
      intents: { otp: "urgent" },
      isOperator: (accountSid) => accountSid === ACCOUNT,
    });
    return new Process(module, clock);
  }

  async call(method: string, path: string, body?: unknown, username = ACCOUNT) {
    const isForm = body instanceof URLSearchParams;
    const answer = await this.server.inject({
      method,
      url: `/trunkline/v1/Routing/${path}`,
      auth: { username, password: "secret" },
      ...(body === undefined ? {} : { body: isForm ? Object.fromEntries(body) : JSON.stringify(body) }),
      ...(body === undefined || isForm ? {} : { headers: { "Content-Type": "application/json" } }),
    });
    // oxlint-disable-next-line typescript/no-explicit-any -- what the API says is checked by the tests, not by the compiler
    const json: any = answer.body === "" ? undefined : JSON.parse(answer.body);
    return { status: answer.status, json };
  }

  post(path: string, form: Readonly<Record<string, string>>) {
    return this.call("POST", path, new URLSearchParams(form));
  }

  first(): string | undefined {
    return this.module.router.decide(request(), UNKNOWN_HEALTH).ranking[0];
  }
}

const onlyB = tableOf({ carriers: [{ name: "b" }], routes: [{ carrier: "b", priceMicros: 7_000 }] });

describe("versions of the routing table", () => {
  let postgres: TestPostgres;
  let one: Process;
  let two: Process;
  before(async () => {
    postgres = await startTestPostgres();
    one = await Process.start(postgres.database);
    await migrate(postgres.database, one.module.migrations);
    two = await Process.start(postgres.database);
    await one.module.start();
    await two.module.start();
  });
  after(async () => {
    one.module.close();
    two.module.close();
    await postgres.stop();
  });

  it("begin with the table of the settings", async () => {
    assert.equal(one.module.router.tableVersion, 0);
    assert.equal(one.first(), "a");
    assert.deepEqual((await one.call("GET", "Publications")).json.publications, []);
    assert.equal((await one.post("Rollbacks", { Reason: "x" })).status, 409);
  });

  it("are there for the operator alone", async () => {
    for (const [method, path] of [
      ["GET", "Tables"],
      ["GET", "Publications"],
      ["GET", "Tables/1"],
      ["POST", "Tables"],
    ] as const) {
      const body = method === "POST" ? {} : undefined;
      const { status, json } = await one.call(method, path, body, STRANGER);
      assert.deepEqual([status, json.code], [404, 20404]);
    }
  });

  it("are made in one piece or in parts, and refused with the place of the error", async () => {
    const bad = await one.call("POST", "Tables", { table: { ...onlyB, routes: [{ carrier: "x" }] } });
    assert.deepEqual([bad.status, bad.json.code], [400, 20001]);
    assert.match(bad.json.message, /at routes\[0\]\.carrier: there is no carrier "x"/);
    const none = await one.call("POST", "Tables", { table: { ...onlyB, routes: [] } });
    assert.match(none.json.message, /at routes: there is none/);
    const whole = await one.call("POST", "Tables", { note: "only b", table: onlyB });
    assert.deepEqual([whole.status, whole.json.status, whole.json.note], [201, "complete", "only b"]);
    assert.deepEqual([whole.json.carriers, whole.json.routes, whole.json.created_by], [1, 1, ACCOUNT]);

    const draft = (await one.call("POST", "Tables", { note: "in parts" })).json;
    assert.equal(draft.status, "draft");
    const { carriers: named, routes, ...head } = onlyB;
    const add = (part: number, content: unknown) => one.call("POST", `Tables/${draft.version}/Parts/${part}`, content);
    assert.equal((await add(0, head)).status, 201);
    assert.equal((await add(2, { carriers: named })).status, 409);
    assert.equal((await add(1, { carriers: named })).json.parts, 2);
    assert.equal((await one.post("Publications", { Version: String(draft.version), Reason: "x" })).status, 409);
    assert.equal((await add(2, { routes })).status, 201);
    const complete = (await one.post(`Tables/${draft.version}`, { Status: "complete" })).json;
    assert.deepEqual([complete.status, complete.hash], ["complete", whole.json.hash]);
    assert.equal((await add(3, { routes })).status, 409);
    assert.deepEqual((await one.call("GET", `Tables/${draft.version}/Parts/2`)).json, { routes });
    assert.equal((await one.call("GET", `Tables/${draft.version}/Parts/9`)).status, 404);
    assert.equal((await one.call("GET", "Tables/99")).status, 404);
    const list = (await one.call("GET", "Tables?PageSize=1")).json;
    assert.deepEqual([list.tables.length, list.tables[0].version], [1, draft.version]);
  });

  it("are compared with past traffic before they are published", async () => {
    const { version } = (await one.call("GET", "Tables")).json.tables[0];
    const { status, json } = await one.post("Comparisons", { TableVersion: String(version) });
    assert.equal(status, 200);
    assert.deepEqual([json.messages, json.moved, json.after.cost_micros], [2, 1, 14_000]);
    assert.deepEqual(json.sample, [{ sid: "SM1", to: "+12125550123", carrier: "a", before: "a", after: "b" }]);
    assert.equal((await one.post("Comparisons", { TableVersion: "99" })).json.code, 20404);
  });

  it("decide here at once and in other processes soon, and go back in one step", async () => {
    const { version } = (await one.call("GET", "Tables")).json.tables[0];
    const published = await one.post("Publications", { Version: String(version), Reason: "b is cheaper" });
    assert.deepEqual([published.status, published.json.kind, published.json.previous_version], [201, "publish", 0]);
    assert.equal((await one.post("Publications", { Version: String(version), Reason: "again" })).status, 409);
    assert.deepEqual([one.first(), one.module.router.tableVersion], ["b", version]);
    assert.deepEqual([two.first(), two.module.router.tableVersion], ["a", 0]);
    await follow(two, version);
    assert.equal(two.first(), "b");
    const restarted = await Process.start(postgres.database);
    await restarted.module.start();
    restarted.module.close();
    assert.equal(restarted.first(), "b");

    assert.equal((await two.post("Rollbacks", { Reason: "b is down" })).json.version, 0);
    assert.equal(two.first(), "a");
    await follow(one, 0);
    assert.equal(one.first(), "a");
    const { publications } = (await one.call("GET", "Publications")).json;
    assert.deepEqual(
      publications.map((each: Record<string, unknown>) => [each["kind"], each["version"], each["reason"]]),
      [
        ["rollback", 0, "b is down"],
        ["publish", version, "b is cheaper"],
      ],
    );
    await assert.rejects(postgres.database.query("update route_publications set reason = 'another'"));
    await assert.rejects(postgres.database.query("delete from route_publications"));
  });

  it("explain decisions, by the active table or another", async () => {
    const form = { To: "+1 212 555 0123", From: "+15005550100", Body: "Hello", MessageIntent: "otp" };
    const now = (await one.post("Explanations", form)).json;
    assert.deepEqual([now.table_version, now.ranking, now.country], [0, ["a", "b"], "US"]);
    assert.equal(now.candidates[0].destination, "prefix of 1 digits");
    const { version } = (await one.call("GET", "Tables")).json.tables[0];
    const other = (await one.post("Explanations", { ...form, TableVersion: String(version) })).json;
    assert.deepEqual([other.table_version, other.ranking], [version, ["b"]]);
    assert.equal((await one.post("Explanations", { ...form, To: "x" })).json.code, 21211);
    assert.equal((await one.post("Explanations", { ...form, MessageIntent: "?" })).json.code, 20001);
    assert.equal((await one.post("Explanations", { ...form, TableVersion: "99" })).status, 404);
  });

  it("that were changed in the database are not loaded", async () => {
    const made = (await one.call("POST", "Tables", { table: { ...onlyB, quantum: 3 } })).json;
    await postgres.database.query(
      "update route_table_parts set content = replace(content, '7000', '1') where version = $1",
      [made.version],
    );
    const { status, json } = await one.post("Publications", { Version: String(made.version), Reason: "x" });
    assert.deepEqual([status, json.code], [500, 20500]);
    assert.equal(one.first(), "a");
  });
});

/** Lets the process look at the publications until it follows. */
async function follow(process: Process, version: number): Promise<void> {
  for (let look = 0; look < 500 && process.module.router.tableVersion !== version; look += 1) {
    await process.clock.advanceSettling(look === 0 ? 2_000 : 1);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  assert.equal(process.module.router.tableVersion, version);
}
