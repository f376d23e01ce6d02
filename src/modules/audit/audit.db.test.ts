import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { migrate } from "../../adapters/postgres/index.ts";
import { AppError, callerError } from "../../kernel/errors.ts";
import { SidMinter } from "../../kernel/ids.ts";
import { HeadSigner, sha256 } from "../../platform/audit/index.ts";
import { Cell, Projection, projectionMigration, readProjectedOffsets } from "../../platform/cell/index.ts";
import { defineRoute, HttpServer, text, type Authenticator, type JsonObject } from "../../platform/http/index.ts";
import { openLog } from "../../platform/log/index.ts";
import type { Database } from "../../platform/ports.ts";
import { isConsistent, isIncluded } from "../../protocols/merkle/index.ts";
import { startTestPostgres, type TestPostgres } from "../../../test/kit/postgres.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { auditModule } from "./index.ts";

const ACCOUNT = `AC${"a".repeat(32)}`;
const STRANGER = `AC${"f".repeat(32)}`;
const THING = `TH${"1".repeat(32)}`;
const START_MS = Date.UTC(2025, 0, 31, 12);
const CELL = "messaging-1";
const REFUSED = callerError(20001, 400, "No.");

const authenticator: Authenticator = {
  authenticate: ({ username }) =>
    Promise.resolve({
      accountSid: username,
      status: "active",
      credential: "token",
      canAccess: () => Promise.resolve(false),
    }),
};

/** A product with one thing, which can be shown, changed, refused and deleted, and with traffic. */
function thingRoutes(things: Map<string, JsonObject>) {
  const common = { product: "api", tag: "Things", access: "account" } as const;
  const item = "/v1/Things/{Sid}";
  const view = (thing: JsonObject): JsonObject => thing;
  return [
    defineRoute({
      ...common,
      method: "POST",
      path: "/v1/Things",
      operationId: "CreateThing",
      summary: "Make one",
      success: 201,
      parameters: { Name: text({ maxCharacters: 20, required: true }) },
      run: ({ params }) => {
        const thing = { sid: THING, name: params.Name, auth_token: "very-secret" };
        things.set(THING, thing);
        return thing;
      },
      view,
    }),
    defineRoute({
      ...common,
      method: "GET",
      path: item,
      operationId: "FetchThing",
      summary: "Show one",
      success: 200,
      run: (call) => {
        const thing = things.get(call.path.Sid);
        if (thing === undefined) throw call.notFound();
        return thing;
      },
      view,
    }),
    defineRoute({
      ...common,
      method: "POST",
      path: item,
      operationId: "UpdateThing",
      summary: "Change one",
      success: 200,
      parameters: { Name: text({ maxCharacters: 20 }) },
      run: ({ params, path }) => {
        if (params.Name === "refuse") throw new AppError(REFUSED);
        if (params.Name === "break") throw new Error("broken");
        const thing = { ...things.get(path.Sid), name: params.Name };
        things.set(path.Sid, thing);
        return thing;
      },
      view,
    }),
    defineRoute({
      ...common,
      method: "DELETE",
      path: item,
      operationId: "DeleteThing",
      summary: "Delete one",
      success: 204,
      run: ({ path }) => void things.delete(path.Sid),
    }),
    defineRoute({
      ...common,
      method: "POST",
      path: "/v1/Texts",
      operationId: "CreateText",
      summary: "Send one",
      success: 201,
      traffic: true,
      run: () => ({}),
      view,
    }),
  ];
}

async function startProgram(database: Database, directory: string, clock: ManualClock) {
  const logger = silentLogger;
  const minter = new SidMinter(() => clock.nowMs(), randomBytes);
  const signer = new HeadSigner((cell) => sha256(Buffer.from(cell)));
  const isOperator = (): boolean => true;
  const audit = auditModule({
    cell: CELL,
    database,
    clock,
    logger,
    mintSid: (p) => minter.mint(p),
    signer,
    isOperator,
  });
  await migrate(database, [projectionMigration, ...audit.migrations]);
  const log = await openLog({ directory, logger, clock });
  const projectedOffsets = await readProjectedOffsets(database, CELL);
  const cell = new Cell({ name: CELL, log, clock, logger, machines: [audit.machine], projectedOffsets });
  audit.attach(cell);
  await cell.recover();
  await audit.start();
  const projection = new Projection({ cell, database, clock, logger, tables: audit.projections });
  const things = new Map<string, JsonObject>();
  const routes = [...thingRoutes(things), ...audit.routes];
  const server = new HttpServer({ clock, logger, minter, authenticator, routes, around: [audit.step] });
  const ask = async (method: string, url: string, body?: string, accountSid = ACCOUNT) => {
    const headers = body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" };
    const auth = { username: accountSid, password: "x" };
    const answer = await server.inject({ method, url, auth, headers, ...(body === undefined ? {} : { body }) });
    return { status: answer.status, json: answer.body === "" ? undefined : JSON.parse(answer.body) };
  };
  const events = async (query = "", accountSid = ACCOUNT) => {
    const { status, json } = await ask("GET", `https://monitor.twilio.com/v1/Events${query}`, undefined, accountSid);
    assert.equal(status, 200, JSON.stringify(json));
    return json.events as { sid: string; event_type: string; event_data: JsonObject; resource_sid: string }[];
  };
  return { audit, cell, projection, ask, events, close: () => cell.close() };
}

