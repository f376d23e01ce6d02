/** What holds for every sender, and for the thread alone. This file is also what the thread runs: see the end. */
import assert from "node:assert/strict";
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, it } from "node:test";
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { ManualClock } from "../../adapters/memory/index.ts";
import { systemClock, systemNet } from "../../adapters/system/index.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { until } from "../../../test/kit/until.ts";
import { createAddressGuard, HttpClient } from "../http-client/index.ts";
import type { LogFields, Logger, Net } from "../ports.ts";
import {
  LocalSender,
  runSendThread,
  ThreadSender,
  type AttemptResult,
  type Sender,
  type SendRequest,
  type SendThreadSetup,
} from "./index.ts";
import { signTwilioRequest } from "./signature.ts";

const TOKEN = "0123456789abcdef0123456789abcdef";
const SETUP: SendThreadSetup = { allowPrivateNetworks: true, maxConnections: 100, maxConnectionsPerHost: 50 };

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

/** A server that answers by path. */
class Customer {
  readonly seen: Seen[] = [];
  readonly held: ServerResponse[] = [];
  url = "";
  private readonly server: Server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      this.seen.push({ method, path: url, body, headers });
      this.answer(url, response);
    });
  });

  private answer(path: string, response: ServerResponse): void {
    if (path.startsWith("/hold")) return void this.held.push(response);
    if (path.startsWith("/drop")) return void response.destroy();
    if (path.startsWith("/moved")) return void response.writeHead(307, { Location: "/final?é=1" }).end();
    if (path.startsWith("/round")) return void response.writeHead(302, { Location: path }).end();
    if (path.startsWith("/huge")) return void response.end("x".repeat(70_000));
    if (path.startsWith("/bad")) return void response.writeHead(404).end("☃".repeat(2_000));
    response.setHeader("Content-Type", "Text/XML; charset=utf-8").end("<Response>naïve ☃</Response>");
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function requestTo(url: string, more: Partial<SendRequest> = {}): SendRequest {
  return {
    webhookId: `SM${"b".repeat(32)}:sent`,
    url,
    method: "POST",
    params: [
      ["Body", "naïve + ☃"],
      ["To", "+447700900123"],
    ],
    authToken: TOKEN,
    leftMs: 10_000,
    wantsBody: true,
    ...more,
  };
}

function send(sender: Sender, request: SendRequest): Promise<AttemptResult> {
  return new Promise((done) => sender.send(request, done));
}

/** Remembers what is logged. */
class LoggedLines implements Logger {
  readonly lines: { event: string; fields: LogFields }[] = [];
  debug(): void {}
  info(): void {}
  warn(): void {}
  error(event: string, fields: LogFields = {}): void {
    this.lines.push({ event, fields });
  }
  child(): Logger {
    return this;
  }
}

/** A sender and how it is ended. */
function openSender(kind: "local" | "thread", setup: SendThreadSetup = SETUP): Sender {
  if (kind === "thread") {
    return new ThreadSender({ entry: new URL(import.meta.url), setup, clock: systemClock, logger: silentLogger });
  }
  const http = new HttpClient({ net: systemNet, clock: systemClock });
  const { allowPrivateNetworks } = setup;
  const guard = createAddressGuard({ net: systemNet, clock: systemClock, allowPrivateNetworks });
  const sender = new LocalSender({ http, guard, clock: systemClock });
  return { send: (request, done) => sender.send(request, done), close: () => http.close() };
}

function describeSender(kind: "local" | "thread"): void {
  describe(`a ${kind} sender`, () => {
    let customer: Customer;
    let sender: Sender;

    beforeEach(async () => {
      customer = new Customer();
      await customer.start();
      sender = openSender(kind);
    });
    afterEach(async () => {
      await sender.close();
      await customer.stop();
    });

    it("signs, names the webhook, and brings the answer", async () => {
      const url = `${customer.url}/hook?x=1`;
      const result = await send(sender, requestTo(`${url}#rc=2`));
      const answer = { status: 200, contentType: "text/xml", body: "<Response>naïve ☃</Response>" };
      assert.deepEqual(result, { kind: "answer", answer, url });
      const [seen] = customer.seen;
      const params = [...new URLSearchParams(seen?.body)] as [string, string][];
      assert.deepEqual(params, requestTo("").params);
      const { signature } = signTwilioRequest({ authToken: TOKEN, url, params });
      assert.equal(seen?.headers["x-twilio-signature"], signature);
      assert.match(String(seen?.headers["i-twilio-idempotency-token"]), /^[0-9a-f-]{36}$/);
    });

    it("leaves out what nobody reads", async () => {
      const result = await send(sender, requestTo(`${customer.url}/hook`, { method: "GET", wantsBody: false }));
      assert.deepEqual(result, { kind: "answer", answer: { status: 200, contentType: "", body: "" }, url: "" });
      assert.match(customer.seen[0]?.path ?? "", /^\/hook\?Body=na%C3%AFve/);
    });

    it("follows redirects, each signed for its own address, and not for ever", async () => {
      const result = await send(sender, requestTo(`${customer.url}/moved`));
      const [first, second] = customer.seen;
      assert.equal(result.kind === "answer" ? result.url : "", `${customer.url}${second?.path}`);
      assert.notEqual(first?.headers["x-twilio-signature"], second?.headers["x-twilio-signature"]);
      assert.equal(first?.body, second?.body);
      const round = await send(sender, requestTo(`${customer.url}/round`));
      assert.equal(round.kind === "failed" && round.errorCode, 11215);
    });

    it("tells failures apart, with no more of an answer than an alert shows", async () => {
      const failure = async (url: string, more: Partial<SendRequest> = {}): Promise<unknown[]> => {
        const result = await send(sender, requestTo(url, more));
        assert.ok(result.kind === "failed");
        return [result.errorCode, result.retryable, result.hostDown, result.status, result.body?.length];
      };
      const dead = new Customer();
      await dead.start();
      await dead.stop();
      assert.deepEqual(await failure(`${customer.url}/bad`), [11200, "4xx", false, 404, 1_024]);
      assert.deepEqual(await failure(`${customer.url}/drop`), [11200, "rt", true, undefined, undefined]);
      assert.deepEqual(await failure(`${customer.url}/huge`), [11750, undefined, false, undefined, undefined]);
      assert.deepEqual(await failure(`${dead.url}/`), [11205, "ct", true, undefined, undefined]);
      assert.deepEqual(await failure("no URL"), [11200, undefined, false, undefined, undefined]);
      assert.deepEqual(await failure(`${customer.url}/hold#rt=100`), [11200, "rt", true, undefined, undefined]);
      const late = await failure(`${customer.url}/hold`, { leftMs: 50 });
      assert.deepEqual(late, [11203, "rt", true, undefined, undefined]);
    });

    it("goes to no address that it may not", async () => {
      const guarded = openSender(kind, { ...SETUP, allowPrivateNetworks: false });
      const result = await send(guarded, requestTo(`${customer.url}/hook`));
      await guarded.close();
      assert.equal(result.kind === "failed" && result.errorCode, 11200);
      assert.equal(customer.seen.length, 0);
    });

    it("answers every one of a thousand requests of one turn once", async () => {
      const ended = Array.from({ length: 1_000 }, () => 0);
      await Promise.all(
        ended.map(async (_, n) => {
          const { length } = `${n}`;
          const params: [string, string][] = Array.from({ length }, (_, at) => [`p${at}`, String(n)]);
          const result = await send(sender, requestTo(`${customer.url}/hook`, { params, wantsBody: n % 2 === 0 }));
          assert.ok(result.kind === "answer" && (result.answer.body === "") === (n % 2 === 1));
          ended[n] = (ended[n] ?? 0) + 1;
        }),
      );
      assert.ok(ended.every((count) => count === 1));
      const bodies = new Set(customer.seen.map(({ body }) => body));
      assert.equal(bodies.size, 1_000);
    });

    it("gives up what is under way when it closes", async () => {
      const waiting = send(sender, requestTo(`${customer.url}/hold`));
      await until("it is under way", () => customer.held.length === 1);
      await sender.close();
      const result = await waiting;
      assert.ok(result.kind === "failed" && result.status === undefined);
      const after = await send(sender, requestTo(`${customer.url}/hook`));
      assert.equal(after.kind, "failed");
      assert.equal(customer.seen.length, 1);
    });
  });
}

function describeThread(): void {
  describe("the sending thread", () => {
    let customer: Customer;
    let logger: LoggedLines;
    let clock: ManualClock;
    let sender: ThreadSender;

    beforeEach(async () => {
      customer = new Customer();
      await customer.start();
      logger = new LoggedLines();
      clock = new ManualClock();
      sender = new ThreadSender({ entry: new URL(import.meta.url), setup: SETUP, clock, logger });
    });
    afterEach(async () => {
      await sender.close();
      await customer.stop();
    });

    for (const way of ["throws", "exits"]) {
      it(`is started again when it ${way}; what it had is a broken connection, what came later is sent`, async () => {
        const held = send(sender, requestTo(`${customer.url}/hold`));
        await until("it is under way", () => customer.held.length === 1);
        const fatal = await send(sender, requestTo(`http://${way}.test/`));
        for (const result of [fatal, await held]) {
          assert.ok(result.kind === "failed");
          assert.deepEqual([result.errorCode, result.retryable, result.hostDown], [11205, "ct", undefined]);
        }
        assert.equal(sender.inThread, 0);
        const later = send(sender, requestTo(`${customer.url}/hook`));
        clock.advance(99);
        assert.equal(sender.inThread, 0);
        clock.advance(1);
        assert.equal((await later).kind, "answer");
        const ended = logger.lines.find(({ event }) => event === "webhook.thread-ended");
        assert.deepEqual([ended?.fields["lost"], ended?.fields["restartMs"]], [2, 100]);
        assert.ok(!JSON.stringify(logger.lines).includes(TOKEN), "the log tells no secret");
      });
    }

    it("waits twice as long each time it ends without having brought anything", async () => {
      for (let n = 0; n < 3; n += 1) {
        await send(sender, requestTo("http://throws.test/"));
        clock.advance(400);
      }
      const waits = logger.lines.filter(({ event }) => event === "webhook.thread-ended");
      assert.deepEqual(
        waits.map(({ fields }) => fields["restartMs"]),
        [100, 200, 400],
      );
      assert.equal((await send(sender, requestTo(`${customer.url}/hook`))).kind, "answer");
      await send(sender, requestTo("http://throws.test/"));
      assert.equal(logger.lines.at(-1)?.fields["restartMs"], 100);
    });

    it("is ended when it is stuck", async () => {
      const stuck = send(sender, requestTo("http://hangs.test/"));
      await until("the thread has it", () => sender.inThread === 1);
      clock.advance(15_000);
      assert.equal(sender.inThread, 1);
      clock.advance(5_000);
      assert.equal((await stuck).kind, "failed");
      assert.deepEqual(
        logger.lines.map(({ event }) => event),
        ["webhook.thread-stuck", "webhook.thread-ended"],
      );
      clock.advance(100);
      assert.equal((await send(sender, requestTo(`${customer.url}/hook`))).kind, "answer");
    });

    it("does not come back after it was closed while it was away", async () => {
      await send(sender, requestTo("http://exits.test/"));
      const waiting = send(sender, requestTo(`${customer.url}/hook`));
      await sender.close();
      assert.equal((await waiting).kind, "failed");
      assert.equal(customer.seen.length, 0);
    });
  });
}

/** The system's network with names that end the thread which looks them up, or hold it. */
const deadlyNet: Net = {
  ...systemNet,
  resolve: (name) => {
    if (name === "exits.test") process.exit(3);
    if (name === "hangs.test") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    if (name === "throws.test") {
      setImmediate(() => {
        throw new Error(`something that quotes ${TOKEN}`);
      });
      return new Promise(() => {});
    }
    return systemNet.resolve(name);
  },
};

if (isMainThread) {
  describeSender("local");
  describeSender("thread");
  describeThread();
} else {
  assert.ok(parentPort !== null);
  runSendThread({ port: parentPort, setup: workerData as SendThreadSetup, net: deadlyNet, clock: systemClock });
}
