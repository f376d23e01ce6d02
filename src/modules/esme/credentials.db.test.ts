import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { migrate } from "../../adapters/postgres/index.ts";
import { SidMinter } from "../../kernel/ids.ts";
import { HttpServer } from "../../platform/http/index.ts";
import { SecretBox } from "../../platform/secrets/index.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { startTestPostgres, type TestPostgres } from "../../../test/kit/postgres.ts";
import { accountsModule, type AccountsModule } from "../accounts/index.ts";
import { MAX_CREDENTIALS_PER_ACCOUNT } from "./change-credential.ts";
import { CredentialBook } from "./credential-book.ts";
import { credentialRoutes } from "./credentials.resource.ts";
import { esmeMigrations } from "./migrations.ts";

interface Answer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- what the API says is checked by the tests, not by the compiler
  readonly json: any;
}

const PATH = "/trunkline/v1/Smpp/Credentials";
const secrets = new SecretBox(new Uint8Array(32).fill(5));
let postgres: TestPostgres;
let accounts: AccountsModule;
let book: CredentialBook;
let server: HttpServer;
let main: { username: string; password: string };

before(async () => {
  postgres = await startTestPostgres();
  const { database } = postgres;
  const clock = new ManualClock();
  const minter = new SidMinter(() => Date.now(), randomBytes);
  const shared = {
    database,
    clock,
    logger: silentLogger,
    mintSid: (prefix: string) => minter.mint(prefix),
    randomBytes,
    secrets,
  };
  accounts = accountsModule(shared);
  await migrate(database, [...accounts.migrations, ...esmeMigrations]);
  book = new CredentialBook(database);
  const routes = [...accounts.routes, ...credentialRoutes({ ...shared, book })];
  server = new HttpServer({ clock, logger: silentLogger, minter, authenticator: accounts.authenticator, routes });
  const { accountSid, authToken } = await accounts.ensureFirstAccount();
  main = { username: accountSid, password: authToken };
});
after(() => postgres.stop());

async function request(call: string, body?: Record<string, string>, auth = main): Promise<Answer> {
  const [method = "GET", url = "/"] = call.split(" ");
  const { status, body: text } = await server.inject({ method, url, auth, ...(body === undefined ? {} : { body }) });
  return { status, json: text === "" ? undefined : JSON.parse(text) };
}

describe("SMPP credentials", () => {
  it("show a password that SMPP has room for once, and keep none", async () => {
    const { status, json } = await request(`POST ${PATH}`, { FriendlyName: "till" });
    assert.equal(status, 201);
    const { password, ...shown } = json;
    assert.match(password, /^[A-Za-z0-9_-]{8}$/);
    assert.match(shown.system_id, /^tl[a-z2-9]{11}$/);
    assert.deepEqual((await request(`GET ${PATH}/${shown.sid}`)).json, shown);
    const listed = await request(`GET ${PATH}`);
    assert.deepEqual(listed.json.credentials[0], shown);
    const rows = await postgres.database.query("select c::text as row from smpp_credentials c");
    assert.ok(!JSON.stringify(rows).includes(password));
    const known = book.find(shown.system_id);
    assert.ok(known !== undefined && secrets.sameDigest(known.digest, secrets.digest(password, known.sid)));
  });

  it("are changed, given another password, read anew and deleted", async () => {
    const { json: made } = await request(`POST ${PATH}`, {
      SystemId: "shop.1",
      MaxBinds: "2",
      AllowedCidrs: "192.0.2.0/24",
      ReceiptFallbackUrl: "https://example.org/r",
      Inbound: "true",
      TrafficClass: "marketing",
    });
    assert.deepEqual(
      [made.system_id, made.max_binds, made.allowed_cidrs, made.receipt_fallback_url, made.inbound, made.traffic_class],
      ["shop.1", 2, ["192.0.2.0/24"], "https://example.org/r", true, "marketing"],
    );
    const item = `${PATH}/${made.sid}`;
    const changed = await request(`POST ${item}`, {
      MessagesPerSecond: "7",
      ReceiptFallbackUrl: "",
      NewPassword: "true",
    });
    assert.deepEqual(
      [changed.json.messages_per_second, changed.json.receipt_fallback_url, changed.json.max_binds],
      [7, null, 2],
    );
    assert.notEqual(changed.json.password, made.password);
    const before = book.find("shop.1");
    await book.reload();
    assert.equal(book.find("shop.1"), before, "what did not change is the same object");
    assert.ok(book.wantsTexts(main.username));
    await postgres.database.query(
      "update smpp_credentials set max_binds = 9, updated_at = updated_at + interval '1 s' where system_id = 'shop.1'",
    );
    await book.refresh();
    assert.equal(book.find("shop.1")?.maxBinds, 9, "what another process changed is found");
    assert.equal((await request(`DELETE ${item}`)).status, 204);
    assert.equal(book.find("shop.1"), undefined);
    for (const method of ["GET", "POST", "DELETE"]) assert.equal((await request(`${method} ${item}`)).status, 404);
  });

  it("have system ids that nobody else has", async () => {
    assert.equal((await request(`POST ${PATH}`, { SystemId: "taken" })).status, 201);
    assert.deepEqual((await request(`POST ${PATH}`, { SystemId: "taken" })).json.code, 20001);
    for (const SystemId of ["no", "has space", "x".repeat(16)]) {
      assert.equal((await request(`POST ${PATH}`, { SystemId })).status, 400, SystemId);
    }
    assert.equal((await request(`POST ${PATH}`, { AllowedCidrs: "192.0.2.0/99" })).status, 400);
  });

  it("are kept from other accounts and from standard keys, and reached by the parent", async () => {
    const sub = (await request("POST /2010-04-01/Accounts.json", {})).json;
    const child = { username: sub.sid, password: sub.auth_token };
    const { json: ours } = await request(`POST ${PATH}`, {});
    assert.equal((await request(`GET ${PATH}/${ours.sid}`, undefined, child)).status, 404);
    assert.equal((await request(`POST ${PATH}`, { AccountSid: main.username }, child)).status, 404);
    const { json: theirs } = await request(`POST ${PATH}`, { AccountSid: sub.sid });
    assert.equal(theirs.account_sid, sub.sid);
    assert.equal((await request(`GET ${PATH}/${theirs.sid}`, undefined, child)).status, 200);
    const key = (await request(`POST /2010-04-01/Accounts/${main.username}/Keys.json`, {})).json;
    const answer = await request(`GET ${PATH}`, undefined, { username: key.sid, password: key.secret });
    assert.ok([401, 403].includes(answer.status));
  });

  it("are limited in number", async () => {
    const sub = (await request("POST /2010-04-01/Accounts.json", {})).json;
    const make = () => request(`POST ${PATH}`, { AccountSid: sub.sid });
    for (let n = 0; n < MAX_CREDENTIALS_PER_ACCOUNT; n += 1) assert.equal((await make()).status, 201);
    assert.equal((await make()).json.code, 20001);
  });
});
