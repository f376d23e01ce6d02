import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import { sampleServer } from "./sample-api.test.ts";
import { upgradeMount, type Mount } from "./index.ts";

const ASK = "GET /echo HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: Shout/1\r\n";
const HEALTH = "GET /healthz HTTP/1.1\r\nHost: x\r\n";

/** A protocol that says HELLO, and then what it hears in capitals. */
function shout(onTaken: () => void = () => undefined): Mount {
  return upgradeMount({
    path: "/echo",
    protocol: "shout/1",
    run: ({ request }, take) => {
      if (request.headers["x-refuse"] !== undefined) return { status: 403, headers: [], body: "no" };
      return take((connection, head) => {
        onTaken();
        connection.write("HELLO\r\n");
        connection.on("data", (chunk: Buffer) => connection.write(chunk.toString("latin1").toUpperCase()));
        connection.on("end", () => connection.end());
        if (head.length > 0) connection.unshift(head);
      });
    },
  });
}

interface Peer {
  readonly socket: Socket;
  read(pattern: RegExp): Promise<string>;
  ended(): Promise<string>;
}

async function open(t: TestContext, mount: Mount = shout(), more: { checkIntervalMs?: number } = {}) {
  const sample = sampleServer({ mounts: [mount, ...HEALTHZ], limits: { keepAliveTimeoutMs: 50, ...more } });
  const { port } = await sample.server.listen({ host: "127.0.0.1", port: 0 });
  t.after(() => sample.server.close(0));
  const socket = connect(port, "127.0.0.1");
  t.after(() => socket.destroy());
  await once(socket, "connect");
  return { ...sample, port, peer: peerOf(socket) };
}

function peerOf(socket: Socket): Peer {
  let received = "";
  socket.setEncoding("latin1");
  socket.on("data", (text: string) => (received += text));
  socket.on("error", () => undefined);
  const closed = once(socket, "close");
  return {
    socket,
    read: async (pattern) => {
      while (!pattern.test(received)) await once(socket, "data");
      return received;
    },
    ended: async () => {
      await closed;
      return received;
    },
  };
}

const HEALTHZ: readonly Mount[] = [
  { method: "GET", path: "/healthz", access: "public", run: () => ({ status: 200, headers: [], body: "fine" }) },
];

test("a connection is handed over after the head, with what came behind it", async (t) => {
  const { peer, server } = await open(t);
  peer.socket.write(`${ASK}\r\nGET /healthz HTTP/1.1\r\n\r\n`);
  const text = await peer.read(/HTTP\/1\.1\r\n\r\n$/);
  assert.equal(text, "HELLO\r\nGET /HEALTHZ HTTP/1.1\r\n\r\n");
  assert.equal(server.connectionCount, 0);
  peer.socket.write("more");
  assert.match(await peer.read(/MORE/), /MORE$/);
  peer.socket.end();
  await peer.ended();
});

test("requests before it on the connection are answered before it", async (t) => {
  const { peer } = await open(t);
  peer.socket.write(`${HEALTH}\r\n${ASK}\r\nabc`);
  assert.match(await peer.read(/ABC$/), /^HTTP\/1\.1 200 OK\r\n[^]*fineHELLO\r\nABC$/);
});

test("the head may come octet by octet", async (t) => {
  const { peer } = await open(t);
  peer.socket.setNoDelay(true);
  for (const octet of `${ASK}\r\nx`) {
    peer.socket.write(octet);
    await new Promise(setImmediate);
  }
  assert.equal(await peer.read(/X$/), "HELLO\r\nX");
});

test("the server's time limits end with HTTP", async (t) => {
  const { peer, port } = await open(t, shout(), { checkIntervalMs: 5 });
  peer.socket.write(`${ASK}\r\n`);
  await peer.read(/HELLO/);
  // One that stays with HTTP, and begins its idle time later, is over first.
  const idle = connect(port, "127.0.0.1");
  t.after(() => idle.destroy());
  const other = peerOf(idle);
  idle.write(`${HEALTH}\r\n`);
  assert.match(await other.ended(), /fine$/);
  peer.socket.write("still here");
  await peer.read(/STILL HERE/);
});

