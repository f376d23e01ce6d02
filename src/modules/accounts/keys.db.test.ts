import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keyOf, mainOf, startWorld, subaccountOf, type Credentials, type World } from "./sample-accounts.test.ts";

let world: World;
let main: Credentials;
before(async () => {
  world = await startWorld();
  main = await mainOf(world.program);
});
after(() => world.stop());

const request = (...call: Parameters<World["program"]["request"]>) => world.program.request(...call);
const statusOf = async (...call: Parameters<World["program"]["request"]>) => (await request(...call)).status;

for (const { path, collection } of [
  { path: "Keys", collection: "keys" },
  { path: "SigningKeys", collection: "signing_keys" },
]) {
  describe(path, () => {
    const keys = (sid = main.username) => `/2010-04-01/Accounts/${sid}/${path}`;

    it("shows the secret once, and keeps none", async () => {
      const created = await request(main, `POST ${keys()}.json`, { FriendlyName: "ci" });
      assert.equal(created.status, 201);
      const { secret, ...shown } = created.json;
      assert.match(secret, /^[0-9a-f]{32}$/);
      assert.deepEqual(Object.keys(shown).toSorted(), ["date_created", "date_updated", "friendly_name", "sid"]);
      const fetched = await request(main, `GET ${keys()}/${shown.sid}.json`);
      assert.deepEqual(fetched.json, shown);
      const listed = await request(main, `GET ${keys()}.json`);
      assert.ok(!listed.text.includes(secret));
      assert.deepEqual(listed.json[collection][0], shown);
      const rows = await world.database.query("select k::text as row from api_keys k where sid = $1", [shown.sid]);
      assert.ok(!JSON.stringify(rows).includes(secret));
    });

    it("renames and deletes, after which the secret opens nothing at once", async () => {
      const key = await keyOf(world.program, main);
      const own = `GET /2010-04-01/Accounts/${main.username}/Balance.json`;
      assert.equal(await statusOf(key, own), 200);
      const item = `${keys()}/${key.username}.json`;
      assert.equal((await request(main, `POST ${item}`, { FriendlyName: "new" })).json.friendly_name, "new");
      assert.equal((await request(main, `POST ${item}`, {})).json.friendly_name, "new");
      assert.equal((await request(main, `POST ${item}`, { FriendlyName: "x".repeat(65) })).json.code, 20002);
      assert.equal(await statusOf(main, `DELETE ${item}`), 204);
      assert.equal(await statusOf(key, own), 401);
      for (const method of ["GET", "POST", "DELETE"]) assert.equal(await statusOf(main, `${method} ${item}`), 404);
    });

    it("keeps the keys of one account from another", async () => {
      const child = await subaccountOf(world.program, main);
      const key = await keyOf(world.program, main);
      for (const method of ["GET", "POST", "DELETE"]) {
        assert.equal(await statusOf(child, `${method} ${keys()}/${key.username}.json`), 404);
        // Its own account in the path does not help either, nor does the owner's credentials.
        assert.equal(await statusOf(child, `${method} ${keys(child.username)}/${key.username}.json`), 404);
        assert.equal(await statusOf(main, `${method} ${keys(child.username)}/${key.username}.json`), 404);
      }
      assert.equal(await statusOf(key, `GET /2010-04-01/Accounts/${main.username}/Balance.json`), 200);
    });

    it("pages newest first, both ways", async () => {
      const owner = await subaccountOf(world.program, main);
      const made: string[] = [];
      for (let i = 0; i < 5; i += 1) made.unshift((await keyOf(world.program, owner)).username);
      const first = await request(owner, `GET ${keys(owner.username)}.json?PageSize=2`);
      const second = await request(owner, `GET ${first.json.next_page_uri}`);
      const third = await request(owner, `GET ${second.json.next_page_uri}`);
      const pages = [first, second, third].map(({ json }) => json[collection].map((key: { sid: string }) => key.sid));
      assert.deepEqual(pages, [made.slice(0, 2), made.slice(2, 4), made.slice(4)]);
      assert.equal(third.json.next_page_uri, null);
      const back = await request(owner, `GET ${third.json.previous_page_uri}`);
      assert.deepEqual(back.json[collection], second.json[collection]);
    });
  });
}

