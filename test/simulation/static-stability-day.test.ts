import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { ManualClock } from "../../src/adapters/memory/index.ts";
import { systemClock, systemRandomBytes } from "../../src/adapters/system/index.ts";
import { signedCall } from "../../src/entry/fleet/signed-call.ts";
import { CellHints } from "../../src/kernel/cell-hints.ts";
import { SidMinter } from "../../src/kernel/ids.ts";
import { edgeAuthenticator, type EdgeAccountAuthenticator } from "../../src/modules/accounts/index.ts";
import { LoadingCache } from "../../src/platform/cache/index.ts";
import {
  CellRouter,
  encodeDescriptor,
  GOSSIP_DESCRIPTOR,
  SnapshotFolder,
  type HomeChange,
  type HomeTable,
  type SharedRoutes,
} from "../../src/platform/cell-router/index.ts";
import { FleetKey, signedMount, type CellDescriptor, type Home } from "../../src/platform/fleet/index.ts";
import { HttpServer } from "../../src/platform/http/index.ts";
import { Limiter } from "../../src/platform/limits/index.ts";
import type { Clock } from "../../src/platform/ports.ts";
import { SecretBox } from "../../src/platform/secrets/index.ts";
import { GossipWorld } from "../kit/gossip-world.ts";
import { seedOf } from "../kit/memory-log.ts";
import { silentLogger } from "../kit/silent-logger.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SEED = seedOf(20_261_121);
/** Slower than in life, so that a day is not millions of rounds. */
const GOSSIP_INTERVAL_MS = 30_000;
const HINTS = new CellHints(new Uint8Array(16).fill(5));
const MASTER_KEY = new Uint8Array(32).fill(9);
const TOKEN = "0123456789abcdef0123456789abcdef";
const ACCOUNTS = 60;
const REFUSED = new Error("nobody answers");

function cellOf(number: number): CellDescriptor {
  const address = { host: "127.0.0.1", port: 9_000 + number };
  const name = `messaging-${number}`;
  return { name, number, type: "messaging", tier: "smb", region: "us1", address, state: "open" };
}

/** The routing table and the Redis of a system, and a switch that takes both away. */
class Shared implements HomeTable, SharedRoutes {
  isDown = false;
  readonly homes = new Map<string, Home>();

  async find(key: string): Promise<Home | undefined> {
    this.check();
    return this.homes.get(key);
  }

  assign(): Promise<Home> {
    return Promise.reject(REFUSED);
  }

  async homesSince(): ReturnType<HomeTable["homesSince"]> {
    this.check();
    const changes = [...this.homes].map(([key, { cell, epoch }]): HomeChange => {
      return { key, type: "messaging", cell, epoch };
    });
    return { changes, cursor: "all", hasMore: false, restarted: false };
  }

  async cells(): Promise<readonly CellDescriptor[]> {
    this.check();
    return [1, 2].map(cellOf);
  }

  get(key: string): Promise<Home | undefined> {
    return Promise.resolve(this.isDown ? undefined : this.homes.get(key));
  }

  put(): Promise<void> {
    return Promise.resolve();
  }

  private check(): void {
    if (this.isDown) throw REFUSED;
  }
}

/** An edge with all that it knows by, on a network that is simulated, and accounts of three kinds. */
class Edge {
  readonly gossip = new GossipWorld(SEED, { intervalMs: GOSSIP_INTERVAL_MS });
  readonly shared = new Shared();
  readonly secrets = new SecretBox(MASTER_KEY);
  /** By account: where it is at home. */
  readonly homes = new Map<string, string>();
  readonly folder: string;
  clock!: Clock;
  router!: CellRouter;
  authenticator!: EdgeAccountAuthenticator;
  limiter!: Limiter;
  isCellDown = false;

  constructor(folder: string) {
    this.folder = folder;
    const { nowMs } = this.gossip.network.time;
    for (let index = 0; index < ACCOUNTS; index += 1) {
      const cell = { cellNumber: 1 + (index % 2), hints: HINTS };
      const isHinted = index % 3 !== 0;
      const minter = new SidMinter(
        nowMs.bind(this.gossip.network.time),
        systemRandomBytes,
        isHinted ? cell : undefined,
      );
      const sid = minter.mint("AC");
      // A third has moved to the other cell, a third is from before there were hints.
      const home = `messaging-${index % 3 === 1 ? 3 - cell.cellNumber : cell.cellNumber}`;
      this.homes.set(sid, home);
      if (index % 3 !== 2) this.shared.homes.set(sid, { cell: home, epoch: 2 });
    }
  }

