import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { SidMinter } from "../../kernel/ids.ts";
import { ROLES, SessionTokens, Tickets, type SessionClaims } from "../../platform/console/index.ts";
import { FleetKey } from "../../platform/fleet/index.ts";
import { HttpServer, type HttpRequest } from "../../platform/http/index.ts";
import { permissionsOf } from "./permissions.ts";
import {
  CUSTOMER,
  OPERATOR,
  ORIGIN,
  PASSWORD,
  startConsole,
  type Answer,
  type Browser,
  type ConsoleWorld,
} from "./sample-console.test.ts";

const messages = (sid: string): string => `/2010-04-01/Accounts/${sid}/Messages.json`;
const USERS = "/trunkline/v1/Console/Users";

/** The handshake of a WebSocket of a browser. */
function handshake(browser: Browser, origin: string | undefined): HttpRequest {
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  return {
    method: "GET",
    target: "/console/live",
    headers: { host: "127.0.0.1:8080", cookie, ...(origin === undefined ? {} : { origin }) },
    scheme: "http",
    peer: "127.0.0.1",
    readBody: () => Promise.resolve(Buffer.alloc(0)),
  };
}

describe("foreign pages", () => {
  let world: ConsoleWorld;
  let owner: Browser;
  before(async () => {
    world = await startConsole();
    owner = await world.owner();
  });
  after(() => world.stop());

  const form = { Body: "x" };
  const send = (headers: Record<string, string | undefined>): Promise<Answer> =>
    owner.send(`POST /console/api/call${messages(OPERATOR)}`, { form, headers });

  it("cannot make a browser change anything", async () => {
    const good = { "x-console": "1", origin: ORIGIN, "sec-fetch-site": "same-origin" };
    assert.equal((await send(good)).status, 201);
    for (const changed of [
      { "x-console": undefined },
      { "x-console": "0" },
      { origin: "http://evil.example" },
      { origin: "null" },
      { origin: "http://127.0.0.1:8081" },
      { origin: "https://127.0.0.1:8080" },
      { origin: "http://127.0.0.1:8080.evil.example" },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "none" },
      { origin: undefined, "sec-fetch-site": undefined },
    ]) {
      const answer = await send({ ...good, ...changed });
      assert.equal(answer.status, 403, JSON.stringify(changed));
      assert.equal(answer.headers["access-control-allow-origin"], undefined);
    }
    for (const one of [{ origin: undefined }, { "sec-fetch-site": undefined }])
      assert.equal((await send({ ...good, ...one })).status, 201, "one of the browser's two words is enough");
  });

  it("cannot sign anybody in or out, nor with a form", async () => {
    for (const path of ["sign-in", "enter", "sign-out"]) {
      const foreign = { origin: "http://evil.example", "x-console": "1" };
      assert.equal((await owner.send(`POST /console/api/${path}`, { json: {}, headers: foreign })).status, 403, path);
      assert.equal((await owner.send(`POST /console/api/${path}`, { json: {} })).status, 403, path);
    }
    for (const path of ["sign-in", "enter"]) {
      const sent = { raw: '{"token":"x"}', headers: { "content-type": "text/plain" } };
      assert.equal((await owner.ask(`POST /console/api/${path}`, sent)).status, 400, path);
      assert.equal(
        (await owner.ask(`POST /console/api/${path}`, { form: { email: "a@b.example" } })).status,
        400,
        path,
      );
    }
    assert.equal((await owner.ask("GET /console/api/session")).status, 200);
  });

  it("cannot read anything where the browser says who asks", async () => {
    for (const headers of [{ "sec-fetch-site": "cross-site" }, { "sec-fetch-site": "same-site" }, { origin: "null" }])
      assert.equal((await owner.send("GET /console/api/session", { headers })).status, 403, JSON.stringify(headers));
    const picture = { headers: { "sec-fetch-site": "same-origin", "sec-fetch-dest": "image" } };
    assert.equal((await owner.send(`GET /console/api/call${messages(OPERATOR)}`, picture)).status, 200);
  });

  it("cannot ask first and then go on", async () => {
    const headers = { origin: "http://evil.example", "access-control-request-method": "POST" };
    const answer = await owner.send("OPTIONS /console/api/sign-in", { headers });
    assert.equal(answer.status, 405);
    assert.equal(answer.headers["access-control-allow-origin"], undefined);
  });

  it("cannot open the live socket", async () => {
    for (const origin of ["http://evil.example", "null", undefined, "http://localhost:8080"])
      assert.equal(await world.door.whoIs(handshake(owner, origin)), undefined, origin);
    const viewer = await world.door.whoIs(handshake(owner, ORIGIN));
    assert.equal(viewer?.accountSid, OPERATOR);
    assert.equal(viewer?.isOperator, true);
    assert.ok(viewer?.permissions.has("messages.read"));
    assert.equal(await world.door.whoIs(handshake(world.browser(), ORIGIN)), undefined);
  });

  it("cannot frame a page, and no page runs what is not ours", async () => {
    const page = await owner.send("GET /console/messages");
    const policy = page.headers["content-security-policy"] ?? "";
    assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self' 'nonce-[A-Za-z0-9+/=]{24}'; /);
    for (const part of ["base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'", "connect-src 'self'"])
      assert.ok(policy.includes(part), part);
    assert.ok(!policy.includes("unsafe"));
    assert.equal(page.headers["x-frame-options"], "DENY");
    assert.equal(page.headers["x-content-type-options"], "nosniff");
    assert.equal(page.headers["referrer-policy"], "no-referrer");
    assert.equal(page.headers["cross-origin-opener-policy"], "same-origin");
    assert.match(page.headers["permissions-policy"] ?? "", /camera=\(\)/);
    const data = await owner.ask("GET /console/api/session");
    assert.match(data.headers["content-security-policy"] ?? "", /default-src 'none'; sandbox/);
    assert.equal(data.headers["cache-control"], "no-store");
    assert.equal(data.headers["x-frame-options"], "DENY");
  });
});

