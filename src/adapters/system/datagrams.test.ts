import assert from "node:assert/strict";
import { it } from "node:test";
import { systemDatagrams } from "./datagrams.ts";

it("carries datagrams both ways, and frees the port when closed", async () => {
  const answered = new Promise<string>((resolve, reject) => {
    const open = async (): Promise<void> => {
      const echo = await systemDatagrams.bind({ host: "127.0.0.1", port: 0 }, (payload, from) =>
        echo.send(payload, from),
      );
      const asking = await systemDatagrams.bind({ host: "127.0.0.1", port: 0 }, (payload, from) => {
        assert.deepEqual(from, { host: "127.0.0.1", port: echo.port });
        resolve(Buffer.from(payload).toString());
        void Promise.all([echo.close(), asking.close(), asking.close()]);
      });
      asking.send(Buffer.from("ping"), echo);
    };
    open().catch(reject);
  });
  assert.equal(await answered, "ping");
});

it("loses what cannot be sent, and what is sent after it was closed", async () => {
  const socket = await systemDatagrams.bind({ host: "127.0.0.1", port: 0 }, () => {});
  socket.send(Buffer.alloc(100_000), { host: "127.0.0.1", port: 9 });
  socket.send(Buffer.alloc(1), { host: "no address", port: 9 });
  const again = systemDatagrams.bind({ host: "127.0.0.1", port: socket.port }, () => {});
  await assert.rejects(again, { code: "EADDRINUSE" });
  await socket.close();
  socket.send(Buffer.alloc(1), { host: "127.0.0.1", port: 9 });
});
