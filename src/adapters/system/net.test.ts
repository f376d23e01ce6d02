import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import type { TestContext } from "node:test";
import * as tls from "node:tls";
import { openAuthority } from "../../platform/front/index.ts";
import type { Connection } from "../../platform/ports.ts";
import { systemClock } from "./clock.ts";
import { systemNet } from "./net.ts";

it("dials, carries bytes both ways, and destroys what is connected when the listener closes", async () => {
  const peers: string[] = [];
  const listener = await systemNet.listen({ host: "127.0.0.1", port: 0 }, (connection, peer) => {
    peers.push(peer);
    connection.on("error", () => {});
    connection.pipe(connection);
  });
  const connection = await systemNet.dial({ host: "127.0.0.1", port: listener.port, connectTimeoutMs: 2_000 });
  connection.write("ping");
  const [echoed] = (await once(connection, "data")) as [Buffer];
  assert.equal(echoed.toString(), "ping");
  assert.match(peers[0] ?? "", /^127\.0\.0\.1:\d+$/);
  connection.on("error", () => {});
  const closed = once(connection, "close");
  await listener.close();
  await listener.close();
  await closed;
});

it("rejects with Node's code when nobody listens", async () => {
  const listener = await systemNet.listen({ host: "127.0.0.1", port: 0 }, () => {});
  await listener.close();
  await assert.rejects(() => systemNet.dial({ host: "127.0.0.1", port: listener.port, connectTimeoutMs: 2_000 }), {
    code: "ECONNREFUSED",
  });
});

it("gives up on a peer that never completes the TLS handshake", async () => {
  const listener = await systemNet.listen({ host: "127.0.0.1", port: 0 }, () => {});
  await assert.rejects(
    () =>
      systemNet.dial({
        host: "127.0.0.1",
        port: listener.port,
        connectTimeoutMs: 30,
        tls: { serverName: "carrier.test" },
      }),
    { code: "ETIMEDOUT" },
  );
  await listener.close();
});

it("rejects when the peer hangs up during the TLS handshake", async () => {
  const listener = await systemNet.listen({ host: "127.0.0.1", port: 0 }, (connection) => connection.destroy());
  await assert.rejects(() =>
    systemNet.dial({
      host: "127.0.0.1",
      port: listener.port,
      connectTimeoutMs: 2_000,
      tls: { serverName: "carrier.test" },
    }),
  );
  await listener.close();
});

it("resolves names as the hosts file says, and addresses to themselves", async () => {
  assert.ok((await systemNet.resolve("localhost")).some((address) => address === "127.0.0.1" || address === "::1"));
  assert.deepEqual(await systemNet.resolve("192.0.2.1"), ["192.0.2.1"]);
});

async function authorityFor(t: TestContext, name: string): Promise<Awaited<ReturnType<typeof openAuthority>>> {
  const folder = await mkdtemp(join(tmpdir(), "trunkline-net-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return openAuthority({ folder, clock: systemClock, names: [name] });
}

const echo = (connection: Connection): void => void connection.on("error", () => {}).pipe(connection);

it("listens with TLS, shows a renewed certificate without a restart, and keeps the last good one", async (t) => {
  const authority = await authorityFor(t, "smsc.test");
  const other = await authorityFor(t, "smsc.test");
  let shown = authority.ownCertificate();
  const certificate = (): { key: string; cert: string } => shown;
  const listener = await systemNet.listen({ host: "127.0.0.1", port: 0, tls: { certificate } }, echo);
  const greet = async (ca: string): Promise<string> => {
    const secure = { serverName: "smsc.test", ca };
    const target = { host: "127.0.0.1", port: listener.port, connectTimeoutMs: 2_000, tls: secure };
    const connection = await systemNet.dial(target);
    connection.write("ping");
    const [echoed] = (await once(connection, "data")) as [Buffer];
    connection.destroy();
    return echoed.toString();
  };
  assert.equal(await greet(authority.caPem), "ping");
  shown = other.ownCertificate();
  assert.equal(await greet(other.caPem), "ping");
  await assert.rejects(() => greet(authority.caPem));
  shown = { key: "no key", cert: "no certificate" };
  assert.equal(await greet(other.caPem), "ping");
  await listener.close();
});

it("does not tell of a TLS connection before its handshake, and ends those whose handshake fails or lasts", async (t) => {
  const authority = await authorityFor(t, "smsc.test");
  let told = 0;
  const secure = { certificate: authority.ownCertificate(), minVersion: "TLSv1.3", handshakeTimeoutMs: 50 } as const;
  const listener = await systemNet.listen({ host: "127.0.0.1", port: 0, tls: secure }, () => (told += 1));
  const plain = await systemNet.dial({ host: "127.0.0.1", port: listener.port, connectTimeoutMs: 2_000 });
  plain.on("error", () => {}).resume();
  await once(plain, "close");
  const old = tls.connect({ host: "127.0.0.1", port: listener.port, maxVersion: "TLSv1.2", rejectUnauthorized: false });
  await assert.rejects(() => once(old, "secureConnect"));
  assert.equal(told, 0);
  const silent = await systemNet.dial({ host: "127.0.0.1", port: listener.port, connectTimeoutMs: 2_000 });
  silent.on("error", () => {}).resume();
  const closed = once(silent, "close");
  await listener.close();
  await closed;
});

it("refuses to listen with a certificate that is none", async () => {
  const certificate = { key: "no key", cert: "no certificate" };
  await assert.rejects(() => systemNet.listen({ host: "127.0.0.1", port: 0, tls: { certificate } }, () => {}));
});