describe("sessions", () => {
  let world: ConsoleWorld;
  before(async () => {
    world = await startConsole();
  });
  after(() => world.stop());

  it("have a cookie that scripts cannot read and other sites cannot send", async () => {
    const link = await world.program(OPERATOR, "POST /trunkline/v1/Console/SignInLinks", {});
    const plain = await world.browser().enter(link.json.secret_url);
    assert.match(
      plain.headers["set-cookie"] ?? "",
      /^trunkline=session1\.[^;]+; Path=\/console; HttpOnly; SameSite=Strict; Max-Age=43200$/,
    );
    const another = await world.program(OPERATOR, "POST /trunkline/v1/Console/SignInLinks", {});
    const secure = await world.browser().ask("POST /console/api/enter", {
      json: { token: another.json.secret_url.split("#")[1] },
      headers: { host: "console.example.com", origin: "https://console.example.com" },
      scheme: "https",
    });
    assert.match(
      secure.headers["set-cookie"] ?? "",
      /^__Host-trunkline=session1\.[^;]+; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=43200$/,
    );
  });

  it("are not begun where others could read along", async () => {
    const headers = { host: "10.1.2.3:8080", origin: "http://10.1.2.3:8080" };
    const answer = await world.browser().ask("POST /console/api/enter", { json: { token: "x" }, headers });
    assert.equal(answer.status, 403);
    assert.match(answer.json.message, /https/);
  });

  it("cannot be planted: who signs in gets a new one, and the old one ends", async () => {
    const attacker = await world.owner(CUSTOMER);
    const [planted = ""] = attacker.cookies.values();
    const victim = world.browser();
    victim.cookies.set("trunkline", planted);
    const link = await world.program(OPERATOR, "POST /trunkline/v1/Console/SignInLinks", {});
    const entered = await victim.enter(link.json.secret_url);
    assert.equal(entered.json.account.sid, OPERATOR);
    assert.notEqual(victim.cookies.get("trunkline"), planted);
    assert.equal((await attacker.ask("GET /console/api/session")).status, 401);
  });

  it("are known by their own tokens only", async () => {
    const owner = await world.owner();
    const [token = ""] = owner.cookies.values();
    const claims = world.tokens.read(token) as SessionClaims;
    const nowMs = world.clock.nowMs();
    const whole = { ...claims, issuedMs: nowMs, expiresMs: nowMs + 1_000_000 };
    const other = new SessionTokens(new FleetKey(new Uint8Array(32).fill(6)), world.clock);
    const [head = "", body = "", mac = ""] = token.split(".");
    const raised = Buffer.from(
      JSON.stringify({ ...JSON.parse(Buffer.from(body, "base64url").toString()), r: "owner", a: CUSTOMER }),
    );
    const forged = [
      other.write(whole),
      `${head}.${raised.toString("base64url")}.${mac}`,
      `${head}.${body}.${mac.replace(/^./, (digit) => (digit === "0" ? "1" : "0"))}`,
      `${head}.${body}`,
      `${head}.${body}.`,
      `ticket1.${body}.${mac}`,
      world.tickets.write({ ...claims, mainSid: claims.accountSid }),
      world.tokens.write({ ...whole, expiresMs: nowMs }),
      world.tokens.write({ ...whole, sessionSid: `CS${"0".repeat(32)}` }),
      world.tokens.write({ ...whole, userSid: `US${"0".repeat(32)}` }),
      world.tokens.write({ ...whole, accountSid: `AC${"9".repeat(32)}`, sessionSid: `CS${"1".repeat(32)}` }),
      "x".repeat(5_000),
      "",
    ];
    for (const [index, value] of forged.entries()) {
      const browser = world.browser();
      browser.cookies.set("trunkline", value);
      assert.equal((await browser.ask("GET /console/api/session")).status, 401, `token ${index}`);
      assert.equal((await browser.api(`GET ${messages(OPERATOR)}`)).status, 401, `token ${index}`);
    }
    for (let at = 0; at < token.length; at += 7) {
      const flipped = token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
      assert.equal(world.tokens.read(flipped), undefined, `character ${at}`);
    }
    assert.equal((await owner.ask("GET /console/api/session")).status, 200);
  });

  it("are over when their time is", async () => {
    const owner = await world.owner();
    world.clock.advance(12 * 3_600_000 - 1);
    assert.equal((await owner.ask("GET /console/api/session")).status, 200);
    world.clock.advance(1);
    assert.equal((await owner.ask("GET /console/api/session")).status, 401);
  });

  it("that were ended elsewhere end here within half a minute, or go on while their cell is away", async () => {
    const owner = await world.owner();
    const viewer = await world.door.whoIs(handshake(owner, ORIGIN));
    const { json } = await owner.ask("GET /console/api/session");
    await world.program(OPERATOR, `DELETE /trunkline/v1/Console/Sessions/${json.sessionSid}`);
    assert.equal((await owner.ask("GET /console/api/session")).status, 200, "nobody was asked yet");
    const [home] = world.cells;
    home.isAway = true;
    world.clock.advance(30_000);
    assert.equal((await owner.ask("GET /console/api/session")).status, 200);
    home.isAway = false;
    world.clock.advance(5_000);
    assert.equal((await owner.ask("GET /console/api/session")).status, 401);
    assert.equal(await viewer?.recheck(), undefined);
  });
});

