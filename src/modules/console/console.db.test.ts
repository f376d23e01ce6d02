import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { TOTP, Secret } from "otpauth";
import { isSid } from "../../kernel/ids.ts";
import { CUSTOMER, OPERATOR, PASSWORD, startConsole, type Browser, type ConsoleWorld } from "./sample-console.test.ts";

const USERS = "/trunkline/v1/Console/Users";
const SESSIONS = "/trunkline/v1/Console/Sessions";
const TOTP_PATH = "/trunkline/v1/Console/Totp";
const LINKS = "/trunkline/v1/Console/SignInLinks";
const messages = (sid: string): string => `/2010-04-01/Accounts/${sid}/Messages.json`;

/** The code of a secret at a time. */
function codeOf(secret: string, nowMs: number): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: nowMs });
}

/** Sets up a second factor; gives the secret and the recovery codes. */
async function enrol(world: ConsoleWorld, who: Browser): Promise<{ secret: string; recovery: string[] }> {
  const begun = await who.api(`POST ${TOTP_PATH}`);
  assert.equal(begun.status, 201, begun.text);
  const { secret } = begun.json;
  const confirmed = await who.api(`POST ${TOTP_PATH}/Confirmation`, {
    form: { Code: codeOf(secret, world.clock.nowMs()) },
  });
  assert.equal(confirmed.status, 200, confirmed.text);
  world.clock.advance(30_000);
  return { secret, recovery: confirmed.json.recovery_codes };
}

