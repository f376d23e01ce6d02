import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import * as http from "node:http";
import * as net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, it } from "node:test";
import type { TestContext } from "node:test";
import * as tls from "node:tls";
import { testAuthority } from "../../../test/kit/certificates.ts";
import type { Clock, Logger } from "../ports.ts";
import { openAuthority } from "./authority.ts";
import type { Authority } from "./authority.ts";
import { openFront } from "./front.ts";
import type { Front, FrontOptions } from "./front.ts";

const clock: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now(), after: () => ({ cancel() {} }) };
const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

let authority: Authority;
let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "trunkline-front-"));
  authority = await openAuthority({ folder, clock });
});
after(() => rm(folder, { recursive: true, force: true }));

/** A front before a server that answers with what it understood: scheme, method, Host, target, body. */
async function start(t: TestContext, options: Partial<FrontOptions> = {}): Promise<{ front: Front; port: number }> {
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const scheme = "encrypted" in request.socket ? "https" : "http";
      response.end(
        `${scheme} ${request.method} ${request.headers.host} ${request.url} ${Buffer.concat(chunks).toString()}`,
      );
    });
  });
  const front = await openFront({
    addresses: [{ host: "127.0.0.1", port: 0 }],
    authority,
    logger: silent,
    onHttpConnection: (socket) => void server.emit("connection", socket),
    ...options,
  });
  t.after(() => front.close());
  return { front, port: front.addresses[0]?.port ?? 0 };
}

