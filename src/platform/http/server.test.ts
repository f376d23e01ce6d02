import assert from "node:assert/strict";
import { connect, createServer, type Socket } from "node:net";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import { CORPUS } from "../../../test/kit/request-corpus.ts";
import { ACCOUNT, AUTH, MESSAGES, sampleServer, type Sample } from "./sample-api.test.ts";
import type { ServerLimits } from "./index.ts";

const BASIC = `Authorization: Basic ${Buffer.from(`${AUTH.username}:${AUTH.password}`).toString("base64")}\r\n`;
const FORM = "Content-Type: application/x-www-form-urlencoded\r\n";

interface Running extends Sample {
  readonly port: number;
}

async function running(t: TestContext, limits: ServerLimits = {}): Promise<Running> {
  const sample = sampleServer({ limits });
  const { port } = await sample.server.listen({ host: "127.0.0.1", port: 0 });
  t.after(() => sample.server.close(0));
  return { ...sample, port };
}

/** A client that writes octets and collects what comes back. */
class Client {
  readonly socket: Socket;
  received = "";
  ended = false;
  private waiting: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => this.note(() => (this.received += text)));
    socket.on("close", () => this.note(() => (this.ended = true)));
    socket.on("error", () => undefined);
  }

  private note(change: () => void): void {
    change();
    const woken = this.waiting;
    this.waiting = [];
    for (const wake of woken) wake();
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.ended) assert.fail(`the connection ended; received: ${this.received}`);
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  statuses(): number[] {
    return [...this.received.matchAll(/^HTTP\/1\.1 (\d{3})|(?<=\})HTTP\/1\.1 (\d{3})/gm)].map((match) =>
      Number(match[1] ?? match[2]),
    );
  }

  answers(count: number): Promise<void> {
    return this.until(() => this.statuses().length >= count && /\r\n\r\n[^]*$/.test(this.received));
  }

  end(): Promise<void> {
    return this.ended ? Promise.resolve() : this.until(() => this.ended);
  }
}

async function client(t: TestContext, port: number): Promise<Client> {
  const socket = connect(port, "127.0.0.1");
  t.after(() => socket.destroy());
  await once(socket, "connect");
  return new Client(socket);
}

