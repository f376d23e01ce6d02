import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { keyOf, mainOf, startWorld, subaccountOf, type Credentials, type World } from "./sample-accounts.test.ts";

const TOKENS = "https://accounts.twilio.com/v1/AuthTokens";

let world: World;
let main: Credentials;
describe("authentication", () => {
  beforeEach(async () => {
    world = await startWorld();
    main = await mainOf(world.program);
  });
  afterEach(() => world.stop());

  const tell = (who: Credentials, program = world.program) => program.module.authenticator.authenticate(who);
  const isKnown = async (who: Credentials, program = world.program) => (await tell(who, program)) !== undefined;
  const request = (...call: Parameters<World["program"]["request"]>) => world.program.request(...call);

  describe("credentials", () => {
    it("say who is calling", async () => {
      const token = await tell(main);
      assert.deepEqual(
        { ...token, canAccess: undefined },
        { accountSid: main.username, status: "active", credential: "token", canAccess: undefined },
      );
      const key = await keyOf(world.program, main);
      const principal = await tell(key);
      assert.equal(principal?.accountSid, main.username);
      assert.equal(principal?.keySid, key.username);
      assert.equal(principal?.keyKind, "standard");
    });

    it("are wrong for everything but the exact secret of that very name", async () => {
      const child = await subaccountOf(world.program, main);
      const key = await keyOf(world.program, main);
      const { username, password } = main;
      for (const wrong of [
        { username, password: "" },
        { username, password: password.slice(1) },
        { username, password: `${password} ` },
        { username, password: `${password}\0` },
        { username, password: password.toUpperCase() },
        { username, password: child.password },
        { username, password: key.password },
        { username, password: "x".repeat(10_000) },
        { username: username.toUpperCase(), password },
        { username: ` ${username}`, password },
        { username: child.username, password },
        { username: key.username, password },
        { username: `AC${"0".repeat(32)}`, password },
        { username: `SK${"0".repeat(32)}`, password },
        { username: `SK${username.slice(2)}`, password },
        { username: "' or true --", password },
      ]) {
        // Twice: once for the first time, once remembered.
        assert.equal(await isKnown(wrong), false, JSON.stringify(wrong));
        assert.equal(await isKnown(wrong), false, JSON.stringify(wrong));
      }
      assert.ok(await isKnown(main));
    });

    it("cost no statement once they are known, for a minute", async () => {
      const key = await keyOf(world.program, main);
      for (const who of [main, key]) assert.ok(await isKnown(who));
      const before = world.database.statements;
      for (let i = 0; i < 100; i += 1) for (const who of [main, key]) assert.ok(await isKnown(who));
      assert.equal(world.database.statements, before);
    });

    it("leave nothing secret in the log", async () => {
      const child = await subaccountOf(world.program, main);
      const key = await keyOf(world.program, main);
      const { json } = await request(main, `POST ${TOKENS}/Secondary`);
      await isKnown({ username: main.username, password: "a wrong guess" });
      const log = JSON.stringify(world.program.log);
      assert.ok(log.includes(child.username));
      for (const secret of [main.password, child.password, key.password, json.secondary_auth_token, "a wrong guess"]) {
        assert.ok(!log.includes(secret));
      }
    });

    it("are stored sealed or as digests only", async () => {
      const key = await keyOf(world.program, main);
      const rows = await world.database.query(
        "select t::text as row from account_tokens t union all select k::text from api_keys k",
      );
      for (const secret of [main.password, key.password]) assert.ok(!JSON.stringify(rows).includes(secret));
    });
  });

  describe("wrong credentials", () => {
    it("are slowed down by user name, and lock nobody out", async () => {
      const child = await subaccountOf(world.program, main);
      const wrong = { username: child.username, password: "wrong" };
      for (let i = 0; i < 20; i += 1) assert.equal(await isKnown(wrong), false);
      await assert.rejects(tell(wrong), { code: 20429, status: 429 });
      assert.ok(await isKnown(child));
      assert.ok(await isKnown(main));
      assert.equal(await isKnown({ ...main, password: "wrong" }), false);
      world.clock.advance(500);
      assert.equal(await isKnown(wrong), false);
      await assert.rejects(tell(wrong), { code: 20429 });
    });

    it("cost a bounded number of statements", async () => {
      const unknown = { username: `AC${"9".repeat(32)}`, password: "x" };
      const before = world.database.statements;
      for (let i = 0; i < 15; i += 1) {
        await isKnown({ ...main, password: `guess ${i}` });
        await isKnown(unknown);
      }
      assert.ok(world.database.statements - before <= 3, `${world.database.statements - before} statements`);
      await Promise.all(Array.from({ length: 4 }, () => isKnown({ ...unknown, username: `SK${"9".repeat(32)}` })));
      assert.ok(world.database.statements - before <= 4);
    });
  });

  describe("auth token rotation", () => {
    it("lets both tokens in until the secondary one is promoted", async () => {
      assert.equal((await request(main, `POST ${TOKENS}/Promote`)).status, 404);
      assert.equal((await request(main, `DELETE ${TOKENS}/Secondary`)).status, 404);
      const created = await request(main, `POST ${TOKENS}/Secondary`);
      assert.equal(created.status, 201);
      assert.deepEqual(created.json, {
        account_sid: main.username,
        secondary_auth_token: created.json.secondary_auth_token,
        date_created: "2025-01-01T00:00:00Z",
        date_updated: "2025-01-01T00:00:00Z",
        url: `${TOKENS}/Secondary`,
      });
      const next = { username: main.username, password: created.json.secondary_auth_token };
      assert.ok((await isKnown(main)) && (await isKnown(next)));
      assert.equal(await world.program.module.directory.authToken(main.username), main.password);
      const promoted = await request(next, `POST ${TOKENS}/Promote`);
      assert.deepEqual([promoted.status, promoted.json.auth_token], [200, next.password]);
      assert.equal(promoted.json.url, `${TOKENS}/Promote`);
      assert.equal(await isKnown(main), false);
      assert.ok(await isKnown(next));
      assert.equal(await world.program.module.directory.authToken(main.username), next.password);
      const { json } = await request(next, `GET /2010-04-01/Accounts/${main.username}.json`);
      assert.equal(json.auth_token, next.password);
    });

    it("replaces a secondary token, or takes it away, at once", async () => {
      const create = async (): Promise<Credentials> => {
        const { json } = await request(main, `POST ${TOKENS}/Secondary`);
        return { username: main.username, password: json.secondary_auth_token };
      };
      const first = await create();
      assert.ok(await isKnown(first));
      const second = await create();
      assert.equal(await isKnown(first), false);
      assert.ok(await isKnown(second));
      assert.equal((await request(main, `DELETE ${TOKENS}/Secondary`)).status, 204);
      assert.equal(await isKnown(second), false);
      assert.ok(await isKnown(main));
    });
  });

  describe("another program over the same database", () => {
    it("knows new credentials at once, and forgets old ones within a minute", async () => {
      const other = world.start();
      assert.ok(await isKnown(main, other));
      world.clock.advance(1_000);
      const { json } = await request(main, `POST ${TOKENS}/Secondary`);
      const next = { username: main.username, password: json.secondary_auth_token };
      assert.ok(await isKnown(next, other));
      const key = await keyOf(world.program, main);
      assert.ok(await isKnown(key, other));
      await request(next, `POST ${TOKENS}/Promote`);
      await request(next, `DELETE /2010-04-01/Accounts/${main.username}/Keys/${key.username}.json`);
      world.clock.advance(60_000);
      assert.equal(await isKnown(main, other), false);
      assert.equal(await isKnown(key, other), false);
      assert.ok(await isKnown(next, other));
    });

    it("notices a suspension within a minute", async () => {
      const other = world.start();
      const child = await subaccountOf(world.program, main);
      assert.equal((await tell(child, other))?.status, "active");
      await request(main, `POST /2010-04-01/Accounts/${child.username}.json`, { Status: "suspended" });
      world.clock.advance(60_000);
      assert.equal((await tell(child, other))?.status, "suspended");
    });
  });

  describe("without the database", () => {
    it("serves whom it knows for as long as it takes, says so once, and recovers", async () => {
      const child = await subaccountOf(world.program, main);
      const key = await keyOf(world.program, main);
      const { directory } = world.program.module;
      for (const who of [main, child, key]) assert.ok(await isKnown(who));
      world.database.isCut = true;
      for (let hour = 0; hour < 3; hour += 1) {
        world.clock.advance(3_600_000);
        for (const who of [main, child, key]) assert.ok(await isKnown(who));
        assert.equal(await directory.authToken(child.username), child.password);
        assert.equal(await directory.canAccess(main.username, child.username), true);
        await assert.rejects(tell({ ...main, password: "wrong" }), { status: 503 });
      }
      const events = (name: string) => world.program.log.filter(({ event }) => event === name).length;
      assert.equal(events("accounts.stale"), 2, "once for accounts, once for keys");
      await assert.rejects(tell({ username: `AC${"1".repeat(32)}`, password: "x" }), { status: 503 });
      world.database.isCut = false;
      world.clock.advance(60_000);
      assert.ok(await isKnown(main));
      assert.equal(await isKnown({ ...main, password: "wrong" }), false);
      assert.ok(await isKnown(key));
      assert.equal(await isKnown({ ...key, password: "wrong" }), false, "which waits for the key to be read");
      assert.equal(events("accounts.fresh"), 2);
    });

    it("does not serve what this program has changed", async () => {
      const child = await subaccountOf(world.program, main);
      assert.ok(await isKnown(child));
      await request(main, `POST /2010-04-01/Accounts/${child.username}.json`, { Status: "closed" });
      world.database.isCut = true;
      await assert.rejects(tell(child), { status: 503 });
    });
  });
});
