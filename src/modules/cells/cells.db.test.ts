import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { startTestPostgres, type TestPostgres } from "../../../test/kit/postgres.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { ManualClock } from "../../adapters/memory/index.ts";
import { migrate, openDatabase } from "../../adapters/postgres/index.ts";
import { CellHints } from "../../kernel/cell-hints.ts";
import { AppError } from "../../kernel/errors.ts";
import { SidMinter } from "../../kernel/ids.ts";
import type { HomeChange } from "../../platform/cell-router/index.ts";
import { HttpServer, type Authenticator } from "../../platform/http/index.ts";
import { cellsModule, type CellsModule, type CellWish } from "./index.ts";

const OPERATOR = `AC${"0".repeat(32)}`;
const STRANGER = `AC${"f".repeat(32)}`;
const hints = new CellHints(randomBytes(16));
const clock = new ManualClock();
let minted = 0;

const authenticator: Authenticator = {
  authenticate: ({ username }) =>
    Promise.resolve({
      accountSid: username,
      status: "active",
      credential: "token",
      canAccess: () => Promise.resolve(false),
    }),
};

const wishOf = (name: string, more: Partial<CellWish> = {}): CellWish => ({
  name,
  type: "messaging",
  tier: "enterprise",
  region: "us1",
  address: { host: "127.0.0.1", port: 9_001 },
  ...more,
});

const refusal =
  (status: number, message: RegExp) =>
  (error: unknown): boolean =>
    error instanceof AppError && error.status === status && message.test(error.message);

/** An account SID without a hint. */
function account(): string {
  return `AC${(minted += 1).toString(16).padStart(32, "0")}`;
}

