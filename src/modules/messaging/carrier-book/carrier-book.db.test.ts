import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { MemoryNet } from "../../../../test/kit/memory-net.ts";
import { startTestPostgres, type TestPostgres } from "../../../../test/kit/postgres.ts";
import { silentLogger } from "../../../../test/kit/silent-logger.ts";
import { ManualClock } from "../../../adapters/memory/index.ts";
import { migrate } from "../../../adapters/postgres/index.ts";
import { SidMinter } from "../../../kernel/ids.ts";
import { HttpServer, type InjectedResponse, type JsonObject } from "../../../platform/http/index.ts";
import { SecretBox } from "../../../platform/secrets/index.ts";
import { SmppServer } from "../../../platform/smpp/index.ts";
import { UNKNOWN_HEALTH, type Router, type SettingsCarrier } from "../../routing/index.ts";
import type { Carrier } from "../carriers/index.ts";
import { CarrierBook, carrierMigrations, carrierRoutes, carrierSource, type CarrierHost } from "./index.ts";

const OPERATOR = `AC${"a".repeat(32)}`;
const STRANGER = `AC${"b".repeat(32)}`;
const LIST = "/trunkline/v1/Carriers";
const SMPP = { type: "smpp", name: "acme", url: "smpp://acme:pass1234@10.0.0.1:2775", window: 20 };

/** Writes down what the book has done. */
class Host implements CarrierHost {
  readonly done: string[] = [];
  routed: readonly SettingsCarrier[] = [];

  add(carrier: Carrier): void {
    this.done.push(`add ${carrier.name}`);
  }

  remove(name: string, successor?: Carrier): Promise<void> {
    this.done.push(`${successor === undefined ? "remove" : "replace"} ${name}`);
    return Promise.resolve();
  }

  route(carriers: readonly SettingsCarrier[]): Promise<void> {
    this.routed = carriers;
    return Promise.resolve();
  }
}

