import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { ManualClock } from "../../../adapters/memory/index.ts";
import { migrate } from "../../../adapters/postgres/index.ts";
import { SidMinter } from "../../../kernel/ids.ts";
import { HttpServer, type Authenticator } from "../../../platform/http/index.ts";
import { startTestPostgres, type TestPostgres } from "../../../../test/kit/postgres.ts";
import { silentLogger } from "../../../../test/kit/silent-logger.ts";
import type { Draft } from "../compliance.ts";
import { spamModule, type SpamChange, type SpamModule } from "./index.ts";

const OPERATOR = `AC${"0".repeat(32)}`;
const ACCOUNT = `AC${"a".repeat(32)}`;
const START_MS = Date.UTC(2026, 0, 5);
const SIZES = { templates: 512, recipients: 4_096, domains: 1_024, usages: 1_024 };
const PHISHING = "Your account has been suspended. Verify your identity immediately: https://kjhqwe.top/a";

const authenticator: Authenticator = {
  authenticate: ({ username }) =>
    Promise.resolve({
      accountSid: username,
      status: "active",
      credential: "token",
      canAccess: () => Promise.resolve(false),
    }),
};

function draft(body: string, to = "+12125550199"): Draft {
  return {
    accountSid: ACCOUNT,
    from: "+12125550100",
    senderKind: "local",
    to,
    country: "US",
    body,
    mediaUrls: [],
    segments: 1,
    trafficClass: "transactional",
    direction: "outbound-api",
    // Scheduled for later: the check goes by its clock.
    atMs: START_MS + 30 * 86_400_000,
  };
}

interface Program {
  readonly module: SpamModule;
  readonly changes: SpamChange[];
  send(
    method: string,
    path: string,
    form?: Record<string, string | string[]>,
    as?: string,
  ): Promise<{ status: number; json: any }>; // oxlint-disable-line typescript/no-explicit-any -- checked by the tests
}

describe("the spam check over its database", () => {
  let postgres: TestPostgres;
  const clock = new ManualClock(START_MS);
  before(async () => {
    postgres = await startTestPostgres();
  });
  after(() => postgres.stop());

  async function startProgram(): Promise<Program> {
    const { database } = postgres;
    const minter = new SidMinter(() => clock.nowMs(), randomBytes);
    const changes: SpamChange[] = [];
    const module = spamModule({
      database,
      clock,
      logger: silentLogger,
      sizes: SIZES,
      mintSid: (prefix) => minter.mint(prefix),
      isOperator: (sid) => sid === OPERATOR,
      onChange: (change) => changes.push(change),
    });
    await migrate(database, module.migrations);
    await module.start();
    const server = new HttpServer({ clock, logger: silentLogger, minter, authenticator, routes: module.routes });
    return {
      module,
      changes,
      send: async (method, path, form, as = OPERATOR) => {
        const request = { method, url: `/trunkline/v1${path}`, auth: { username: as, password: "x" } };
        const { status, body } = await server.inject(
          form === undefined ? request : Object.assign(request, { body: form }),
        );
        return { status, json: body === "" ? undefined : JSON.parse(body) };
      },
    };
  }

  it("keeps verdicts without texts, takes feedback, and remembers it after a restart", async () => {
    const first = await startProgram();
    assert.ok((first.module.check.check(draft(PHISHING))?.score ?? 0) >= 0.9);
    const { json } = await first.send("GET", "/SpamVerdicts");
    assert.equal(json.spam_verdicts.length, 1);
    const [verdict] = json.spam_verdicts;
    assert.equal(verdict.account_sid, ACCOUNT);
    assert.ok(!JSON.stringify(json).includes("suspended") && !JSON.stringify(json).includes("5550199"));
    assert.equal((await first.send("GET", "/SpamVerdicts", undefined, ACCOUNT)).status, 404);
    assert.equal(
      (await first.send("POST", `/SpamVerdicts/${verdict.sid}/Feedback`, { Verdict: "not-spam" }, ACCOUNT)).status,
      404,
    );
    const told = await first.send("POST", `/SpamVerdicts/${verdict.sid}/Feedback`, { Verdict: "not-spam" });
    assert.deepEqual([told.status, told.json.feedback], [201, "not-spam"]);
    assert.equal(first.module.check.check(draft(PHISHING)), undefined);
    assert.deepEqual(
      first.changes.map(({ kind, after }) => [kind, after]),
      [["spam-feedback", { feedback: "not-spam" }]],
    );
    await first.module.close();
    const second = await startProgram();
    assert.equal(second.module.check.check(draft(PHISHING)), undefined);
    await second.module.close();
  });

  it("takes the operator's lists, and keeps them", async () => {
    const first = await startProgram();
    const made = await first.send("POST", "/SpamLists", { Kind: "blocked-domain", Value: "Evil.example" });
    assert.deepEqual([made.status, made.json.value], [201, "evil.example"]);
    assert.equal(
      (await first.send("POST", "/SpamLists", { Kind: "blocked-domain", Value: "evil.example" })).status,
      409,
    );
    assert.equal((await first.send("POST", "/SpamLists", { Kind: "blocked-domain", Value: "no domain" })).status, 400);
    assert.equal((await first.send("POST", "/SpamLists", { Kind: "exemption", Value: "me" })).status, 400);
    await first.module.close();
    const second = await startProgram();
    const body = "The menu of this week: https://evil.example/menu";
    assert.ok(second.module.check.check(draft(body)) !== undefined);
    assert.equal((await second.send("DELETE", `/SpamLists/${made.json.sid}`)).status, 204);
    assert.equal(second.module.check.check(draft(body)), undefined);
    const exempt = await second.send("POST", "/SpamLists", { Kind: "exemption", Value: ACCOUNT, Hours: "1" });
    assert.equal(exempt.status, 201);
    assert.equal(
      second.module.check.check(draft("You won a prize! Claim your reward now http://1.2.3.4/x")),
      undefined,
    );
    assert.equal((await second.send("GET", "/SpamLists")).json.entries.length, 1);
    await second.module.close();
  });

  it("keeps what is usual for an account", async () => {
    const first = await startProgram();
    for (let at = 0; at < 30; at += 1)
      first.module.check.check(draft(`Your Example code is ${1_000 + at}`, `+1212555${1_000 + at * 37}`));
    await first.module.close();
    const [row] = await postgres.database.query<{ document: { baseline: { clean: number }; templates: unknown[] } }>(
      "select document from spam_baselines where account_sid = $1",
      [ACCOUNT],
    );
    assert.ok((row?.document.baseline.clean ?? 0) >= 30);
    assert.equal(row?.document.templates.length, 1);
    const second = await startProgram();
    assert.equal(second.module.status().accounts, 1);
    await second.module.close();
  });
});