async function connect(port: number, host = "127.0.0.1"): Promise<net.Socket> {
  const socket = net.connect({ host, port });
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

/** Everything that the peer sends until it closes. */
async function readAll(socket: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("latin1");
}

/** Asks a proxy for a connection; resolves to the answer's head when it is there. */
async function proxyConnect(port: number, target: string): Promise<{ socket: net.Socket; head: string }> {
  const socket = await connect(port);
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
  const [head] = (await once(socket, "data")) as [Buffer];
  return { socket, head: head.toString() };
}

const get = (host: string): string => `GET /x HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;

it("serves plain HTTP and TLS on one port, with a certificate for the name asked for", async (t) => {
  const { port } = await start(t);
  const plain = await connect(port);
  plain.write(get("a.test"));
  assert.match(await readAll(plain), /http GET a\.test \/x $/);
  for (const serverName of ["api.twilio.com", "api.dublin.ie1.twilio.com", "localhost"]) {
    const secure = tls.connect({ host: "127.0.0.1", port, servername: serverName, ca: authority.caPem });
    secure.write(get(serverName));
    assert.match(await readAll(secure), new RegExp(`https GET ${serverName} /x $`));
  }
});

it("shows what was given for a name before the authority's certificate, and goes on where that cannot be had", async (t) => {
  const given = testAuthority(Date.now());
  const context = tls.createSecureContext(given.issue(["go.example.com"]));
  const { port } = await start(t, {
    certificates: {
      contextFor: (name) => {
        if (name === "broken.example.com") throw new Error("its key is sealed with another master key");
        return name === "go.example.com" ? context : undefined;
      },
    },
  });
  const secure = tls.connect({ host: "127.0.0.1", port, servername: "go.example.com", ca: given.cert });
  secure.write(get("go.example.com"));
  assert.match(await readAll(secure), /https GET go\.example\.com \/x $/);
  for (const servername of ["api.twilio.com", "localhost"]) {
    const other = tls.connect({ host: "127.0.0.1", port, servername, ca: authority.caPem });
    other.write(get(servername));
    assert.match(await readAll(other), /https GET/);
  }
  const broken = tls.connect({ host: "127.0.0.1", port, servername: "broken.example.com", rejectUnauthorized: false });
  broken.write(get("broken.example.com"));
  assert.match(await readAll(broken), /https GET/);
});

it("keeps a body together that comes in pieces, also when the pieces are single octets", async (t) => {
  const { port } = await start(t);
  const socket = await connect(port);
  socket.setNoDelay(true);
  const request = "POST /y HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
  for (const octet of request.slice(0, 12)) {
    socket.write(octet);
    await new Promise(setImmediate);
  }
  socket.write(request.slice(12));
  assert.match(await readAll(socket), /http POST a\.test \/y hello$/);
});

it("answers a client that names no host in its TLS greeting", async (t) => {
  const { port } = await start(t);
  const socket = tls.connect({ host: "127.0.0.1", port, ca: authority.caPem });
  await once(socket, "secureConnect");
  socket.write(get("127.0.0.1"));
  assert.match(await readAll(socket), /https GET/);
});

it("answers a CONNECT to a vendor's host itself, with TLS or without inside", async (t) => {
  const { port } = await start(t);
  const secured = await proxyConnect(port, "api.twilio.com:443");
  assert.match(secured.head, /^HTTP\/1\.1 200 /);
  const secure = tls.connect({ socket: secured.socket, servername: "api.twilio.com", ca: authority.caPem });
  secure.write(get("api.twilio.com"));
  assert.match(await readAll(secure), /https GET api\.twilio\.com \/x $/);
  const plain = await proxyConnect(port, "api.twilio.com:80");
  plain.socket.write(get("api.twilio.com"));
  assert.match(await readAll(plain.socket), /http GET api\.twilio\.com \/x $/);
});

it("takes what a client sends together with its CONNECT", async (t) => {
  const { port } = await start(t);
  const socket = await connect(port);
  socket.write(`CONNECT api.twilio.com:80 HTTP/1.1\r\n\r\n${get("api.twilio.com")}`);
  assert.match(
    await readAll(socket),
    /^HTTP\/1\.1 200 Connection Established\r\n\r\nHTTP\/1\.1 200 OK.*http GET api\.twilio\.com \/x $/s,
  );
});

it("does not follow a CONNECT inside a CONNECT", async (t) => {
  const { port } = await start(t);
  const { socket } = await proxyConnect(port, "api.twilio.com:443");
  socket.write("CONNECT api.twilio.com:443 HTTP/1.1\r\n\r\n");
  // Node's server closes the connection of a CONNECT that nobody listens for.
  assert.equal(await readAll(socket), "");
});

it("answers a CONNECT to its own port itself", async (t) => {
  const { port } = await start(t);
  const { socket } = await proxyConnect(port, `localhost:${port}`);
  socket.write(get("localhost"));
  assert.match(await readAll(socket), /http GET localhost \/x $/);
});

it("passes a CONNECT to another host through without looking inside", async (t) => {
  const { port } = await start(t);
  const other = tls.createServer(authority.ownCertificate(), (socket) => {
    socket.on("error", () => {});
    socket.pipe(socket);
  });
  other.listen(0, "127.0.0.1");
  await once(other, "listening");
  t.after(() => other.close());
  const { socket, head } = await proxyConnect(port, `localhost:${(other.address() as net.AddressInfo).port}`);
  assert.match(head, /^HTTP\/1\.1 200 /);
  const secure = tls.connect({ socket, servername: "localhost", ca: authority.caPem });
  const sent = "0123456789".repeat(100_000);
  secure.end(sent);
  assert.equal(await readAll(secure), sent);
});

it("holds back a sender whose far side does not read", async (t) => {
  const { port } = await start(t);
  let far: net.Socket | undefined;
  const other = net.createServer((socket) => (far = socket.pause().on("error", () => {})));
  other.listen(0, "127.0.0.1");
  await once(other, "listening");
  t.after(() => {
    far?.destroy();
    other.close();
  });
  const { socket } = await proxyConnect(port, `127.0.0.1:${(other.address() as net.AddressInfo).port}`);
  const chunk = Buffer.alloc(1 << 20);
  let sentChunks = 0;
  // Socket buffers take a few megabytes; a proxy that read on without limit would take all of this.
  const stalled = (): Promise<boolean> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => resolve(true), 300);
      socket.write(chunk, () => {
        clearTimeout(timer);
        resolve(false);
      });
    });
  while (sentChunks < 64 && !(await stalled())) sentChunks += 1;
  assert.ok(sentChunks < 64, `${sentChunks} MiB went in`);
  socket.destroy();
});

it("passes on a plain request with a whole URL, and treats one for a vendor as its own", async (t) => {
  const { port } = await start(t);
  const other = http.createServer((request, response) =>
    response.end(`other ${request.url} ${request.headers.host} ${String(request.headers["proxy-connection"])}`),
  );
  other.listen(0, "127.0.0.1");
  await once(other, "listening");
  t.after(() => other.close());
  const otherPort = (other.address() as net.AddressInfo).port;
  const elsewhere = await connect(port);
  elsewhere.write(
    `GET http://127.0.0.1:${otherPort}/z?a=1 HTTP/1.1\r\nHost: x\r\nProxy-Connection: keep-alive\r\n\r\n`,
  );
  assert.match(await readAll(elsewhere), new RegExp(`other /z\\?a=1 127.0.0.1:${otherPort} undefined`));
  const ours = await connect(port);
  ours.write(
    "POST http://api.twilio.com/z HTTP/1.1\r\nHost: api.twilio.com\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc",
  );
  assert.match(await readAll(ours), /http POST api\.twilio\.com http:\/\/api\.twilio\.com\/z abc$/);
});