describe("the control plane's cells and homes", () => {
  let postgres: TestPostgres;
  let cells: CellsModule;
  let server: HttpServer;
  before(async () => {
    postgres = await startTestPostgres();
    const observe = (cell: string) => (cell === "messaging-1" ? { health: "alive", load: 0.25 } : undefined);
    const isOperator = (sid: string) => sid === OPERATOR;
    cells = cellsModule({ database: postgres.database, hints, isOperator, observe, caps: { enterprise: 40 } });
    await migrate(postgres.database, cells.migrations);
    await cells.start();
    const minter = new SidMinter(() => clock.nowMs(), randomBytes);
    server = new HttpServer({ clock, logger: silentLogger, minter, authenticator, routes: cells.routes });
  });
  after(() => postgres.stop());

  async function call(request: string, form?: Record<string, string>, username = OPERATOR) {
    const [method = "", path = ""] = request.split(" ");
    const auth = { username, password: "secret" };
    const url = `/trunkline/v1/${path}`;
    const answer = await server.inject({ method, url, auth, ...(form === undefined ? {} : { body: form }) });
    // oxlint-disable-next-line typescript/no-explicit-any -- what the API says is checked by the tests, not by the compiler
    const json: any = answer.body === "" ? undefined : JSON.parse(answer.body);
    return { status: answer.status, json };
  }

  /** How many accounts each cell of a region has by its count, and by its homes. */
  async function accountsIn(region: string): Promise<Record<string, number>> {
    const counted = (await cells.list()).filter((cell) => cell.region === region);
    const rows = await postgres.database.query<{ cell: string; homes: number }>(
      "select cell, count(*) as homes from cell_homes where counted group by cell",
    );
    const homes = new Map(rows.map((row) => [row.cell, row.homes]));
    for (const { name, accounts } of counted) assert.equal(homes.get(name) ?? 0, accounts, name);
    return Object.fromEntries(counted.map(({ name, accounts }) => [name, accounts]));
  }

  it("are for the operator, and begin with none", async () => {
    assert.deepEqual((await call("GET Cells")).json.cells, []);
    assert.equal((await call("GET Cells", undefined, STRANGER)).status, 404);
    assert.equal((await call(`GET Accounts/${OPERATOR}/Home`, undefined, STRANGER)).status, 404);
    assert.equal((await call("POST Cells/x", { State: "open" }, STRANGER)).status, 404);
  });

  it("register a cell once, and take its new address later", async () => {
    const form = { Name: "messaging-1", Type: "messaging", Tier: "enterprise", Region: "us1", Host: "127.0.0.1" };
    const { status, json } = await call("POST Cells", { ...form, Port: "9001" });
    assert.equal(status, 201);
    const { date_created: _, url, ...rest } = json;
    assert.match(url, /\/trunkline\/v1\/Cells\/messaging-1$/);
    assert.deepEqual(rest, {
      name: "messaging-1",
      number: 1,
      type: "messaging",
      tier: "enterprise",
      region: "us1",
      host: "127.0.0.1",
      port: 9001,
      state: "open",
      accounts: 0,
      max_accounts: 40,
      sla_percent: 99.99,
      health: "alive",
      load: 0.25,
    });
    assert.equal((await call("POST Cells", { ...form, Port: "9100" })).json.port, 9100);
    assert.equal((await call("POST Cells", { ...form, Port: "9100", Tier: "smb" })).status, 409);
    assert.equal((await call("POST Cells", { ...form, Port: "9100", Number: "2" })).status, 409);
    assert.equal((await call("POST Cells", { ...form, Name: "messaging-2", Port: "1", Number: "1" })).status, 409);
    assert.equal((await call("POST Cells", { ...form, Name: "Messaging 2", Port: "1" })).status, 400);
    assert.equal((await call("POST Cells", { ...form, Region: "a b", Port: "1" })).status, 400);
    assert.equal((await call("POST Cells", { ...form, Host: "a b", Port: "1" })).status, 400);
    assert.equal((await call("GET Cells/messaging-1")).json.port, 9100);
    assert.equal((await call("GET Cells/nothing")).status, 404);
  });

  it("give cells that are registered at one time different numbers", async () => {
    const names = ["verify-1", "verify-2", "verify-3", "verify-4"];
    const made = await Promise.all(
      names.map((name) => cells.register(wishOf(name, { type: "verify", region: "ie1" }))),
    );
    assert.deepEqual(
      made.map(({ number }) => number).toSorted((a, b) => a - b),
      [2, 3, 4, 5],
    );
    const pages = await call("GET Cells?PageSize=2");
    assert.deepEqual(
      pages.json.cells.map((cell: { number: number }) => cell.number),
      [1, 2],
    );
    const next = new URL(pages.json.meta?.next_page_url ?? pages.json.next_page_uri, "http://x");
    const second = await call(`GET ${next.pathname.replace("/trunkline/v1/", "")}${next.search}`);
    assert.deepEqual(
      second.json.cells.map((cell: { number: number }) => cell.number),
      [3, 4],
    );
  });

  it("assign each key once, whoever races, and never more than the cap", async () => {
    for (const name of ["race-1", "race-2", "race-3"]) await cells.register(wishOf(name, { region: "eu1" }));
    const other = openDatabase({ url: postgres.url, poolSize: 5 });
    const elsewhere = cellsModule({ database: other, hints, isOperator: () => false });
    const wish = { type: "messaging", tier: "enterprise", region: "eu1" } as const;
    const keys = Array.from({ length: 150 }, account);
    const outcomes = await Promise.all(
      keys.map(async (key) => {
        const racers = [cells, elsewhere, cells, elsewhere].map(({ homes }) => homes.assign({ key, ...wish }));
        const ended = await Promise.allSettled(racers);
        return ended.map((each) => (each.status === "fulfilled" ? each.value.cell : `refused ${each.reason.code}`));
      }),
    );
    await other.close();
    for (const homes of outcomes) assert.equal(new Set(homes).size, 1, homes.join());
    assert.equal(outcomes.filter(([home]) => home === "refused 20503").length, 30);
    assert.deepEqual(await accountsIn("eu1"), { "race-1": 40, "race-2": 40, "race-3": 40 });
  });

  it("place accounts in the less full of two cells, and not in one that drains, is of another tier, or elsewhere", async () => {
    for (const name of ["fair-1", "fair-2", "fair-3", "fair-4"]) await cells.register(wishOf(name, { region: "jp1" }));
    await cells.register(wishOf("fair-smb", { region: "jp1", tier: "smb" }));
    assert.equal((await call("POST Cells/fair-4", { State: "draining" })).json.state, "draining");
    const wish = { type: "messaging", tier: "enterprise", region: "jp1" } as const;
    for (let count = 0; count < 60; count += 1) await cells.assign({ key: account(), ...wish });
    const { "fair-4": none, "fair-smb": small, ...rest } = await accountsIn("jp1");
    assert.deepEqual([none, small], [0, 0]);
    assert.ok(Math.max(...Object.values(rest)) <= 23, JSON.stringify(rest));
    const pinned = await cells.assign({ key: account(), ...wish, cell: "fair-4" });
    assert.deepEqual(pinned, { cell: "fair-4", epoch: 1 });
    await assert.rejects(() => cells.assign({ key: account(), ...wish, region: "xx1" }), refusal(503, /No messaging/));
    await assert.rejects(() => cells.assign({ key: "a b", ...wish }), refusal(400, /cannot have a home/));
    assert.equal((await cells.reopen("fair-4")).state, "open");
  });

  it("move all keys of an account at once or none, count them, and take the same move twice", async () => {
    for (const name of ["from-1", "to-1"]) await cells.register(wishOf(name, { region: "au1" }));
    const main = account();
    const wish = { type: "messaging", tier: "enterprise", region: "au1" } as const;
    await cells.assign({ key: main, ...wish, cell: "from-1" });
    const keys = [main, account(), "+15005550006"];
    assert.deepEqual(await cells.claim({ keys: ["+15005550006"], type: "messaging", cell: "from-1" }), []);
    assert.deepEqual(await cells.claim({ keys: ["+15005550006"], type: "messaging", cell: "to-1" }), ["+15005550006"]);
    const move = { keys, type: "messaging", from: "from-1", to: "to-1", epoch: 2 } as const;
    assert.deepEqual(await cells.moveHome(move), { cell: "to-1", epoch: 2 });
    assert.deepEqual(await cells.moveHome(move), { cell: "to-1", epoch: 2 });
    assert.deepEqual(await accountsIn("au1"), { "from-1": 0, "to-1": 1 });
    for (const key of keys) assert.deepEqual(await cells.homes.find(key, "messaging"), { cell: "to-1", epoch: 2 });
    await assert.rejects(() => cells.moveHome({ ...move, epoch: 3 }), refusal(409, /not at home in from-1/));
    const back = { ...move, from: "to-1", to: "from-1" };
    await assert.rejects(() => cells.moveHome(back), refusal(409, /epoch is not below 2/));
    await assert.rejects(
      () => cells.moveHome({ ...back, keys: [...keys, (minted += 1).toString()], to: "nowhere", epoch: 3 }),
      refusal(404, /no cell nowhere/),
    );
    assert.deepEqual(await cells.homes.find(main, "messaging"), { cell: "to-1", epoch: 2 });
    assert.deepEqual(await cells.moveHome({ ...back, epoch: 3 }), { cell: "from-1", epoch: 3 });
    assert.deepEqual(await accountsIn("au1"), { "from-1": 1, "to-1": 0 });
  });

  it("do not move an account into a cell at its cap", async () => {
    const wish = { type: "messaging", tier: "enterprise", region: "eu1" } as const;
    const free = account();
    await cells.assign({ key: free, ...wish, region: "us1", cell: "messaging-1" });
    const move = { keys: [free], type: "messaging", from: "messaging-1", to: "race-1", epoch: 2 } as const;
    await assert.rejects(() => cells.moveHome(move), refusal(409, /race-1 has no room/));
    assert.deepEqual(await cells.homes.find(free, "messaging"), { cell: "messaging-1", epoch: 1 });
    await cells.release({ keys: [free], type: "messaging", cell: "messaging-1" });
  });

  it("remove a cell that nobody is at home in, for good", async () => {
    await cells.register(wishOf("last-1", { region: "br1" }));
    const key = account();
    const wish = { type: "messaging", tier: "enterprise", region: "br1" } as const;
    await cells.assign({ key, ...wish });
    const refused = await call("DELETE Cells/last-1");
    assert.deepEqual([refused.status, refused.json.code], [409, 20409]);
    await cells.release({ keys: [key], type: "messaging", cell: "last-1" });
    assert.equal(await cells.homes.find(key, "messaging"), undefined);
    assert.equal((await cells.assign({ key, ...wish })).epoch, 3, "a home that comes back is newer than what was");
    await cells.release({ keys: [key], type: "messaging", cell: "last-1" });
    assert.equal((await call("DELETE Cells/last-1")).status, 204);
    await assert.rejects(() => cells.assign({ key: account(), ...wish }), refusal(503, /No messaging/));
    await assert.rejects(() => cells.register(wishOf("last-1", { region: "br1" })), refusal(409, /was removed/));
    await assert.rejects(() => cells.drain("last-1"), refusal(409, /was removed/));
    assert.ok(!(await call("GET Cells")).json.cells.some(({ name }: { name: string }) => name === "last-1"));
    assert.equal((await cells.homes.cells()).find(({ name }) => name === "last-1")?.state, "removed");
    assert.equal((await call("DELETE Cells/last-2")).status, 404);
  });

  it("say where an account is at home, by the table or by its SID", async () => {
    const minter = new SidMinter(() => clock.nowMs(), randomBytes, { cellNumber: 1, hints });
    const sid = minter.mint("AC");
    const hinted = (await call(`GET Accounts/${sid}/Home`)).json;
    assert.deepEqual([hinted.cell, hinted.epoch, hinted.known_from], ["messaging-1", 0, "hint"]);
    assert.equal((await call(`GET Accounts/${sid}/Home?Type=verify`)).status, 404);
    await cells.assign({ key: sid, type: "messaging", tier: "enterprise", region: "us1", cell: "messaging-1" });
    const written = (await call(`GET Accounts/${sid}/Home`)).json;
    assert.deepEqual([written.cell, written.epoch, written.known_from], ["messaging-1", 1, "table"]);
    assert.equal((await call(`GET Accounts/${account()}/Home`)).status, 404);
    assert.equal((await call("GET Accounts/x/Home")).status, 404);
  });

  it("are followed by their changes, none of which is left out because it was committed late", async () => {
    const follow = async (from: string): Promise<{ changes: HomeChange[]; cursor: string }> => {
      const changes: HomeChange[] = [];
      for (let cursor = from; ;) {
        const answer = await cells.homes.homesSince(cursor, 7);
        assert.equal(answer.restarted, false);
        changes.push(...answer.changes);
        cursor = answer.cursor;
        if (!answer.hasMore) return { changes, cursor };
      }
    };
    /** What runs elsewhere on the server (autovacuum) may hold changes back for a moment. */
    const followUntil = async (from: string, count: number) => {
      for (;;) {
        const found = await follow(from);
        if (found.changes.length >= count) return found;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    const rows = await postgres.database.query<{ homes: number }>("select count(*) as homes from cell_homes");
    const all = await followUntil("", rows[0]?.homes ?? 0);
    assert.equal(new Set(all.changes.map(({ key }) => key)).size, rows[0]?.homes);
    assert.deepEqual((await follow(all.cursor)).changes, []);

    const slow = account();
    const quick = account();
    let seen: HomeChange[] = [];
    await postgres.database.transaction(async (tx) => {
      await tx.query(
        "insert into cell_homes (key, type, cell, epoch, counted) values ($1, 'messaging', 'race-1', 1, false)",
        [slow],
      );
      await cells.claim({ keys: [quick], type: "messaging", cell: "messaging-1" });
      seen = (await follow(all.cursor)).changes;
      assert.deepEqual(seen, [], "what comes after one that is not committed waits for it");
    });
    const then = await followUntil(all.cursor, 2);
    assert.deepEqual(new Set(then.changes.map(({ key }) => key)), new Set([slow, quick]));
    await cells.release({ keys: [quick], type: "messaging", cell: "messaging-1" });
    assert.deepEqual((await followUntil(then.cursor, 1)).changes, [
      { key: quick, type: "messaging", cell: undefined, epoch: 2 },
    ]);
  });

  it("begin from the start for a cursor of another database", async () => {
    const ahead = await cells.homes.homesSince("99999999999 AC1 messaging", 5);
    assert.deepEqual([ahead.restarted, ahead.changes.length, ahead.hasMore], [true, 5, true]);
    const nonsense = await cells.homes.homesSince("x' or true", 5);
    assert.deepEqual([nonsense.restarted, nonsense.changes.length], [true, 5]);
  });
});
