import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { FLEET_SIGNATURE_HEADER, FleetKey } from "../../platform/fleet/index.ts";
import { SecretBox } from "../../platform/secrets/index.ts";
import { edgeAuthenticator } from "./index.ts";
import {
  keyOf,
  mainOf,
  MASTER_KEY,
  startWorld,
  subaccountOf,
  type Answer,
  type World,
} from "./sample-accounts.test.ts";

const BASE = "/trunkline/internal/v1";
const NEW = `AC${"7".repeat(32)}`;

describe("what a cell tells other processes of its accounts", () => {
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world.stop());
  beforeEach(() => {
    world.database.isCut = false;
  });

  function ask(call: string, body?: object, key = new FleetKey(MASTER_KEY)): Promise<Answer> {
    const [method = "", path = ""] = call.split(" ");
    const target = BASE + path;
    const text = body === undefined ? "" : JSON.stringify(body);
    const signature = key.sign({ method, target, body: text }, world.clock.nowMs());
    return world.program.internal(`${method} ${target}`, text, { [FLEET_SIGNATURE_HEADER]: signature });
  }

  it("is told to processes of the same system only", async () => {
    const main = await mainOf(world.program);
    const stranger = new FleetKey(new Uint8Array(32).fill(9));
    for (const call of [`GET /credentials/${main.username}`, "POST /accounts", "GET /accounts/count"]) {
      assert.equal((await ask(call, call.startsWith("POST") ? { sid: NEW } : undefined, stranger)).status, 403, call);
    }
  });

  it("is enough to authenticate, and holds no secret", async () => {
    const main = await mainOf(world.program);
    const sub = await subaccountOf(world.program, main);
    const key = await keyOf(world.program, main);
    const told: string[] = [];
    const edge = edgeAuthenticator({
      clock: world.clock,
      logger: silentLogger,
      secrets: new SecretBox(MASTER_KEY),
      fetchRecord: async (sid) => {
        const { status, text, json } = await ask(`GET /credentials/${sid}`);
        told.push(text);
        assert.ok(status === 200 || status === 404, text);
        return status === 404 ? undefined : json;
      },
    });
    for (const { username, password } of [main, sub, key]) {
      assert.ok((await edge.authenticate({ username, password })) !== undefined);
      assert.equal(await edge.authenticate({ username, password: `${password}x` }), undefined);
      assert.ok(!told.join().includes(password));
    }
    const principal = await edge.authenticate(main);
    assert.deepEqual([await principal?.canAccess(sub.username), await principal?.canAccess(NEW)], [true, false]);
    assert.ok(!told.join().includes("friendly") && !told.join().includes("sealed"));
  });

  it("is told while the database is down, of those who are known", async () => {
    const main = await mainOf(world.program);
    assert.equal((await ask(`GET /credentials/${main.username}`)).status, 200);
    world.database.isCut = true;
    world.clock.advance(10_000);
    assert.equal((await ask(`GET /credentials/${main.username}`)).status, 200);
    assert.equal((await ask(`GET /credentials/AC${"9".repeat(32)}`)).status, 503);
  });

  it("is not there for what is no SID", async () => {
    for (const sid of ["x", "SM1", `AC${"9".repeat(32)}`, `SK${"9".repeat(32)}`]) {
      assert.equal((await ask(`GET /credentials/${sid}`)).status, 404, sid);
    }
  });

  it("makes a main account once, and tells its token to whoever repeats that soon", async () => {
    const wish = { sid: NEW, friendlyName: "Shop" };
    const [one, two] = await Promise.all([ask("POST /accounts", wish), ask("POST /accounts", wish)]);
    assert.deepEqual([one.status, two.status], [200, 200]);
    assert.notEqual(one.json.created, two.json.created);
    assert.equal(one.json.authToken, two.json.authToken);
    const auth = { username: NEW, password: one.json.authToken as string };
    const { json } = await world.program.request(auth, `GET /2010-04-01/Accounts/${NEW}.json`);
    assert.deepEqual([json.friendly_name, json.owner_account_sid], ["Shop", NEW]);
    world.clock.advance(600_000);
    assert.deepEqual((await ask("POST /accounts", wish)).json, { sid: NEW, created: false, authToken: null });
  });

  it("refuses what is no account, and the SID of a subaccount", async () => {
    const sub = await subaccountOf(world.program, await mainOf(world.program));
    const refused = async (body: object): Promise<string> => {
      const { status, json } = await ask("POST /accounts", body);
      return `${status} ${json.code}`;
    };
    assert.equal(await refused({}), "400 20001");
    assert.equal(await refused({ sid: "AC1" }), "400 20001");
    assert.equal(await refused({ sid: NEW, friendlyName: "" }), "400 20002");
    assert.equal(await refused({ sid: NEW, friendlyName: 1 }), "400 20002");
    assert.equal(await refused({ sid: sub.username }), "409 20409");
  });

  it("counts what is not closed", async () => {
    const main = await mainOf(world.program);
    const counts = async () => (await ask("GET /accounts/count")).json as { mainAccounts: number; subaccounts: number };
    const earlier = await counts();
    const sub = await subaccountOf(world.program, main);
    await ask("POST /accounts", { sid: `AC${"8".repeat(32)}` });
    const later = await counts();
    assert.deepEqual(later, { mainAccounts: earlier.mainAccounts + 1, subaccounts: earlier.subaccounts + 1 });
    await world.program.request(main, `POST /2010-04-01/Accounts/${sub.username}.json`, { Status: "closed" });
    assert.equal((await counts()).subaccounts, earlier.subaccounts);
  });
});
