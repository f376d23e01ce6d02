import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keyOf, mainOf, startWorld, subaccountOf, type Credentials, type World } from "./sample-accounts.test.ts";

const ACCOUNTS = "/2010-04-01/Accounts";

describe("Accounts", () => {
  let world: World;
  let main: Credentials;
  before(async () => {
    world = await startWorld();
    main = await mainOf(world.program);
  });
  after(() => world.stop());

  const request = (...call: Parameters<World["program"]["request"]>) => world.program.request(...call);
  const refused = async (code: number, status: number, ...call: Parameters<World["program"]["request"]>) => {
    const answer = await request(...call);
    assert.deepEqual([answer.status, answer.json.code], [status, code], answer.text);
  };
  const update = (who: Credentials, sid: string, form: Record<string, string>) =>
    request(who, `POST ${ACCOUNTS}/${sid}.json`, form);

  it("shows the main account with its token and where its collections are", async () => {
    const { status, json } = await request(main, `GET ${ACCOUNTS}/${main.username}.json`);
    assert.equal(status, 200);
    const { subresource_uris: subresources, ...rest } = json;
    assert.deepEqual(rest, {
      auth_token: main.password,
      date_created: "Wed, 01 Jan 2025 00:00:00 +0000",
      date_updated: "Wed, 01 Jan 2025 00:00:00 +0000",
      friendly_name: "My first Trunkline account",
      owner_account_sid: main.username,
      sid: main.username,
      status: "active",
      type: "Full",
      uri: `${ACCOUNTS}/${main.username}.json`,
    });
    assert.equal(subresources.messages, `${ACCOUNTS}/${main.username}/Messages.json`);
    assert.equal(subresources.short_codes, `${ACCOUNTS}/${main.username}/SMS/ShortCodes.json`);
  });

  it("creates a subaccount that works with its own token, named by its owner or by the date", async () => {
    const named = await request(main, `POST ${ACCOUNTS}.json`, { FriendlyName: "Zoë" });
    assert.equal(named.status, 201);
    assert.equal(named.json.friendly_name, "Zoë");
    assert.equal(named.json.owner_account_sid, main.username);
    assert.match(named.json.auth_token, /^[0-9a-f]{32}$/);
    const unnamed = await request(main, `POST ${ACCOUNTS}.json`, { FriendlyName: "" });
    assert.equal(unnamed.json.friendly_name, "SubAccount Created at 2025-01-01 12:00 am");
    const own = { username: named.json.sid, password: named.json.auth_token };
    const { json } = await request(own, `GET ${ACCOUNTS}/${own.username}.json`);
    assert.equal(json.sid, own.username);
  });

  it("refuses names that are too long, and empty ones where there is one", async () => {
    await refused(20002, 400, main, `POST ${ACCOUNTS}.json`, { FriendlyName: "x".repeat(65) });
    await refused(20002, 400, main, `POST ${ACCOUNTS}/${main.username}.json`, { FriendlyName: "" });
    const renamed = await update(main, main.username, { FriendlyName: "x".repeat(64) });
    assert.equal(renamed.json.friendly_name, "x".repeat(64));
  });

  it("lets the owner see and change a subaccount, and a subaccount nobody but itself", async () => {
    const child = await subaccountOf(world.program, main);
    const sibling = await subaccountOf(world.program, main);
    assert.equal((await request(main, `GET ${ACCOUNTS}/${child.username}.json`)).json.auth_token, child.password);
    assert.equal((await update(main, child.username, { FriendlyName: "by owner" })).json.friendly_name, "by owner");
    assert.equal((await update(child, child.username, { FriendlyName: "by self" })).json.friendly_name, "by self");
    for (const other of [main.username, sibling.username, `AC${"0".repeat(32)}`, "AC", "%00", "..%2f"]) {
      await refused(20404, 404, child, `GET ${ACCOUNTS}/${other}.json`);
      await refused(20404, 404, child, `POST ${ACCOUNTS}/${other}.json`, { FriendlyName: "mine" });
    }
    for (const other of [main.username, sibling.username]) {
      await refused(20404, 404, child, `GET ${ACCOUNTS}/${other}/Balance.json`);
      await refused(20404, 404, child, `GET ${ACCOUNTS}/${other}/Keys.json`);
      await refused(20404, 404, child, `POST ${ACCOUNTS}/${other}/Keys.json`, {});
    }
    const { json } = await request(child, `GET ${ACCOUNTS}.json`);
    assert.deepEqual(
      json.accounts.map((account: { sid: string }) => account.sid),
      [child.username],
    );
    await refused(20006, 403, child, `POST ${ACCOUNTS}.json`, { FriendlyName: "nested" });
  });

  it("keeps main accounts of one server apart", async () => {
    const sid = `AC${"d".repeat(32)}`;
    const other = await world.program.module.ensureFirstAccount({ accountSid: sid });
    const stranger = { username: sid, password: other.authToken };
    const child = await subaccountOf(world.program, main);
    for (const foreign of [main.username, child.username]) {
      await refused(20404, 404, stranger, `GET ${ACCOUNTS}/${foreign}.json`);
      await refused(20404, 404, stranger, `POST ${ACCOUNTS}/${foreign}.json`, { Status: "closed" });
      await refused(20404, 404, stranger, `GET ${ACCOUNTS}/${foreign}/Balance.json`);
    }
    const { json } = await request(stranger, `GET ${ACCOUNTS}.json`);
    assert.equal(json.accounts.length, 1);
  });

  it("suspends, reactivates and closes a subaccount, and its credentials follow at once", async () => {
    const child = await subaccountOf(world.program, main);
    const key = await keyOf(world.program, child);
    const own = `GET ${ACCOUNTS}/${child.username}/Balance.json`;
    const works = async (expected: number): Promise<void> => {
      assert.equal((await request(child, own)).status, expected);
      assert.equal((await request(key, own)).status, expected);
    };
    await works(200);
    assert.equal((await update(main, child.username, { Status: "suspended" })).json.status, "suspended");
    await works(403);
    assert.equal((await request(child, own)).json.code, 20005);
    assert.equal(await world.program.module.directory.status(child.username), "suspended");
    assert.equal((await update(main, child.username, { Status: "active" })).json.status, "active");
    await works(200);
    assert.equal((await update(main, child.username, { Status: "closed" })).json.status, "closed");
    await works(403);
    for (const Status of ["active", "suspended"]) {
      await refused(21479, 400, main, `POST ${ACCOUNTS}/${child.username}.json`, { Status });
    }
    assert.equal((await update(main, child.username, { Status: "closed" })).status, 200);
    assert.equal((await request(main, `GET ${ACCOUNTS}/${child.username}.json`)).json.status, "closed");
  });

  it("refuses statuses that make no sense or are not the caller's to set", async () => {
    const child = await subaccountOf(world.program, main);
    await refused(21475, 400, main, `POST ${ACCOUNTS}/${child.username}.json`, { Status: "frozen" });
    await refused(20006, 403, child, `POST ${ACCOUNTS}/${child.username}.json`, { Status: "closed" });
    for (const Status of ["closed", "suspended", "active"]) {
      await refused(21477, 400, main, `POST ${ACCOUNTS}/${main.username}.json`, { Status });
    }
  });

  it("changes nothing when a part of the change is refused", async () => {
    const form = { FriendlyName: "half done", Status: "suspended" };
    await refused(21477, 400, main, `POST ${ACCOUNTS}/${main.username}.json`, form);
    const { json } = await request(main, `GET ${ACCOUNTS}/${main.username}.json`);
    assert.notEqual(json.friendly_name, "half done");
  });

  it("lets the operator hold an account with its subaccounts, which no credentials undo", async () => {
    const { module } = world.program;
    const child = await subaccountOf(world.program, main);
    assert.equal(await module.holdAccount(child.username, true), true);
    assert.equal((await request(main, `GET ${ACCOUNTS}/${child.username}.json`)).json.status, "suspended");
    await refused(21478, 400, main, `POST ${ACCOUNTS}/${child.username}.json`, { Status: "active" });
    await module.holdAccount(child.username, false);
    assert.equal((await request(child, `GET ${ACCOUNTS}/${child.username}.json`)).status, 200);
    await module.holdAccount(main.username, true);
    await refused(20005, 403, main, `GET ${ACCOUNTS}.json`);
    await refused(20005, 403, child, `GET ${ACCOUNTS}.json`);
    await module.holdAccount(main.username, false);
    assert.equal((await request(child, `GET ${ACCOUNTS}.json`)).status, 200);
    assert.equal(await module.holdAccount(`AC${"0".repeat(32)}`, true), false);
  });

  it("tells whom each account belongs to", async () => {
    const { directory } = world.program.module;
    const child = await subaccountOf(world.program, main);
    const nobody = `AC${"0".repeat(32)}`;
    assert.equal(await directory.authToken(child.username), child.password);
    assert.equal(await directory.authToken(nobody), undefined);
    assert.equal(await directory.authToken("' or 1=1 --"), undefined);
    assert.equal(await directory.status(child.username), "active");
    assert.equal(await directory.status(nobody), undefined);
    assert.equal(await directory.canAccess(main.username, child.username), true);
    assert.equal(await directory.canAccess(child.username, child.username), true);
    assert.equal(await directory.canAccess(child.username, main.username), false);
    assert.equal(await directory.canAccess(main.username, nobody), false);
  });
});