describe("kinds of keys", () => {
  it("lets a standard key use its account, but manage neither accounts nor keys nor tokens", async () => {
    const key = await keyOf(world.program, main);
    const account = `/2010-04-01/Accounts/${main.username}`;
    assert.equal(await statusOf(key, `GET ${account}/Balance.json`), 200);
    for (const call of [
      "GET /2010-04-01/Accounts.json",
      `GET ${account}.json`,
      `GET ${account}/Keys.json`,
      `POST ${account}/SigningKeys.json`,
      "GET https://iam.twilio.com/v1/Keys",
      "POST https://accounts.twilio.com/v1/AuthTokens/Secondary",
    ]) {
      const { status, json } = await request(key, call);
      assert.deepEqual([status, json.code], [401, 20003], call);
    }
  });

  it("keeps a standard key out of the subaccounts, and lets a main key in", async () => {
    const child = await subaccountOf(world.program, main);
    const balance = `GET /2010-04-01/Accounts/${child.username}/Balance.json`;
    assert.equal(await statusOf(await keyOf(world.program, main), balance), 404);
    const made = await world.program.module.createKey({ accountSid: main.username, friendlyName: "", kind: "main" });
    const key = { username: made.sid, password: made.secret };
    assert.equal(await statusOf(key, balance), 200);
    assert.equal(await statusOf(key, "GET /2010-04-01/Accounts.json"), 200);
    const childs = await keyOf(world.program, child);
    assert.equal(await statusOf(childs, balance), 200);
    assert.equal(await statusOf(childs, `GET /2010-04-01/Accounts/${main.username}/Balance.json`), 404);
  });

  it("opens nothing with a restricted key, because nothing enforces its restrictions yet", async () => {
    const key = await keyOf(world.program, main);
    await world.database.query("update api_keys set kind = 'restricted' where sid = $1", [key.username]);
    assert.equal(await statusOf(key, `GET /2010-04-01/Accounts/${main.username}/Balance.json`), 401);
  });

  it("makes no key for an account that is not there", async () => {
    const input = { accountSid: `AC${"0".repeat(32)}`, friendlyName: "", kind: "standard" } as const;
    await assert.rejects(world.program.module.createKey(input), { code: 20404 });
  });
});

describe("Keys of iam", () => {
  const KEYS = "https://iam.twilio.com/v1/Keys";

  it("are the same keys", async () => {
    const created = await request(main, `POST ${KEYS}`, { AccountSid: main.username, FriendlyName: "iam" });
    assert.equal(created.status, 201);
    const { secret, ...shown } = created.json;
    assert.equal(shown.policy, null);
    const item = `${KEYS}/${shown.sid}`;
    const balance = `GET /2010-04-01/Accounts/${main.username}/Balance.json`;
    assert.equal(await statusOf({ username: shown.sid, password: secret }, balance), 200);
    assert.deepEqual((await request(main, `GET ${item}`)).json, shown);
    assert.equal((await request(main, `POST ${item}`, { FriendlyName: "b" })).json.friendly_name, "b");
    const listed = await request(main, `GET ${KEYS}?AccountSid=${main.username}&PageSize=1`);
    assert.equal(listed.json.meta.key, "keys");
    assert.deepEqual(listed.json.keys[0].flags, ["rest_api", "signing"]);
    assert.equal(await statusOf(main, `DELETE ${item}`), 204);
    assert.equal(await statusOf(main, `GET ${item}`), 404);
  });

  it("are kept from others, and reached by the owner of the subaccount", async () => {
    const child = await subaccountOf(world.program, main);
    const mains = await keyOf(world.program, main);
    const childs = await keyOf(world.program, child);
    for (const method of ["GET", "POST", "DELETE"]) {
      assert.equal(await statusOf(child, `${method} ${KEYS}/${mains.username}`), 404);
    }
    assert.equal(await statusOf(child, `GET ${KEYS}?AccountSid=${main.username}`), 404);
    assert.equal(await statusOf(child, `POST ${KEYS}`, { AccountSid: main.username }), 404);
    assert.equal(await statusOf(main, `GET ${KEYS}/${childs.username}`), 200);
    assert.equal(await statusOf(main, `GET ${KEYS}`), 400);
    assert.equal(await statusOf(main, `GET ${KEYS}/nonsense`), 404);
  });

  it("refuse restrictions rather than make a key without them", async () => {
    const AccountSid = main.username;
    for (const form of [
      { AccountSid, KeyType: "restricted" },
      { AccountSid, Policy: '{"allow":[]}' },
    ] as Record<string, string>[]) {
      assert.equal((await request(main, `POST ${KEYS}`, form)).json.code, 20422);
    }
    const key = await keyOf(world.program, main);
    const policy = await request(main, `POST ${KEYS}/${key.username}`, { Policy: "{}" });
    assert.equal(policy.json.code, 20422);
  });
});
