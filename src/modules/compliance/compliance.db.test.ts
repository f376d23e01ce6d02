import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { migrate } from "../../adapters/postgres/index.ts";
import { SidMinter } from "../../kernel/ids.ts";
import { Cell, Projection, projectionMigration } from "../../platform/cell/index.ts";
import { HttpServer, type Authenticator } from "../../platform/http/index.ts";
import type { Database } from "../../platform/ports.ts";
import { memoryDisk, openMemoryLog } from "../../../test/kit/memory-log.ts";
import { startTestPostgres, type TestPostgres } from "../../../test/kit/postgres.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { complianceModule, type Draft, type SettingChange } from "./index.ts";

const OPERATOR = `AC${"0".repeat(32)}`;
const ACCOUNT = `AC${"a".repeat(32)}`;
const STRANGER = `AC${"f".repeat(32)}`;
const SERVICE = `MG${"b".repeat(32)}`;
const NUMBER = "+12125550100";
const NOON_MS = Date.UTC(2026, 10, 17, 17);

const authenticator: Authenticator = {
  authenticate: ({ username }) =>
    Promise.resolve({
      accountSid: username,
      status: "active",
      credential: "token",
      canAccess: (other) => Promise.resolve(other === username),
    }),
};

function draft(more: Partial<Draft> = {}): Draft {
  return {
    accountSid: ACCOUNT,
    from: NUMBER,
    senderKind: "local",
    to: "+12125550199",
    country: "US",
    body: "Your table is ready.",
    mediaUrls: [],
    segments: 1,
    trafficClass: "transactional",
    direction: "outbound-api",
    atMs: NOON_MS,
    ...more,
  };
}

type Method = "GET" | "POST" | "PATCH" | "DELETE";
type Fields = Record<string, string | string[]>;
interface Asked {
  readonly accountSid?: string;
  readonly body?: string;
  readonly type?: string;
}
interface Answer {
  readonly status: number;
  readonly json: any; // oxlint-disable-line typescript/no-explicit-any -- checked by the tests
}

async function startProgram(database: Database) {
  const clock = new ManualClock(NOON_MS);
  const logger = silentLogger;
  const minter = new SidMinter(() => clock.nowMs(), randomBytes);
  const changes: SettingChange[] = [];
  const outcomes: string[] = [];
  const module = complianceModule({
    database,
    clock,
    logger,
    cell: "messaging-1",
    hashKey: "a key",
    mintSid: (prefix) => minter.mint(prefix),
    isOperator: (accountSid) => accountSid === OPERATOR,
    ownsScope: (accountSid, scope) => accountSid === ACCOUNT && (scope === SERVICE || scope === NUMBER),
    geoDefaults: { homeCountry: "US", countries: [] },
    onSettingChange: (change) => changes.push(change),
    onOutcome: ({ rule, code }) => outcomes.push(`${rule} ${code ?? ""}`),
  });
  await migrate(database, [projectionMigration, ...module.migrations]);
  const log = await openMemoryLog(memoryDisk(), clock);
  const machines = [module.machine];
  const cell = new Cell({ name: "messaging-1", log, clock, logger, machines, projectedOffsets: new Map() });
  module.attach(cell);
  await cell.recover();
  await module.start();
  const projection = new Projection({ cell, database, clock, logger, tables: module.projections });
  const server = new HttpServer({ clock, logger, minter, authenticator, routes: module.routes });
  const ask = async (method: Method, url: string, asked: Asked): Promise<Answer> => {
    const { accountSid = ACCOUNT, body, type } = asked;
    const headers = type === undefined ? {} : { "content-type": type };
    const whole = url.startsWith("https:") ? url : `https://api.twilio.com${url}`;
    const request = { method, url: whole, auth: { username: accountSid, password: "x" }, headers };
    const answer = await server.inject(body === undefined ? request : { ...request, body });
    return { status: answer.status, json: answer.body === "" ? undefined : JSON.parse(answer.body) };
  };
  const form = (url: string, fields: Fields, accountSid = ACCOUNT, method: Method = "POST"): Promise<Answer> => {
    const pairs = Object.entries(fields).flatMap(([name, value]) =>
      [value].flat().map((each): [string, string] => [name, each]),
    );
    const body = String(new URLSearchParams(pairs));
    return ask(method, url, { accountSid, body, type: "application/x-www-form-urlencoded" });
  };
  return {
    module,
    cell,
    projection,
    changes,
    outcomes,
    form,
    get: (url: string, accountSid = ACCOUNT) => ask("GET", url, { accountSid }),
    remove: (url: string, accountSid = ACCOUNT) => ask("DELETE", url, { accountSid }),
    post: (url: string, json: object, accountSid = ACCOUNT) =>
      ask("POST", url, { accountSid, body: JSON.stringify(json), type: "application/json" }),
    code: (more: Partial<Draft> = {}): number | string => {
      const verdict = module.compliance.check(draft(more));
      return verdict.kind === "refuse" ? verdict.error.code : verdict.kind;
    },
  };
}