describe("the audit log", () => {
  let postgres: TestPostgres;
  let directory: string;
  let clock: ManualClock;
  let program: Awaited<ReturnType<typeof startProgram>>;
  before(async () => {
    postgres = await startTestPostgres();
  });
  after(() => postgres.stop());
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "trunkline-audit-"));
    clock = new ManualClock(START_MS);
    program = await startProgram(postgres.database, directory, clock);
    await postgres.database.query("truncate audit_entries, audit_nodes, projection_offsets");
  });
  afterEach(async () => {
    await program.close();
    await rm(directory, { recursive: true, force: true });
  });

  it("has every change with what was before and after it, and no secret", async () => {
    const { ask, events } = program;
    await ask("POST", "/v1/Things", "Name=a");
    await ask("POST", `/v1/Things/${THING}`, "Name=b");
    await ask("DELETE", `/v1/Things/${THING}`);
    const [deleted, updated, created] = await events();
    assert.equal(created?.event_type, "thing.created");
    assert.deepEqual(created?.event_data["resource_properties"], {
      sid: { updated: THING },
      name: { updated: "a" },
      auth_token: { updated: "[redacted]" },
    });
    assert.equal(created.resource_sid, THING);
    assert.equal(updated?.event_type, "thing.updated");
    assert.deepEqual(updated?.event_data["resource_properties"], { name: { previous: "a", updated: "b" } });
    assert.equal(deleted?.event_type, "thing.deleted");
    assert.deepEqual(Object.keys(deleted?.event_data["resource_properties"] ?? {}), ["sid", "name", "auth_token"]);
  });

  it("has nothing of what was refused, nothing of traffic, and says what it does not know", async () => {
    const { ask, events } = program;
    assert.equal((await ask("POST", `/v1/Things/${THING}`, "Name=refuse")).status, 400);
    assert.equal((await ask("POST", "/v1/Texts", "")).status, 201);
    assert.deepEqual(await events(), []);
    assert.equal((await ask("POST", `/v1/Things/${THING}`, "Name=break")).status, 500);
    const [unknown] = await events();
    assert.match(String((unknown as unknown as { description: string }).description), /not known/);
  });

  it("shows an account its own events only, and finds them by type, resource and time, in the database too", async () => {
    const { ask, events, projection } = program;
    await ask("POST", "/v1/Things", "Name=a");
    clock.advance(60_000);
    await ask("POST", `/v1/Things/${THING}`, "Name=b");
    await ask("POST", "/v1/Things", "Name=c", STRANGER);
    await projection.close();
    assert.equal(program.audit.status().entries, 3);
    assert.deepEqual(
      (await events()).map(({ event_type }) => event_type),
      ["thing.updated", "thing.created"],
    );
    assert.equal((await events("?EventType=thing.created")).length, 1);
    assert.equal((await events(`?ResourceSid=${THING}`)).length, 2);
    assert.equal((await events("?StartDate=2025-01-31T12:00:30Z")).length, 1);
    assert.equal((await events("?EndDate=2025-01-31T12:00:30Z")).length, 1);
    const [own] = await events("?PageSize=1");
    assert.equal((await ask("GET", `https://monitor.twilio.com/v1/Events/${own?.sid}`)).status, 200);
    const foreign = await ask("GET", `https://monitor.twilio.com/v1/Events/${own?.sid}`, undefined, STRANGER);
    assert.equal(foreign.status, 404);
  });

  it("proves that an event is in the log, and that the log only grows", async () => {
    const { ask, events, projection } = program;
    for (let n = 0; n < 5; n += 1) await ask("POST", "/v1/Things", `Name=${n}`);
    await projection.close();
    const { json: early } = await ask("GET", "/trunkline/v1/Audit/Head");
    for (let n = 0; n < 4; n += 1) await ask("POST", "/v1/Things", `Name=${n}`);
    for (const { sid } of await events()) {
      const { json: proof } = await ask("GET", `/trunkline/v1/Audit/Events/${sid}/Proof`);
      const head = { size: proof.size, root: octets(proof.root) };
      const path = (proof.proof as string[]).map(octets);
      assert.ok(isIncluded(sha256, head, { leaf: octets(proof.leaf_hash), index: proof.index, path }), sid);
      assert.ok(JSON.stringify(proof.proof).length < 1_024, "a proof has less than 1 KiB");
    }
    const { json: grown } = await ask("GET", `/trunkline/v1/Audit/Consistency?First=${early.size}`);
    const first = { size: early.size, root: octets(early.root) };
    const second = { size: grown.second, root: octets(grown.second_root) };
    assert.ok(isConsistent(sha256, first, second, (grown.proof as string[]).map(octets)));
    assert.equal((await ask("GET", "/trunkline/v1/Audit/Consistency?First=1&Second=1000")).status, 400);
  });

  it("ends what a killed process had begun as unknown, once", async () => {
    const entry = {
      sid: `AE${"0".repeat(32)}`,
      accountSid: ACCOUNT,
      atMs: START_MS,
      actor: { type: "account", sid: ACCOUNT, source: "api" },
      eventType: "thing.updated",
      resourceType: "thing",
      resourceSid: THING,
      outcome: "unknown",
      before: null,
      after: null,
    };
    await program.cell.commit({ kind: "audit.begun", entry } as { kind: string });
    assert.deepEqual(await program.events(), []);
    for (let start = 0; start < 2; start += 1) {
      await program.close();
      program = await startProgram(postgres.database, directory, clock);
      assert.equal(program.audit.status().entries, 1);
      assert.equal((await program.events()).length, 1);
    }
  });
});

function octets(base64: string): Uint8Array {
  return Buffer.from(base64, "base64");
}
