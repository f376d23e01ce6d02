/** WebSockets through the front, with a client that we did not write, and with octets that no client would send. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import * as tls from "node:tls";
import { WebSocket, type ClientOptions } from "ws";
import { systemClock } from "../../src/adapters/system/index.ts";
import { Pipeline, type LimitedRequest } from "../../src/platform/edge/index.ts";
import { HttpServer } from "../../src/platform/http/index.ts";
import { WebSocketDoor, type TextSocket, type WebSocketLimits } from "../../src/platform/websocket/index.ts";
import { dial, startFrontWorld, type FrontWorld } from "../kit/front-world.ts";
import { silentLogger } from "../kit/silent-logger.ts";
import { until } from "../kit/until.ts";

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

interface World extends FrontWorld {
  readonly door: WebSocketDoor;
  /** The open sockets, and what came over them. */
  readonly sockets: TextSocket[];
  readonly texts: string[];
  connect(more?: ClientOptions): Client;
}

interface Client {
  readonly ws: WebSocket;
  readonly texts: string[];
  opened(): Promise<void>;
  /** The code of the close frame, or the status of the answer. */
  ended(): Promise<number>;
}

/** `/live` echoes texts; who sends `X-Session` is known by it. */
async function start(t: TestContext, limits: WebSocketLimits = {}): Promise<World> {
  const door = new WebSocketDoor({ clock: systemClock, limits: { closeTimeoutMs: 200, ...limits } });
  const sockets: TextSocket[] = [];
  const texts: string[] = [];
  const mount = door.mount({
    path: "/live",
    admit: async ({ request }) => {
      const key = request.headers["x-session"];
      return typeof key === "string" ? { key, who: key } : undefined;
    },
    onSocket: (socket, who) => {
      sockets.push(socket);
      socket.send(`hello ${who}`);
      socket.onText((text) => {
        texts.push(text);
        socket.send(text);
      });
    },
  });
  const world = await startFrontWorld(t, { mounts: [mount] });
  t.after(() => door.close());
  const client = (more: ClientOptions = {}): Client => {
    const isTls = more.ca !== undefined;
    const url = isTls ? `wss://localhost:${world.port}/live` : `ws://127.0.0.1:${world.port}/live`;
    const ws = new WebSocket(url, {
      origin: isTls ? `https://localhost:${world.port}` : `http://127.0.0.1:${world.port}`,
      headers: { "X-Session": "CS1" },
      ...more,
    });
    t.after(() => ws.terminate());
    return clientOf(ws);
  };
  return { ...world, door, sockets, texts, connect: client };
}

function clientOf(ws: WebSocket): Client {
  const texts: string[] = [];
  ws.on("message", (data: Buffer) => texts.push(data.toString()));
  ws.on("error", () => undefined);
  const ended = new Promise<number>((resolve) => {
    ws.on("unexpected-response", (request, response) => {
      resolve(response.statusCode ?? 0);
      request.destroy();
    });
    ws.on("close", resolve);
  });
  return { ws, texts, opened: () => once(ws, "open").then(() => undefined), ended: () => ended };
}