it("refuses other hosts on a public address in a sentence, and still answers for vendors", async (t) => {
  const { port } = await start(t, { addresses: [{ host: "0.0.0.0", port: 0 }] });
  const { head } = await proxyConnect(port, "example.com:443");
  assert.match(head, /^HTTP\/1\.1 403 Forbidden[^]*example\.com is not one of the hosts that are answered here/);
  assert.match((await proxyConnect(port, `127.0.0.1:${port + 1}`)).head, /^HTTP\/1\.1 403 /);
  assert.match((await proxyConnect(port, "api.twilio.com:443")).head, /^HTTP\/1\.1 200 /);
  const whole = await connect(port);
  whole.write("GET http://example.com/z HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n");
  // Not passed on: the HTTP server gets it as it is.
  assert.match(await readAll(whole), /http GET example\.com http:\/\/example\.com\/z/);
});

it("says why a host cannot be reached, what is wrong with a CONNECT, and when there are too many", async (t) => {
  const { port } = await start(t, { limits: { maxTunnels: 0 } });
  assert.match((await proxyConnect(port, "127.0.0.1:9")).head, /^HTTP\/1\.1 503 .*0 connections/s);
  assert.match((await proxyConnect(port, "nonsense")).head, /^HTTP\/1\.1 400 /);
  const closedServer = net.createServer().listen(0, "127.0.0.1");
  await once(closedServer, "listening");
  const closedPort = (closedServer.address() as net.AddressInfo).port;
  closedServer.close();
  const { port: second } = await start(t);
  assert.match((await proxyConnect(second, `127.0.0.1:${closedPort}`)).head, /^HTTP\/1\.1 502 .*ECONNREFUSED/s);
});

it("ends connections that begin too slowly, inside a CONNECT and in a TLS greeting too", async (t) => {
  const { port } = await start(t, { limits: { openingTimeoutMs: 40, handshakeTimeoutMs: 40 } });
  for (const begin of [
    "",
    "G",
    "CONNECT a.test:443 HTTP/1.1\r\n",
    "CONNECT api.twilio.com:443 HTTP/1.1\r\n\r\n",
    "\x16",
    "\x16\x03\x01",
  ]) {
    const socket = await connect(port);
    socket.write(begin, "latin1");
    await readAll(socket).catch(() => {});
    assert.ok(socket.destroyed || socket.readableEnded, JSON.stringify(begin));
  }
});

it("survives garbage and peers that vanish, seed 11", async (t) => {
  const { port } = await start(t, { limits: { openingTimeoutMs: 200 } });
  let state = 11;
  const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
  const starts = [
    "",
    "\x16\x03\x01\x00\x05",
    "CONNECT ",
    "GET http://",
    "CONNECT api.twilio.com:443 HTTP/1.1\r\n\r\n",
    "\x16",
  ];
  await Promise.all(
    Array.from({ length: 60 }, async () => {
      const socket = await connect(port);
      const noise = Buffer.from(Array.from({ length: random(200) }, () => random(256)));
      socket.write(Buffer.concat([Buffer.from(starts[random(starts.length)] ?? "", "latin1"), noise]));
      if (random(2) === 0) socket.resetAndDestroy();
      else socket.end();
      await readAll(socket).catch(() => {});
    }),
  );
  const socket = await connect(port);
  socket.write(get("a.test"));
  assert.match(await readAll(socket), /http GET a\.test/);
});

it("takes only TLS on the port for it", async (t) => {
  const { front } = await start(t, {
    addresses: [
      { host: "127.0.0.1", port: 0 },
      { host: "127.0.0.1", port: 0, tlsOnly: true },
    ],
  });
  const tlsPort = front.addresses[1]?.port ?? 0;
  const plain = await connect(tlsPort);
  plain.write(get("a.test"));
  assert.match(await readAll(plain), /^HTTP\/1\.1 400 .*takes TLS only/s);
  const secure = tls.connect({ host: "127.0.0.1", port: tlsPort, servername: "api.twilio.com", ca: authority.caPem });
  secure.write(get("api.twilio.com"));
  assert.match(await readAll(secure), /https GET api\.twilio\.com/);
});

it("rejects with the taken address and then listens nowhere", async (t) => {
  const { port } = await start(t);
  const free = net.createServer().listen(0, "127.0.0.1");
  await once(free, "listening");
  const freePort = (free.address() as net.AddressInfo).port;
  free.close();
  await once(free, "close");
  await assert.rejects(
    () =>
      start(t, {
        addresses: [
          { host: "127.0.0.1", port: freePort },
          { host: "127.0.0.1", port },
        ],
      }),
    { code: "EADDRINUSE", port },
  );
  await assert.rejects(() => once(net.connect(freePort, "127.0.0.1"), "connect"), { code: "ECONNREFUSED" });
});

it("ends every connection when it closes", async (t) => {
  const { front, port } = await start(t);
  const idle = await connect(port);
  const { socket } = await proxyConnect(port, "api.twilio.com:443");
  await front.close();
  await Promise.all([idle, socket].map((each) => readAll(each).catch(() => {})));
});
