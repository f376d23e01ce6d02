/** HTTP/2 through the front, with clients that we did not write: Node's and curl. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import * as http2 from "node:http2";
import { test, type TestContext } from "node:test";
import * as tls from "node:tls";
import { promisify } from "node:util";
import { dial, startFrontWorld, type FrontWorld } from "../kit/front-world.ts";
import { findProgram } from "../kit/programs.ts";

async function fetchOver(t: TestContext, client: http2.ClientHttp2Session, path: string): Promise<string> {
  t.after(() => client.destroy());
  client.on("error", () => undefined);
  const stream = client.request({ ":path": path });
  let body = "";
  for await (const chunk of stream) body += String(chunk);
  return body;
}

function secured(world: FrontWorld, socket?: tls.ConnectionOptions["socket"]): tls.TLSSocket {
  const { port, authority } = world;
  return tls.connect({
    ...(socket === undefined ? { host: "127.0.0.1", port } : { socket }),
    servername: "api.twilio.com",
    ca: authority.caPem,
    ALPNProtocols: ["h2", "http/1.1"],
  });
}

test("is chosen by ALPN on TLS, and HTTP/1 by those that ask for nothing else", async (t) => {
  const world = await startFrontWorld(t);
  const client = http2.connect("https://api.twilio.com", { createConnection: () => secured(world) });
  assert.equal(await fetchOver(t, client, "/scheme"), "https api.twilio.com:443");
  const plain = tls.connect({
    host: "127.0.0.1",
    port: world.port,
    servername: "a.test",
    ca: world.authority.caPem,
    checkServerIdentity: () => undefined,
  });
  plain.write("GET /scheme HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
  let received = "";
  for await (const chunk of plain) received += String(chunk);
  assert.match(received, /^HTTP\/1\.1 200 [^]*https a\.test$/);
  assert.equal(world.http2.sessionCount, 1);
});

test("is spoken within a CONNECT, with TLS and in the clear", async (t) => {
  const world = await startFrontWorld(t);
  for (const target of ["api.twilio.com:443", "api.twilio.com:80"]) {
    const socket = await dial(world.port);
    socket.write(`CONNECT ${target} HTTP/1.1\r\n\r\n`);
    await once(socket, "data");
    const client = http2.connect("http://api.twilio.com", {
      createConnection: () => (target.endsWith("443") ? secured(world, socket) : socket),
    });
    const scheme = target.endsWith("443") ? "https" : "http";
    assert.equal(await fetchOver(t, client, "/scheme"), `${scheme} api.twilio.com:80`);
  }
});

test("is spoken in the clear to who knows beforehand, however its preface is cut", async (t) => {
  const { port } = await startFrontWorld(t);
  assert.equal(await fetchOver(t, http2.connect(`http://127.0.0.1:${port}`), "/scheme"), `http 127.0.0.1:${port}`);
  const socket = await dial(port);
  socket.setNoDelay(true);
  for (const octet of "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") {
    socket.write(octet);
    await new Promise(setImmediate);
  }
  const [settings] = (await once(socket, "data")) as [Buffer];
  assert.equal(settings[3], 4);
  socket.destroy();
});

test("is not offered where there is no server for it", async (t) => {
  const world = await startFrontWorld(t, { front: { onHttp2Connection: undefined as never } });
  const socket = secured(world);
  await once(socket, "secureConnect");
  assert.equal(socket.alpnProtocol, "http/1.1");
  socket.destroy();
  const preface = await dial(world.port);
  preface.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  let received = "";
  for await (const chunk of preface) received += String(chunk);
  assert.match(received, /^HTTP\/1\.1 400 /);
});

const run = promisify(execFile);

/** Why the test with curl is skipped, or false. */
async function withoutCurl(): Promise<string | false> {
  if (findProgram("curl") === undefined) return "curl not found; install with: apt-get install curl";
  const { stdout } = await run("curl", ["--version"]);
  return stdout.includes("HTTP2") ? false : "this curl has no HTTP/2";
}

test("serves curl by ALPN, by prior knowledge, and without the upgrade that HTTP/2 no longer has", async (t) => {
  const missing = await withoutCurl();
  if (missing !== false) return t.skip(missing);
  const world = await startFrontWorld(t);
  const { port, authority } = world;
  const curl = async (...args: string[]): Promise<string> => {
    const environment = { PATH: process.env["PATH"] ?? "" };
    return (await run("curl", ["-sS", "-m", "5", "-w", " %{http_version}", ...args], { env: environment })).stdout;
  };
  const base = `http://127.0.0.1:${port}`;
  const resolve = ["--resolve", `api.twilio.com:${port}:127.0.0.1`, "--cacert", authority.caPath];
  assert.equal(
    await curl("--http2", ...resolve, `https://api.twilio.com:${port}/scheme`),
    `https api.twilio.com:${port} 2`,
  );
  assert.equal(await curl("--http2-prior-knowledge", `${base}/scheme`), `http 127.0.0.1:${port} 2`);
  assert.equal(await curl("--http2", `${base}/scheme`), `http 127.0.0.1:${port} 1.1`);
  const body = "a".repeat(60_000);
  assert.equal(await curl("--http2-prior-knowledge", "-d", body, `${base}/echo`), `${body} 2`);
  const proxied = ["--http2", "-x", base, "--cacert", authority.caPath, "https://api.twilio.com/scheme"];
  assert.equal(await curl(...proxied), "https api.twilio.com 2");
});
