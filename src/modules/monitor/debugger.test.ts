import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { SidMinter } from "../../kernel/ids.ts";
import { Cell, type Machine } from "../../platform/cell/index.ts";
import { HttpServer, type Authenticator } from "../../platform/http/index.ts";
import {
  webhookMachine,
  WebhookState,
  WebhookTraces,
  type AlertRaised,
  type WebhookJob,
  type WebhookReplayed,
} from "../../platform/webhooks/index.ts";
import { memoryDisk, openMemoryLog } from "../../../test/kit/memory-log.ts";
import { emptyDatabase } from "../../../test/kit/routes.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { GUIDED_CODES, guideOf, monitorModule, type MonitorModule } from "./index.ts";

const ACCOUNT = `AC${"a".repeat(32)}`;
const STRANGER = `AC${"f".repeat(32)}`;
const OPERATOR = `AC${"0".repeat(32)}`;
const SM = `SM${"1".repeat(32)}`;
const START_MS = Date.UTC(2025, 0, 31, 12);

const product: Machine = {
  name: "product",
  tables: [],
  reducers: {
    "test.alerts": (record: { alerts: AlertRaised[] }, context) => record.alerts.forEach((each) => context.emit(each)),
  },
};

/** The password says what somebody comes with: `key`, or the role of a user. */
const authenticator: Authenticator = {
  authenticate: ({ username, password }) =>
    Promise.resolve({
      accountSid: username,
      status: "active",
      ...(password === "key"
        ? ({ credential: "key", keyKind: "standard" } as const)
        : ({ credential: "token", ...(password === "x" ? {} : { role: password }) } as const)),
      canAccess: () => Promise.resolve(false),
    }),
};

// oxlint-disable-next-line typescript/no-explicit-any -- checked by the tests
type Answer = { readonly status: number; readonly json: any };

/** The monitor of a cell in memory, with a webhook queue that sends nothing. */
class World {
  readonly clock = new ManualClock(START_MS);
  readonly state = new WebhookState();
  readonly traces = new WebhookTraces({ capacity: 20, clock: this.clock, life: "0123456789ab" });
  readonly queued: Readonly<WebhookJob>[] = [];
  module!: MonitorModule;
  cell!: Cell;
  private server!: HttpServer;

  async start(): Promise<this> {
    const { clock, state, traces } = this;
    const minter = new SidMinter(
      () => clock.nowMs(),
      (count) => new Uint8Array(count),
    );
    this.module = monitorModule({
      database: emptyDatabase,
      clock,
      logger: silentLogger,
      cell: "messaging-1",
      traces: 20,
      webhooks: {
        traces,
        state,
        mintSid: (prefix) => minter.mint(prefix),
        isOperator: (sid) => sid === OPERATOR,
        commit: (record) => this.cell.commit(record),
      },
    });
    const queue = { queued: (job: Readonly<WebhookJob>) => void this.queued.push(job), recovered: () => undefined };
    const log = await openMemoryLog(memoryDisk(1), clock);
    const machines = [product, this.module.machine, webhookMachine(state, queue)];
    this.cell = new Cell({ name: "c", log, clock, logger: silentLogger, machines, projectedOffsets: new Map() });
    await this.cell.recover();
    const { routes } = this.module;
    this.server = new HttpServer({ clock, logger: silentLogger, minter, authenticator, routes });
    return this;
  }

  /** `account` may have a password after a colon. */
  async ask(
    method: "GET" | "POST",
    path: string,
    account = ACCOUNT,
    form: Record<string, string> = {},
  ): Promise<Answer> {
    const url = `https://api.twilio.com${path}`;
    const [username = "", password = "x"] = account.split(":");
    const auth = { username, password };
    const { status, body } = await this.server.inject({
      method,
      url,
      auth,
      ...(method === "POST" ? { body: form } : {}),
    });
    return { status, json: body === "" ? undefined : JSON.parse(body) };
  }

  get(path: string, account?: string): Promise<Answer> {
    return this.ask("GET", path, account);
  }