const get = (path: string, more = ""): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n${BASIC}${more}\r\n`;
const post = (body: string, more = ""): string =>
  `POST ${MESSAGES}.json HTTP/1.1\r\nHost: x\r\n${BASIC}${FORM}Content-Length: ${Buffer.byteLength(body)}\r\n${more}\r\n${body}`;

test("one connection carries many requests", async (t) => {
  const { port, messages } = await running(t);
  const one = await client(t, port);
  for (let i = 1; i <= 3; i += 1) {
    one.socket.write(post(`To=%2B${i}&Body=x`));
    await one.answers(i);
  }
  assert.deepEqual(one.statuses(), [201, 201, 201]);
  assert.deepEqual(
    messages.map((message) => message.to),
    ["+1", "+2", "+3"],
  );
  assert.match(one.received, /Content-Length: \d+\r\n[^]*Connection: keep-alive\r\n/);
});

test("pipelined requests are answered in order, and too many at once are refused", async (t) => {
  const { port, gate } = await running(t, { maxPipelined: 2 });
  const one = await client(t, port);
  const slow = `POST /2010-04-01/Accounts/${ACCOUNT}/Slow.json HTTP/1.1\r\nHost: x\r\n${BASIC}Content-Length: 0\r\n\r\n`;
  one.socket.write(slow + get("/healthz") + get("/healthz"));
  setImmediate(() => gate.release());
  await one.answers(3);
  assert.deepEqual(one.statuses(), [200, 200, 429]);
});

test("a body may come in pieces, split anywhere", async (t) => {
  const { port, messages } = await running(t);
  const one = await client(t, port);
  one.socket.setNoDelay(true);
  for (const octet of post("To=%2B1&Body=h%C3%A9")) {
    one.socket.write(octet);
    await new Promise(setImmediate);
  }
  await one.answers(1);
  assert.equal(messages[0]?.body, "hé");
});

test("a chunked body is read, and refused above 64 KiB without reading all of it", async (t) => {
  const { port } = await running(t);
  const one = await client(t, port);
  const head = `POST ${MESSAGES}.json HTTP/1.1\r\nHost: x\r\n${BASIC}${FORM}Transfer-Encoding: chunked\r\n\r\n`;
  one.socket.write(`${head}6\r\nTo=%2B\r\n1\r\n1\r\n0\r\n\r\n`);
  await one.answers(1);
  const chunk = `4000\r\n${"a".repeat(0x4000)}\r\n`;
  one.socket.write(head + chunk.repeat(5));
  await one.answers(2);
  assert.deepEqual(one.statuses(), [201, 413]);
  assert.match(one.received, /"code":20413/);
  assert.match(one.received, /Connection: close/);
  // Goes on sending for ever; the server must cut it off.
  const pump = (): void => {
    if (one.socket.writable) one.socket.write(chunk.repeat(16), () => setImmediate(pump));
  };
  pump();
  await one.end();
});

test("a body announced too long is refused before it is sent", async (t) => {
  const { port, server } = await running(t);
  const one = await client(t, port);
  one.socket.write(
    `POST ${MESSAGES}.json HTTP/1.1\r\nHost: x\r\n${BASIC}${FORM}Expect: 100-continue\r\nContent-Length: 65537\r\n\r\n`,
  );
  await one.answers(1);
  assert.deepEqual(one.statuses(), [413]);
  one.socket.destroy();
  const two = await client(t, port);
  two.socket.write(post("To=%2B1", "Expect: 100-continue\r\n"));
  await two.answers(2);
  assert.deepEqual(two.statuses(), [100, 201]);
  assert.ok(server.connectionCount >= 1);
});

test("a short body is dropped when refused, and the connection goes on", async (t) => {
  const { port } = await running(t);
  const one = await client(t, port);
  const unauthenticated = `POST ${MESSAGES}.json HTTP/1.1\r\nHost: x\r\n${FORM}Content-Length: 7\r\n\r\nTo=%2B1`;
  one.socket.write(unauthenticated + post("To=%2B1"));
  await one.answers(2);
  one.socket.write(unauthenticated.slice(0, -3));
  await one.answers(3);
  one.socket.write(unauthenticated.slice(-3) + post("To=%2B1"));
  await one.answers(4);
  assert.deepEqual(one.statuses(), [401, 201, 401, 201]);
});

test("a slow header and a slow body are answered 408, on our own listener and on connections handed over", async (t) => {
  const limits = { headersTimeoutMs: 60, requestTimeoutMs: 60, checkIntervalMs: 20 };
  const { port } = await running(t, limits);
  const fed = sampleServer({ limits });
  const front = createServer((socket) => fed.server.handleConnection(socket));
  front.listen(0, "127.0.0.1");
  await once(front, "listening");
  t.after(async () => {
    await fed.server.close(0);
    front.close();
  });
  const address = front.address();
  assert.ok(address !== null && typeof address === "object");
  for (const to of [port, address.port]) {
    const header = await client(t, to);
    header.socket.write("GET / HTTP/1.1\r\nHost:");
    const body = await client(t, to);
    body.socket.write(post("To=%2B1").slice(0, -1));
    await Promise.all([header.end(), body.end()]);
    assert.deepEqual([header.statuses(), body.statuses()], [[408], [408]]);
  }
});

test("a connection handed over is served, with its scheme", async (t) => {
  const sample = sampleServer();
  const front = createServer((socket) => sample.server.handleConnection(socket, "https"));
  front.listen(0, "127.0.0.1");
  await once(front, "listening");
  t.after(async () => {
    await sample.server.close(0);
    front.close();
  });
  const address = front.address();
  assert.ok(address !== null && typeof address === "object");
  const one = await client(t, address.port);
  one.socket.write(`GET /v1/Services HTTP/1.1\r\nHost: verify.twilio.com\r\n${BASIC}\r\n`);
  await one.answers(1);
  assert.match(one.received, /"url":"https:\/\/verify\.twilio\.com\/v1\/Services/);
});

test("what is no HTTP, and absurd headers, get one clear answer and the connection ends", async (t) => {
  const { port, messages } = await running(t);
  const cases: [string, number][] = [
    ["\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400],
    ["HELO example.org\r\n\r\n", 400],
    [`GET / HTTP/1.1\r\nHost: x\r\nX: ${"a".repeat(20_000)}\r\n\r\n`, 431],
    [`GET /${"a".repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
    [`GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${"a: b\r\n".repeat(4_000)}\r\n`, 431],
    ["GET / HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\n\r\n", 400],
    [post("To=%2B1", "Content-Length: 1\r\n"), 400],
    [post("To=%2B1", "Transfer-Encoding: chunked\r\n"), 400],
    [`POST ${MESSAGES}.json HTTP/1.1\r\nHost: x\r\n${BASIC}${FORM}Content-Length: -1\r\n\r\n`, 400],
    [`POST ${MESSAGES}.json HTTP/1.1\r\nHost: x\r\n${BASIC}${FORM}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400],
  ];
  for (const [octets, status] of cases) {
    const one = await client(t, port);
    one.socket.write(octets, "latin1");
    await one.end();
    assert.deepEqual(one.statuses(), [status], octets.slice(0, 60));
  }
  assert.equal(messages.length, 0);
});

test("a broken request does not overtake the answers before it", async (t) => {
  const { port, gate } = await running(t);
  const one = await client(t, port);
  const slow = `POST /2010-04-01/Accounts/${ACCOUNT}/Slow.json HTTP/1.1\r\nHost: x\r\n${BASIC}Content-Length: 0\r\n\r\n`;
  one.socket.write(`${slow}${get("/healthz")}NONSENSE\r\n\r\n`);
  setImmediate(() => setImmediate(() => gate.release()));
  await one.end();
  assert.deepEqual(
    [...one.received.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1]),
    ["200", "200", "400"],
  );
});

test("nothing in an answer can inject a header field", async (t) => {
  const { port, log } = await running(t);
  const one = await client(t, port);
  one.socket.write(get(`${MESSAGES}/x%0d%0aSet-Cookie:%20a=b.json`));
  await one.answers(1);
  const body = "Kind=header";
  one.socket.write(
    `POST /2010-04-01/Accounts/${ACCOUNT}/Bug.json HTTP/1.1\r\nHost: x\r\n${BASIC}${FORM}Content-Length: ${body.length}\r\n\r\n${body}`,
  );
  await one.until(() => one.received.includes("20500"));
  assert.doesNotMatch(one.received, /^Set-Cookie/m);
  assert.match(one.received, /HTTP\/1\.1 500 Internal Server Error\r\n/);
  assert.ok(
    one.received.includes(`Twilio-Request-Id: ${log.at(0)?.fields["requestId"]}`),
    "the log has it under the id of the answer",
  );
});

test("a streamed answer, an answer without body and HEAD keep the connection in step", async (t) => {
  const { port } = await running(t);
  const one = await client(t, port);
  const media = `${MESSAGES}/MM1/Media/ME1`;
  one.socket.write(
    `HEAD ${MESSAGES}.json HTTP/1.1\r\nHost: x\r\n${BASIC}\r\nHEAD ${media} HTTP/1.1\r\nHost: x\r\n\r\n`,
  );
  one.socket.write(`DELETE ${MESSAGES}/SM1.json HTTP/1.1\r\nHost: x\r\n${BASIC}\r\n${get(media)}${get("/healthz")}`);
  await one.until(() => one.received.endsWith("ok\n"));
  const codes = [...one.received.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1]);
  assert.deepEqual(codes, ["200", "200", "204", "200", "200"]);
  assert.match(one.received, /2\r\npi\r\n4\r\nxels\r\n0\r\n\r\nHTTP/);
});

test("a client that leaves in the middle harms nobody", async (t) => {
  const { port, gate, server, log } = await running(t);
  const slow = `POST /2010-04-01/Accounts/${ACCOUNT}/Slow.json HTTP/1.1\r\nHost: x\r\n${BASIC}Content-Length: 0\r\n\r\n`;
  const leaving = await client(t, port);
  leaving.socket.write(slow);
  const within = await client(t, port);
  within.socket.write(post("To=%2B1").slice(0, -3));
  const witness = await client(t, port);
  witness.socket.write(get("/healthz"));
  await witness.answers(1);
  leaving.socket.resetAndDestroy();
  within.socket.resetAndDestroy();
  while (server.connectionCount > 1) await new Promise(setImmediate);
  gate.release();
  witness.socket.write(get("/healthz"));
  await witness.answers(2);
  assert.deepEqual(log, []);
});

test("connections above the limit are answered 503", async (t) => {
  const { port } = await running(t, { maxConnections: 1 });
  const first = await client(t, port);
  first.socket.write(get("/healthz"));
  await first.answers(1);
  const second = await client(t, port);
  await second.end();
  assert.deepEqual(second.statuses(), [503]);
});

test("closing lets the request in progress finish and ends idle connections", async (t) => {
  const { port, gate, server } = await running(t);
  const idle = await client(t, port);
  idle.socket.write(get("/healthz"));
  await idle.answers(1);
  const busy = await client(t, port);
  busy.socket.write(
    `POST /2010-04-01/Accounts/${ACCOUNT}/Slow.json HTTP/1.1\r\nHost: x\r\n${BASIC}Content-Length: 0\r\n\r\n`,
  );
  // A round trip on a third connection shows that the server has read what came before it.
  const third = await client(t, port);
  third.socket.write(get("/healthz"));
  await third.answers(1);
  const closed = server.close();
  await idle.end();
  gate.release();
  await busy.end();
  assert.deepEqual(busy.statuses(), [200]);
  assert.match(busy.received, /Connection: close/);
  await closed;
});

test("every nasty request of the corpus is answered as it says, and then the connection is in step or ends", async (t) => {
  const { port, bugs } = await running(t);
  for (const { name, octets, verdict } of CORPUS) {
    const one = await client(t, port);
    // A path that reads its body, so that what is wrong with a body is met.
    const read = octets
      .replaceAll("POST / ", `POST ${MESSAGES}.json `)
      .replaceAll("Host: x\r\n", `Host: x\r\n${verdict === 400 ? BASIC : ""}`);
    one.socket.end(read, "latin1");
    await one.end();
    const statuses = [...one.received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => Number(match[1]));
    if (typeof verdict === "number") assert.equal(statuses.at(-1), verdict, name);
    // What the routes make of them does not matter; that they were understood does.
    else assert.ok(!statuses.includes(500) && !statuses.includes(431), name);
  }
  assert.deepEqual(bugs, []);
});

test("HTTP/1.0 is answered and closed, or kept where the client asks", async (t) => {
  const { port } = await running(t);
  const closed = await client(t, port);
  closed.socket.write("GET /healthz HTTP/1.0\r\n\r\n");
  await closed.end();
  assert.match(closed.received, /^HTTP\/1\.1 200 OK\r\n[^]*Connection: close\r\n[^]*ok\n$/);
  const kept = await client(t, port);
  kept.socket.write("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  await kept.answers(1);
  kept.socket.write(`GET ${MESSAGES}/MM1/Media/ME1 HTTP/1.0\r\nHost: x\r\n${BASIC}\r\n`);
  await kept.end();
  // Without chunks the end of a stream is the end of the connection.
  assert.match(kept.received, /Connection: close\r\n\r\npixels$/);
});

test("what follows a request to close is not looked at", async (t) => {
  const { port, messages } = await running(t);
  const one = await client(t, port);
  one.socket.write(post("To=%2B1", "Connection: close\r\n") + post("To=%2B2"));
  await one.end();
  assert.deepEqual(one.statuses(), [201]);
  assert.equal(messages.length, 1);
});

test("a client that has closed its side still gets its answers", async (t) => {
  const { port, gate } = await running(t);
  const one = await client(t, port);
  const slow = `POST /2010-04-01/Accounts/${ACCOUNT}/Slow.json HTTP/1.1\r\nHost: x\r\n${BASIC}Content-Length: 0\r\n\r\n`;
  one.socket.end(slow + get("/healthz"));
  const other = await client(t, port);
  other.socket.write(get("/healthz"));
  await other.answers(1);
  gate.release();
  await one.end();
  assert.deepEqual(
    [...one.received.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1]),
    ["200", "200"],
  );
});

test("an expectation that nobody knows is 417, and CONNECT is refused and the connection ends", async (t) => {
  const { port } = await running(t);
  const one = await client(t, port);
  one.socket.write(get("/healthz", "Expect: tea\r\n"));
  await one.answers(1);
  one.socket.write("CONNECT api.twilio.com:443 HTTP/1.1\r\nHost: api.twilio.com:443\r\n\r\n");
  await one.end();
  assert.deepEqual(one.statuses(), [417, 400]);
});

test("a client that reads nothing is not read from for ever, and is cut off", async (t) => {
  const { port, server } = await running(t, { writeTimeoutMs: 100, checkIntervalMs: 20 });
  const one = await client(t, port);
  one.socket.pause();
  const requests = get("/nowhere/".padEnd(4_000, "x")).repeat(100);
  const pump = (): void => {
    if (one.socket.writable) one.socket.write(requests, () => setImmediate(pump));
  };
  pump();
  while (server.connectionCount > 0) await new Promise((resolve) => setTimeout(resolve, 5));
});

test("an idle connection is closed without a word", async (t) => {
  const { port } = await running(t, { keepAliveTimeoutMs: 40, checkIntervalMs: 10 });
  const one = await client(t, port);
  one.socket.write(get("/healthz"));
  await one.answers(1);
  const { received } = one;
  await one.end();
  assert.equal(one.received, received);
});

test("answers of one turn leave in one piece", async (t) => {
  const { port } = await running(t);
  const one = await client(t, port);
  let pieces = 0;
  one.socket.on("data", () => (pieces += 1));
  one.socket.write(get("/healthz").repeat(20));
  await one.until(() => one.received.split("ok\n").length === 21);
  assert.equal(pieces, 1);
});
