import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { openRedis, RedisSharedRoutes } from "../../src/adapters/redis/index.ts";
import { systemClock } from "../../src/adapters/system/index.ts";
import { MemorySharedRoutes, type SharedRoutes } from "../../src/platform/cell-router/index.ts";
import { startTestRedis, withoutRedis, type TestRedis } from "../kit/redis.ts";
import { silentLogger } from "../kit/silent-logger.ts";
import { until } from "../kit/until.ts";

/** A connection that is there. It ends with the test. */
async function connected(t: TestContext, redis: TestRedis, more: { namespace?: string; url?: string } = {}) {
  const url = more.url ?? redis.url;
  // Patient, because the machine of a test may be busy.
  const patience = { commandTimeoutMs: 5_000 };
  const connection = openRedis({ clock: systemClock, logger: silentLogger, ...patience, ...more, url });
  t.after(() => connection.close());
  assert.equal(await connection.connect(10_000), true);
  return connection;
}

/** Starts a Redis that ends with the test. */
async function redisOf(t: TestContext): Promise<TestRedis> {
  const redis = await startTestRedis();
  t.after(() => redis.stop());
  return redis;
}

const adapters: Record<string, { skip: string | false; open: (t: TestContext) => Promise<SharedRoutes> }> = {
  memory: { skip: false, open: async () => new MemorySharedRoutes() },
  redis: {
    skip: withoutRedis,
    open: async (t) => new RedisSharedRoutes(await connected(t, await redisOf(t))),
  },
};

for (const [name, { skip, open }] of Object.entries(adapters)) {
  describe(`shared routes: ${name}`, { skip }, () => {
    it("give back what was put, by key and type", async (t) => {
      const routes = await open(t);
      await routes.put("AC1", "messaging", { cell: "messaging-1", epoch: 1 });
      await routes.put("AC1", "verify", { cell: "verify-1", epoch: 4 });
      await routes.put("+15005550006", "messaging", { cell: "messaging-2", epoch: Number.MAX_SAFE_INTEGER });
      assert.deepEqual(await routes.get("AC1", "messaging"), { cell: "messaging-1", epoch: 1 });
      assert.deepEqual(await routes.get("AC1", "verify"), { cell: "verify-1", epoch: 4 });
      const far = { cell: "messaging-2", epoch: Number.MAX_SAFE_INTEGER };
      assert.deepEqual(await routes.get("+15005550006", "messaging"), far);
      assert.equal(await routes.get("AC1", "async"), undefined);
      assert.equal(await routes.get("AC2", "messaging"), undefined);
    });

    it("take only what is newer", async (t) => {
      const routes = await open(t);
      const put = (cell: string, epoch: number) => routes.put("AC1", "messaging", { cell, epoch });
      await put("messaging-2", 2);
      await put("messaging-1", 1);
      await put("messaging-3", 2);
      assert.deepEqual(await routes.get("AC1", "messaging"), { cell: "messaging-2", epoch: 2 });
      await put("messaging-4", 10);
      await put("messaging-5", 9);
      assert.deepEqual(await routes.get("AC1", "messaging"), { cell: "messaging-4", epoch: 10 });
    });

    it("end with the newest of many that race", async (t) => {
      const routes = await open(t);
      const epochs = Array.from({ length: 200 }, (_, at) => ((at * 77) % 200) + 1);
      await Promise.all(epochs.map((epoch) => routes.put("AC1", "messaging", { cell: `messaging-${epoch}`, epoch })));
      assert.deepEqual(await routes.get("AC1", "messaging"), { cell: "messaging-200", epoch: 200 });
    });
  });
}

describe("shared routes in Redis", { skip: withoutRedis }, () => {
  it("expire, are apart from those of another system, and read nothing that they did not write", async (t) => {
    const redis = await redisOf(t);
    const one = await connected(t, redis, { namespace: "one:" });
    const routes = new RedisSharedRoutes(one, { ttlMs: 60_000 });
    const others = new RedisSharedRoutes(await connected(t, redis, { namespace: "two:" }));
    await routes.put("AC1", "messaging", { cell: "messaging-1", epoch: 1 });
    assert.equal(await others.get("AC1", "messaging"), undefined);
    const leftMs = (await one.run((client) => client.pttl("one:home:messaging:AC1"))) ?? 0;
    assert.ok(leftMs > 0 && leftMs <= 60_000, `${leftMs}`);
    for (const text of ["", "messaging-1", "1", "1 Messaging", "-1 messaging-1", "1 messaging-1 x"]) {
      await one.run((client) => client.set("one:home:messaging:AC1", text));
      assert.equal(await routes.get("AC1", "messaging"), undefined, text);
      await routes.put("AC1", "messaging", { cell: "messaging-2", epoch: 7 });
    }
    assert.deepEqual(await routes.get("AC1", "messaging"), { cell: "messaging-2", epoch: 7 });
  });

  it("know nothing while Redis is not there, at once and without an error, and work again when it is", async (t) => {
    const redis = await redisOf(t);
    const connection = await connected(t, redis);
    const routes = new RedisSharedRoutes(connection);
    await routes.put("AC1", "messaging", { cell: "messaging-1", epoch: 1 });
    await redis.stop();
    await until("the connection is broken", () => !connection.isReady);
    await routes.put("AC1", "messaging", { cell: "messaging-1", epoch: 1 });
    assert.equal(await routes.get("AC1", "messaging"), undefined);
    assert.equal(await connection.connect(0), false);
    const again = await startTestRedis(redis.port);
    t.after(() => again.stop());
    assert.equal(await connection.connect(20_000), true);
    await routes.put("AC1", "messaging", { cell: "messaging-1", epoch: 1 });
    assert.deepEqual(await routes.get("AC1", "messaging"), { cell: "messaging-1", epoch: 1 });
  });

  it("do not wait for a Redis that holds its connections and says nothing", async (t) => {
    const redis = await redisOf(t);
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (event: string) => void warnings.push(event) };
    const connection = openRedis({ url: redis.url, clock: systemClock, logger, maxUnderWay: 3, commandTimeoutMs: 50 });
    t.after(() => connection.close());
    assert.equal(await connection.connect(10_000), true);
    const routes = new RedisSharedRoutes(connection);
    redis.process.kill("SIGSTOP");
    const answers = Array.from({ length: 50 }, () => routes.get("AC1", "messaging"));
    assert.deepEqual(new Set(await Promise.all(answers)), new Set([undefined]));
    for (let more = 0; more < 5; more += 1) assert.equal(await routes.get("AC1", "messaging"), undefined);
    assert.deepEqual(warnings, ["redis.unreachable"]);
  });

  it("connect when first used", async (t) => {
    const redis = await redisOf(t);
    const connection = openRedis({ url: redis.url, clock: systemClock, logger: silentLogger });
    t.after(() => connection.close());
    assert.equal(connection.isReady, false);
    assert.equal(await new RedisSharedRoutes(connection).get("AC1", "messaging"), undefined);
    await until("it is connected", () => connection.isReady);
  });
});
