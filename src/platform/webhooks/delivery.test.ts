import assert from "node:assert/strict";
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { systemClock, systemNet } from "../../adapters/system/index.ts";
import { memoryDisk, openMemoryLog, settle, type SimulatedFiles } from "../../../test/kit/memory-log.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { until } from "../../../test/kit/until.ts";
import { Cell, StateTable, type CellRecord, type Machine } from "../cell/index.ts";
import { createAddressGuard, HttpClient } from "../http-client/index.ts";
import type { ChargePosted } from "../spending/index.ts";
import {
  LocalSender,
  ThreadSender,
  WebhookDelivery,
  WebhookState,
  webhookMachine,
  type AlertRaised,
  type Responder,
  type Sender,
  type SendRequest,
  type WebhookRequested,
} from "./index.ts";
import { signTwilioRequest } from "./signature.ts";

const ACCOUNT = `AC${"a".repeat(32)}`;
const TOKEN = "0123456789abcdef0123456789abcdef";

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly params: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

type Answer = number | { status?: number; body?: string; type?: string; location?: string } | "hold" | "drop";
type Asked = CellRecord & { readonly request: WebhookRequested };

/** A customer's server that answers as a test says, and remembers. */
class Customer {
  readonly seen: Seen[] = [];
  readonly held: ServerResponse[] = [];
  answer: (seen: Seen) => Answer = () => 200;
  url = "";
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (text: string) => (body += text));
      request.on("end", () => {
        const { method = "", url = "", headers } = request;
        const { searchParams } = new URL(url, "http://x");
        const seen = {
          method,
          path: url,
          params: method === "POST" ? new URLSearchParams(body) : searchParams,
          headers,
        };
        this.seen.push(seen);
        this.reply(response, this.answer(seen));
      });
    });
  }

  private reply(response: ServerResponse, answer: Answer): void {
    if (answer === "hold") return void this.held.push(response);
    if (answer === "drop") return void response.destroy();
    const { status = 200, body = "", type, location } = typeof answer === "number" ? { status: answer } : answer;
    if (type !== undefined) response.setHeader("Content-Type", type);
    if (location !== undefined) response.setHeader("Location", location);
    response.writeHead(status).end(body);
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get paths(): string[] {
    return this.seen.map(({ path }) => path);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** A product that asks for webhooks, listens for alerts, and takes what answers ask for. */
class Product {
  readonly replies = new StateTable<{ text: string }>("replies", { projected: false });
  readonly alerts: AlertRaised[] = [];
  readonly charges: ChargePosted[] = [];

  machine(): Machine {
    return {
      name: "product",
      tables: [this.replies] as readonly unknown[] as Machine["tables"],
      reducers: {
        "test.asked": (record: Asked, context) => context.emit(record.request),
        "test.replied": (record: CellRecord & { sid: string; text: string }) => {
          assert.ok(!this.replies.has(record.sid), `${record.sid} is asked for once`);
          this.replies.put(record.sid, { text: record.text });
        },
      },
      listeners: {
        "alert.raised": (fact: AlertRaised) => void this.alerts.push(fact),
        "charge.posted": (fact: ChargePosted) => void this.charges.push(fact),
      },
    };
  }
}

interface Tuning {
  readonly responder?: Responder;
  readonly authToken?: (sid: string) => Promise<string | undefined>;
  readonly maxInFlightPerHost?: number;
  readonly inThread?: boolean;
  readonly repeatPrice?: (accountSid: string) => { readonly micros: number; readonly currency: string };
}

/** The test of the senders is also what their thread runs; whatever the ending of this file's name is, it has the same. */
const THREAD = new URL(import.meta.url.replace(/delivery\.test(?=\.\w+$)/, "sender.test"));

/** A request that fails at once. */
const NOWHERE: SendRequest = {
  webhookId: "",
  url: "no URL",
  method: "GET",
  params: [],
  authToken: "",
  leftMs: 10_000,
  wantsBody: false,
};

/** A process with a webhook queue. */
class Life {
  readonly clock = new ManualClock();
  readonly state = new WebhookState();
  readonly product = new Product();
  readonly http = new HttpClient({ net: systemNet, clock: systemClock });
  sender!: Sender;
  delivery!: WebhookDelivery;
  cell!: Cell;

  static async start(files: SimulatedFiles, tuning: Tuning = {}): Promise<Life> {
    const life = new Life();
    const { clock, state } = life;
    const { responder } = tuning;
    life.sender = tuning.inThread === true ? life.threadSender() : life.localSender();
    // The clock of the test does not wait for a thread that is still starting.
    await new Promise((ready) => life.sender.send(NOWHERE, ready));
    life.delivery = new WebhookDelivery({
      state,
      clock,
      logger: silentLogger,
      sender: life.sender,
      maxInFlight: 20,
      maxInFlightPerHost: tuning.maxInFlightPerHost ?? 10,
      authToken: tuning.authToken ?? ((sid) => Promise.resolve(sid === ACCOUNT ? TOKEN : undefined)),
      responders: () => (responder === undefined ? {} : { test: responder }),
      ...(tuning.repeatPrice === undefined ? {} : { repeatPrice: tuning.repeatPrice }),
    });
    const log = await openMemoryLog(files, clock);
    const machines = [life.product.machine(), webhookMachine(state, life.delivery)];
    life.cell = new Cell({ name: "hooks", log, clock, logger: silentLogger, machines, projectedOffsets: new Map() });
    life.delivery.attach(life.cell);
    await life.cell.recover();
    return life;
  }

  private localSender(): Sender {
    const guard = createAddressGuard({ net: systemNet, clock: systemClock, allowPrivateNetworks: true });
    return new LocalSender({ http: this.http, guard, clock: this.clock });
  }

  private threadSender(): Sender {
    const setup = { allowPrivateNetworks: true, maxConnections: 20, maxConnectionsPerHost: 10 };
    return new ThreadSender({ entry: THREAD, setup, clock: systemClock, logger: silentLogger });
  }

  async end(): Promise<void> {
    await this.sender.close();
    await this.http.close();
  }

  ask(id: string, url: string, more: Partial<WebhookRequested> = {}): Promise<unknown> {
    const request: WebhookRequested = {
      kind: "webhook.requested",
      id,
      accountSid: ACCOUNT,
      orderKey: id,
      purpose: "test",
      resourceSid: `SM${"b".repeat(32)}`,
      url,
      method: "POST",
      params: [
        ["Body", "naïve + ☃"],
        ["To", "+447700900123"],
      ],
      ...more,
    };
    return this.cell.commit({ kind: "test.asked", request } as Asked, "progress");
  }

  /** Waits until every webhook is over, letting the pauses between repetitions pass. */
  async done(stepMs = 50): Promise<void> {
    await until("all webhooks are over", () => {
      this.clock.advance(stepMs);
      return this.state.jobs.size === 0;
    });
  }
}

for (const inThread of [false, true]) describeWebhooks(inThread);

function describeWebhooks(inThread: boolean): void {
  describe(inThread ? "webhooks that a thread of their own sends" : "webhooks", () => {
    let customer: Customer;
    let files: SimulatedFiles;
    let lives: Life[];

    beforeEach(async () => {
      customer = new Customer();
      await customer.start();
      files = memoryDisk();
      lives = [];
    });
    afterEach(async () => {
      await Promise.all(lives.map((life) => life.end()));
      await customer.stop();
    });

    async function start(tuning: Tuning = {}): Promise<Life> {
      const life = await Life.start(files, { ...tuning, inThread });
      lives.push(life);
      return life;
    }

    /** Kills the process: nothing more of it becomes durable, and another one starts. */
    async function restart(tuning: Tuning = {}): Promise<Life> {
      files.crashed = true;
      await settle(3);
      files = files.afterPowerCut();
      return start(tuning);
    }

    it("carry a signed form, or a signed query, and an idempotency token", async () => {
      const life = await start();
      await life.ask("a", `${customer.url}/hook?x=1#rc=2`);
      await life.ask("b", `${customer.url}/hook?x=1`, { method: "GET" });
      await life.done();
      const [post, get] = customer.seen.toSorted((a, b) => (a.method < b.method ? 1 : -1));
      assert.equal(post?.path, "/hook?x=1");
      assert.equal(post?.headers["content-type"], "application/x-www-form-urlencoded; charset=UTF-8");
      assert.equal(post?.params.get("Body"), "naïve + ☃");
      const params = [...(post?.params ?? [])] as [string, string][];
      const signed = signTwilioRequest({ authToken: TOKEN, url: `${customer.url}/hook?x=1`, params });
      assert.equal(post?.headers["x-twilio-signature"], signed.signature);
      assert.equal(get?.params.get("Body"), "naïve + ☃");
      const { signature } = signTwilioRequest({ authToken: TOKEN, url: customer.url + (get?.path ?? "") });
      assert.equal(get?.headers["x-twilio-signature"], signature);
      for (const seen of [post, get]) {
        assert.match(
          String(seen?.headers["i-twilio-idempotency-token"]),
          /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/,
        );
      }
      assert.deepEqual(life.delivery.status(), { waiting: 0, inFlight: 0, delivered: 2, failed: 0 });
    });

    it("of one order key come one after the other, those of others do not wait for them", async () => {
      const life = await start();
      customer.answer = ({ path }) => (path === "/a1" ? "hold" : 200);
      for (const n of [1, 2, 3]) await life.ask(`a${n}`, `${customer.url}/a${n}`, { orderKey: "a" });
      await life.ask("b1", `${customer.url}/b1`, { orderKey: "b" });
      await until("the other one is there", () => customer.paths.includes("/b1"));
      await until("the first one is there", () => customer.held.length === 1);
      assert.deepEqual(customer.paths.toSorted(), ["/a1", "/b1"]);
      customer.held[0]?.end();
      await life.done();
      assert.deepEqual(
        customer.paths.filter((path) => path.startsWith("/a")),
        ["/a1", "/a2", "/a3"],
      );
    });

    it("are repeated as their URL says, with one token, and then fail with an alert", async () => {
      const life = await start();
      customer.answer = () => 503;
      await life.ask("a", `${customer.url}/hook#rc=3&rp=5xx`);
      await life.ask("b", `${customer.url}/other#rc=3&rp=4xx`);
      await life.done();
      assert.equal(customer.paths.filter((path) => path === "/hook").length, 4);
      assert.equal(customer.paths.filter((path) => path === "/other").length, 1);
      const tokens = customer.seen.map(
        ({ path, headers }) => `${path} ${String(headers["i-twilio-idempotency-token"])}`,
      );
      assert.equal(new Set(tokens).size, 2);
      assert.deepEqual(
        life.product.alerts.map(({ errorCode, level, responseStatus }) => [errorCode, level, responseStatus]),
        [
          [11200, "error", 503],
          [11200, "error", 503],
        ],
      );
      assert.deepEqual(life.delivery.status(), { waiting: 0, inFlight: 0, delivered: 0, failed: 2 });
    });

    it("are billed for what was repeated, once each, whether they succeed or not", async () => {
      const life = await start({ repeatPrice: () => ({ micros: 40, currency: "USD" }) });
      const isMended = (): boolean => customer.paths.filter((path) => path === "/mends").length > 3;
      customer.answer = ({ path }) => (path === "/plain" || isMended() ? 200 : 503);
      await life.ask("a", `${customer.url}/hook#rc=2&rp=5xx`);
      await life.done();
      await life.ask("b", `${customer.url}/mends#rc=5&rp=5xx`);
      await life.ask("c", `${customer.url}/plain`);
      await life.done();
      const charged = life.product.charges.flatMap(({ lines }) => lines);
      assert.deepEqual(
        charged.map(({ id, amountMicros, count }) => [id, amountMicros, count]),
        [
          ["a:repeat-1", 40, 1],
          ["a:repeat-2", 40, 1],
          ["b:repeat-1", 40, 1],
          ["b:repeat-2", 40, 1],
          ["b:repeat-3", 40, 1],
        ],
      );
    });

    it("tell the account of overrides that nobody understands, and are delivered without them", async () => {
      const life = await start();
      await life.ask("a", `${customer.url}/hook#rp=sometimes`);
      await life.done();
      assert.deepEqual(customer.paths, ["/hook"]);
      assert.deepEqual(
        life.product.alerts.map(({ errorCode, level }) => [errorCode, level]),
        [[11243, "warning"]],
      );
    });

    it("are not repeated beyond their total time", async () => {
      const life = await start();
      customer.answer = () => 503;
      await life.ask("a", `${customer.url}/hook#rc=5&rp=5xx&tt=1000`);
      await life.done(20);
      // After 200 and 400 ms of pauses the next one, of 800 ms, would end too late.
      assert.equal(customer.seen.length, 3);
    });

    it("that nobody answers are repeated once, and go to the fallback URL with the reason", async () => {
      const life = await start();
      const dead = new Customer();
      await dead.start();
      await dead.stop();
      await life.ask("a", `${dead.url}/hook`, { fallbackUrl: `${customer.url}/fallback`, fallbackMethod: "GET" });
      await life.ask("b", `${customer.url}/none`, { fallbackUrl: `${customer.url}/fallback` });
      customer.answer = ({ path }) => (path === "/none" ? 404 : 200);
      await life.done();
      const get = customer.seen.find(({ method }) => method === "GET");
      assert.equal(get?.params.get("ErrorCode"), "11205");
      assert.equal(get?.params.get("ErrorUrl"), `${dead.url}/hook`);
      assert.equal(get?.params.get("To"), "+447700900123");
      const post = customer.seen.find(({ method, path }) => method === "POST" && path === "/fallback");
      assert.deepEqual(
        [post?.params.get("ErrorCode"), post?.params.get("ErrorUrl")],
        ["11200", `${customer.url}/none`],
      );
      assert.deepEqual(life.product.alerts.map(({ errorCode, level }) => `${errorCode} ${level}`).toSorted(), [
        "11200 warning",
        "11205 warning",
      ]);
      assert.equal(life.delivery.status().delivered, 2);
    });

    it("end together with what their answers ask for", async () => {
      const responder: Responder = (job, answer) => ({
        kind: "done",
        records: [{ kind: "test.replied", sid: `reply to ${job.id}`, text: answer.body } as CellRecord],
      });
      const life = await start({ responder });
      customer.answer = () => ({ body: "<Response/>", type: "text/xml" });
      for (let n = 0; n < 5; n += 1) await life.ask(`a${n}`, `${customer.url}/hook`);
      await life.done();
      assert.equal(life.product.replies.size, 5);
      const next = await restart({ responder });
      assert.equal(next.state.jobs.size, 0);
      assert.equal(next.product.replies.size, 5);
      assert.equal(customer.seen.length, 5);
    });

    it("are sent again after a crash before their end was durable, with the same token, and what they ask for happens once", async () => {
      const responder: Responder = (job) => ({
        kind: "done",
        records: [{ kind: "test.replied", sid: `reply to ${job.id}`, text: "" } as CellRecord],
      });
      const life = await start({ responder });
      customer.answer = () => "hold";
      await life.ask("a1", `${customer.url}/hook`, { orderKey: "a" });
      await life.ask("a2", `${customer.url}/hook`, { orderKey: "a" });
      await until("it is under way", () => customer.held.length === 1);
      files.plan = ({ name }) => (name === "write" ? "ENOSPC" : undefined);
      customer.held[0]?.end();
      await until("it was answered", () => life.delivery.status().delivered === 1);
      assert.equal(life.product.replies.size, 0);
      customer.answer = () => 200;
      const next = await restart({ responder });
      await next.done();
      assert.equal(customer.seen.length, 3);
      const tokens = customer.seen.map(({ headers }) => headers["i-twilio-idempotency-token"]);
      assert.equal(tokens[0], tokens[1]);
      assert.notEqual(tokens[1], tokens[2]);
      assert.equal(next.product.replies.size, 2);
    });

    it("go on in order after a restart, from a checkpoint too", async () => {
      const life = await start();
      customer.answer = () => "hold";
      for (const n of [1, 2, 3]) await life.ask(`a${n}`, `${customer.url}/a${n}`, { orderKey: "a" });
      await until("the first one is under way", () => customer.held.length === 1);
      await life.cell.checkpoint();
      for (const n of [4, 5]) await life.ask(`a${n}`, `${customer.url}/a${n}`, { orderKey: "a" });
      customer.answer = () => 200;
      const next = await restart();
      await next.done();
      assert.deepEqual(customer.paths, ["/a1", "/a1", "/a2", "/a3", "/a4", "/a5"]);
    });

    it("end orderly: what is under way is finished and kept, what waits is sent after the next start", async () => {
      const life = await start({ maxInFlightPerHost: 1 });
      customer.answer = () => "hold";
      for (let n = 0; n < 5_000; n += 1) void life.ask(`a${n}`, `${customer.url}/a${n}`);
      await until("one is under way", () => customer.held.length === 1);
      const closing = life.delivery.close();
      customer.held[0]?.end();
      await closing;
      await life.cell.close();
      assert.equal(customer.seen.length, 1);
      assert.equal(life.state.jobs.size, 4_999);
    });

    it("to a dead host are given up at once, while others are delivered", async () => {
      const life = await start();
      const dead = new Customer();
      await dead.start();
      await dead.stop();
      for (let n = 0; n < 60; n += 1) await life.ask(`dead${n}`, `${dead.url}/hook#rc=0`);
      await life.done();
      const texts = life.product.alerts.map(({ text }) => text);
      const refused = texts.filter((text) => text.includes("too often"));
      assert.ok(refused.length > 0 && refused.length <= 10, `${refused.length} were not tried`);
      await life.ask("more", `${dead.url}/hook#rc=0`);
      await life.ask("other", `${customer.url}/hook`);
      await life.done();
      assert.match(life.product.alerts.at(-1)?.text ?? "", /too often/);
      assert.equal(customer.seen.length, 1);
    });

    it("wait while it cannot be told what to sign them with, and fail where there is no such account", async () => {
      let failures = 3;
      const life = await start({
        authToken: (sid) => {
          if (sid !== ACCOUNT) return Promise.resolve(undefined);
          failures -= 1;
          return failures >= 0 ? Promise.reject(new Error("the database is down")) : Promise.resolve(TOKEN);
        },
      });
      await life.ask("a", `${customer.url}/hook`);
      await life.ask("b", `${customer.url}/hook`, { accountSid: `AC${"0".repeat(32)}` });
      await life.done();
      assert.equal(customer.seen.length, 1);
      assert.deepEqual(
        life.product.alerts.map(({ errorCode }) => errorCode),
        [20005],
      );
    });

    it("follow redirects by TwiML with a bound, and keep what was asked for on the way", async () => {
      let answers = 0;
      const responder: Responder = (job, answer) => {
        answers += 1;
        const record = { kind: "test.replied", sid: `${job.id} ${answers}`, text: "" } as CellRecord;
        if (answer.body === "end") return { kind: "done", records: [] };
        return { kind: "redirect", url: `${customer.url}/${answer.body}`, method: "POST", records: [record] };
      };
      const life = await start({ responder });
      customer.answer = ({ path }) => ({ body: path === "/1" ? "2" : path === "/2" ? "end" : "loop" });
      await life.ask("a", `${customer.url}/1`);
      await life.done();
      assert.deepEqual(customer.paths, ["/1", "/2"]);
      assert.equal(life.product.replies.size, 1);
      await life.ask("b", `${customer.url}/loop`, { params: [] });
      await until("it is given up", () => life.delivery.status().failed === 1);
      assert.equal(customer.seen.length, 2 + 11);
    });
  });
}