describe("the console", () => {
  let world: ConsoleWorld;
  before(async () => {
    world = await startConsole({ tells: true });
  });
  after(() => world.stop());

  it("signs in by a one-time link that the account's credentials make, and says who it is", async () => {
    const owner = await world.owner();
    const { status, json } = await owner.ask("GET /console/api/session");
    assert.equal(status, 200);
    assert.ok(isSid(json.user.sid, "US"));
    assert.equal(json.user.role, "owner");
    assert.equal(json.account.sid, OPERATOR);
    assert.equal(json.isOperator, true);
    assert.ok(json.permissions.includes("cells.write"));
    assert.equal(json.baseUrl, "http://127.0.0.1:8080");
    assert.deepEqual(json.features, { simulator: true, chaos: true, fleet: true, development: true });
  });

  it("prints a link at the start, for the account's own user", async () => {
    const url = await world.cells[0].console.startLink(OPERATOR, "http://127.0.0.1:8080");
    assert.match(url, /^http:\/\/127\.0\.0\.1:8080\/console\/enter#[A-Za-z0-9_-]{64}$/);
    const browser = world.browser();
    assert.equal((await browser.enter(url)).status, 200);
    assert.equal((await browser.ask("GET /console/api/session")).json.user.role, "owner");
  });

  it("makes requests of the API in the name of the user, in the cell of his account", async () => {
    const owner = await world.owner(CUSTOMER);
    world.heard.length = 0;
    const made = await owner.api(`POST ${messages(CUSTOMER)}`, {
      form: { Body: "hi" },
      headers: { "idempotency-key": "k" },
    });
    assert.equal(made.status, 201, made.text);
    const [heard] = world.heard;
    assert.equal(heard?.cell, "b");
    assert.equal(heard?.body, "Body=hi");
    assert.equal(heard?.headers["idempotency-key"], "k");
    assert.equal(heard?.principal["role"], "owner");
    assert.ok(isSid(String(heard?.principal["userSid"]), "US") && isSid(String(heard?.principal["sessionSid"]), "CS"));
    assert.ok(isSid(made.headers["x-api-request-id"] ?? "", "RQ"));
  });

  it("acts for a subaccount of the user's account, and shows the picker its name", async () => {
    const made = await world.program(OPERATOR, "POST /2010-04-01/Accounts.json", { FriendlyName: "Branch" });
    const owner = await world.owner();
    const { json } = await owner.ask("GET /console/api/session");
    assert.deepEqual(json.accounts, [{ sid: made.json.sid, friendlyName: "Branch" }]);
    world.heard.length = 0;
    const asked = await owner.api(`GET ${messages(made.json.sid)}`, { headers: { "x-account": made.json.sid } });
    assert.equal(asked.status, 200);
    assert.equal(world.heard[0]?.accountSid, made.json.sid);
    assert.equal(world.heard[0]?.principal["accountSid"], made.json.sid);
  });

  it("invites somebody, who chooses a password and signs in with it", async () => {
    const owner = await world.owner();
    const form = { Email: " Ada@Example.com ", FriendlyName: "Ada", Role: "developer" };
    const invited = await owner.api(`POST ${USERS}`, { form });
    assert.equal(invited.status, 201, invited.text);
    assert.equal(invited.json.email, "ada@example.com");
    assert.equal(invited.json.status, "invited");
    assert.match(invited.json.secret_url, /^http:\/\/127\.0\.0\.1:8080\/console\/enter#/);
    assert.equal((await owner.api(`POST ${USERS}`, { form })).json.code, 20409);
    const ada = world.browser();
    const asked = await ada.enter(invited.json.secret_url);
    assert.deepEqual(asked.json, { need: "password", email: "ada@example.com", name: "Ada", minCharacters: 12 });
    assert.equal((await ada.enter(invited.json.secret_url, "short")).json.code, 20001);
    const entered = await ada.enter(invited.json.secret_url, PASSWORD);
    assert.equal(entered.status, 200);
    assert.equal(entered.json.user.email, "ada@example.com");
    const again = world.browser();
    again.email = "ADA@example.com";
    assert.equal((await again.signIn("wrong password!")).status, 401);
    assert.equal((await again.signIn()).json.user.name, "Ada");
    const stored = await world.cells[0].postgres.database.query(
      "select * from console_users where email = 'ada@example.com'",
    );
    assert.match(String(stored[0]?.["password"]), /^\$scrypt\$ln=4,r=1,p=1\$/);
  });

  it("asks for the account where one e-mail address and password are good in several", async () => {
    for (const sid of [OPERATOR, CUSTOMER]) {
      const user = await world.program(sid, `POST ${USERS}`, { Email: "two@example.com", Role: "billing" });
      await world.browser().enter(user.json.secret_url, PASSWORD);
    }
    const two = world.browser("10.9.9.9");
    two.email = "two@example.com";
    assert.equal((await two.signIn("not this one!")).json.need, undefined);
    const asked = await two.signIn();
    assert.equal(asked.status, 401);
    assert.equal(asked.json.need, "account");
    assert.deepEqual(asked.json.accounts, [OPERATOR, CUSTOMER]);
    const signedIn = await two.signIn(PASSWORD, { account: CUSTOMER });
    assert.equal(signedIn.json.account.sid, CUSTOMER);
  });

  it("asks for a code where there is a second factor, takes each once, and recovery codes once", async () => {
    const who = await world.member("developer");
    const { secret, recovery } = await enrol(world, who);
    assert.equal(recovery.length, 10);
    assert.equal((await who.api(`GET ${TOTP_PATH}`)).json.enabled, true);
    const other = world.browser();
    other.email = who.email;
    assert.equal((await other.signIn()).json.need, "totp");
    assert.equal((await other.signIn(PASSWORD, { totp: "000000" })).json.need, "totp");
    const code = codeOf(secret, world.clock.nowMs());
    assert.equal((await other.signIn(PASSWORD, { totp: code })).status, 200);
    assert.equal((await other.signIn(PASSWORD, { totp: code })).status, 401, "a code that was seen is worth nothing");
    const spoken = (recovery[0] ?? "").toUpperCase().replaceAll("-", " ");
    assert.equal((await other.signIn(PASSWORD, { totp: spoken })).status, 200);
    assert.equal((await other.signIn(PASSWORD, { totp: recovery[0] })).status, 401);
    assert.equal((await other.api(`GET ${TOTP_PATH}`)).json.recovery_left, 9);
    const rows = await world.cells[0].postgres.database.query(
      "select * from console_users where totp_secret is not null",
    );
    assert.ok(!JSON.stringify(rows).includes(secret), "the secret is sealed");
    const removed = await other.api(`POST ${TOTP_PATH}/Removal`, { form: { Code: recovery[1] ?? "" } });
    assert.equal(removed.status, 204);
    assert.equal((await other.signIn()).status, 200);
  });

  it("lists sessions and ends them", async () => {
    const who = await world.member("support");
    const other = world.browser();
    other.email = who.email;
    await other.signIn();
    const { json } = await who.api(`GET ${SESSIONS}`);
    assert.equal(json.sessions.length, 2);
    const [theirs, mine] = json.sessions;
    assert.deepEqual([theirs.is_current, mine.is_current], [false, true]);
    assert.equal((await who.api(`DELETE ${SESSIONS}/${theirs.sid}`)).status, 204);
    assert.equal((await other.ask("GET /console/api/session")).status, 401);
    assert.equal((await who.ask("POST /console/api/sign-out", { json: {} })).status, 204);
    assert.equal((await who.ask("GET /console/api/session")).status, 401);
  });

  it("ends a user's sessions with a new role, and all but his own with a new password", async () => {
    const owner = await world.owner();
    const who = await world.member("support");
    const other = world.browser();
    other.email = who.email;
    await other.signIn();
    const wrong = { Password: "another long password", CurrentPassword: "guessed wrongly" };
    assert.equal((await who.api(`POST ${USERS}/${who.userSid}`, { form: wrong })).json.code, 20006);
    const right = { ...wrong, CurrentPassword: PASSWORD };
    assert.equal((await who.api(`POST ${USERS}/${who.userSid}`, { form: right })).status, 200);
    assert.equal((await who.ask("GET /console/api/session")).status, 200);
    assert.equal((await other.ask("GET /console/api/session")).status, 401);
    assert.equal((await other.signIn("another long password")).status, 200);
    assert.equal((await owner.api(`POST ${USERS}/${who.userSid}`, { form: { Role: "developer" } })).status, 200);
    for (const browser of [who, other]) assert.equal((await browser.ask("GET /console/api/session")).status, 401);
    assert.equal((await owner.api(`POST ${USERS}/${who.userSid}`, { form: { Status: "suspended" } })).status, 200);
    assert.equal((await other.signIn("another long password")).status, 401);
  });

  it("sets a forgotten password anew by a link, which does not spare the second factor", async () => {
    const owner = await world.owner();
    const who = await world.member("developer");
    const { secret } = await enrol(world, who);
    const link = await owner.api(`POST ${LINKS}`, { form: { UserSid: who.userSid } });
    assert.equal(link.json.purpose, "password");
    const entered = await world.browser().enter(link.json.secret_url, "a new long password");
    assert.deepEqual(entered.json, { need: "sign-in" });
    assert.equal((await who.ask("GET /console/api/session")).status, 401);
    assert.equal((await who.signIn("a new long password")).json.need, "totp");
    assert.equal((await who.signIn("a new long password", { totp: codeOf(secret, world.clock.nowMs()) })).status, 200);
    assert.equal((await owner.api(`DELETE ${USERS}/${who.userSid}/Totp`)).status, 204);
    assert.equal((await who.signIn("a new long password")).status, 200);
  });

  it("never goes without an owner, and lets nobody change himself", async () => {
    const first = await world.member("owner", CUSTOMER);
    const asProgram = (form: Record<string, string>) => world.program(CUSTOMER, `POST ${USERS}/${first.userSid}`, form);
    for (const form of [{ Role: "admin" }, { Status: "suspended" }])
      assert.equal((await asProgram(form)).json.code, 20006);
    assert.equal((await world.program(CUSTOMER, `DELETE ${USERS}/${first.userSid}`)).status, 403);
    const second = await world.member("owner", CUSTOMER);
    assert.equal((await first.api(`POST ${USERS}/${first.userSid}`, { form: { Role: "admin" } })).status, 403);
    assert.equal((await first.api(`DELETE ${USERS}/${first.userSid}`)).status, 403);
    const both = await Promise.all([
      first.api(`POST ${USERS}/${second.userSid}`, { form: { Role: "admin" } }),
      second.api(`POST ${USERS}/${first.userSid}`, { form: { Role: "admin" } }),
    ]);
    const owners = await world.cells[1].postgres.database.query(
      "select sid from console_users where role = 'owner' and status = 'active' and not is_account",
    );
    assert.equal(owners.length, 1);
    assert.deepEqual(
      both.map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 403],
    );
  });

  it("moves with the account: its tables hold no row that says another one", async () => {
    const { tables = [] } = world.cells[0].console.movable;
    assert.deepEqual(
      tables.map(({ name }) => name),
      ["console_users", "console_sessions", "console_links"],
    );
    for (const { name, owned, key } of tables) {
      const sql = `select ${key} as key from ${name} t where ${owned} order by ${key} collate "C"`;
      const rows = await world.cells[0].postgres.database.query(sql, [[OPERATOR]]);
      assert.ok(rows.length > 0 || name === "console_links", name);
      assert.equal((await world.cells[0].postgres.database.query(sql, [[CUSTOMER]])).length, 0);
    }
  });

  it("asks the simulated phones for those who may, as if from this machine", async () => {
    const support = await world.member("support");
    assert.equal((await support.ask("GET /console/api/simulator/phones?limit=5")).status, 200);
    assert.equal(world.simulated.at(-1)?.target, "/simulator/phones?limit=5");
    assert.equal(world.simulated.at(-1)?.headers["cookie"], undefined);
    assert.equal((await support.ask("POST /console/api/simulator/faults", { json: {} })).status, 403);
    assert.equal((await support.ask("GET /console/api/simulator/../healthz")).status, 404);
    const customer = await world.owner(CUSTOMER);
    assert.equal((await customer.ask("GET /console/api/simulator/phones")).status, 403);
  });
});

describe("where owners and admins need a second factor", () => {
  let world: ConsoleWorld;
  before(async () => {
    world = await startConsole({ secondFactor: "required" });
  });
  after(() => world.stop());

  it("lets them do nothing but set it up, and then everything", async () => {
    const admin = await world.member("admin");
    const { json } = await admin.ask("GET /console/api/session");
    assert.equal(json.must, "second-factor");
    assert.deepEqual(json.permissions, []);
    assert.equal((await admin.api(`GET ${messages(OPERATOR)}`)).status, 403);
    await enrol(world, admin);
    assert.equal((await admin.api(`GET ${messages(OPERATOR)}`)).status, 200);
    assert.equal((await admin.ask("GET /console/api/session")).json.must, undefined);
  });

  it("asks nothing more of other roles, nor of links that the account's own credentials make", async () => {
    for (const who of [await world.member("developer"), await world.owner()]) {
      assert.equal((await who.api(`GET ${messages(OPERATOR)}`)).status, 200);
    }
  });
});
