import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { systemNet } from "../../adapters/system/index.ts";
import type { DialTarget, Net } from "../ports.ts";
import { HttpClientError } from "./index.ts";
import type { HttpClientStage } from "./index.ts";
import {
  bodyOf,
  netWithNames,
  openManualRig,
  openRig,
  portOf,
  signal,
  startHttp,
  startRaw,
} from "../../../test/kit/loopback-servers.ts";

const failsWith = (stage: HttpClientStage, code: string, bytesSent: boolean) => (error: unknown) => {
  assert.ok(error instanceof HttpClientError);
  assert.deepEqual([error.stage, error.code, error.bytesSent], [stage, code, bytesSent]);
  return true;
};

describe("a request", () => {
  it("arrives as it was given and brings the answer back", async (t) => {
    const { url } = await startHttp(t, async (request, response) => {
      const body = await bodyOf(request);
      response.setHeader("X-Seen", [`${request.method} ${request.url}`, String(request.headers["x-in"])]);
      response.setHeader("__proto__", "harmless");
      response.statusCode = 418;
      response.end(body.toUpperCase());
    });
    const { request } = openRig(t);
    const answer = await request({ method: "POST", url: `${url}/p?q=1#f`, headers: [["X-In", "v"]], body: "text" });
    assert.equal(answer.status, 418);
    assert.equal(answer.headers["x-seen"], "POST /p?q=1, v");
    assert.equal(answer.headers["__proto__"], "harmless");
    assert.equal(answer.body.toString(), "TEXT");
    assert.equal(answer.url, `${url}/p?q=1`);
  });

  it("takes chunked answers, answers without end, HEAD and 204", async (t) => {
    const { url } = await startHttp(t, (request, response) => {
      if (request.url === "/chunked") for (const part of ["a", "b", "c"]) response.write(part);
      if (request.url === "/close") response.setHeader("Connection", "close").removeHeader("Transfer-Encoding");
      if (request.url === "/close") response.useChunkedEncodingByDefault = false;
      if (request.url === "/close") response.write("until the end");
      if (request.url === "/204") response.statusCode = 204;
      if (request.url === "/head") response.setHeader("Content-Length", "500");
      response.end();
    });
    const { request } = openRig(t);
    assert.equal((await request({ url: `${url}/chunked` })).body.toString(), "abc");
    assert.equal((await request({ url: `${url}/close` })).body.toString(), "until the end");
    assert.equal((await request({ url: `${url}/204` })).status, 204);
    assert.equal((await request({ method: "HEAD", url: `${url}/head` })).headers["content-length"], "500");
  });

  it("leaves in one piece", async (t) => {
    const texts: string[] = [];
    const { url } = await startRaw(t, (socket, _connection, _arrival, text) => {
      texts.push(text);
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
    const { request } = openRig(t);
    await request({ method: "POST", url, body: "a=b" });
    assert.deepEqual(texts, [`POST / HTTP/1.1\r\nHost: ${url.slice(7)}\r\nContent-Length: 3\r\n\r\na=b`]);
  });

  it("is refused before anything is sent: URL, header, address", async (t) => {
    const { request } = openRig(t, { net: netWithNames({ "inside.test": ["169.254.169.254"] }) });
    await assert.rejects(request({ url: "gopher://h/" }), failsWith("url", "bad-url", false));
    await assert.rejects(
      request({ url: "http://127.0.0.1/", headers: [["X", "a\r\nb"]] }),
      failsWith("url", "bad-header-field", false),
    );
    await assert.rejects(request({ url: "http://inside.test/" }), failsWith("guard", "address-not-allowed", false));
    await assert.rejects(request({ url: "http://0xa9fea9fe/" }), failsWith("guard", "address-not-allowed", false));
    await assert.rejects(request({ url: "http://nowhere.test/" }), failsWith("resolve", "ENOTFOUND", false));
  });
});

describe("connections", () => {
  it("are used again, one after the other", async (t) => {
    const { url, connections } = await startRaw(t, (socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
    const { request } = openRig(t);
    for (let n = 0; n < 5; n++) await request({ method: "POST", url });
    assert.equal(connections(), 1);
  });

  it("go to the address that was judged, whatever the name says afterwards", async (t) => {
    const { server } = await startHttp(t, (request, response) => response.end(request.headers.host));
    let asked = 0;
    const dialled: DialTarget[] = [];
    const net: Net = {
      ...systemNet,
      resolve: async () => [(asked += 1) === 1 ? "127.0.0.1" : "169.254.169.254"],
      dial: (target) => {
        dialled.push(target);
        return systemNet.dial(target);
      },
    };
    const { request } = openRig(t, { net });
    const answer = await request({ url: `http://rebind.test:${portOf(server)}/` });
    assert.equal(answer.body.toString(), `rebind.test:${portOf(server)}`);
    assert.deepEqual(
      dialled.map(({ host }) => host),
      ["127.0.0.1"],
    );
  });

  it("are not shared between names at one address", async (t) => {
    const { url, connections } = await startRaw(t, (socket) => socket.write("HTTP/1.1 204 No Content\r\n\r\n"));
    const { request } = openRig(t, { net: netWithNames({ "a.test": ["127.0.0.1"], "b.test": ["127.0.0.1"] }) });
    const { port } = new URL(url);
    await request({ url: `http://a.test:${port}` });
    await request({ url: `http://b.test:${port}` });
    await request({ url: `http://a.test:${port}` });
    assert.equal(connections(), 2);
  });

  it("are tried at the next address when one refuses", async (t) => {
    const { server } = await startHttp(t, (_request, response) => response.end("here"));
    const net = netWithNames({ "two.test": ["127.0.0.77", "127.0.0.1"] });
    const { request } = openRig(t, { net });
    const url = `http://two.test:${portOf(server)}/`;
    assert.equal((await request({ url, method: "POST" })).body.toString(), "here");
  });

  it("that nobody answers at are reported", async (t) => {
    const { server } = await startHttp(t, () => {});
    const port = portOf(server);
    await new Promise((done) => server.close(done));
    const { request } = openRig(t);
    await assert.rejects(request({ url: `http://127.0.0.1:${port}/` }), failsWith("connect", "ECONNREFUSED", false));
  });

  it("are not used again after an answer with something behind it, or while the request has not left", async (t) => {
    const { url, connections } = await startRaw(t, (socket, connection, arrival, text) => {
      if (arrival > 1) return;
      const extra = text.startsWith("GET /extra") ? "HTTP/1.1 200 OK\r\n" : "";
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${connection}${extra}`);
      if (text.startsWith("POST")) socket.pause();
    });
    const { request } = openRig(t);
    assert.equal((await request({ url: `${url}/extra` })).body.toString(), "1");
    assert.equal((await request({ method: "POST", url, body: Buffer.alloc(30_000_000) })).body.toString(), "2");
    assert.equal((await request({ url })).body.toString(), "3");
    assert.equal(connections(), 3);
  });

  it("close when unused for as long as the client or the server allows", async (t) => {
    const rig = openManualRig(t);
    const { url, connections } = await startRaw(t, (socket, _connection, _arrival, text) => {
      const hint = text.includes("/hint") ? "Keep-Alive: max=9, timeout=2\r\n" : "";
      socket.write(`HTTP/1.1 200 OK\r\n${hint}Content-Length: 0\r\n\r\n`);
    });
    const ask = (path: string) => rig.request({ url: url + path });
    await ask("/");
    rig.clock.advance(3_999);
    await ask("/");
    assert.equal(connections(), 1);
    rig.clock.advance(4_025);
    await ask("/hint");
    assert.equal(connections(), 2);
    rig.clock.advance(1_025);
    await ask("/");
    assert.equal(connections(), 3);
    await rig.client.close();
    rig.clock.advance(100);
    assert.equal(rig.clock.pendingTimers, 0);
  });
});

describe("a connection that dies between two requests", () => {
  /** Answers the first request of the first connection, then closes as the second one arrives. */
  const dying = (
    socket: { write(text: string): void; destroy(): void; resetAndDestroy(): void },
    connection: number,
    arrival: number,
  ) => {
    if (connection === 1 && arrival === 2) socket.resetAndDestroy();
    else socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  };

  it("is replaced once where the caller or the method says that this is safe", async (t) => {
    for (const change of [{ method: "POST", retryStale: true }, { method: "GET" }]) {
      const { url, connections } = await startRaw(t, dying);
      const { request } = openRig(t);
      await request({ url, ...change });
      assert.equal((await request({ url, ...change })).status, 200);
      assert.equal(connections(), 2);
    }
  });

  it("is an error where it is not known to be safe", async (t) => {
    for (const change of [{ method: "POST" }, { method: "GET", retryStale: false }]) {
      const { url, connections } = await startRaw(t, dying);
      const { request } = openRig(t);
      await request({ url, ...change });
      await assert.rejects(request({ url, ...change }), failsWith("read", "ECONNRESET", true));
      assert.equal(connections(), 1);
    }
  });

  it("is an error on a new connection, and after the first octet of an answer", async (t) => {
    const { url } = await startRaw(t, (socket) => socket.end());
    const { request } = openRig(t);
    await assert.rejects(request({ url, retryStale: true }), failsWith("read", "ECONNRESET", true));
    const partial = await startRaw(t, (socket, _connection, arrival) => {
      if (arrival === 1) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      else socket.end("H");
    });
    await request({ url: partial.url });
    await assert.rejects(request({ url: partial.url }), failsWith("protocol", "incomplete-message", true));
    assert.equal(partial.connections(), 1);
  });
});

describe("redirects", () => {
  it("are the caller's where none are allowed", async (t) => {
    const { url } = await startHttp(t, (_request, response) => response.writeHead(302, { Location: "/b" }).end());
    const { request } = openRig(t);
    const answer = await request({ url });
    assert.deepEqual([answer.status, answer.headers["location"]], [302, "/b"]);
  });

  it("turn POST into GET with 301, 302 and 303, and repeat it with 307 and 308", async (t) => {
    const { url } = await startHttp(t, async (request, response) => {
      const seen = `${request.method} ${request.headers["content-type"] ?? "-"} ${await bodyOf(request)}`;
      const status = Number(/^\/go\/(\d+)/.exec(request.url ?? "")?.[1] ?? 0);
      if (status > 0) response.writeHead(status, { Location: "/there?x=é" }).end();
      else response.end(`${seen} ${request.url}`);
    });
    const { request } = openRig(t);
    const go = async (status: number, method = "POST"): Promise<string> => {
      const answer = await request({
        method,
        url: `${url}/go/${status}`,
        maxRedirects: 1,
        ...(method === "POST" ? { headers: [["Content-Type", "t"]] as const, body: "b" } : {}),
      });
      assert.ok(answer.url.endsWith("/there?x=%C3%A9"));
      return answer.body.toString();
    };
    for (const status of [301, 302, 303]) assert.equal(await go(status), "GET -  /there?x=%C3%A9");
    for (const status of [307, 308]) assert.equal(await go(status), "POST t b /there?x=%C3%A9");
    assert.equal(await go(301, "GET"), "GET -  /there?x=%C3%A9");
  });

  it("are judged again, counted, and refused for other schemes", async (t) => {
    const { url } = await startHttp(t, (request, response) => {
      const location = decodeURIComponent(request.url?.slice(1) ?? "");
      response.writeHead(307, { Location: location === "" ? "/" : location }).end();
    });
    const { request } = openRig(t);
    const to = (location: string) => request({ url: `${url}/${encodeURIComponent(location)}`, maxRedirects: 3 });
    await assert.rejects(to("http://169.254.169.254/latest/"), failsWith("guard", "address-not-allowed", true));
    await assert.rejects(to("file:///etc/passwd"), failsWith("redirects", "bad-url", true));
    await assert.rejects(to("http://[bad"), failsWith("redirects", "bad-url", true));
    await assert.rejects(to("/"), failsWith("redirects", "too-many", true));
  });

  it("leave credentials behind when they lead elsewhere", async (t) => {
    const seen: string[] = [];
    const elsewhere = await startHttp(t, (request, response) => {
      seen.push(
        `${request.headers.authorization ?? "-"} ${request.headers.cookie ?? "-"} ${String(request.headers["x-a"])}`,
      );
      response.end();
    });
    const { url } = await startHttp(t, (request, response) => {
      if (request.url === "/again") return elsewhere.server.emit("request", request, response);
      response.writeHead(302, { Location: request.url === "/out" ? elsewhere.url : "/again" }).end();
    });
    const { request } = openRig(t);
    const headers = [
      ["Authorization", "Bearer t"],
      ["Cookie", "c=1"],
      ["X-A", "1"],
    ] as const;
    await request({ url: `${url}/out`, headers, maxRedirects: 1 });
    await request({ url: `${url}/in`, headers, maxRedirects: 1 });
    assert.deepEqual(seen, ["- - 1", "Bearer t c=1 1"]);
  });
});

describe("user name and password of a URL", () => {
  it("are sent when the server asks, and not before", async (t) => {
    const seen: (string | undefined)[] = [];
    const { url } = await startHttp(t, async (request, response) => {
      seen.push(request.headers.authorization);
      const body = await bodyOf(request);
      if (request.headers.authorization === undefined)
        response.writeHead(401, { "WWW-Authenticate": 'Basic realm="x"' });
      response.end(body);
    });
    const { request } = openRig(t);
    const answer = await request({ method: "POST", url: url.replace("//", "//us%3Aer:p%40ss@"), body: "b" });
    assert.deepEqual([answer.status, answer.body.toString(), answer.url], [200, "b", `${url}/`]);
    assert.deepEqual(seen, [undefined, `Basic ${Buffer.from("us:er:p@ss").toString("base64")}`]);
  });

  it("answer a digest that the server can check", async (t) => {
    const { url } = await startHttp(t, (request, response) => {
      const sent = request.headers.authorization ?? "";
      const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
      const field = (name: string): string => new RegExp(`${name}="?([^",]*)`).exec(sent)?.[1] ?? "";
      const expected = hash(
        `${hash("u:r:p")}:n1:00000001:${field("cnonce")}:auth:${hash(`${request.method}:${request.url}`)}`,
      );
      if (field("response") !== expected) {
        response.writeHead(401, {
          "WWW-Authenticate": ['Basic realm="r"', 'Digest realm="r", nonce="n1", qop="auth", algorithm=SHA-256'],
        });
      }
      response.end();
    });
    const { request } = openRig(t);
    assert.equal((await request({ url: `${url.replace("//", "//u:p@")}/a?b` })).status, 200);
    assert.equal((await request({ url: `${url.replace("//", "//u:wrong@")}/a?b` })).status, 401);
  });

  it("are sent once only, and never beside an Authorization of the caller's", async (t) => {
    let requests = 0;
    const { url } = await startHttp(t, (_request, response) => {
      requests += 1;
      response.writeHead(401, { "WWW-Authenticate": "Basic" }).end();
    });
    const { request } = openRig(t);
    assert.equal((await request({ url: url.replace("//", "//u:p@") })).status, 401);
    assert.equal(requests, 2);
    await request({ url: url.replace("//", "//u:p@"), headers: [["Authorization", "Bearer x"]] });
    await request({ url });
    assert.equal(requests, 4);
  });
});

describe("bounds of the pool", () => {
  it("let requests wait in order for one server, and take turns between servers", async (t) => {
    const arrived: string[] = [];
    const held: (() => void)[] = [];
    const four = signal();
    const { url } = await startHttp(t, (request, response) => {
      arrived.push(request.url ?? "");
      held.push(() => response.end());
      if (arrived.length === 2) four.fire();
    });
    const other = await startHttp(t, (_request, response) => response.end("other"));
    const { request } = openRig(t, { limits: { maxConnections: 2, maxConnectionsPerHost: 2 } });
    const all = ["/1", "/2", "/3", "/4"].map((path) => request({ url: url + path }));
    const elsewhere = request({ url: other.url });
    await four.done;
    assert.deepEqual(arrived.toSorted(), ["/1", "/2"]);
    // Both connections are the first server's. Each answer lets one of its own go on, or makes room for the other's.
    while (arrived.length < 4 || held.length > 0) {
      held.shift()?.();
      await new Promise(setImmediate);
    }
    await Promise.all(all);
    assert.deepEqual(arrived.slice(2), ["/3", "/4"]);
    assert.equal((await elsewhere).body.toString(), "other");
  });

  it("refuse what would wait in too long a line, and let those in it time out", async (t) => {
    const rig = openManualRig(t, { limits: { maxConnectionsPerHost: 1, maxWaiting: 1 } });
    const reached = signal();
    const { url } = await startHttp(t, () => reached.fire());
    const timeouts = { connectMs: 100, readMs: 1_000, totalMs: 5_000 };
    const first = rig.request({ url, timeouts });
    const second = rig.request({ url, timeouts });
    await assert.rejects(rig.request({ url, timeouts }), failsWith("connect", "too-many-waiting", false));
    await reached.done;
    rig.clock.advance(125);
    await assert.rejects(second, failsWith("connect", "ETIMEDOUT", false));
    rig.clock.advance(1_000);
    await assert.rejects(first, failsWith("read", "ETIMEDOUT", true));
  });

  it("close an unused connection of another server to make room", async (t) => {
    const servers = await Promise.all(
      [1, 2, 3].map((n) => startRaw(t, (socket) => socket.write(`HTTP/1.1 20${n} O\r\nContent-Length: 0\r\n\r\n`))),
    );
    const { request } = openRig(t, { limits: { maxConnections: 1 } });
    for (let round = 0; round < 2; round++) {
      for (const [n, { url }] of servers.entries()) assert.equal((await request({ url })).status, 201 + n);
    }
    assert.deepEqual(
      servers.map((server) => server.connections()),
      [2, 2, 2],
    );
  });

  it("hold under a storm of failing and succeeding requests, and everything ends", async (t) => {
    let open = 0;
    let most = 0;
    const { url, server } = await startHttp(t, (request, response) => {
      const kind = Number(request.url?.slice(1)) % 5;
      if (kind === 0) request.socket.resetAndDestroy();
      else if (kind === 1) response.writeHead(200, { Connection: "close" }).end("x");
      else if (kind === 2) response.end("y".repeat(2_000));
      else response.end("ok");
    });
    server.on("connection", (socket) => {
      most = Math.max(most, (open += 1));
      socket.once("close", () => (open -= 1));
    });
    const { request } = openRig(t, { limits: { maxConnections: 4, maxConnectionsPerHost: 3 } });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 200 }, (_, n) =>
        request({ url: `${url}/${n}`, maxBodyOctets: 100, retryStale: n % 2 === 0 }),
      ),
    );
    const failed = outcomes.filter((outcome) => outcome.status === "rejected");
    assert.equal(failed.length, 80);
    assert.ok(most <= 6, `at most 3 connections, and as many that the server has not seen closing: ${most}`);
  });
});

describe("closing the client", () => {
  it("refuses new requests and fails those under way", async (t) => {
    const reached = signal();
    const { url } = await startHttp(t, () => reached.fire());
    const { client, request } = openRig(t);
    const running = request({ url });
    await reached.done;
    await Promise.all([client.close(), assert.rejects(running, failsWith("read", "closed", true))]);
    await assert.rejects(request({ url }), failsWith("connect", "closed", false));
  });

  it("waits for those under way where there is time", async (t) => {
    const reached = signal();
    let finish = (): void => {};
    const { url } = await startHttp(t, (_request, response) => {
      finish = () => response.end("done");
      reached.fire();
    });
    const { client, request } = openRig(t);
    const running = request({ url });
    await reached.done;
    const closed = client.close(5_000);
    finish();
    assert.equal((await running).body.toString(), "done");
    await closed;
  });

  it("gives up waiting after the grace, and closes what is still being opened", async (t) => {
    let dialled = 0;
    const { url } = await startHttp(t, () => {});
    const net: Net = { ...systemNet, dial: (target) => ((dialled += 1), systemNet.dial(target)) };
    const rig = openManualRig(t, { net });
    const running = rig.request({ url });
    const closed = rig.client.close(1_000);
    assert.equal(dialled, 1);
    rig.clock.advance(1_000);
    await Promise.all([closed, assert.rejects(running, failsWith("connect", "closed", false))]);
  });
});
