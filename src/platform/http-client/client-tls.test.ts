import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import type { TestContext } from "node:test";
import type { TLSSocket } from "node:tls";
import { systemClock } from "../../adapters/system/index.ts";
import { openAuthority } from "../front/index.ts";
import { HttpClientError } from "./index.ts";
import { netWithNames, openRig, portOf, startRaw, startServer } from "../../../test/kit/loopback-servers.ts";

async function startHttps(t: TestContext): Promise<{ port: number; ca: string; names: (string | false)[] }> {
  const folder = await mkdtemp(join(tmpdir(), "trunkline-tls-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const authority = await openAuthority({ folder, clock: systemClock, names: ["hooks.test"] });
  const names: (string | false)[] = [];
  const server = createServer(authority.ownCertificate(), (_request, response) => response.end("secret"));
  server.on("secureConnection", (socket: TLSSocket) => names.push(socket.servername ?? false));
  await startServer(t, server);
  return { port: portOf(server), ca: authority.caPem, names };
}

const NAMES = netWithNames({ "hooks.test": ["127.0.0.1"], "hooks.test.": ["127.0.0.1"], "other.test": ["127.0.0.1"] });

const isTls = (code: RegExp) => (error: unknown) => {
  assert.ok(error instanceof HttpClientError);
  assert.deepEqual([error.stage, error.bytesSent], ["tls", false]);
  assert.match(error.code ?? "", code);
  return true;
};

it("asks for the name, checks the certificate for it at the pinned address, and uses the connection again", async (t) => {
  const { port, ca, names } = await startHttps(t);
  const { request } = openRig(t, { net: NAMES, ca });
  for (let n = 0; n < 2; n++) {
    assert.equal((await request({ url: `https://hooks.test:${port}/` })).body.toString(), "secret");
  }
  await request({ url: `https://hooks.test.:${port}/` });
  await request({ url: `https://127.0.0.1:${port}/` });
  assert.deepEqual(names, ["hooks.test", "hooks.test", false]);
});

it("refuses strangers' certificates and those for other names, before anything is sent", async (t) => {
  const { port, ca } = await startHttps(t);
  const stranger = openRig(t, { net: NAMES });
  await assert.rejects(stranger.request({ url: `https://hooks.test:${port}/` }), isTls(/SELF_SIGNED|UNABLE_TO/));
  const known = openRig(t, { net: NAMES, ca });
  await assert.rejects(known.request({ url: `https://other.test:${port}/` }), isTls(/ALTNAME/));
});

it("takes any certificate where told so, on connections that nobody else uses", async (t) => {
  const { port, names } = await startHttps(t);
  const { request } = openRig(t, { net: NAMES });
  const url = `https://other.test:${port}/`;
  assert.equal((await request({ url, verifyTls: false })).status, 200);
  await assert.rejects(request({ url }), isTls(/SELF_SIGNED|UNABLE_TO/));
  assert.equal(names[0], "other.test");
});

it("tells a server that speaks no TLS from one that is not there", async (t) => {
  const { url } = await startRaw(t, (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  const { request } = openRig(t);
  const { port } = new URL(url);
  await assert.rejects(request({ url: `https://127.0.0.1:${port}/` }), isTls(/SSL/));
});