describe("compliance", () => {
  let postgres: TestPostgres;
  let program: Awaited<ReturnType<typeof startProgram>>;
  before(async () => {
    postgres = await startTestPostgres();
  });
  after(() => postgres.stop());
  beforeEach(async () => {
    program = await startProgram(postgres.database);
    await postgres.database.query("truncate compliance_settings, consents, consent_changes, projection_offsets");
  });
  afterEach(async () => {
    program.module.close();
    await program.cell.close();
  });

  it("imports opt-outs, lists them, tells their history, and takes them back", async () => {
    const { post, get, remove, code, projection } = program;
    const made = await post("/trunkline/v1/OptOuts", {
      scope: SERVICE,
      recipients: ["+12125550199", "2125550198", "x"],
    });
    assert.equal(made.status, 201);
    assert.deepEqual(made.json, { scope: SERVICE, state: "opted-out", changed: 2, unchanged: 0, invalid: ["x"] });
    assert.equal(code({ serviceSid: SERVICE }), 21_610);
    const list = (await get(`/trunkline/v1/OptOuts?Scope=${SERVICE}`)).json.opt_outs;
    assert.equal(list.length, 2);
    assert.equal(await projection.flush(), true);
    assert.deepEqual(
      (await get(`/trunkline/v1/OptOuts?Scope=${SERVICE}`)).json.opt_outs,
      list,
      "the same from its rows",
    );
    const [one] = (await get("/trunkline/v1/OptOuts?Recipient=%2B12125550199")).json.opt_outs;
    assert.equal(one.source, "api");
    assert.equal((await get(`/trunkline/v1/OptOuts/${one.sid}`, STRANGER)).status, 404);
    assert.equal((await remove(`/trunkline/v1/OptOuts/${one.sid}`)).status, 204);
    assert.equal(code({ serviceSid: SERVICE }), "accept");
    const history = (await get(`/trunkline/v1/OptOuts/${one.sid}/History`)).json.changes;
    assert.deepEqual(
      history.map(({ state }: { state: string }) => state),
      ["opted-in", "opted-out"],
    );
    assert.equal((await get("/trunkline/v1/OptOuts?State=opted-out")).json.opt_outs.length, 1);
    const paged = await get("/trunkline/v1/OptOuts?PageSize=1");
    const second = await get(paged.json.meta?.next_page_url ?? paged.json.next_page_uri);
    assert.notEqual(second.json.opt_outs[0].sid, paged.json.opt_outs[0].sid);
  });

  it("refuses imports for what is not the account's, and what is no import", async () => {
    const { post } = program;
    const recipients = ["+12125550199"];
    assert.equal((await post("/trunkline/v1/OptOuts", { scope: SERVICE, recipients }, STRANGER)).status, 400);
    assert.equal((await post("/trunkline/v1/OptOuts", { scope: OPERATOR, recipients })).status, 400);
    for (const body of [
      [],
      { scope: NUMBER },
      { scope: NUMBER, recipients: [] },
      { recipients },
      { scope: NUMBER, recipients, state: "x" },
    ]) {
      assert.equal((await post("/trunkline/v1/OptOuts", body)).status, 400, JSON.stringify(body));
    }
  });

  it("takes Twilio's bulk consents, each by itself", async () => {
    const item = { sender_id: SERVICE, correlation_id: "c".repeat(32), status: "opt-out", source: "website" };
    const good = JSON.stringify({ ...item, contact_id: "+12125550199" });
    const bad = JSON.stringify({ ...item, contact_id: "+19" });
    const { status, json } = await program.form("https://accounts.twilio.com/v1/Consents/Bulk", { Items: [good, bad] });
    assert.equal(status, 201);
    assert.deepEqual(json.items, [
      { correlation_id: "c".repeat(32), error_code: 0, error_messages: [] },
      { correlation_id: "c".repeat(32), error_code: 30_646, error_messages: ["INVALID_CONTACT_ID"] },
    ]);
    assert.equal(program.code({ serviceSid: SERVICE }), 21_610);
  });

  it("configures keywords for a service, and answers by them", async () => {
    const path = "/trunkline/v1/OptOuts/Configurations";
    const fields = { Scope: SERVICE, StopKeywords: ["basta", "Ciao"], StopReply: "Bye." };
    const made = await program.form(path, fields);
    assert.equal(made.status, 201);
    assert.deepEqual(made.json.stop_keywords, ["BASTA", "CIAO"]);
    const text = { accountSid: ACCOUNT, serviceSid: SERVICE, from: "+12125550199", to: NUMBER };
    assert.equal(program.module.compliance.inbound({ ...text, body: "ciao" })?.reply, "Bye.");
    const changed = await program.form(path, { Scope: SERVICE, StopReply: "Done." });
    assert.equal(changed.json.sid, made.json.sid, "set, not made again");
    assert.equal(changed.json.revision, 2);
    assert.equal(program.module.compliance.inbound({ ...text, body: "stop" })?.reply, "Done.");
    assert.equal((await program.form(path, { Scope: SERVICE, StopKeywords: ["two words"] })).status, 400);
    assert.equal((await program.form(path, { Scope: SERVICE, StopKeywords: ["A1", "a1"] })).status, 400);
    assert.equal((await program.remove(`${path}/${made.json.sid}`, STRANGER)).status, 404);
    assert.equal((await program.remove(`${path}/${made.json.sid}`)).status, 204);
    assert.notEqual(program.module.compliance.inbound({ ...text, body: "stop" })?.reply, "Done.");
    const told = program.changes.map(({ before, after }) => [before !== undefined, after !== undefined]);
    assert.deepEqual(
      told,
      [
        [false, true],
        [true, true],
        [true, false],
      ],
      "the audit hears of every change",
    );
    assert.deepEqual(program.module.compliance.revocation({ ...text, body: "please stop texting me" }), {
      scope: SERVICE,
    });
  });

  it("changes geo permissions as Twilio does, and leaves high risk to the operator", async () => {
    const url = "https://accounts.twilio.com/v1/Messaging/GeoPermissions";
    const toFrance = { to: "+33612345678", country: "FR" } as const;
    assert.equal(program.code(toFrance), 21_408);
    const wish = ["FR", "PK"].map((country_code) => JSON.stringify({ country_code, type: "country", enabled: true }));
    const { status, json } = await program.form(url, { Permissions: wish }, ACCOUNT, "PATCH");
    assert.equal(status, 200);
    assert.deepEqual(
      json.permissions.map(({ error_code }: { error_code: number }) => error_code),
      [0, 30_649],
    );
    assert.equal(program.code(toFrance), "accept");
    const shown = (await program.get(`${url}?CountryCode=FR,PK,US`)).json.permissions;
    assert.deepEqual(
      shown.map(({ enabled }: { enabled: boolean }) => enabled),
      [true, false, true],
    );
    assert.equal(shown[0].prefix, "+33");
    const own = "/trunkline/v1/GeoPermissions";
    const pakistan = { AccountSid: ACCOUNT, Place: "PK", Enabled: "true" };
    assert.equal((await program.form(own, pakistan)).status, 404, "for the operator");
    assert.equal((await program.form(own, pakistan, OPERATOR)).status, 200);
    assert.equal(program.code({ to: "+923001234567", country: "PK" }), "accept");
    assert.equal((await program.form(own, { ...pakistan, Place: "+881" }, OPERATOR)).status, 200);
    const places = (await program.get(own)).json.prefixes;
    assert.ok(places.some(({ place, enabled }: { place: string; enabled: boolean }) => place === "+881" && enabled));
  });

  it("registers what India's registries know, and sends by it", async () => {
    const { form } = program;
    const [EntityId, TemplateId] = ["1201159195062345678", "1207161234567890123"];
    await form("/trunkline/v1/GeoPermissions", { AccountSid: ACCOUNT, Place: "IN", Enabled: "true" }, OPERATOR);
    const toIndia = { to: "+919812345678", country: "IN", from: "ACMEIN", senderKind: "alphanumeric" } as const;
    assert.equal(program.code(toIndia), 30_018);
    assert.equal((await form("/trunkline/v1/Dlt/Headers", { EntityId, Header: "ACMEIN" })).status, 404);
    assert.equal((await form("/trunkline/v1/Dlt/Entities", { EntityId, Name: "ACME" })).status, 201);
    assert.equal((await form("/trunkline/v1/Dlt/Headers", { EntityId, Header: "ACMEIN" })).status, 201);
    const template = { EntityId, TemplateId, Content: "Your OTP is {#var#}. - ACME", Category: "transactional" };
    assert.equal((await form("/trunkline/v1/Dlt/Templates", { ...template, Content: "Dear {#name#}" })).status, 400);
    assert.equal((await form("/trunkline/v1/Dlt/Templates", template)).status, 201);
    assert.equal((await form("/trunkline/v1/Dlt/Templates", template)).status, 409);
    assert.equal(program.code({ ...toIndia, body: "Your code is 1" }), 21_901);
    const verdict = program.module.compliance.check(draft({ ...toIndia, body: "Your OTP is 1234. - ACME" }));
    assert.ok(verdict.kind === "accept");
    assert.deepEqual(verdict.dlt, { entityId: EntityId, templateId: TemplateId });
    assert.deepEqual(verdict.tlvs, { "5120": EntityId, "5121": TemplateId });
    assert.deepEqual(program.module.compliance.carrierTlvs("any", verdict.dlt), verdict.tlvs);
  });

  it("refuses at 3 in the morning, holds where that is wanted, and leaves off to the operator", async () => {
    const path = "/trunkline/v1/QuietHours";
    const night = { trafficClass: "marketing", atMs: Date.UTC(2026, 10, 17, 8) } as const;
    assert.equal(program.code(night), 30_610);
    assert.equal((await program.form(path, { Action: "hold" })).status, 201);
    const verdict = program.module.compliance.recheck(draft(night));
    assert.deepEqual(verdict, { kind: "hold", untilMs: Date.UTC(2026, 10, 17, 13), rule: "quiet-hours" });
    assert.equal((await program.form(path, { Action: "off" })).status, 403);
    assert.equal((await program.form(path, { Action: "hold", From: "20:00", To: "09:00" })).status, 400);
    assert.equal((await program.form(path, { Action: "off", AccountSid: ACCOUNT }, OPERATOR)).status, 201);
    assert.equal(program.code(night), "accept");
    assert.deepEqual(program.outcomes, ["quiet-hours 30610", "quiet-hours "]);
  });

  it("lets the operator register senders, change countries and ban words, and nobody else", async () => {
    const { form, get } = program;
    const alpha = { from: "MyCo", senderKind: "alphanumeric", to: "+6581234567", country: "SG" } as const;
    await form("/trunkline/v1/GeoPermissions", { AccountSid: ACCOUNT, Place: "SG", Enabled: "true" }, OPERATOR);
    const sender = { AccountSid: ACCOUNT, Sender: "MyCo", Country: "SG", Reference: "SSIR-1" };
    assert.equal((await form("/trunkline/v1/SenderRegistrations", sender)).status, 404);
    assert.equal(program.code(alpha), 30_018);
    assert.equal((await form("/trunkline/v1/SenderRegistrations", sender, OPERATOR)).status, 201);
    assert.equal(program.code(alpha), "accept");
    assert.equal((await get("/trunkline/v1/SenderRegistrations")).json.sender_registrations.length, 1);
    const change = { Alphanumeric: "forbidden", SourceUrl: "https://example.com/sg", SourceRead: "2026-11-20" };
    assert.equal((await form("/trunkline/v1/CountryRules/SG", change)).status, 404);
    assert.equal((await form("/trunkline/v1/CountryRules/SG", change, OPERATOR)).json.version, "operator-1");
    assert.equal(program.code(alpha), 21_612);
    assert.equal((await get("/trunkline/v1/CountryRules/SG")).json.sources[0].url, "https://example.com/sg");
    const list = { Name: "shaft", Category: "alcohol", Countries: ["US"], Phrases: ["happy hour"] };
    assert.equal((await form("/trunkline/v1/ContentLists", list)).status, 404);
    assert.equal((await form("/trunkline/v1/ContentLists", list, OPERATOR)).status, 201);
    assert.equal(program.code({ body: "Happy hour!" }), 30_007);
    assert.equal((await get("/trunkline/v1/ContentLists")).status, 404);
    assert.equal((await get("/trunkline/v1/DoNotCall/Lists", OPERATOR)).json.lists.length, 0);
  });

  it("pages through all countries, and tells its rules", async () => {
    const seen: string[] = [];
    for (let url = "/trunkline/v1/CountryRules?PageSize=50"; url !== "";) {
      const { json } = await program.get(url);
      seen.push(...json.country_rules.map(({ country }: { country: string }) => country));
      const next = json.next_page_uri ?? json.meta?.next_page_url ?? "";
      url = next;
    }
    assert.equal(new Set(seen).size, seen.length);
    assert.ok(seen.length >= 60, String(seen.length));
    const rules = (await program.get("/trunkline/v1/Rules", OPERATOR)).json.rules;
    assert.equal(rules[0].name, "opt-out");
    assert.equal(rules[0].refused, 0);
    assert.equal((await program.get("/trunkline/v1/Rules")).json.rules[0].refused, undefined);
  });

  it("reads its settings again at a start", async () => {
    await program.form("/trunkline/v1/GeoPermissions", { AccountSid: ACCOUNT, Place: "FR", Enabled: "true" }, OPERATOR);
    const again = await startProgram(postgres.database);
    assert.equal(again.code({ to: "+33612345678", country: "FR" }), "accept");
    again.module.close();
    await again.cell.close();
  });
});
