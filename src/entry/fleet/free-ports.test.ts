import assert from "node:assert/strict";
import { createServer, type AddressInfo } from "node:net";
import { it } from "node:test";
import { choosePorts } from "./free-ports.ts";

it("a process keeps its ports as long as they are free, and gets others when they are taken", async (t) => {
  const first = await choosePorts(["a", "b"], {});
  const { a, b } = first;
  assert.ok(a !== undefined && b !== undefined);
  assert.ok(a.port > 0 && a.gossipPort > 0);
  assert.deepEqual(await choosePorts(["a"], first), { a });
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const second = await choosePorts(["a"], { a: { port, gossipPort: a.gossipPort } });
  assert.notEqual(second["a"]?.port, port);
});
