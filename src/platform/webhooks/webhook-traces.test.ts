import assert from "node:assert/strict";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { systemClock, systemNet } from "../../adapters/system/index.ts";
import { memoryDisk, openMemoryLog } from "../../../test/kit/memory-log.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { until } from "../../../test/kit/until.ts";
import { Cell } from "../cell/index.ts";
import { createAddressGuard, HttpClient } from "../http-client/index.ts";
import {
  LocalSender,
  maskUrl,
  MAX_TRACED_BODY_OCTETS,
  WebhookDelivery,
  webhookMachine,
  WebhookState,
  WebhookTraces,
  type Responder,
  type WebhookReplayed,
} from "./index.ts";

const ACCOUNT = `AC${"a".repeat(32)}`;
const LIFE = "0123456789ab";
const SM = `SM${"1".repeat(32)}`;

/** A webhook queue with traces, before a server that answers as a test says. */
class World {
  readonly clock = new ManualClock(Date.UTC(2025, 0, 31, 12));
  readonly traces: WebhookTraces;
  readonly http = new HttpClient({ net: systemNet, clock: systemClock });
  readonly state = new WebhookState();
  server!: Server;
  url = "";
  cell!: Cell;
  private asked = 0;

  constructor(capacity = 10) {
    this.traces = new WebhookTraces({ capacity, clock: this.clock, life: LIFE });
  }

  async start(listener: RequestListener, responder?: Responder): Promise<this> {
    this.server = createServer((request, response) => {
      request.resume();
      request.on("end", () => listener(request, response));
    });
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    const guard = createAddressGuard({ net: systemNet, clock: systemClock, allowPrivateNetworks: true });
    const { clock, state, traces } = this;
    const delivery = new WebhookDelivery({
      state,
      clock,
      logger: silentLogger,
      sender: new LocalSender({ http: this.http, guard, clock: systemClock }),
      maxInFlight: 20,
      maxInFlightPerHost: 10,
      authToken: () => Promise.resolve("token"),
      responders: () => (responder === undefined ? {} : { inbound: responder }),
      traces,
    });
    const log = await openMemoryLog(memoryDisk(1), clock);
    const machines = [
      webhookMachine(state, delivery),
      { name: "answers", tables: [], reducers: { "test.made": () => undefined } },
    ];
    this.cell = new Cell({ name: "hooks", log, clock, logger: silentLogger, machines, projectedOffsets: new Map() });
    delivery.attach(this.cell);
    await this.cell.recover();
    return this;
  }

  /** Asks for a webhook; resolves when it is over. */
  async send(path: string, more: Partial<WebhookReplayed["request"]> = {}): Promise<void> {
    this.asked += 1;
    const before = this.traces.ring.total;
    const request: WebhookReplayed["request"] = {
      id: `${SM}:${this.asked}`,
      accountSid: ACCOUNT,
      orderKey: SM,
      purpose: "message.status",
      resourceSid: SM,
      url: path.startsWith("http") ? path : this.url + path,
      method: "POST",
      params: [["MessageSid", SM]],
      ...more,
    };
    await this.cell.commit({ kind: "webhook.replayed", request } as WebhookReplayed);
    await until("the webhook is over", () => this.traces.ring.total > before && this.state.jobs.size === 0);
  }

  async end(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await this.http.close();
  }
}