  /** A webhook that is over. */
  webhook(n: number, more: Partial<WebhookJob> = {}, status = 200): string {
    const job: WebhookJob = {
      id: `${SM}:${n}`,
      accountSid: ACCOUNT,
      orderKey: SM,
      purpose: "message.status",
      resourceSid: SM,
      url: `https://user:secret@example.org/${n}`,
      method: "POST",
      params: [["MessageStatus", "sent"]],
      createdMs: START_MS,
      ...more,
    };
    const delivered = status < 300;
    const trace = {
      url: "https://example.org",
      method: "POST",
      requestHeaders: [["X-Twilio-Signature", "signed"] as const],
      redirects: 0,
    };
    const one = {
      atMs: START_MS,
      durationMs: 12.34,
      url: job.url,
      method: "POST",
      isFallback: false,
      status,
      trace,
    } as const;
    this.traces.add(job, [one], { orderKey: SM, outcome: { id: job.id, delivered }, records: [] });
    return this.traces.newest(() => true, { limit: 1 })[0]?.sid ?? "";
  }

  raise(...alerts: Partial<AlertRaised>[]): Promise<unknown> {
    const whole = alerts.map((more) => ({
      kind: "alert.raised",
      accountSid: ACCOUNT,
      errorCode: 11_200,
      level: "error",
      text: "The answer had status 500.",
      ...more,
    }));
    return this.cell.commit({ kind: "test.alerts", alerts: whole } as { kind: string });
  }
}