describe("tickets", () => {
  let world: ConsoleWorld;
  before(async () => {
    world = await startConsole();
  });
  after(() => world.stop());

  const claims = {
    accountSid: OPERATOR,
    mainSid: OPERATOR,
    userSid: `US${"1".repeat(32)}`,
    sessionSid: `CS${"1".repeat(32)}`,
    role: "owner",
  } as const;
  const use = async (password: string, username: string = OPERATOR, sid: string = username): Promise<number> => {
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
    return (await world.browser().send(`GET ${messages(sid)}`, { headers: { authorization } })).status;
  };

  it("are good for a minute", async () => {
    const ticket = world.tickets.write(claims);
    assert.equal(await use(ticket), 200);
    world.clock.advance(59_999);
    assert.equal(await use(ticket), 200);
    world.clock.advance(1);
    assert.equal(await use(ticket), 401);
  });

  it("are good for their account only, and for no other key, use or text", async () => {
    const ticket = world.tickets.write(claims);
    assert.equal(await use(ticket, CUSTOMER), 401);
    assert.equal(await use(ticket, OPERATOR, CUSTOMER), 404);
    assert.equal(await use(new Tickets(new FleetKey(new Uint8Array(32).fill(6)), world.clock).write(claims)), 401);
    assert.equal(await use(`${ticket}0`), 401);
    assert.equal(await use(ticket.slice(0, -1)), 401);
    const session = { ...claims, isLimited: false, issuedMs: 0, expiresMs: world.clock.nowMs() + 1_000 };
    assert.equal(await use(world.tokens.write(session)), 401);
  });

  it("that a door wrote by mistake for a foreign account are refused by its cell", async () => {
    assert.equal(await use(world.tickets.write({ ...claims, mainSid: CUSTOMER })), 401);
    const made = await world.program(OPERATOR, "POST /2010-04-01/Accounts.json", {});
    const child = made.json.sid as string;
    assert.equal(await use(world.tickets.write({ ...claims, accountSid: child }), child), 200);
    assert.equal(await use(world.tickets.write({ ...claims, accountSid: child, mainSid: CUSTOMER }), child), 401);
    assert.equal(await use(world.tickets.write({ ...claims, mainSid: child }), OPERATOR), 401);
  });
});