describe("what is kept of webhooks", () => {
  const worlds: World[] = [];
  afterEach(() => Promise.all(worlds.splice(0).map((world) => world.end())));
  const begin = async (listener: RequestListener, responder?: Responder, capacity?: number): Promise<World> => {
    const world = await new World(capacity).start(listener, responder);
    worlds.push(world);
    return world;
  };

  it("is the request with its signature, and the answer without its cookies", async () => {
    const world = await begin((_request, response) => {
      response.writeHead(200, { "Set-Cookie": "a=secret", "X-Mine": "yes" }).end("fine");
    });
    await world.send("/status");
    const [trace] = world.traces.of(SM);
    assert.equal(trace?.delivered, true);
    assert.match(trace?.sid ?? "", /^WH[0-9a-f]{32}$/);
    assert.deepEqual(trace?.params, [["MessageSid", SM]]);
    const [one, ...more] = trace?.tries ?? [];
    assert.deepEqual(more, []);
    assert.equal(one?.status, 200);
    assert.equal(one?.atMs, world.clock.nowMs());
    const { requestHeaders = [], response } = one?.trace ?? {};
    assert.ok(requestHeaders.some(([name]) => name === "X-Twilio-Signature"));
    assert.equal(response?.body, "fine");
    assert.ok(response?.headers.some(([name, value]) => name === "x-mine" && value === "yes"));
    assert.ok(!JSON.stringify(response).includes("secret"));
    assert.equal(world.traces.find(trace?.sid ?? ""), trace);
  });

  it("has no more of an answer than its beginning", async () => {
    const world = await begin((_request, response) => response.writeHead(500).end("x".repeat(30_000)));
    await world.send("/status");
    const response = world.traces.of(SM)[0]?.tries[0]?.trace?.response;
    assert.equal(response?.body.length, MAX_TRACED_BODY_OCTETS);
    assert.equal(response?.bodyOctets, 30_000);
  });

  it("has each request of a webhook that failed and then was given to its fallback", async () => {
    const world = await begin((request, response) => {
      response.writeHead(request.url === "/broken" ? 404 : 204).end();
    });
    await world.send("/broken", { fallbackUrl: `${world.url}/fallback` });
    const [trace] = world.traces.of(SM);
    assert.deepEqual(
      trace?.tries.map(({ status, isFallback }) => [status, isFallback]),
      [
        [404, false],
        [204, true],
      ],
    );
    assert.equal(trace?.delivered, true);
    assert.equal(trace?.errorCode, 11200, "what the first URL did wrong is told");
  });

  it("says what the answer asked for", async () => {
    const responder: Responder = () => ({ kind: "done", records: [{ kind: "test.made", sid: "SM9" } as never] });
    const world = await begin((_request, response) => response.writeHead(200).end("<Response/>"), responder);
    await world.send("/inbound", { purpose: "inbound" });
    assert.deepEqual(world.traces.of(SM)[0]?.made, [{ kind: "test.made", sid: "SM9" }]);
  });

  it("is forgotten with its message", async () => {
    const world = await begin((_request, response) => response.writeHead(200).end("private"));
    await world.send("/status");
    world.traces.forget(SM);
    const [trace] = world.traces.of(SM);
    assert.equal(trace?.isForgotten, true);
    assert.deepEqual(trace?.params, []);
    assert.equal(trace?.tries[0]?.trace, undefined);
    assert.equal(trace?.tries[0]?.status, 200);
  });

  it("is the last ones, newest first, page by page", async () => {
    const world = await begin((_request, response) => response.writeHead(200).end(), undefined, 5);
    for (let n = 0; n < 8; n += 1) await world.send(`/${n}`);
    const all = world.traces.newest(() => true, { limit: 100 });
    assert.deepEqual(
      all.map(({ job }) => job.url.slice(world.url.length)),
      ["/7", "/6", "/5", "/4", "/3"],
    );
    const page = world.traces.newest(() => true, { limit: 2, before: all[1]?.sid });
    assert.deepEqual(page, all.slice(2, 4));
  });

  it("has headers and bodies of a hundred requests a second, and the status of all", async () => {
    const world = new World(200);
    for (let n = 0; n < 100; n += 1) assert.equal(world.traces.wantsFull(), true);
    assert.equal(world.traces.wantsFull(), false);
    await world.clock.advanceSettling(1_000);
    assert.equal(world.traces.wantsFull(), true);
  });

  it("of a replay has its own id as SID", async () => {
    const world = await begin((_request, response) => response.writeHead(200).end());
    const id = `WH${"7".repeat(32)}`;
    await world.send("/again", { id, orderKey: id, replayOf: "WHx" });
    assert.equal(world.traces.find(id)?.job.replayOf, "WHx");
  });
});

describe("a URL that is shown", () => {
  it("has neither user nor password", () => {
    assert.equal(maskUrl("https://user:pa@ss@example.org/a?b=c@d#e"), "https://•••@example.org/a?b=c@d#e");
    assert.equal(maskUrl("https://example.org/a@b"), "https://example.org/a@b");
    assert.equal(maskUrl("no URL"), "no URL");
    assert.equal(maskUrl("https://user@example.org"), "https://•••@example.org");
  });
});