describe("carriers at run time", () => {
  let postgres: TestPostgres;
  before(async () => {
    postgres = await startTestPostgres();
    await migrate(postgres.database, carrierMigrations);
  });
  after(() => postgres.stop());
  beforeEach(async () => {
    await postgres.database.query("delete from carriers");
  });

  /** A process over the database; those that came before are as if killed. */
  async function start({ master = 1, allowPrivateNetworks = true, chaos = true } = {}) {
    const clock = new ManualClock(Date.UTC(2025, 0, 31, 12));
    const net = new MemoryNet();
    const book = new CarrierBook({
      configured: [{ type: "null", name: "fixed", prefixes: [], priority: 50, maintenance: [] } as never],
      database: postgres.database,
      secrets: new SecretBox(new Uint8Array(32).fill(master)),
      net,
      clock,
      logger: silentLogger,
      callbackUrl: () => "https://sms.example.org",
      allowPrivateNetworks,
      chaos,
      traces: 10,
    });
    const host = new Host();
    book.attach(host);
    await book.load();
    const router = { explain: () => Promise.resolve(undefined) } as unknown as Router;
    const look = () => ({ lane: undefined, health: undefined });
    const isOperator = (sid: string): boolean => sid === OPERATOR;
    const server = new HttpServer({
      clock,
      logger: silentLogger,
      minter: new SidMinter(
        () => clock.nowMs(),
        (count) => new Uint8Array(count),
      ),
      authenticator: {
        authenticate: ({ username }) =>
          Promise.resolve({
            accountSid: username,
            status: "active",
            credential: "token",
            canAccess: () => Promise.resolve(false),
          }),
      },
      routes: carrierRoutes({ book, clock, router, health: () => UNKNOWN_HEALTH, look, isOperator }),
    });
    const send = async (
      method: "GET" | "POST" | "DELETE",
      path: string,
      { body, form, as = OPERATOR }: { body?: unknown; form?: Record<string, string>; as?: string } = {},
    ): Promise<InjectedResponse & { json: JsonObject }> => {
      const content =
        body === undefined
          ? form === undefined
            ? {}
            : { body: form }
          : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
      const auth = { username: as, password: "x" };
      const answer = await server.inject({ method, url: LIST + path, auth, ...content });
      return Object.assign(answer, { json: answer.body === "" ? {} : (JSON.parse(answer.body) as JsonObject) });
    };
    const names = (): string[] => host.routed.map(({ name }) => name);
    return { book, host, clock, net, look, send, names };
  }

  it("are added, survive a restart, and are taken away", async () => {
    const first = await start();
    const made = await first.send("POST", "", { body: { carrier: SMPP } });
    assert.equal(made.status, 201);
    assert.deepEqual(first.host.done, ["add acme"]);
    assert.deepEqual(first.names(), ["fixed", "acme"]);
    const [row] = await postgres.database.query<{ document: string }>("select document from carriers");
    assert.ok(!JSON.stringify(row).includes("pass1234"), "the row is sealed");
    assert.ok(!made.body.includes("pass1234"));

    const second = await start();
    assert.deepEqual(second.host.done, ["add acme"]);
    const listed = (await second.send("GET", "")).json["carriers"] as JsonObject[];
    assert.deepEqual(
      listed.map(({ name, source, read_only: isFixed }) => [name, source, isFixed]),
      [
        ["fixed", "settings", true],
        ["acme", "added", false],
      ],
    );
    assert.equal((await second.send("DELETE", "/acme")).status, 204);
    await second.book.settled();
    assert.deepEqual(second.host.done, ["add acme", "remove acme"]);
    assert.deepEqual(second.names(), ["fixed"]);
    assert.equal((await second.send("GET", "/acme")).status, 404);
    assert.deepEqual((await start()).names(), ["fixed"]);
  });

  it("are changed one change after the other, keep masked secrets, and are switched off and on", async () => {
    const { book, host, send, names } = await start();
    await send("POST", "", { body: { carrier: SMPP } });
    const { settings } = (await send("GET", "/acme")).json;
    const changed = await send("POST", "/acme", { body: { carrier: { ...(settings as JsonObject), window: 30 } } });
    assert.equal(changed.status, 200);
    await book.settled();
    const known = book.find("acme");
    assert.ok(known?.settings?.type === "smpp");
    assert.deepEqual([known.settings.window, known.settings.url.password, known.phase], [30, "pass1234", "running"]);
    assert.equal((await send("POST", "/acme", { body: { enabled: false } })).json["phase"], "disabled");
    await book.settled();
    assert.deepEqual(names(), ["fixed"]);
    assert.equal((await send("POST", "/acme", { body: { enabled: true } })).json["phase"], "running");
    await book.settled();
    assert.deepEqual(host.done, ["add acme", "replace acme", "remove acme", "add acme"]);
    await Promise.all([send("DELETE", "/acme"), send("POST", "", { body: { carrier: { ...SMPP, priority: 1 } } })]);
    await book.settled();
    assert.deepEqual(host.done.slice(4), ["remove acme", "add acme"], "the same name again");
  });

  it("do not send a kept password to another place", async () => {
    const { send } = await start();
    await send("POST", "", { body: { carrier: SMPP } });
    const elsewhere = { ...SMPP, url: "smpp://acme:***@10.6.6.6:2775" };
    for (const [path, body] of [
      ["/acme", { carrier: elsewhere }],
      ["/Tests", { name: "acme", carrier: elsewhere }],
      ["/acme", { carrier: { ...SMPP, url: "smpp://acme:***@10.0.0.1:2775", tlsVerify: false } }],
    ] as const) {
      assert.equal((await send("POST", path, { body })).status, 400);
    }
  });

  it("are refused with all that is wrong, by name, address and source", async () => {
    const { send } = await start({ allowPrivateNetworks: false });
    const refused = async (body: unknown, path = ""): Promise<string> => {
      const answer = await send("POST", path, { body });
      return `${answer.status} ${answer.json["message"] as string}`;
    };
    assert.match(
      await refused({ carrier: { ...SMPP, window: 0, wndow: 1 } }),
      /^400 .*carrier\.wndow: unknown key.*carrier\.window: expected/,
    );
    assert.match(await refused({ carrier: SMPP }), /^400 .*carrier\.url: 10\.0\.0\.1 is no address/);
    assert.match(await refused({ carrier: { type: "null", name: "fixed" } }), /^409 /);
    assert.match(await refused({ enabled: false }, "/fixed"), /^409 .*settings/);
    assert.match(await refused({ carrier: { type: "null", name: "a" }, enable: true }), /^400 .*enable/);
    assert.match(await refused([]), /^400/);
    await send("POST", "", { body: { carrier: { type: "null", name: "a" } } });
    assert.match(await refused({ carrier: { type: "null", name: "b" } }, "/a"), /^400 .*keeps its name/);
    assert.equal((await send("POST", "/nobody", { body: {} })).status, 404);
    assert.equal((await send("GET", "", { as: STRANGER })).status, 404);
    assert.equal((await send("POST", "", { body: { carrier: SMPP }, as: STRANGER })).status, 404);
  });

  it("that cannot be read any more are shown as broken, and stop nothing else", async () => {
    const first = await start();
    await first.send("POST", "", { body: { carrier: SMPP } });
    const second = await start({ master: 2 });
    assert.deepEqual(second.names(), ["fixed"]);
    const broken = (await second.send("GET", "/acme")).json;
    assert.deepEqual([broken["phase"], broken["settings"]], ["broken", null]);
    assert.equal((await second.send("POST", "/acme", { body: { carrier: SMPP } })).json["phase"], "running");
  });

  it("are tested with each step, while they are there and before they are", async () => {
    const { send, net, clock } = await start();
    const server = new SmppServer({
      net,
      clock,
      log: silentLogger,
      systemId: "smsc",
      authenticate: ({ password }) => (password === "pass1234" ? { accept: true } : { accept: false, status: 14 }),
      onRequest: () => {},
    });
    await server.listen({ host: "memory", port: 2775 });
    const tested = await send("POST", "/Tests", { body: { carrier: SMPP } });
    assert.equal(tested.json["ok"], true);
    const wrong = await send("POST", "/Tests", { body: { carrier: { ...SMPP, url: "smpp://acme:no@10.0.0.1" } } });
    assert.equal(wrong.json["ok"], false);
    assert.match(wrong.body, /ESME_RINVPASWD/);
    await send("POST", "", { body: { carrier: SMPP } });
    assert.equal((await send("POST", "/Tests", { body: { name: "acme" } })).json["ok"], true);
    assert.equal((await send("POST", "/Tests", { body: { name: "fixed" } })).json["ok"], true);
    assert.equal((await send("POST", "/Tests", { body: { name: "nobody" } })).status, 404);
  });

  it("are broken on purpose for a while, where that is allowed, and everybody sees it", async () => {
    const { send, book, clock, look } = await start();
    await send("POST", "", { body: { carrier: SMPP } });
    const source = carrierSource({ book, look, clock });
    const scope = { accountSid: OPERATOR, everything: true };
    const ask = (cursor: string | undefined) => source.ask({ query: {}, cursor, scope, limit: 100 });
    const first = ask(undefined);
    assert.equal(first.items.length, 2);
    assert.deepEqual(ask(first.cursor).items, []);
    const form = { Mode: "blackhole", Seconds: "5" };
    assert.equal((await send("POST", "/acme/Chaos", { form })).json["mode"], "blackhole");
    const told = ask(first.cursor);
    assert.deepEqual(
      (told.items as { name: string; chaos: { mode: string } }[]).map(({ name, chaos }) => [name, chaos.mode]),
      [["acme", "blackhole"]],
    );
    assert.equal(((await send("GET", "/acme")).json["chaos"] as JsonObject)["mode"], "blackhole");
    clock.advance(5_000);
    assert.equal(((await send("GET", "/acme/Status")).json["chaos"] as JsonObject)["mode"], "none");
    assert.equal(ask(told.cursor).items.length, 1);
    assert.equal((await send("POST", "/fixed/Chaos", { form })).status, 409);
    assert.deepEqual(
      source.ask({ query: {}, cursor: undefined, scope: { ...scope, everything: false }, limit: 9 }).items,
      [],
    );
    const strict = await start({ chaos: false });
    assert.equal((await strict.send("POST", "/acme/Chaos", { form })).status, 403);
  });
});
