import assert from "node:assert/strict";
import { once } from "node:events";
import * as http from "node:http";
import * as http2 from "node:http2";
import { connect, createServer, type AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { test, type TestContext } from "node:test";
import {
  frame,
  END_HEADERS,
  END_STREAM,
  headerBlock,
  HEADERS,
  PREFACE,
  RawHttp2,
  requestFields,
} from "../../../test/kit/http2-frames.ts";
import { healthRoutes, HttpServer, type HttpRequest, type HttpResponse, type Mount } from "../http/index.ts";
import type { Clock, Logger } from "../ports.ts";
import { Http2Server, type Http2Limits } from "./index.ts";

const clock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs).unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

interface Running {
  readonly port: number;
  readonly server: Http2Server;
  /** Lets the requests to `/slow` be answered. */
  readonly release: () => void;
  readonly seen: HttpRequest[];
  readonly offences: unknown[];
}

/** One port for both protocols before one dispatcher; the first octet tells them apart. */
async function running(t: TestContext, limits: Http2Limits = {}): Promise<Running> {
  const seen: HttpRequest[] = [];
  const offences: unknown[] = [];
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const logger: Logger = {
    debug() {},
    info: (event, fields) => void offences.push(event === "http2.offence" ? fields?.["offence"] : event),
    warn() {},
    error() {},
    child: () => logger,
  };
  const mount = (
    method: Mount["method"],
    path: string,
    run: (request: HttpRequest) => Promise<HttpResponse>,
  ): Mount => ({
    method,
    path,
    access: "public",
    run: ({ request }) => {
      seen.push(request);
      return run(request);
    },
  });
  const text = (body: HttpResponse["body"]): HttpResponse => ({ status: 200, headers: ["Content-Type", "a/b"], body });
  const api = new HttpServer({
    clock,
    logger,
    minter: { mint: (prefix) => `${prefix}1` },
    authenticator: { authenticate: () => Promise.resolve(undefined) },
    routes: [],
    mounts: [
      ...healthRoutes({ ready: () => [] }),
      mount("POST", "/echo", async (request) => text(await request.readBody(1_000))),
      mount("POST", "/pass", (request) => Promise.resolve(text(request.streamBody?.(100_000)))),
      mount("GET", "/long", () => Promise.resolve(text("é".repeat(200_000)))),
      mount("GET", "/stream", () => Promise.resolve(text(Readable.from(["one", "two"])))),
      mount("GET", "/broken", () =>
        Promise.resolve(
          text(
            Readable.from(
              (async function* () {
                yield "one";
                await Promise.resolve();
                throw new Error("broke");
              })(),
            ),
          ),
        ),
      ),
      mount("GET", "/slow", async () => {
        await released;
        return text("slow");
      }),
      mount("GET", "/unwritable", () => Promise.resolve({ status: 200, headers: ["X", "a\r\nb"] })),
      mount("DELETE", "/echo", () => Promise.resolve({ status: 204, headers: ["Set-Cookie", "a", "Set-Cookie", "b"] })),
    ],
  });
  const server = new Http2Server({ clock, logger, answerer: api.answerer, limits });
  const net = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    socket.once("data", (first: Buffer) => {
      socket.pause();
      socket.unshift(first);
      if (first[0] === 0x50 && first[1] === 0x52) server.handleConnection(socket, "http");
      else api.handleConnection(socket, "http");
      process.nextTick(() => socket.resume());
    });
    socket.on("error", () => undefined);
  });
  net.listen(0, "127.0.0.1");
  await once(net, "listening");
  t.after(async () => {
    release();
    await Promise.all([server.close(0), api.close(0)]);
    net.close();
  });
  return { port: (net.address() as AddressInfo).port, server, release, seen, offences };
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: Record<string, unknown>;
  readonly body: string;
  readonly rstCode: number | undefined;
}

function session(t: TestContext, port: number): http2.ClientHttp2Session {
  const client = http2.connect(`http://127.0.0.1:${port}`);
  client.on("error", () => undefined);
  t.after(() => client.destroy());
  return client;
}

