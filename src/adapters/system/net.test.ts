import assert from "node:assert/strict";
import { once } from "node:events";
import { it } from "node:test";
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