describe("roles and accounts", () => {
  let world: ConsoleWorld;
  const people = new Map<string, Browser>();
  before(async () => {
    world = await startConsole();
    for (const role of ROLES) people.set(role, await world.member(role));
  });
  after(() => world.stop());
  const person = (role: string): Browser => people.get(role) as Browser;

  it("may do what the table says, and the backend holds them to it", async () => {
    const tries = [
      ["messages.read", `GET ${messages(OPERATOR)}`],
      ["messages.write", `POST ${messages(OPERATOR)}`],
      ["accounts.write", "POST /2010-04-01/Accounts.json"],
      ["keys.write", `POST /2010-04-01/Accounts/${OPERATOR}/Keys.json`],
      ["users.read", `GET ${USERS}`],
      ["users.write", `POST ${USERS}`],
      ["cells.write", "POST /trunkline/v1/Cells/messaging-1"],
      ["money.write", "POST /trunkline/v1/Ledger/Credits"],
      ["chaos", "POST /trunkline/v1/Chaos/Kill"],
      ["tokens", "POST /v1/AuthTokens/Promote"],
    ] as const;
    for (const role of ROLES) {
      const mine = permissionsOf(role, true);
      for (const [permission, call] of tries) {
        const product = permission === "tokens" ? { "x-product": "accounts" } : {};
        const { status, json } = await person(role).api(call, { form: {}, headers: product });
        const isRefused = status === 403 && json.message.includes(`needs the permission ${permission}`);
        assert.equal(isRefused, !mine.has(permission), `${role} ${call}: ${status}`);
      }
    }
  });

  it("break nothing where the operator has said so", async () => {
    world.chaos = false;
    const answer = await person("owner").api("POST /trunkline/v1/Chaos/Kill", { form: {} });
    assert.match(answer.json.message, /needs the permission chaos/);
    assert.ok(!(await person("owner").ask("GET /console/api/session")).json.permissions.includes("chaos"));
    world.chaos = true;
  });

  it("cannot ask for what the table does not name", async () => {
    for (const path of [
      "/healthz",
      "/metrics",
      "/console/api/session",
      "/trunkline/internal/v1/credentials/AC1",
      "//x",
      "/",
    ])
      assert.equal((await person("owner").api(`GET ${path}`)).status, 404, path);
    const headers = { "x-product": "../api" };
    assert.equal((await person("owner").api(`GET ${messages(OPERATOR)}`, { headers })).status, 404);
  });

  it("nobody gives a role above his own, or touches who stands above him", async () => {
    const admin = person("admin");
    const ownerSid = person("owner").userSid;
    const refused = async (call: string, form: Record<string, string> = {}) =>
      assert.equal((await admin.api(call, { form })).status, 403, call);
    await refused(`POST ${USERS}`, { Email: "new@example.com", Role: "owner" });
    await refused(`POST ${USERS}/${ownerSid}`, { Role: "support" });
    await refused(`POST ${USERS}/${ownerSid}`, { FriendlyName: "x" });
    await refused(`POST ${USERS}/${admin.userSid}`, { Role: "owner" });
    await refused(`POST ${USERS}/${person("support").userSid}`, { Role: "owner" });
    await refused(`DELETE ${USERS}/${ownerSid}`);
    await refused(`DELETE ${USERS}/${ownerSid}/Totp`);
    await refused("POST /trunkline/v1/Console/SignInLinks");
    await refused("POST /trunkline/v1/Console/SignInLinks", { UserSid: ownerSid });
    await refused("POST /trunkline/v1/Console/SignInLinks", { UserSid: person("support").userSid, Purpose: "sign-in" });
    const support = person("support");
    assert.equal((await support.api(`GET ${USERS}/${support.userSid}`)).status, 200);
    assert.equal((await support.api(`GET ${USERS}/${ownerSid}`)).status, 404);
    assert.equal((await support.api(`POST ${USERS}/${support.userSid}`, { form: { Role: "owner" } })).status, 403);
    const { json } = await support.api("GET /trunkline/v1/Console/Sessions");
    assert.ok(json.sessions.every((session: { user_sid: string }) => session.user_sid === support.userSid));
  });

  it("see auth tokens only where they may have them, in no form", async () => {
    const path = `/2010-04-01/Accounts/${OPERATOR}`;
    assert.match((await person("owner").api(`GET ${path}.json`)).json.auth_token, /^[0-9a-f]{32}$/);
    for (const role of ["developer", "billing", "support"]) {
      assert.equal((await person(role).api(`GET ${path}.json`)).json.auth_token, null, role);
      const list = await person(role).api("GET /2010-04-01/Accounts.json");
      assert.ok(!list.text.includes(world.cells[0].authToken), role);
      for (const form of [path, `${path}.xml`, "/2010-04-01/Accounts", "/2010-04-01/Accounts.xml"]) {
        const answer = await person(role).api(`GET ${form}`);
        assert.ok(answer.status >= 400 && !answer.text.includes(world.cells[0].authToken), `${role} ${form}`);
      }
      assert.ok(!(await person(role).ask("GET /console/api/session")).text.includes(world.cells[0].authToken));
    }
  });

  it("keeps accounts apart", async () => {
    const stranger = await world.owner(CUSTOMER);
    const theirs = person("support").userSid;
    for (const call of [
      `GET ${messages(OPERATOR)}`,
      `GET ${USERS}/${theirs}`,
      `DELETE ${USERS}/${theirs}`,
      `POST ${USERS}/${theirs}`,
    ])
      assert.equal((await stranger.api(call, { form: {} })).status, 404, call);
    for (const sid of [OPERATOR, `AC${"9".repeat(32)}`, "AC1", "..", `SK${"1".repeat(32)}`]) {
      const headers = { "x-account": sid };
      assert.equal((await stranger.api(`GET ${messages(sid)}`, { headers })).status, 404, sid);
      assert.equal((await stranger.api("GET /trunkline/v1/Console/Sessions", { headers })).status, 404, sid);
    }
    assert.equal((await stranger.api("GET /trunkline/v1/Cells")).status, 403);
    const pinned = { "x-cell": "a" };
    assert.equal((await stranger.api(`GET ${messages(CUSTOMER)}`, { headers: pinned })).status, 403);
    const { json } = await stranger.api("GET /trunkline/v1/Console/Sessions");
    assert.ok(json.sessions.length > 0);
    assert.ok(json.sessions.every((session: { account_sid: string }) => session.account_sid === CUSTOMER));
  });

  it("makes people and links only where their account is at home, also where the operator asks another cell", async () => {
    const elsewhere = world.cells[1];
    assert.notEqual(elsewhere.mainSid, OPERATOR);
    const server = new HttpServer({
      clock: world.clock,
      logger: silentLogger,
      minter: new SidMinter(
        () => world.clock.nowMs(),
        (octets) => new Uint8Array(octets),
      ),
      // As a cell lets the operator in on an edge's word.
      authenticator: {
        authenticate: () =>
          Promise.resolve({
            accountSid: OPERATOR,
            status: "active",
            credential: "token",
            canAccess: () => Promise.resolve(false),
          }),
      },
      routes: elsewhere.console.routes,
    });
    const auth = { username: OPERATOR, password: "x" };
    for (const [path, body] of [
      [USERS, { Email: "ghost@example.com", Role: "admin" }],
      ["/trunkline/v1/Console/SignInLinks", {}],
    ] as const) {
      const answer = await server.inject({ method: "POST", url: `https://api.twilio.com${path}`, auth, body });
      assert.equal(answer.status, 404, `${path} ${answer.body}`);
    }
  });

  it("passes on of a browser's request only what the API has a use for", async () => {
    world.heard.length = 0;
    const headers = {
      authorization: "Basic eDp5",
      "x-trunkline-operator": "x",
      "x-trunkline-cell": "b",
      "x-forwarded-for": "1.2.3.4",
      "x-http-method-override": "DELETE",
      traceparent: "00-1-1-01",
    };
    const answer = await person("owner").api(`GET ${messages(OPERATOR)}`, { headers });
    assert.equal(answer.status, 200);
    const heard = world.heard[0]?.headers ?? {};
    for (const name of Object.keys(headers)) if (name !== "authorization") assert.equal(heard[name], undefined, name);
    assert.equal(heard["cookie"], undefined);
    for (const name of ["www-authenticate", "set-cookie", "location", "twilio-concurrent-requests-x"])
      assert.equal(answer.headers[name], undefined, name);
  });
});

