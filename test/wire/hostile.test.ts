/**
 * Clients that hold what they do not use: connections, heads, bodies, answers, handshakes.
 * Each test lets many of them at one front, with small limits, and asks as an honest client
 * meanwhile. 127.0.0.1 attacks; 127.0.0.2 is another client.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { test, type TestContext } from "node:test";
import * as tls from "node:tls";
import { askHealth, dial, LONG_OCTETS, startFrontWorld, usedOctets, type FrontWorld } from "../kit/front-world.ts";
import { waitFor } from "../kit/wait-for.ts";

const HONEST = "127.0.0.2";
/** What the tests may grow by, attackers included, which live in the same process. */
const MAX_GROWTH_OCTETS = 16_000_000;

/** Many connections, each of which sends the same and then does what `then` says. They end with the test. */
async function attack(t: TestContext, port: number, count: number, octets: string): Promise<Socket[]> {
  const sockets = await Promise.all(Array.from({ length: count }, () => dial(port)));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  for (const socket of sockets) if (octets !== "") socket.write(octets, "latin1");
  return sockets;
}

/** Resolves when all have ended, and to what each received. */
function ended(sockets: readonly Socket[]): Promise<string[]> {
  return Promise.all(
    sockets.map(async (socket) => {
      let received = "";
      socket.on("data", (chunk: Buffer) => (received += chunk.toString("latin1")));
      if (!socket.closed) await once(socket, "close");
      return received;
    }),
  );
}

async function assertServed(world: FrontWorld): Promise<void> {
  assert.match(await askHealth(world.port, HONEST), /^HTTP\/1\.1 200 [^]*ok\n$/);
}

test("one client has so many connections and no more, and others are served", async (t) => {
  const world = await startFrontWorld(t, { front: { unlimitedPeers: [], limits: { maxConnectionsPerPeer: 20 } } });
  const sockets = await attack(t, world.port, 50, "GET / HTTP/1.1\r\n");
  const gone = await waitFor("refusals", () => {
    const closed = sockets.filter((socket) => socket.closed).length;
    for (const socket of sockets) socket.resume();
    return closed === 30 && closed;
  });
  assert.deepEqual([gone, world.front.refused.perPeer], [30, 30]);
  await assertServed(world);
  // Who closes one may open another.
  sockets.find((socket) => !socket.closed)?.destroy();
  await waitFor("room", async () => (await askHealth(world.port)).includes("ok\n"));
});

test("without an exception for it, this machine is limited too, and with one it is not", async (t) => {
  const world = await startFrontWorld(t, { front: { limits: { maxConnectionsPerPeer: 5 } } });
  await attack(t, world.port, 20, "GET / HTTP/1.1\r\n");
  assert.match(await askHealth(world.port), /ok\n$/);
  assert.deepEqual(world.front.refused, { full: 0, perPeer: 0, slowest: 0 });
});

test("a full front turns newcomers away at once, and counts them", async (t) => {
  const world = await startFrontWorld(t, { front: { limits: { maxConnections: 10 } } });
  await attack(t, world.port, 10, "GET / HTTP/1.1\r\n");
  await waitFor("ten", () => world.server.connectionCount === 10);
  const late = await dial(world.port);
  late.resume();
  if (!late.closed) await once(late, "close");
  assert.equal(world.front.refused.full, 1);
});