function ask(client: http2.ClientHttp2Session, headers: http2.OutgoingHttpHeaders, body?: string): Promise<Answer> {
  return new Promise((resolve) => {
    const stream = client.request(headers, { endStream: body === undefined });
    let status: number | undefined;
    let received: Record<string, unknown> = {};
    const chunks: Buffer[] = [];
    stream.on("response", (head) => {
      status = head[":status"];
      received = Object.fromEntries(Object.entries(head));
    });
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("error", () => undefined);
    stream.on("close", () =>
      resolve({ status, headers: received, body: Buffer.concat(chunks).toString(), rstCode: stream.rstCode }),
    );
    if (body !== undefined) stream.end(body);
  });
}

async function askHttp1(port: number, method: string, path: string, body?: string): Promise<Answer> {
  const request = http.request({ port, host: "127.0.0.1", method, path, agent: false });
  if (body !== undefined) request.setHeader("content-length", Buffer.byteLength(body));
  request.end(body);
  const [response] = (await once(request, "response")) as [http.IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    status: response.statusCode,
    headers: { ...response.headers },
    body: Buffer.concat(chunks).toString(),
    rstCode: undefined,
  };
}

const OF_CONNECTIONS = ["connection", "keep-alive", "transfer-encoding", "date", "twilio-request-duration", ":status"];

test("answers as HTTP/1 does, without what is about connections", async (t) => {
  const { port } = await running(t);
  const client = session(t, port);
  for (const [method, path, body] of [
    ["GET", "/healthz"],
    ["HEAD", "/healthz"],
    ["POST", "/echo", "hé"],
    ["POST", "/echo", ""],
    ["POST", "/echo", "x".repeat(1_001)],
    ["DELETE", "/echo"],
    ["GET", "/long"],
    ["HEAD", "/long"],
    ["GET", "/stream"],
    ["GET", "/nowhere"],
    ["BREW", "/healthz"],
    ["GET", "/unwritable"],
  ] as const) {
    const old = await askHttp1(port, method, path, body);
    const now = await ask(client, { ":method": method, ":path": path }, body);
    const name = `${method} ${path}`;
    assert.equal(now.status, old.status, name);
    assert.equal(now.body, old.body, name);
    for (const field of OF_CONNECTIONS) {
      delete old.headers[field];
      if (field !== "date")
        assert.ok(field === ":status" || !(field in now.headers) || field.startsWith("twilio"), name);
      delete now.headers[field];
    }
    assert.deepEqual({ ...now.headers }, old.headers, name);
  }
});

test("gives a request with its host, scheme, peer and fields", async (t) => {
  const { port, seen } = await running(t);
  const client = session(t, port);
  const headers = { ":path": "/stream?a=b", ":authority": "api.twilio.com", cookie: ["a=1", "b=2"], x: ["1", "2"] };
  await ask(client, headers);
  const [request] = seen;
  assert.deepEqual(
    [request?.method, request?.target, request?.scheme, request?.peer],
    ["GET", "/stream?a=b", "http", "127.0.0.1"],
  );
  assert.deepEqual({ ...request?.headers }, { host: "api.twilio.com", cookie: "a=1; b=2", x: "1, 2" });
});

test("takes Host for the authority where there is none, and refuses two that differ", async (t) => {
  const { port, seen } = await running(t);
  const client = session(t, port);
  const base = { ":path": "/stream" };
  assert.equal((await ask(client, { ...base, ":authority": "A.test", host: "a.test" })).status, 200);
  assert.equal((await ask(client, { ...base, ":authority": "a.test", host: "b.test" })).status, 400);
  const raw = await RawHttp2.open(port);
  const withHost = [...requestFields("/stream").slice(0, 3), ["host", "h.test"]] as const;
  raw.send(frame(HEADERS, END_HEADERS | END_STREAM, 1, headerBlock(withHost)));
  await raw.until(() => raw.of(HEADERS, 1).length > 0);
  raw.socket.destroy();
  assert.deepEqual(
    seen.map((request) => request.headers["host"]),
    ["A.test", "h.test"],
  );
});