describe("lists of accounts", () => {
  let world: World;
  let main: Credentials;
  before(async () => {
    world = await startWorld();
    main = await mainOf(world.program);
  });
  after(() => world.stop());

  interface Listed {
    readonly sid: string;
    readonly friendly_name: string;
    readonly status: string;
  }
  const request = (...call: Parameters<World["program"]["request"]>) => world.program.request(...call);
  const sids = (accounts: readonly Listed[]): string[] => accounts.map(({ sid }) => sid);

  it("pages newest first, both ways, without loss while accounts are made, closed ones included", async () => {
    const made: string[] = [];
    for (let i = 0; i < 7; i += 1) {
      // Pairs are made in the same millisecond, which pages must not confuse.
      if (i % 2 === 0) world.clock.advance(1_000);
      made.push((await subaccountOf(world.program, main)).username);
    }
    await request(main, `POST ${ACCOUNTS}/${made[3]}.json`, { Status: "closed" });
    const pages: Listed[][] = [];
    let url = `${ACCOUNTS}.json?PageSize=3`;
    let back = "";
    while (url !== "") {
      const { json } = await request(main, `GET ${url}`);
      pages.push(json.accounts);
      if (pages.length === 1) await subaccountOf(world.program, main);
      url = json.next_page_uri ?? "";
      if (pages.length === 2) back = json.previous_page_uri;
    }
    assert.deepEqual(sids(pages.flat()).toSorted(), [...made, main.username].toSorted());
    assert.equal(pages.at(-1)?.at(-1)?.sid, main.username);
    const previous = await request(main, `GET ${back}`);
    assert.deepEqual(sids(previous.json.accounts), sids(pages[0] ?? []));
  });

  it("filters by name and by status as it is shown", async () => {
    const child = await subaccountOf(world.program, main);
    await request(main, `POST ${ACCOUNTS}/${child.username}.json`, {
      FriendlyName: "100% & more",
      Status: "suspended",
    });
    const named = await request(main, `GET ${ACCOUNTS}.json?FriendlyName=${encodeURIComponent("100% & more")}`);
    assert.deepEqual(sids(named.json.accounts), [child.username]);
    const suspended = await request(main, `GET ${ACCOUNTS}.json?Status=suspended`);
    assert.deepEqual(sids(suspended.json.accounts), [child.username]);
    await world.program.module.holdAccount(child.username, true);
    await request(main, `GET ${ACCOUNTS}.json?Status=suspended`);
    const none = await request(main, `GET ${ACCOUNTS}.json?FriendlyName=nobody`);
    assert.deepEqual(none.json.accounts, []);
    assert.equal((await request(main, `GET ${ACCOUNTS}.json?Status=odd`)).json.code, 21475);
    assert.equal((await request(main, `GET ${ACCOUNTS}.json?PageToken=PAxx`)).status, 400);
  });

  it("counts the subaccounts that are open, even when many are made at once", async () => {
    const program = world.start({ maxSubaccounts: 3 });
    const { authToken: password } = await program.module.ensureFirstAccount({ accountSid: `AC${"e".repeat(32)}` });
    const owner = { username: `AC${"e".repeat(32)}`, password };
    const create = () => program.request(owner, `POST ${ACCOUNTS}.json`, {});
    const answers = await Promise.all(Array.from({ length: 6 }, create));
    const statuses = answers.map(({ status }) => String(status)).toSorted();
    assert.deepEqual(statuses, ["201", "201", "201", "400", "400", "400"]);
    assert.equal(answers.find(({ status }) => status === 400)?.json.code, 21480);
    const open = answers.find(({ status }) => status === 201)?.json.sid;
    await program.request(owner, `POST ${ACCOUNTS}/${open}.json`, { Status: "closed" });
    assert.equal((await create()).status, 201);
  });
});