for (const [what, octets] of [
  ["nothing", ""],
  ["half a method", "GE"],
  ["half a CONNECT", "CONNECT api.twilio.com:443 HTTP/1.1\r\nHost:"],
  ["half a greeting of TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"],
  ["half a preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM"],
  ["a CONNECT and then nothing", "CONNECT api.twilio.com:443 HTTP/1.1\r\n\r\n"],
] as const) {
  test(`many connections that say ${what} take nobody's place: the slowest goes for the newest`, async (t) => {
    const world = await startFrontWorld(t, { front: { limits: { maxOpening: 20, openingTimeoutMs: 60_000 } } });
    const sockets = await attack(t, world.port, 60, octets);
    await waitFor("evictions", () => {
      for (const socket of sockets) socket.resume();
      return world.front.refused.slowest >= 40;
    });
    await assertServed(world);
    const { port, authority } = world;
    const honest = tls.connect({ port, host: "127.0.0.1", servername: "api.twilio.com", ca: authority.caPem });
    honest.write("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let received = "";
    for await (const chunk of honest) received += String(chunk);
    assert.match(received, /ok\n$/);
  });
}

test("TLS handshakes that stall end", async (t) => {
  const world = await startFrontWorld(t, { front: { limits: { handshakeTimeoutMs: 50 } } });
  await ended(await attack(t, world.port, 20, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"));
  await assertServed(world);
});

test("heads that never end are answered 408, and cost little until then", async (t) => {
  const limits = { headersTimeoutMs: 300, checkIntervalMs: 20 };
  const world = await startFrontWorld(t, { http1: limits });
  const before = usedOctets();
  const sockets = await attack(t, world.port, 100, "GET / HTTP/1.1\r\nHost: a\r\n");
  const all = ended(sockets);
  // A field now and then does not win time: the limit is for the whole head.
  const drip = setInterval(() => {
    for (const socket of sockets) if (socket.writable) socket.write("X: y\r\n");
  }, 20);
  t.after(() => clearInterval(drip));
  await assertServed(world);
  assert.ok(usedOctets() - before < MAX_GROWTH_OCTETS);
  for (const received of await all) assert.match(received, /^HTTP\/1\.1 408 /);
  await waitFor("the end", () => world.server.connectionCount === 0);
});

test("bodies that never end are answered 408", async (t) => {
  const world = await startFrontWorld(t, { http1: { requestTimeoutMs: 200, checkIntervalMs: 20 } });
  const head = "POST /echo HTTP/1.1\r\nHost: a\r\n";
  const announced = await attack(t, world.port, 50, `${head}Content-Length: 60000\r\n\r\nabc`);
  const chunked = await attack(t, world.port, 50, `${head}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`);
  const all = ended([...announced, ...chunked]);
  const drip = setInterval(() => {
    for (const socket of chunked) if (socket.writable) socket.write("1\r\na\r\n");
  }, 20);
  t.after(() => clearInterval(drip));
  await assertServed(world);
  for (const received of await all) assert.match(received, /^HTTP\/1\.1 408 /);
});

test("clients that read nothing are not written to without end, nor read from", async (t) => {
  const limits = { writeTimeoutMs: 400, checkIntervalMs: 20 };
  const world = await startFrontWorld(t, { http1: limits });
  const before = usedOctets();
  const sockets = await attack(t, world.port, 20, "GET /long HTTP/1.1\r\nHost: a\r\n\r\n".repeat(90));
  for (const socket of sockets) socket.pause();
  await waitFor("requests", () => world.reached.length >= 20);
  await assertServed(world);
  // Twenty times ninety answers are 450 MiB; what is kept is what was answered before the socket was full, one body shared by all.
  const held = usedOctets() - before;
  assert.ok(held < 20 * 90 * LONG_OCTETS * 0.2, `${held} octets`);
  await waitFor("the end", () => world.server.connectionCount === 0);
});

test("heads that are too much are answered 431 and read no further", async (t) => {
  const world = await startFrontWorld(t);
  const before = usedOctets();
  const start = "GET / HTTP/1.1\r\nHost: a\r\n";
  const floods = [
    `${start}${"a: b\r\n".repeat(3_000)}`,
    `${start}X: ${"y".repeat(20_000)}`,
    `${start}${"y".repeat(20_000)}`,
    `GET /${"y".repeat(20_000)}`,
    `${start}${Array.from({ length: 300 }, (_, at) => `x${at}: 1\r\n`).join("")}\r\n`,
  ];
  for (const flood of floods) {
    const sockets = await attack(t, world.port, 20, flood);
    const all = ended(sockets);
    // They go on as long as they are let.
    const more = setInterval(() => {
      for (const socket of sockets) if (socket.writable) socket.write("y".repeat(1_000));
    }, 5);
    await assertServed(world);
    for (const received of await all) assert.match(received, /^HTTP\/1\.1 431 /);
    clearInterval(more);
  }
  assert.ok(usedOctets() - before < MAX_GROWTH_OCTETS);
});

test("connections that come and go leave nothing behind", async (t) => {
  const world = await startFrontWorld(t, { front: { unlimitedPeers: [] } });
  const before = usedOctets();
  for (let round = 0; round < 20; round += 1) {
    const sockets = await attack(t, world.port, 50, round % 2 === 0 ? "" : "GET / HT");
    for (const socket of sockets) socket.resetAndDestroy();
  }
  await waitFor("the end", () => world.server.connectionCount === 0);
  await assertServed(world);
  assert.ok(usedOctets() - before < MAX_GROWTH_OCTETS);
  assert.equal(world.front.refused.perPeer, 0);
});