  /** Starts it, for a second time as a process that has only its disk. */
  async start(skewMs = 0): Promise<void> {
    const node = await this.gossip.start("edge-us1", "us1", skewMs);
    const { clock } = this.gossip.network.host("clock of edge-us1", skewMs);
    this.clock = clock;
    this.router = new CellRouter({
      clock,
      logger: silentLogger,
      hints: HINTS,
      gossip: node,
      table: this.shared,
      shared: this.shared,
      snapshot: new SnapshotFolder(this.folder, silentLogger),
    });
    await this.settle(this.router.start());
    this.authenticator = edgeAuthenticator({
      clock,
      logger: silentLogger,
      secrets: this.secrets,
      laneOf: (sid) => this.router.peek(sid, "messaging")?.cell ?? "",
      fetchRecord: async (sid) => {
        if (this.isCellDown) throw REFUSED;
        const digests = [this.secrets.digest(TOKEN, sid)];
        return this.homes.has(sid) ? { kind: "account", sid, parentSid: null, status: "active", digests } : undefined;
      },
    });
    const rule = {
      name: "account",
      subject: "account",
      scope: "fleet",
      rate: { count: 100, windowMs: 1_000 },
    } as const;
    this.limiter = new Limiter({
      key: new Uint8Array(32).fill(1),
      settings: { rules: [rule] },
      clock,
      fleet: { gossip: node, gossipMs: GOSSIP_INTERVAL_MS },
    });
    this.limiter.start();
  }

  /** Lets virtual time pass until something has been done. */
  async settle(work: Promise<unknown>): Promise<void> {
    let isDone = false;
    void work.finally(() => (isDone = true));
    while (!isDone) await this.pass(100);
    await work;
  }

  pass(ms: number): Promise<void> {
    return this.gossip.network.time.advanceSettling(ms);
  }

  /** Every account is routed to where it is at home, authenticated, and let in. */
  async servesAll(when: string): Promise<void> {
    for (const [sid, home] of this.homes) {
      const route = await this.router.route(sid, "messaging");
      assert.equal(route?.cell, home, `${sid} ${when}`);
      assert.ok(this.router.cell(home)?.address.port, `${home} has an address ${when}`);
      const login = this.authenticator.authenticate({ username: sid, password: TOKEN });
      assert.ok((await login) !== undefined, `${sid} is known ${when}`);
      const nowMs = this.clock.monotonicMs();
      const limit = this.limiter.decide({ routeClass: "create", accountSid: sid, nowMs });
      assert.ok(limit.admitted, `${sid} is let in ${when}`);
    }
  }

  async stop(): Promise<void> {
    this.limiter.stop();
    await this.settle(this.router.stop());
    for (const node of this.gossip.nodes.values()) await node.stop();
  }
}

async function startWorld(t: TestContext, skewMs = 0): Promise<Edge> {
  const folder = await mkdtemp(join(tmpdir(), "trunkline-day-"));
  const edge = new Edge(folder);
  t.after(async () => {
    await edge.stop();
    await rm(folder, { recursive: true, force: true });
  });
  await edge.start(skewMs);
  for (const number of [1, 2]) {
    const node = await edge.gossip.start(`messaging-${number}`, "us1");
    node.set(GOSSIP_DESCRIPTOR, encodeDescriptor(cellOf(number)));
  }
  await edge.gossip.start("control", "us1");
  await edge.pass(5 * GOSSIP_INTERVAL_MS);
  assert.ok(edge.gossip.allSee("alive", ["edge-us1"], ["messaging-1", "messaging-2", "control"]));
  await edge.servesAll("at first");
  return edge;
}

/** Table, Redis, control and the credentials of the cells are out of reach, and gossip is cut. */
function cutOff(edge: Edge): void {
  edge.shared.isDown = true;
  edge.isCellDown = true;
  edge.gossip.network.partition(["edge-us1"]);
}