describe("the inspector of webhooks", () => {
  it("lists those of the account, newest first, page by page, without passwords", async () => {
    const world = await new World().start();
    for (let n = 0; n < 5; n += 1) world.webhook(n);
    world.webhook(9, { accountSid: STRANGER });
    const first = await world.get("/trunkline/v1/Webhooks?PageSize=3");
    assert.equal(first.status, 200);
    const urls = (answer: Answer): string[] => answer.json.webhooks.map((one: { url: string }) => one.url);
    assert.deepEqual(
      urls(first).map((url) => url.at(-1)),
      ["4", "3", "2"],
    );
    assert.ok(!JSON.stringify(first.json).includes("secret"));
    const second = await world.get(first.json.meta.next_page_url.replace("https://api.twilio.com", ""));
    assert.deepEqual(
      urls(second).map((url) => url.at(-1)),
      ["1", "0"],
    );
    assert.equal(second.json.meta.next_page_url, null);
    const all = await world.get("/trunkline/v1/Webhooks?All=true", OPERATOR);
    assert.equal(all.json.webhooks.length, 6);
    const foreign = await world.get(`/trunkline/v1/Webhooks?AccountSid=${ACCOUNT}`, STRANGER);
    assert.equal(foreign.json.webhooks.length, 1, "nobody but the operator sees those of others");
  });

  it("filters by message, outcome and URL", async () => {
    const world = await new World().start();
    world.webhook(1);
    world.webhook(2, { resourceSid: "SM2" }, 404);
    const count = async (query: string): Promise<number> =>
      (await world.get(`/trunkline/v1/Webhooks?${query}`)).json.webhooks.length;
    assert.equal(await count("MessageSid=SM2"), 1);
    assert.equal(await count("Outcome=4xx"), 1);
    assert.equal(await count("Outcome=failed"), 1);
    assert.equal(await count("Outcome=none"), 0);
    assert.equal(await count("Url=%2F1"), 1);
  });

  it("shows one with its requests, to its account and, unsigned, to the operator", async () => {
    const world = await new World().start();
    const sid = world.webhook(1);
    const mine = await world.get(`/trunkline/v1/Webhooks/${sid}`);
    assert.equal(mine.json.state, "over");
    assert.deepEqual(mine.json.parameters, [{ name: "MessageStatus", value: "sent" }]);
    assert.equal(mine.json.tries[0].duration_ms, 12.3);
    assert.deepEqual(mine.json.tries[0].request_headers, [{ name: "X-Twilio-Signature", value: "signed" }]);
    const other = await world.get(`/trunkline/v1/Webhooks/${sid}`, OPERATOR);
    assert.ok(!JSON.stringify(other.json).includes("signed"));
    assert.equal((await world.get(`/trunkline/v1/Webhooks/${sid}`, STRANGER)).status, 404);
    assert.equal((await world.get(`/trunkline/v1/Webhooks/WH${"9".repeat(32)}`)).status, 404);
  });

  it("shows those of all accounts to no ordinary key of the operator", async () => {
    const world = await new World().start();
    const sid = world.webhook(1);
    world.webhook(2, { accountSid: OPERATOR });
    const get = (path: string): Promise<Answer> => world.get(`/trunkline/v1/Webhooks${path}`, `${OPERATOR}:key`);
    for (const query of ["", "?All=true", `?AccountSid=${ACCOUNT}`]) {
      const { webhooks } = (await get(query)).json;
      assert.deepEqual(
        webhooks.map((one: { url: string }) => one.url.at(-1)),
        ["2"],
        query,
      );
    }
    assert.equal((await get(`/${sid}`)).status, 404);
    const replay = await world.ask("POST", `/trunkline/v1/Webhooks/${sid}/Replays`, `${OPERATOR}:key`);
    assert.equal(replay.status, 404);
  });

  it("shows signatures to nobody who only helps or pays", async () => {
    const world = await new World().start();
    const sid = world.webhook(1);
    for (const [role, isShown] of [
      ["owner", true],
      ["developer", true],
      ["support", false],
      ["billing", false],
    ] as const) {
      const { json } = await world.get(`/trunkline/v1/Webhooks/${sid}`, `${ACCOUNT}:${role}`);
      assert.equal(JSON.stringify(json).includes("signed"), isShown, role);
    }
  });

  it("sends one again as a new one that is durable, to the same URL or another", async () => {
    const world = await new World().start();
    const sid = world.webhook(1);
    const replay = await world.ask("POST", `/trunkline/v1/Webhooks/${sid}/Replays`);
    assert.equal(replay.status, 201);
    const [job] = world.queued;
    assert.equal(job?.id, replay.json.sid);
    assert.equal(job?.url, "https://user:secret@example.org/1");
    assert.equal(job?.purpose, "webhook.replay", "nobody acts on the answer");
    assert.deepEqual([job?.params, job?.replayOf], [[["MessageStatus", "sent"]], sid]);
    assert.equal((await world.get(`/trunkline/v1/Webhooks/${replay.json.sid}`)).json.state, "waiting");
    const elsewhere = { Url: "https://other.example/", PerformAnswer: "true" };
    await world.ask("POST", `/trunkline/v1/Webhooks/${sid}/Replays`, ACCOUNT, elsewhere);
    assert.deepEqual([world.queued[1]?.url, world.queued[1]?.purpose], ["https://other.example/", "message.status"]);
    const bad = await world.ask("POST", `/trunkline/v1/Webhooks/${sid}/Replays`, ACCOUNT, { Url: "ftp://x" });
    assert.equal(bad.status, 400);
    assert.equal((await world.ask("POST", `/trunkline/v1/Webhooks/${sid}/Replays`, STRANGER)).status, 404);
  });

  it("sends nothing again of what is redacted", async () => {
    const world = await new World().start();
    const sid = world.webhook(1);
    world.traces.forget(SM);
    const replay = await world.ask("POST", `/trunkline/v1/Webhooks/${sid}/Replays`);
    assert.equal(replay.status, 410);
    assert.equal(world.queued.length, 0);
  });

  it("can be watched, with filters", async () => {
    const world = await new World().start();
    world.webhook(1);
    world.webhook(2, {}, 503);
    const source = world.module.liveSources.find(({ topic }) => topic === "webhooks");
    const scope = { accountSid: ACCOUNT, everything: false };
    const ask = (query: unknown) => source?.ask({ query, cursor: undefined, scope, limit: 10 }).items.length;
    assert.equal(ask(undefined), 2);
    assert.equal(ask({ outcome: "5xx" }), 1);
    assert.throws(() => ask({ outcome: 5 }), { code: 20001 });
  });

  it("keeps what it is to send over a restart", async () => {
    const world = await new World().start();
    const request = { id: "WH1", accountSid: ACCOUNT } as WebhookReplayed["request"];
    await world.cell.commit({ kind: "webhook.replayed", request } as WebhookReplayed);
    assert.equal(world.state.jobs.get("WH1")?.createdMs, START_MS);
  });
});