/** A handshake by hand; `undefined` leaves a field out. */
function handshake(world: World, more: Readonly<Record<string, string | undefined>> = {}): string {
  const fields: Record<string, string | undefined> = {
    Host: `127.0.0.1:${world.port}`,
    Connection: "Upgrade",
    Upgrade: "websocket",
    Origin: `http://127.0.0.1:${world.port}`,
    "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Version": "13",
    "X-Session": "CS1",
    ...more,
  };
  const lines = Object.entries(fields).filter(([, value]) => value !== undefined);
  return `GET /live HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
}

/** A frame of a client (RFC 6455 §5.2), masked with zeros, shorter than 64 KiB. */
function frame(opcode: number, payload: string | Buffer, isFinal = true): Buffer {
  const body = Buffer.from(payload);
  const length = body.length < 126 ? [0x80 | body.length] : [0x80 | 126, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([(isFinal ? 0x80 : 0) | opcode, ...length, 0, 0, 0, 0]), body]);
}

/** Everything that comes, as Latin-1. */
function collect(socket: Socket): { text: string; readonly ended: Promise<unknown> } {
  const collected = { text: "", ended: once(socket, "close") };
  socket.on("data", (chunk: Buffer) => (collected.text += chunk.toString("latin1")));
  return collected;
}

test("opens on plain connections and on TLS, and carries text both ways", async (t) => {
  const world = await start(t);
  for (const more of [{}, { ca: world.authority.caPem }]) {
    const client = world.connect(more);
    await client.opened();
    client.ws.send("grüezi 🙂");
    await until("the echo", () => client.texts.length === 2);
    assert.deepEqual(client.texts, ["hello CS1", "grüezi 🙂"]);
    assert.equal(client.ws.extensions, "");
    client.ws.close(1000);
    assert.equal(await client.ended(), 1000);
  }
  await until("the sockets to go", () => world.door.count === 0);
  assert.equal(world.server.connectionCount, 0);
});

test("agrees on HTTP/1.1 by ALPN, and offers clients of HTTP/2 no way around it", async (t) => {
  const world = await start(t);
  const socket = tls.connect({
    host: "127.0.0.1",
    port: world.port,
    servername: "localhost",
    ca: world.authority.caPem,
    ALPNProtocols: ["http/1.1"],
  });
  t.after(() => socket.destroy());
  const received = collect(socket);
  socket.write(handshake(world));
  await until("the greeting", () => received.text.includes("hello CS1"));
  assert.match(received.text, /^HTTP\/1\.1 101 Switching Protocols\r\n/);
  assert.match(received.text, /\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/);
});

const REFUSED: readonly (readonly [string, number, Readonly<Record<string, string | undefined>>])[] = [
  ["another version", 426, { "Sec-WebSocket-Version": "12" }],
  ["an old version", 426, { "Sec-WebSocket-Version": "8" }],
  ["no version", 426, { "Sec-WebSocket-Version": undefined }],
  ["no key", 400, { "Sec-WebSocket-Key": undefined }],
  ["a short key", 400, { "Sec-WebSocket-Key": "dGhl" }],
  ["two keys", 400, { "Sec-WebSocket-Key": `${KEY}, ${KEY}` }],
  ["no upgrade in the connection field", 426, { Connection: "keep-alive" }],
  ["no connection field", 426, { Connection: undefined }],
  ["another protocol", 426, { Upgrade: "h2c" }],
  ["no protocol", 426, { Upgrade: undefined }],
  ["another page", 403, { Origin: "https://evil.test" }],
  ["a page of another port", 403, { Origin: "http://127.0.0.1:1" }],
  ["a page whose name begins as ours", 403, { Origin: "http://127.0.0.1.evil.test" }],
  ["a page of nowhere", 403, { Origin: "null" }],
  ["no page", 403, { Origin: undefined }],
  ["nobody", 401, { "X-Session": undefined }],
];

for (const [who, status, fields] of REFUSED) {
  test(`is not opened for ${who}: ${status}, and HTTP goes on`, async (t) => {
    const world = await start(t);
    const socket = await dial(world.port);
    t.after(() => socket.destroy());
    const received = collect(socket);
    socket.write(`${handshake(world, fields)}GET /scheme HTTP/1.1\r\nHost: x\r\n\r\n`);
    await until("both answers", () => received.text.endsWith("http x"));
    assert.match(received.text, new RegExp(`^HTTP/1\\.1 ${status} `));
    if (status === 426) assert.match(received.text, /\r\nUpgrade: websocket\r\n/);
    if (who.includes("version")) assert.match(received.text, /\r\nSec-WebSocket-Version: 13\r\n/);
    assert.equal(world.door.count, 0);
    socket.destroy();
    await until("the connection to go", () => world.server.connectionCount === 0);
  });
}

test("takes the frames that came together with the head, in any slicing", async (t) => {
  const world = await start(t);
  const octets = Buffer.concat([Buffer.from(handshake(world)), frame(1, "early"), frame(1, "bird")]);
  for (const slice of [octets.length, 100, 1]) {
    world.texts.length = 0;
    const socket = await dial(world.port);
    socket.setNoDelay(true);
    for (let at = 0; at < octets.length; at += slice) {
      socket.write(octets.subarray(at, at + slice));
      if (slice === 1) await new Promise(setImmediate);
    }
    await until("the texts", () => world.texts.length === 2);
    assert.deepEqual(world.texts, ["early", "bird"]);
    socket.destroy();
  }
});

test("half a handshake is cut off in time, and holds nothing", async (t) => {
  const world = await startFrontWorld(t, { http1: { headersTimeoutMs: 50, checkIntervalMs: 10 } });
  const socket = await dial(world.port);
  const received = collect(socket);
  socket.write("GET /live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: webso");
  await received.ended;
  assert.match(received.text, /^HTTP\/1\.1 408 /);
});

test("a client that ends its side, or its connection, in the middle of the handshake leaves nothing", async (t) => {
  const world = await start(t);
  for (const end of ["end", "destroy", "resetAndDestroy"] as const) {
    const socket = await dial(world.port);
    socket.write(handshake(world));
    socket[end]();
    if (end === "end") await once(socket.resume(), "close");
  }
  await until("the sockets to go", () => world.door.count === 0 && world.server.connectionCount === 0);
});

const HOSTILE: readonly (readonly [string, number, (world: World) => Buffer])[] = [
  ["binary", 1003, () => frame(2, "x")],
  ["what is no UTF-8", 1007, () => frame(1, Buffer.from([0xc3, 0x28]))],
  ["a message that is too long", 1009, () => frame(1, "x".repeat(16_385))],
  [
    "a message that is too long in pieces",
    1009,
    () => Buffer.concat([frame(1, "x".repeat(9_000), false), frame(0, "x".repeat(9_000))]),
  ],
  [
    "a message in too many pieces",
    1008,
    () => Buffer.concat([frame(1, "x", false), ...Array.from({ length: 40 }, () => frame(0, "x", false))]),
  ],
  ["a frame without a mask", 1002, () => Buffer.from([0x81, 0x01, 0x78])],
  ["a frame of an unknown kind", 1002, () => frame(3, "x")],
  ["bits that nobody agreed on", 1002, () => Buffer.concat([Buffer.from([0xc1]), frame(1, "x").subarray(1)])],
  ["a ping in pieces", 1002, () => frame(9, "x", false)],
  ["10,000 messages", 1008, () => Buffer.concat(Array.from({ length: 10_000 }, () => frame(1, "{}")))],
];

for (const [what, code, octets] of HOSTILE) {
  test(`ends with ${code} for ${what}`, async (t) => {
    const world = await start(t);
    const socket = await dial(world.port);
    const received = collect(socket);
    socket.write(handshake(world));
    await until("the greeting", () => received.text.includes("hello CS1"));
    socket.write(octets(world));
    const closing = String.fromCharCode(0x88);
    await until("the close frame", () => received.text.includes(closing));
    const at = received.text.lastIndexOf(closing);
    assert.equal((received.text.charCodeAt(at + 2) << 8) | received.text.charCodeAt(at + 3), code);
    await until("the socket to go", () => world.door.count === 0);
    // The budget fills up again while a busy machine works on it.
    assert.ok(world.texts.length <= 2_000);
    socket.destroy();
  });
}

test("a flood of pings between the pieces of a message ends the socket, and not the process", async (t) => {
  const world = await start(t);
  const socket = await dial(world.port);
  const received = collect(socket);
  socket.write(handshake(world));
  await until("the greeting", () => received.text.includes("hello CS1"));
  socket.pause();
  const pings = Buffer.concat([
    frame(1, "a", false),
    ...Array.from({ length: 5_000 }, () => frame(9, "x".repeat(125))),
  ]);
  for (let i = 0; i < 4; i += 1) socket.write(pings);
  await until("the socket to go", () => world.door.count === 0);
  socket.destroy();
});

test("a reader that is too slow is given no more, and cut off with 1013 after a while", async (t) => {
  const world = await start(t, { maxBufferedOctets: 65_536, maxFullMs: 1_000 });
  const client = world.connect();
  await client.opened();
  await until("the greeting", () => client.texts.length === 1);
  const [socket] = world.sockets;
  client.ws.pause();
  const text = "x".repeat(16_000);
  let taken = 0;
  while (socket?.send(text) === true && taken < 10_000) {
    taken += 1;
    if (taken % 20 === 0) await new Promise(setImmediate);
  }
  assert.ok(taken < 10_000);
  assert.equal(socket?.hasRoom, false);
  await until("the socket to go", () => world.door.count === 0);
  client.ws.resume();
  await client.ended();
  assert.ok(client.texts.length <= taken + 1);
});

test("a client that does not answer pings is taken to be gone, and one that does stays", async (t) => {
  const world = await start(t, { pingIntervalMs: 500 });
  const silent = await dial(world.port);
  const gone = collect(silent);
  silent.write(handshake(world));
  const client = world.connect();
  await client.opened();
  await gone.ended;
  await until("the socket to go", () => world.door.count === 1);
  assert.equal(client.ws.readyState, WebSocket.OPEN);
});

test("there are only so many sockets of a session, and of the process", async (t) => {
  const world = await start(t, { maxSocketsPerKey: 2, maxSockets: 3 });
  const clients = [world.connect(), world.connect()];
  await Promise.all(clients.map((client) => client.opened()));
  assert.equal(await world.connect().ended(), 429);
  const other = world.connect({ headers: { "X-Session": "CS2" } });
  await other.opened();
  assert.equal(await world.connect({ headers: { "X-Session": "CS3" } }).ended(), 503);
  clients[0]?.ws.close();
  await until("the socket to go", () => world.door.count === 2);
  await world.connect().opened();
});

test("many handshakes at once do not get past the bound", async (t) => {
  const world = await start(t, { maxSocketsPerKey: 4 });
  const sockets = await Promise.all(Array.from({ length: 40 }, () => dial(world.port)));
  const received = sockets.map(collect);
  for (const socket of sockets) socket.write(handshake(world));
  await until("all answers", () => received.every(({ text }) => text.length > 0) || world.door.count > 4);
  assert.equal(world.door.count, 4);
  assert.equal(received.filter(({ text }) => text.startsWith("HTTP/1.1 101")).length, 4);
  for (const socket of sockets) socket.destroy();
});

test("a door that closes tells all, lets in no more, and is done when they are gone", async (t) => {
  const world = await start(t);
  const client = world.connect();
  await client.opened();
  const rude = connect(world.port, "127.0.0.1");
  rude.on("error", () => undefined);
  rude.write(handshake(world));
  await until("two sockets", () => world.door.count === 2);
  rude.pause();
  const closed = world.door.close();
  assert.equal(await client.ended(), 1001);
  assert.equal(await world.connect().ended(), 503);
  await closed;
  assert.equal(world.door.count, 0);
  rude.destroy();
});

test("handshakes pass the stages of the edge, so that a flood of them is limited by address", async (t) => {
  const door = new WebSocketDoor({ clock: systemClock });
  const mount = door.mount({
    path: "/console/live",
    admit: () => ({ key: "CS1", who: undefined }),
    onSocket: (socket) => void socket.send("hello"),
  });
  const counted: LimitedRequest[] = [];
  const statuses: number[] = [];
  const server = new HttpServer({
    clock: systemClock,
    logger: silentLogger,
    minter: { mint: (prefix) => `${prefix}1` },
    authenticator: { authenticate: () => Promise.resolve(undefined) },
    routes: [],
    mounts: [mount],
    through: (own) =>
      new Pipeline({
        clock: systemClock,
        logger: silentLogger,
        minter: { mint: (prefix) => `${prefix}1` },
        limits: {
          decide: (request) => {
            counted.push(request);
            return { admitted: counted.length <= 6, retryAfterMs: 1_000 };
          },
        },
        own,
        destination: { forward: () => assert.fail("nothing goes on from here") },
        onAnswer: ({ status }) => void statuses.push(status),
      }),
  });
  const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
  t.after(async () => {
    await door.close();
    await server.close(0);
  });
  const open = (): Client => {
    const ws = new WebSocket(`ws://127.0.0.1:${port}/console/live`, { origin: `http://127.0.0.1:${port}` });
    t.after(() => ws.terminate());
    return clientOf(ws);
  };
  const first = open();
  await first.opened();
  await until("the greeting", () => first.texts.length === 1);
  assert.ok(counted.every(({ routeClass }) => routeClass === "console"));
  assert.ok(counted.some(({ ip }) => ip === "127.0.0.1"));
  let refused = 0;
  for (let i = 0; i < 8; i += 1) {
    const client = open();
    const status = await Promise.race([client.opened().then(() => 101), client.ended()]);
    if (status === 429) refused += 1;
  }
  assert.ok(refused >= 5, `${refused} were refused`);
  assert.deepEqual([statuses[0], statuses.at(-1)], [101, 429]);
});