test("who is refused, or names another protocol, goes on with HTTP, and what came behind is answered", async (t) => {
  const { peer } = await open(t);
  peer.socket.write(`${ASK}X-Refuse: 1\r\n\r\n${HEALTH}\r\n`);
  const refused = await peer.read(/fine$/);
  assert.match(refused, /^HTTP\/1\.1 403 Forbidden\r\n[^]*\r\n\r\nnoHTTP\/1\.1 200 OK/);
  peer.socket.write(`${ASK.replace("Shout/1", "h2c, whisper")}\r\n`);
  const other = await peer.read(/speaks shout\/1\.\n$/);
  assert.match(other, /HTTP\/1\.1 426 Upgrade Required\r\n(?:[^]*\r\n)?Upgrade: shout\/1\r\n/);
});

const NO_OFFERS: readonly (readonly [string, string])[] = [
  ["the connection field does not name it", ASK.replace("keep-alive, Upgrade", "keep-alive")],
  ["there is no connection field", ASK.replace("Connection: keep-alive, Upgrade\r\n", "")],
  ["the protocol is HTTP/1.0", ASK.replace("HTTP/1.1", "HTTP/1.0")],
  ["the connection is to be closed", ASK.replace("keep-alive,", "close,")],
  ["the method is HEAD", ASK.replace("GET", "HEAD")],
  ["there is a body", `${ASK}Content-Length: 1\r\n`],
  ["the client waits to continue", `${ASK}Content-Length: 0\r\nExpect: 100-continue\r\n`],
];

for (const [when, head] of NO_OFFERS) {
  test(`there is no upgrade where ${when}`, async (t) => {
    const { peer } = await open(t);
    peer.socket.write(`${head}\r\n${head.includes("Length: 1") ? "x" : ""}`);
    assert.match(await peer.read(/\r\n\r\n/), /^HTTP\/1\.1 426 /);
  });
}

test("other paths answer a request that offers an upgrade as any other", async (t) => {
  const { peer } = await open(t);
  peer.socket.write(`${HEALTH}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n${HEALTH}\r\n`);
  const text = await peer.read(/fine[^]*fine/);
  assert.equal([...text.matchAll(/HTTP\/1\.1 200 OK/g)].length, 2);
});

test("a client that has gone, or says that it will send no more, is not handed over", async (t) => {
  let taken = 0;
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  let asked = (): void => undefined;
  const reached = new Promise<void>((resolve) => (asked = resolve));
  const slow = upgradeMount({
    path: "/echo",
    protocol: "shout/1",
    run: async (_, take) => {
      asked();
      await released;
      return take(() => (taken += 1));
    },
  });
  const { peer, port } = await open(t, slow);
  peer.socket.write(`${ASK}\r\n`);
  await reached;
  peer.socket.end();
  await once(peer.socket, "finish");
  // Whoever comes later is heard later.
  const later = peerOf(connect(port, "127.0.0.1"));
  later.socket.write(`${HEALTH}Connection: close\r\n\r\n`);
  await later.ended();
  release();
  assert.equal(await peer.ended(), "");
  assert.equal(taken, 0);
});

test("what is sent while the upgrade is decided waits, however much it is", async (t) => {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  let octets = 0;
  const slow = upgradeMount({
    path: "/echo",
    protocol: "shout/1",
    run: async (_, take) => {
      await released;
      return take((connection, head) => {
        octets += head.length;
        assert.ok(head.length <= 262_144, `${head.length} octets were kept`);
        connection.on("data", (chunk: Buffer) => (octets += chunk.length));
        connection.on("end", () => connection.end(String(octets)));
      });
    },
  });
  const { peer } = await open(t, slow);
  peer.socket.write(`${ASK}\r\n`);
  peer.socket.write(Buffer.alloc(4_000_000, "x"));
  await new Promise((resolve) => setImmediate(resolve));
  release();
  peer.socket.end();
  assert.equal(await peer.ended(), "4000000");
});

test("a server that stops hands over no more", async (t) => {
  let taken = 0;
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const slow = upgradeMount({
    path: "/echo",
    protocol: "shout/1",
    run: async (_, take) => {
      await released;
      return take(() => (taken += 1));
    },
  });
  const { peer, server } = await open(t, slow);
  peer.socket.write(`${HEALTH}\r\n${ASK}\r\n`);
  await peer.read(/fine/);
  const closed = server.close(1_000);
  release();
  await closed;
  await peer.ended();
  assert.equal(taken, 0);
});

test("a server that stops ends at last what it has handed over", async (t) => {
  const { peer, server } = await open(t);
  peer.socket.write(`${ASK}\r\n`);
  await peer.read(/HELLO/);
  await server.close(0);
  await peer.ended();
});