test("refuses malformed requests (RFC 9113 §8.3) one by one, and the session goes on", async (t) => {
  const { port, seen } = await running(t);
  const plain = requestFields("/stream");
  const without = (name: string): (readonly [string, string])[] => plain.filter(([each]) => each !== name);
  const malformed: Record<string, readonly (readonly [string, string])[]> = {
    "no method": without(":method"),
    "no scheme": without(":scheme"),
    "no path": without(":path"),
    "an empty path": [...without(":path"), [":path", ""]],
    "a path without a slash": [...without(":path"), [":path", "stream"]],
    "a path with a space": [...without(":path"), [":path", "/a b"]],
    "a path with CR LF": [...without(":path"), [":path", "/a\r\nX: 1"]],
    "a method with a space": [...without(":method"), [":method", "GET /x HTTP/1.1"]],
    "a method in small letters": [...without(":method"), [":method", "get"]],
    "a pseudo-field twice": [...plain, [":path", "/other"]],
    "a pseudo-field that nobody knows": [...plain, [":status", "200"]],
    "a protocol": [...plain, [":protocol", "websocket"]],
    "a pseudo-field after a field": [["a", "b"], ...plain],
    "a name in capitals": [...plain, ["Aa", "b"]],
    connection: [...plain, ["connection", "close"]],
    "transfer-encoding": [...plain, ["transfer-encoding", "chunked"]],
    upgrade: [...plain, ["upgrade", "h2c"]],
    "te that is not trailers": [...plain, ["te", "gzip"]],
    "a length that is no number": [...plain, ["content-length", "1x"]],
    "two lengths": [...plain, ["content-length", "0"], ["content-length", "0"]],
    "a length without a body": [...plain, ["content-length", "5"]],
    "two hosts": [...plain, ["host", "a.test"], ["host", "a.test"]],
    "no host": without(":authority"),
    "an authority with a user": [...without(":authority"), [":authority", "u@a.test"]],
  };
  const raw = await RawHttp2.open(port);
  let stream = 1;
  for (const [name, fields] of Object.entries(malformed)) {
    const id = stream;
    raw.send(frame(HEADERS, END_HEADERS | END_STREAM, id, headerBlock(fields)));
    await raw.until(() => raw.resets(id).length > 0 || raw.of(HEADERS, id).length > 0).catch(() => assert.fail(name));
    // Reset, or answered 400, which is entry 12 of the static table of HPACK.
    const status = raw.of(HEADERS, id)[0]?.payload.find((octet) => octet >= 0x80);
    assert.ok(raw.resets(id).length > 0 || status === 0x8c, name);
    stream += 2;
  }
  assert.deepEqual(seen, []);
  raw.send(frame(HEADERS, END_HEADERS | END_STREAM, stream, headerBlock(plain)));
  await raw.until(() => raw.of(HEADERS, stream).length > 0);
  raw.socket.destroy();
  assert.equal(seen.length, 1);
});

test("fields with forbidden octets are dropped before anybody sees them", async (t) => {
  const { port, seen } = await running(t);
  const raw = await RawHttp2.open(port);
  const fields = [
    ...requestFields("/stream"),
    ["x", "a\r\nevil: 1"],
    ["y", "a\0b"],
    ["z z", "1"],
    ["ok", "1"],
  ] as const;
  raw.send(frame(HEADERS, END_HEADERS | END_STREAM, 1, headerBlock(fields)));
  await raw.until(() => raw.of(HEADERS, 1).length > 0);
  raw.socket.destroy();
  assert.deepEqual({ ...seen[0]?.headers }, { ok: "1", host: "a.test" });
});

test("CONNECT and an expectation that nobody knows are refused", async (t) => {
  const { port } = await running(t);
  const client = session(t, port);
  assert.equal((await ask(client, { ":method": "CONNECT", ":authority": "api.twilio.com:443" })).status, 400);
  assert.equal((await ask(client, { ":path": "/healthz", expect: "tea" })).status, 417);
});

test("says 100 before the body to those that wait for it, and refuses one that is announced too long", async (t) => {
  const { port } = await running(t);
  const client = session(t, port);
  const stream = client.request({ ":method": "POST", ":path": "/echo", expect: "100-continue" });
  await once(stream, "continue");
  stream.end("abc");
  const [head] = (await once(stream, "response")) as [http2.IncomingHttpHeaders];
  assert.equal(head[":status"], 200);
  const long = client.request({ ":method": "POST", ":path": "/echo", expect: "100-continue", "content-length": 1_001 });
  let continues = 0;
  long.on("continue", () => (continues += 1));
  const [refused] = (await once(long, "response")) as [http2.IncomingHttpHeaders];
  assert.deepEqual([refused[":status"], continues], [413, 0]);
  long.destroy();
});