describe("the errors of the debugger", () => {
  it("are grouped by code, with counts, samples and what mends them", async () => {
    const world = await new World().start();
    await world.raise(...Array.from({ length: 30 }, () => ({ resourceSid: SM })));
    await world.clock.advanceSettling(5_000);
    await world.raise({ errorCode: 30_003, level: "warning", text: "Message failed" }, { accountSid: STRANGER });
    const { status, json } = await world.get("/trunkline/v1/Debugger/Errors");
    assert.equal(status, 200);
    const [first, second, ...more] = json.errors;
    assert.deepEqual(more, []);
    assert.deepEqual([first.error_code, first.count, first.log_level], [11200, 30, "error"]);
    assert.equal(first.samples.length, 10);
    assert.equal(first.samples[0].resource_sid, SM);
    assert.ok(first.explanation.length > 20 && first.fix.length > 20);
    assert.equal(first.first_seen, "2025-01-31T12:00:00.000Z");
    assert.equal(second.last_seen, "2025-01-31T12:00:05.000Z");
    const warnings = await world.get("/trunkline/v1/Debugger/Errors?LogLevel=warning");
    assert.equal(warnings.json.errors.length, 1);
    const none = await world.get("/trunkline/v1/Debugger/Errors?StartDate=2025-01-30&EndDate=2025-01-31");
    assert.deepEqual(none.json.errors, []);
    const backwards = await world.get("/trunkline/v1/Debugger/Errors?StartDate=2025-01-31&EndDate=2025-01-30");
    assert.equal(backwards.status, 400);
  });

  it("can be watched as they are written", async () => {
    const world = await new World().start();
    await world.raise({}, { errorCode: 30_003, level: "warning" }, { accountSid: STRANGER });
    const source = world.module.liveSources.find(({ topic }) => topic === "alerts");
    const scope = { accountSid: ACCOUNT, everything: false };
    const ask = (query: unknown) => source?.ask({ query, cursor: undefined, scope, limit: 10 }).items;
    assert.equal(ask({})?.length, 2);
    assert.equal(ask({ error_code: "30003" })?.length, 1);
    assert.equal(ask({ level: "error", message: SM })?.length, 0);
  });
});

describe("the guide to errors", () => {
  it("has each code once, in full sentences", () => {
    assert.equal(new Set(GUIDED_CODES).size, GUIDED_CODES.length);
    for (const code of GUIDED_CODES) {
      const { explanation = "", fix = "" } = guideOf(code) ?? {};
      assert.match(explanation, /^[A-Z].*[.]$/s, `explanation of ${code}`);
      assert.match(fix, /^[A-Z].*[.>]$/s, `fix of ${code}`);
    }
  });

  it("has all codes of messages, webhooks and TwiML that the program declares", async () => {
    const root = new URL("../../../", import.meta.url);
    const page = await readDocs(root);
    const declared = [...page.matchAll(/^\| (\d{5}) \|/gm)].map(([, code]) => Number(code));
    // Certificates of link domains, verifications and provisioning explain themselves in their answers.
    const needed = declared.filter(
      (code) => (code >= 11_000 && code < 15_000) || (code >= 21_600 && code <= 21_628) || code >= 30_000,
    );
    const missing = [...new Set(needed)].filter((code) => guideOf(code) === undefined && !SELF_EXPLAINING.has(code));
    assert.deepEqual(missing, []);
  });
});

/** Errors that only the API answers with, about something that is being set up, and whose message says it all. */
const SELF_EXPLAINING = new Set([21615, 21628, 30116, 30117, 30118, 30119, 30129, 30436, 30437]);

/** The generated page of errors; the compiled test lies deeper than its source. */
async function readDocs(start: URL): Promise<string> {
  for (let root = start, depth = 0; depth < 6; root = new URL("../", root), depth += 1) {
    try {
      return await readFile(new URL("docs/generated/errors.md", root), "utf8");
    } catch {
      // Further up.
    }
  }
  throw new Error("docs/generated/errors.md is not there");
}