describe(`a day without anybody to ask, in virtual time, seed ${SEED}`, () => {
  it("an edge routes, authenticates and limits every account that it knows, for 30 hours", async (t) => {
    const edge = await startWorld(t);
    cutOff(edge);
    for (let hour = 1; hour <= 30; hour += 1) {
      await edge.pass(HOUR_MS);
      await edge.servesAll(`after ${hour} hours`);
    }
    edge.gossip.network.heal();
    edge.shared.isDown = false;
    edge.isCellDown = false;
    await edge.pass(20 * GOSSIP_INTERVAL_MS);
    assert.ok(edge.gossip.allSee("alive", ["edge-us1"], ["messaging-1", "messaging-2", "control"]), "all are back");
    await edge.servesAll("afterwards");
  });

  it("an edge that starts anew after a day of it finds every account in its snapshot, and asks their cells", async (t) => {
    const edge = await startWorld(t);
    await edge.pass(HOUR_MS);
    cutOff(edge);
    await edge.pass(DAY_MS);
    edge.limiter.stop();
    await edge.settle(edge.router.stop());
    edge.gossip.network.crash("edge-us1");
    edge.isCellDown = false;
    await edge.start();
    await edge.servesAll("after the new start");
  });

  it("a value that never expires is given for as long as it cannot be loaded", async () => {
    const clock = new ManualClock();
    let isDown = false;
    const cache = new LoadingCache<string>({
      clock,
      maxEntries: 10,
      freshMs: 5_000,
      staleMs: 30_000,
      absentMs: 1_000,
      expiry: "never",
      load: () => (isDown ? Promise.reject(REFUSED) : Promise.resolve("known")),
    });
    assert.equal(await cache.get("key"), "known");
    isDown = true;
    for (let hour = 0; hour < 25; hour += 1) {
      clock.advance(HOUR_MS);
      assert.equal(await cache.get("key"), "known");
    }
  });
});

describe("clocks that are a day apart", () => {
  for (const skewMs of [DAY_MS, -DAY_MS]) {
    const how = skewMs > 0 ? "ahead" : "behind";

    it(`an edge that is a day ${how} knows everybody, and goes on for a day without anybody to ask`, async (t) => {
      const edge = await startWorld(t, skewMs);
      cutOff(edge);
      for (let hour = 0; hour < 25; hour += 1) {
        await edge.pass(HOUR_MS);
        await edge.servesAll(`after ${hour + 1} hours`);
      }
    });

    it(`an edge that was a day ${how} is heard at once after a restart with its clock put right`, async (t) => {
      const edge = await startWorld(t, skewMs);
      edge.gossip.write("edge-us1", "edge/test", "before");
      await edge.pass(10 * GOSSIP_INTERVAL_MS);
      edge.limiter.stop();
      await edge.settle(edge.router.stop());
      edge.gossip.network.crash("edge-us1");
      await edge.start(0);
      edge.gossip.write("edge-us1", "edge/test", "after");
      await edge.pass(60 * GOSSIP_INTERVAL_MS);
      for (const id of ["messaging-1", "messaging-2", "control"]) {
        assert.equal(edge.gossip.node(id).get("edge-us1", "edge/test"), "after", id);
      }
      await edge.servesAll("after the restart");
    });

    it(`a process that is a day ${how} may read from another one, and change nothing`, async (t) => {
      const key = new FleetKey(MASTER_KEY);
      const theirs: Clock = {
        nowMs: () => systemClock.nowMs() + skewMs,
        monotonicMs: () => systemClock.monotonicMs(),
        after: (delayMs, run) => systemClock.after(delayMs, run),
      };
      const server = new HttpServer({
        clock: theirs,
        logger: silentLogger,
        minter: new SidMinter(() => systemClock.nowMs(), systemRandomBytes),
        authenticator: { authenticate: () => Promise.resolve(undefined) },
        routes: [],
        mounts: (["GET", "POST"] as const).map((method) =>
          signedMount(key, theirs, { method, path: "/thing", run: () => ({ done: method }) }),
        ),
        onBug: (error) => assert.fail(error),
      });
      const { host, port } = await server.listen({ host: "127.0.0.1", port: 0 });
      t.after(() => server.close(0));
      const ask = async (method: "GET" | "POST", by = key): Promise<number> =>
        (await signedCall(`http://${host}:${port}`, by, { method, target: "/trunkline/internal/v1/thing" })).status;
      assert.equal(await ask("GET"), 200);
      assert.equal(
        await ask("POST"),
        403,
        "what changes something needs clocks that are a quarter of an hour apart at most",
      );
      assert.equal(await ask("GET", new FleetKey(new Uint8Array(32).fill(1))), 403, "another system's key");
    });
  }
});