test("header fields over the bound are answered 431, and those far over it reset the stream", async (t) => {
  const { port, server } = await running(t);
  const client = session(t, port);
  assert.equal((await ask(client, { ":path": "/healthz", x: "a".repeat(17_000) })).status, 431);
  const many = Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`x${at}`, "1"]));
  assert.equal((await ask(client, { ":path": "/healthz", ...many })).status, 431);
  const far = await ask(client, { ":path": "/healthz", x: "a".repeat(40_000) });
  assert.deepEqual([far.status, far.rstCode], [undefined, http2.constants.NGHTTP2_ENHANCE_YOUR_CALM]);
  assert.equal((await ask(client, { ":path": "/healthz" })).status, 200);
  assert.equal(server.sessionCount, 1);
});

test("a body can be passed on as it comes, no faster than it is read, and no further than its bound", async (t) => {
  const { port, seen } = await running(t);
  const client = session(t, port);
  const pass = { ":method": "POST", ":path": "/pass" };
  assert.equal((await ask(client, pass, "abc")).body, "abc");
  assert.equal((await ask(client, pass)).body, "");
  assert.equal((await ask(client, pass, "x".repeat(99_000))).body.length, 99_000);
  assert.equal((await ask(client, { ...pass, "content-length": 100_001 }, "x".repeat(100_001))).status, 413);
  const long = await ask(client, pass, "x".repeat(200_000));
  assert.deepEqual([long.status, long.rstCode], [200, http2.constants.NGHTTP2_INTERNAL_ERROR]);
  assert.deepEqual(
    seen.slice(0, 2).map((request) => [request.body?.length, request.contentLength]),
    [
      [undefined, undefined],
      [0, 0],
    ],
  );
  assert.equal((await ask(client, { ":path": "/healthz" })).status, 200);
});

test("a body that breaks off resets its stream only", async (t) => {
  const { port } = await running(t);
  const client = session(t, port);
  assert.equal((await ask(client, { ":path": "/broken" })).rstCode, http2.constants.NGHTTP2_INTERNAL_ERROR);
  assert.equal((await ask(client, { ":path": "/healthz" })).status, 200);
});

test("stopping says GOAWAY, lets what is in progress finish and takes no more", async (t) => {
  const { port, server, release, seen } = await running(t);
  const idle = session(t, port);
  await ask(idle, { ":path": "/healthz" });
  const busy = session(t, port);
  const answer = ask(busy, { ":path": "/slow" });
  while (seen.length === 0) await new Promise(setImmediate);
  const goaways = [idle, busy].map((client) => once(client, "goaway"));
  const closed = server.close();
  assert.deepEqual(
    (await Promise.all(goaways)).map(([code]) => code as number),
    [0, 0],
  );
  release();
  assert.equal((await answer).body, "slow");
  await closed;
  assert.equal(server.sessionCount, 0);
});

test("idle sessions, and those that never say anything after the preface, end", async (t) => {
  const { port, server } = await running(t, { keepAliveTimeoutMs: 40, headersTimeoutMs: 40, checkIntervalMs: 10 });
  const client = session(t, port);
  await ask(client, { ":path": "/healthz" });
  await once(client, "close");
  const silent = connect(port, "127.0.0.1");
  silent.write(PREFACE);
  silent.resume();
  await once(silent, "close");
  while (server.sessionCount > 0) await new Promise(setImmediate);
});

test("a client that closes its side gets the answers that are owed, and the session ends", async (t) => {
  const { port, server, release, seen } = await running(t);
  const raw = await RawHttp2.open(port);
  raw.send(frame(HEADERS, END_HEADERS | END_STREAM, 1, headerBlock(requestFields("/slow"))));
  while (seen.length === 0) await new Promise(setImmediate);
  raw.socket.end();
  const other = session(t, port);
  await ask(other, { ":path": "/healthz" });
  other.destroy();
  release();
  await raw.end();
  while (server.sessionCount > 0) await new Promise(setImmediate);
});
