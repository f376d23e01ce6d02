import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, it } from "node:test";
import {
  ACCOUNT,
  answering,
  BASIC,
  bodyOf,
  codeOf,
  edgeWorld,
  MESSAGES,
  ok,
  request,
  ScriptedCell,
  soon,
  statusOf,
} from "./edge-world.test.ts";

const LONG = 4 * 1_048_576;

function client(port: number): { socket: Socket; text: () => string; octets: () => number } {
  const socket = connect(port, "127.0.0.1");
  const pieces: Buffer[] = [];
  let octets = 0;
  socket.on("error", () => undefined);
  socket.on("data", (piece: Buffer) => {
    pieces.push(piece);
    octets += piece.length;
  });
  return { socket, text: () => Buffer.concat(pieces).toString("latin1"), octets: () => octets };
}

describe("what a cell receives", () => {
  it("is written anew from what was understood", async (t) => {
    const cell = new ScriptedCell(answering(ok()));
    const world = await edgeWorld(t, { a: cell });
    const fields = [
      "Content-Type: application/x-www-form-urlencoded",
      "Connection: X-Gone, close",
      "X-Gone: 1",
      "X-Kept: 1",
      "X-Trunkline-Fleet: t=1,s=2",
      "X-Trunkline-Operator: yes",
      "X-Trunkline-Request-Id: mine",
      "X-Forwarded-For: 10.0.0.1",
      "TE: trailers",
      "Upgrade: h2c",
      "Proxy-Authorization: Basic eA==",
      "",
    ].join("\r\n");
    await world.ask(request("POST", `${MESSAGES}?a=b`, { fields, body: "To=%2B1" }));
    const { port } = cell.address;
    assert.equal(cell.received.length, 1);
    assert.deepEqual(cell.received[0]?.head.replace(/RQ[0-9a-f]{32}/, "RQ…").split("\r\n"), [
      `POST ${MESSAGES}?a=b HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      `authorization: ${BASIC}`,
      "content-type: application/x-www-form-urlencoded",
      "x-kept: 1",
      "X-Forwarded-Host: api.twilio.com",
      "X-Forwarded-For: 127.0.0.1",
      "X-Forwarded-Proto: http",
      "X-Trunkline-Request-Id: RQ…",
      "Content-Length: 7",
      "",
      "",
    ]);
    assert.equal(cell.received[0]?.body.toString(), "To=%2B1");
  });

  it("has the host and scheme that a proxy before us named, and a path where the target was absolute", async (t) => {
    const cell = new ScriptedCell(answering(ok()));
    const world = await edgeWorld(t, { a: cell });
    const fields = "X-Forwarded-Host: api.example.com, other\r\nX-Forwarded-Proto: https\r\n";
    await world.ask(request("GET", `http://ignored.example${MESSAGES}`, { fields }));
    const head = cell.received[0]?.head ?? "";
    assert.ok(head.startsWith(`GET ${MESSAGES} HTTP/1.1\r\n`), head);
    assert.match(head, /^X-Forwarded-Host: api\.example\.com\r$/m);
    assert.match(head, /^X-Forwarded-Proto: https\r$/m);
    assert.doesNotMatch(head, /content-length|transfer-encoding/i);
  });

  it("has a length where a chunked body is short, and chunks of our own where it is long", async (t) => {
    const cell = new ScriptedCell(answering(ok()));
    const world = await edgeWorld(t, { a: cell });
    const fields = "Transfer-Encoding: chunked\r\n";
    const short = `${request("POST", MESSAGES, { fields })}3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: 1\r\n\r\n`;
    assert.equal(statusOf(await world.ask(short)), 200);
    assert.match(cell.received[0]?.head ?? "", /^Content-Length: 5\r$/m);
    assert.equal(cell.received[0]?.body.toString(), "abcde");
    const piece = "x".repeat(50_000);
    const long = `${request("POST", MESSAGES, { fields })}${`c350\r\n${piece}\r\n`.repeat(4)}0\r\n\r\n`;
    assert.equal(statusOf(await world.ask(long)), 200);
    assert.match(cell.received[1]?.head ?? "", /^Transfer-Encoding: chunked\r$/m);
    assert.equal(cell.received[1]?.body.length, 200_000);
  });

  it("comes no faster than the cell reads, however long it is", async (t) => {
    const cell = new ScriptedCell(answering(ok()));
    cell.reads = false;
    const world = await edgeWorld(t, { a: cell });
    const { socket, text } = client(world.port);
    // More than the buffers of all the sockets on the way together.
    const body = Buffer.alloc(40 * 1_048_576, "y");
    socket.write(request("POST", "/trunkline/v1/Routing/Tables", { fields: `Content-Length: ${body.length}\r\n` }));
    socket.write(body);
    await soon(() => cell.sockets.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    // What the edge took is in the buffers of sockets and streams: most is with the client still.
    assert.ok(socket.writableLength > 0, `${socket.writableLength} octets are left with the client`);
    const upstream = cell.sockets[0];
    let octets = 0;
    upstream?.on("data", (piece: Buffer) => {
      octets += piece.length;
      if (octets >= body.length) upstream.write(ok("all"));
    });
    upstream?.resume();
    await once(socket, "close");
    assert.equal(bodyOf(text()), "all");
    assert.ok(octets >= body.length);
  });
});

describe("what a client receives", () => {
  it("is the cell's answer without what was for our connection", async (t) => {
    const fields = "Connection: x-hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=9\r\nDate: yesterday\r\nX-Kept: 1\r\n";
    const world = await edgeWorld(t, { a: new ScriptedCell(answering(ok("täxt", fields))) });
    const answer = await world.ask(request("GET", MESSAGES));
    assert.match(answer, /^X-Kept: 1\r$/m);
    assert.doesNotMatch(answer, /x-hop|timeout=9|yesterday/i);
    assert.equal(answer.match(/^content-length:/gim)?.length, 1);
    assert.equal(bodyOf(answer), Buffer.from("täxt").toString("latin1"));
  });

  it("has no body after HEAD, 204 and 304, and the length that a body would have had", async (t) => {
    const cell = new ScriptedCell(answering(""));
    const world = await edgeWorld(t, { a: cell });
    const answers: readonly (readonly [method: string, raw: string, seen: RegExp])[] = [
      ["HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", /^Content-Length: 900\r$/m],
      ["DELETE", "HTTP/1.1 204 No Content\r\n\r\n", /^HTTP\/1.1 204/],
      ["GET", 'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n', /^ETag: "x"\r$/m],
      [
        "GET",
        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n",
        /^HTTP\/1.1 404/,
      ],
    ];
    for (const [method, raw, seen] of answers) {
      cell.script = answering(raw);
      const answer = await world.ask(request(method, MESSAGES));
      assert.match(answer, seen);
      assert.equal(bodyOf(answer), "");
    }
    assert.equal(cell.connections, 1);
  });

  it("is the same whether chunks come at once or in pieces, or the end of the connection ends it", async (t) => {
    const cell = new ScriptedCell(answering(""));
    const world = await edgeWorld(t, { a: cell });
    const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    cell.script = answering(`${head}3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n`);
    assert.equal(unchunk(bodyOf(await world.ask(request("GET", MESSAGES)))), "abcdef");
    cell.script = (_, socket) => {
      const pieces = `${head}3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n`.split("");
      const next = (): void => {
        const piece = pieces.shift();
        if (piece === undefined) return;
        socket.write(piece);
        setImmediate(next);
      };
      next();
    };
    assert.equal(unchunk(bodyOf(await world.ask(request("GET", MESSAGES)))), "abcdef");
    cell.script = (_, socket) => void socket.end("HTTP/1.1 200 OK\r\n\r\nabcdef");
    assert.equal(unchunk(bodyOf(await world.ask(request("GET", MESSAGES)))), "abcdef");
    assert.equal(cell.connections, 1);
  });

  it("comes no faster than it is read, and whole", async (t) => {
    const body = Buffer.alloc(LONG * 4, "z");
    const cell = new ScriptedCell((_, socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`);
      socket.write(body);
    });
    const world = await edgeWorld(t, { a: cell });
    const { socket, octets } = client(world.port);
    socket.pause();
    socket.write(request("GET", MESSAGES));
    await soon(() => cell.received.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.ok((cell.sockets[0]?.writableLength ?? 0) > 0, "most is with the cell still");
    socket.resume();
    await once(socket, "close");
    assert.ok(octets() > body.length);
    assert.equal(world.pool.counts().get("a")?.idle, 1);
  });

  it("breaks off where the cell does, within a body", async (t) => {
    const cell = new ScriptedCell((_, socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
      setImmediate(() => socket.destroy());
    });
    const world = await edgeWorld(t, { a: cell });
    const answer = await world.ask(request("GET", MESSAGES));
    assert.match(answer, /^Content-Length: 100\r$/m);
    assert.equal(bodyOf(answer), "abc");
  });

  it("lets go of the cell when it goes away within a body", async (t) => {
    const cell = new ScriptedCell(answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"));
    const world = await edgeWorld(t, { a: cell });
    const { socket, text } = client(world.port);
    socket.write(request("GET", MESSAGES));
    await soon(() => text().endsWith("abc"));
    socket.resetAndDestroy();
    await soon(() => world.pool.counts().get("a")?.open === 0);
  });
});

/** The content of a chunked body, which is valid. */
function unchunk(text: string): string {
  let rest = text;
  let content = "";
  for (;;) {
    const line = rest.indexOf("\r\n");
    const octets = Number.parseInt(rest.slice(0, line), 16);
    assert.ok(Number.isInteger(octets), text);
    if (octets === 0) return content;
    content += rest.slice(line + 2, line + 2 + octets);
    rest = rest.slice(line + 4 + octets);
  }
}

describe("connections to a cell", () => {
  it("are used again and again", async (t) => {
    const cell = new ScriptedCell(answering(ok()));
    const world = await edgeWorld(t, { a: cell });
    for (let count = 0; count < 5; count += 1) await world.ask(request("GET", MESSAGES));
    assert.deepEqual([cell.connections, cell.received.length], [1, 5]);
  });

  it("are no more than their maximum; who waits is served in turn, and refused when the line is full", async (t) => {
    const held: Socket[] = [];
    const cell = new ScriptedCell((_, socket) => void held.push(socket));
    const world = await edgeWorld(
      t,
      { a: cell },
      { limits: { maxConnections: 2, maxWaiting: 2, connectTimeoutMs: 5_000 } },
    );
    const answers: string[] = [];
    const asked: Promise<unknown>[] = [];
    for (let count = 0; count < 4; count += 1) {
      asked.push(world.ask(request("GET", `${MESSAGES}?n=${count}`)).then((answer) => answers.push(answer)));
      await soon(() => (world.pool.counts().get("a")?.waiting ?? 0) + held.length >= count + 1);
    }
    await soon(() => held.length === 2);
    assert.equal(statusOf(await world.ask(request("GET", MESSAGES))), 503);
    for (let count = 0; count < 4; count += 1) {
      await soon(() => held.length > 0);
      held.shift()?.write(ok());
    }
    await Promise.all(asked);
    assert.deepEqual(answers.map(statusOf), [200, 200, 200, 200]);
    assert.equal(cell.connections, 2);
    assert.deepEqual(cell.received.map(({ head }) => /n=(\d)/.exec(head)?.[1]).slice(2), ["2", "3"]);
  });

  it("are not used again when more came than was asked for, or nothing was", async (t) => {
    const cell = new ScriptedCell(answering(`${ok()}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`));
    const world = await edgeWorld(t, { a: cell });
    assert.equal(bodyOf(await world.ask(request("GET", MESSAGES))), "ok");
    cell.script = answering(ok("mine"));
    assert.equal(bodyOf(await world.ask(request("GET", MESSAGES))), "mine");
    assert.equal(cell.connections, 2);
    cell.sockets[1]?.write(ok("unasked"));
    await soon(() => world.pool.counts().get("a")?.open === 0);
    assert.equal(bodyOf(await world.ask(request("GET", MESSAGES))), "mine");
  });

  it("end with an answer that two readers might understand differently", async (t) => {
    const cell = new ScriptedCell(answering(""));
    const world = await edgeWorld(t, { a: cell });
    for (const raw of [
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
      "HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nX: a\r\r\n\r\n",
      "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 101 Switching\r\n\r\n",
      `HTTP/1.1 200 OK\r\nX: ${"a".repeat(17_000)}\r\n\r\n`,
    ]) {
      cell.script = answering(raw);
      const answer = await world.ask(request("POST", MESSAGES, { body: "a=b" }));
      assert.deepEqual([statusOf(answer), codeOf(answer)], [502, 20502], raw.slice(0, 80));
      // Each is a failure, and so many in a row would keep us away.
      cell.script = answering(ok());
      assert.equal(statusOf(await world.ask(request("GET", MESSAGES))), 200);
    }
  });
});

describe("a cell that fails", () => {
  it("is answered for with 503 at once when it does not listen, and used again as soon as it does", async (t) => {
    const cell = new ScriptedCell(answering(ok()));
    const world = await edgeWorld(t, { a: cell });
    await cell.close();
    for (let count = 0; count < 3; count += 1) {
      const startMs = performance.now();
      const answer = await world.ask(request("POST", MESSAGES, { body: "a=b" }));
      assert.deepEqual([statusOf(answer), codeOf(answer)], [503, 20503]);
      assert.match(answer, /^Retry-After: 1\r$/m);
      assert.ok(performance.now() - startMs < 100);
    }
    assert.equal(world.pool.counts().get("a")?.isBroken, true);
    await cell.listen(cell.address.port);
    await soon(() => world.pool.counts().get("a")?.isBroken === false);
    assert.equal(statusOf(await world.ask(request("GET", MESSAGES))), 200);
    assert.match(cell.received[0]?.head ?? "", /^GET \/healthz /);
  });

  it("is answered for with 504 when it says nothing in time", async (t) => {
    const cell = new ScriptedCell(() => undefined);
    const world = await edgeWorld(t, { a: cell }, { limits: { answerTimeoutMs: 40 } });
    const answer = await world.ask(request("POST", MESSAGES, { body: "a=b" }));
    assert.deepEqual([statusOf(answer), codeOf(answer)], [504, 20504]);
    assert.equal(cell.received.length, 1);
  });

  it("that says nothing at all is asked how it is, and given up before its requests are late", async (t) => {
    const cell = new ScriptedCell(() => undefined);
    const world = await edgeWorld(t, { a: cell }, { limits: { maxQuietMs: 20, connectTimeoutMs: 30, maxProbeMs: 10 } });
    const { socket } = client(world.port);
    socket.write(request("POST", MESSAGES, { body: "a=b" }));
    await soon(() => world.pool.counts().get("a")?.isBroken === true);
    assert.equal(statusOf(await world.ask(request("POST", MESSAGES, { body: "a=b" }))), 503);
    cell.script = answering(ok());
    await soon(() => world.pool.counts().get("a")?.isBroken === false);
    assert.equal(statusOf(await world.ask(request("POST", MESSAGES, { body: "a=b" }))), 200);
    socket.destroy();
  });

  it("that is only slow with one request is left alone", async (t) => {
    let slow: Socket | undefined;
    const cell = new ScriptedCell(({ head }, socket) => {
      if (head.startsWith("GET /healthz")) socket.write(ok());
      else slow = socket;
    });
    const world = await edgeWorld(t, { a: cell }, { limits: { maxQuietMs: 10 } });
    const asked = world.ask(request("POST", MESSAGES, { body: "a=b" }));
    await soon(() => cell.received.length >= 3);
    assert.equal(world.pool.counts().get("a")?.isBroken, false);
    slow?.write(ok("late"));
    assert.equal(bodyOf(await asked), "late");
  });

  it("is not asked while five in a row went wrong", async (t) => {
    const cell = new ScriptedCell((_, socket) => void socket.destroy());
    const world = await edgeWorld(t, { a: cell }, { limits: { probeMs: 60_000 } });
    for (let count = 0; count < 5; count += 1) {
      assert.equal(statusOf(await world.ask(request("POST", MESSAGES, { body: "a=b" }))), 502);
    }
    assert.equal(statusOf(await world.ask(request("POST", MESSAGES, { body: "a=b" }))), 503);
    assert.equal(cell.received.length, 5);
  });

  it("gets a read once more, but never what may have been carried out", async (t) => {
    const cell = new ScriptedCell(answering(ok()));
    const world = await edgeWorld(t, { a: cell });
    await world.ask(request("GET", MESSAGES));
    let isFirst = true;
    cell.script = (_, socket) => {
      if (isFirst) socket.destroy();
      else socket.write(ok("again"));
      isFirst = false;
    };
    assert.equal(bodyOf(await world.ask(request("GET", MESSAGES))), "again");
    assert.equal(cell.received.length, 3);
    isFirst = true;
    const answer = await world.ask(request("POST", MESSAGES, { body: "a=b" }));
    assert.deepEqual([statusOf(answer), codeOf(answer)], [502, 20502]);
    assert.equal(cell.received.length, 4);
  });

  it("does not get more retries than a tenth of its requests", async (t) => {
    const cell = new ScriptedCell((_, socket) => void socket.destroy());
    const world = await edgeWorld(t, { a: cell }, { limits: { probeMs: 1 } });
    for (let count = 0; count < 10; count += 1) await world.ask(request("GET", MESSAGES));
    const retried = cell.received.filter(({ head }) => head.includes(MESSAGES)).length - 10;
    assert.ok(retried <= 2, `${retried} retries`);
  });
});

describe("a body that is asked for", () => {
  it("is asked for with 100 when the stages let it in, and not when they refuse it", async (t) => {
    const cell = new ScriptedCell(answering(ok()));
    const world = await edgeWorld(t, { a: cell });
    const { socket, text } = client(world.port);
    const head = request("POST", MESSAGES, { fields: "Expect: 100-continue\r\nContent-Length: 3\r\n" });
    socket.write(head);
    await soon(() => text() === "HTTP/1.1 100 Continue\r\n\r\n");
    socket.write("a=b");
    await once(socket, "close");
    assert.match(text(), /\r\n\r\nok$/);
    assert.doesNotMatch(cell.received[0]?.head ?? "", /expect/i);
    const refused = client(world.port);
    refused.socket.write(head.replace(BASIC, `Basic ${Buffer.from(`${ACCOUNT}:no`).toString("base64")}`));
    await once(refused.socket, "close");
    assert.equal(statusOf(refused.text()), 401);
    assert.equal(cell.received.length, 1);
  });

  it("breaks off for the cell where it does for us", async (t) => {
    const cell = new ScriptedCell(answering(ok()));
    const world = await edgeWorld(t, { a: cell });
    const { socket } = client(world.port);
    socket.write(request("POST", MESSAGES, { fields: "Content-Length: 200000\r\n" }) + "x".repeat(100_000));
    await soon(() => world.pool.counts().get("a")?.open === 1);
    socket.destroy();
    await soon(() => world.pool.counts().get("a")?.open === 0);
    assert.equal(cell.received.length, 0);
    assert.equal(world.pool.counts().get("a")?.isBroken, false);
  });

  it("may be left unread: an early answer reaches the client", async (t) => {
    const cell = new ScriptedCell(() => undefined);
    cell.reads = false;
    const world = await edgeWorld(t, { a: cell });
    const { socket, text } = client(world.port);
    socket.write(request("POST", MESSAGES, { fields: "Content-Length: 900000\r\n" }) + "x".repeat(100_000));
    await soon(() => cell.sockets.length === 1);
    cell.sockets[0]?.write("HTTP/1.1 413 Too Long\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    await soon(() => text().startsWith("HTTP/1.1 413"));
    await soon(() => world.pool.counts().get("a")?.open === 0);
    socket.destroy();
  });
});

describe("a cell that is not the home", () => {
  const elsewhere = (cell: string, epoch: number): string =>
    `HTTP/1.1 421 Misdirected Request\r\nX-Trunkline-Home: ${cell}\r\nX-Trunkline-Epoch: ${epoch}\r\nContent-Length: 2\r\n\r\n{}`;

  it("repairs the route, and the request goes there with its body", async (t) => {
    const a = new ScriptedCell(answering(elsewhere("b", 2)));
    const b = new ScriptedCell(answering(ok("from b")));
    const world = await edgeWorld(t, { a, b });
    const body = "x".repeat(60_000);
    assert.equal(bodyOf(await world.ask(request("POST", MESSAGES, { body }))), "from b");
    assert.equal(bodyOf(await world.ask(request("POST", MESSAGES, { body: "a=b" }))), "from b");
    assert.deepEqual([a.received.length, b.received.length, world.routes.repairs], [1, 2, 1]);
    assert.equal(b.received[0]?.body.toString(), body);
    assert.deepEqual([world.records[0]?.attempts, world.records[0]?.cell, world.records[1]?.attempts], [2, "b", 1]);
  });

  it("is asked once and its successor once, whatever they say", async (t) => {
    const a = new ScriptedCell(answering(elsewhere("b", 2)));
    const b = new ScriptedCell(answering(elsewhere("a", 3)));
    const world = await edgeWorld(t, { a, b });
    const answer = await world.ask(request("POST", MESSAGES, { body: "a=b" }));
    assert.deepEqual([statusOf(answer), codeOf(answer)], [503, 20503]);
    assert.deepEqual([a.received.length, b.received.length], [1, 1]);
  });

  it("costs a long body its request, because that is not kept", async (t) => {
    const a = new ScriptedCell(answering(elsewhere("b", 2)));
    const b = new ScriptedCell(answering(ok()));
    const world = await edgeWorld(t, { a, b });
    const answer = await world.ask(request("POST", MESSAGES, { body: "x".repeat(70_000) }));
    assert.equal(statusOf(answer), 503);
    assert.match(answer, /^Retry-After: 1\r$/m);
    assert.equal(statusOf(await world.ask(request("POST", MESSAGES, { body: "x".repeat(70_000) }))), 200);
  });

  it("may not know the home: then the table is asked", async (t) => {
    const a = new ScriptedCell(answering("HTTP/1.1 421 No\r\nContent-Length: 0\r\n\r\n"));
    const b = new ScriptedCell(answering(ok("from b")));
    const world = await edgeWorld(t, { a, b });
    assert.equal(statusOf(await world.ask(request("GET", MESSAGES))), 503);
    Object.assign(world.routes, { refresh: () => Promise.resolve({ cell: "b", epoch: 2 }) });
    assert.equal(bodyOf(await world.ask(request("GET", MESSAGES))), "from b");
  });
});