describe("ways in", () => {
  let world: ConsoleWorld;
  before(async () => {
    world = await startConsole();
  });
  after(() => world.stop());

  it("a link opens once, also where it is opened twice at the same time, and not when it is over", async () => {
    const link = async (form = {}): Promise<string> =>
      (await world.program(OPERATOR, "POST /trunkline/v1/Console/SignInLinks", form)).json.secret_url;
    const url = await link();
    const raced = await Promise.all(Array.from({ length: 4 }, (_, at) => world.browser(`10.0.0.${at}`).enter(url)));
    assert.deepEqual(
      raced.map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 401, 401, 401],
    );
    assert.equal((await world.browser().enter(url)).status, 401);
    const old = await link({ TtlSeconds: "60" });
    world.clock.advance(60_000);
    assert.equal((await world.browser().enter(old)).status, 401);
    const stored = await world.cells[0].postgres.database.query("select * from console_links");
    assert.ok(!JSON.stringify(stored).includes(url.split("#")[1] ?? ""), "only a digest is stored");
  });

  it("an invitation is accepted once, also where two choose a password at the same time", async () => {
    const user = await world.program(OPERATOR, `POST ${USERS}`, { Email: "raced@example.com", Role: "support" });
    const enter = (at: number) => world.browser(`10.0.1.${at}`).enter(user.json.secret_url, `${PASSWORD} ${at}`);
    const raced = await Promise.all([enter(1), enter(2), enter(3)]);
    assert.deepEqual(
      raced.map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 401, 401],
    );
  });

  it("links of other accounts, altered ones and texts that are none open nothing", async () => {
    const { json } = await world.program(OPERATOR, "POST /trunkline/v1/Console/SignInLinks", {});
    const token: string = json.secret_url.split("#")[1];
    const octets = Buffer.from(token, "base64url");
    const other = Buffer.concat([Buffer.from(CUSTOMER.slice(2), "hex"), octets.subarray(16)]).toString("base64url");
    const flipped = Buffer.from(octets);
    flipped[40] = (flipped[40] ?? 0) ^ 1;
    const texts = [other, flipped.toString("base64url"), token.slice(1), `${token}A`, "", "A".repeat(64)];
    for (const [at, text] of texts.entries())
      assert.equal((await world.browser(`10.0.2.${at}`).enter(`#${text}`)).status, 401, `text ${at}`);
    assert.equal((await world.browser().enter(json.secret_url)).status, 200);
  });

  it("guessing is slowed down for the guesser, and locks nobody out", async () => {
    const who = await world.member("developer");
    const known = world.browser("192.0.2.1");
    known.email = who.email;
    assert.equal((await known.signIn()).status, 200);
    const guess = async (address: string): Promise<Answer> => {
      const guesser = world.browser(address);
      guesser.email = who.email;
      return guesser.signIn("not the password!");
    };
    const answers: Answer[] = [];
    for (let at = 0; at < 8; at += 1) answers.push(await guess("198.51.100.1"));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [401, 401, 401, 401, 401, 429, 429, 429],
    );
    const last = answers.at(-1);
    assert.ok(Number(last?.headers["retry-after"]) >= 25, last?.headers["retry-after"]);
    for (let at = 0; at < 60; at += 1) await guess(`203.0.113.${at}`);
    assert.equal((await guess("203.0.113.200")).status, 429, "strangers have used up what there was for them");
    const stranger = world.browser("203.0.113.201");
    stranger.email = who.email;
    assert.equal((await stranger.signIn()).status, 429, "else a guess could be right");
    assert.equal((await known.signIn()).status, 200, "where he was seen before he gets in");
    world.clock.advance(120_000);
    assert.equal((await stranger.signIn()).status, 200, "and elsewhere a little later");
  });

  it("one address cannot try many users", async () => {
    const statuses: number[] = [];
    for (let at = 0; at < 24; at += 1) {
      const guesser = world.browser("198.51.100.77");
      guesser.email = `nobody${at}@example.com`;
      statuses.push((await guesser.signIn()).status);
    }
    assert.deepEqual([statuses[0], statuses[19], statuses[20]], [401, 401, 429]);
  });

  it("asks to come again while a cell is away, which is nobody's failure", async () => {
    const who = await world.member("support", CUSTOMER);
    who.cookies.clear();
    const [, home] = world.cells;
    home.isAway = true;
    for (let at = 0; at < 8; at += 1) assert.equal((await who.signIn()).status, 503);
    const link = await world.program(CUSTOMER, "POST /trunkline/v1/Console/SignInLinks", {});
    assert.equal((await who.enter(link.json.secret_url)).status, 503);
    home.isAway = false;
    assert.equal((await who.signIn()).status, 200);
  });

  it("says the same of users that there are and of those that there are not", async () => {
    const who = await world.member("billing");
    const say = async (email: string): Promise<string> => {
      const browser = world.browser("198.51.100.88");
      browser.email = email;
      const { status, text } = await browser.signIn("not the password!");
      return `${status} ${text}`;
    };
    const [known, unknown, none] = [await say(who.email), await say("nobody@example.com"), await say("no address")];
    assert.equal(known, unknown);
    assert.equal(known, none);
  });

  it("answers are never such that a browser asks for a password in a window of its own", async () => {
    const answer = await world.browser().ask("GET /console/api/session");
    assert.equal(answer.status, 401);
    assert.equal(answer.headers["www-authenticate"], undefined);
  });

  it("what is too long is refused, and not read", async () => {
    const browser = world.browser("198.51.100.99");
    const json = { email: "a@example.com", password: "x".repeat(10_000) };
    assert.equal((await browser.ask("POST /console/api/sign-in", { json })).status, 413);
    assert.equal((await browser.ask("POST /console/api/enter", { json: { token: "x".repeat(400) } })).status, 400);
    const owner = await world.owner();
    const raw = "x".repeat(9 * 1_048_576);
    assert.equal((await owner.api(`POST ${messages(OPERATOR)}`, { raw })).status, 413);
  });
});
