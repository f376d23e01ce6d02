import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MemoryNet } from "../../../../test/kit/memory-net.ts";
import { ManualClock } from "../../../adapters/memory/index.ts";
import type { Connection } from "../../../platform/ports.ts";
import { ChaosNet, type ChaosState } from "./chaos.ts";

async function turns(count = 10): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A server that answers everything with the same. */
async function world() {
  const net = new MemoryNet();
  const clock = new ManualClock();
  let changes = 0;
  const heard: string[] = [];
  const ends: Connection[] = [];
  await net.listen({ host: "memory", port: 1 }, (connection) => {
    ends.push(connection);
    connection.on("error", () => {});
    connection.on("data", (chunk: Buffer) => {
      heard.push(chunk.toString());
      connection.write(chunk);
    });
  });
  const chaos = new ChaosNet({ net, clock, onChange: () => (changes += 1) });
  const dial = async (): Promise<{ connection: Connection; got: string[] }> => {
    const connection = await chaos.dial({ host: "memory", port: 1, connectTimeoutMs: 1_000 });
    const got: string[] = [];
    connection.on("error", () => {});
    connection.on("data", (chunk: Buffer) => got.push(chunk.toString()));
    await turns();
    return { connection, got };
  };
  const set = (mode: ChaosState["mode"], seconds = 10): void =>
    chaos.set({ mode, untilMs: clock.nowMs() + seconds * 1_000, delayMs: 500 });
  return { clock, chaos, heard, ends, dial, set, changes: () => changes };
}

describe("a network that is broken on purpose", () => {
  it("lets nothing pass in a black hole, in either direction, and then ends the connection", async () => {
    const { clock, dial, set, heard, ends, chaos, changes } = await world();
    const { connection, got } = await dial();
    connection.write("a");
    await turns();
    assert.deepEqual([heard, got], [["a"], ["a"]]);
    set("blackhole");
    connection.write("b");
    ends[0]?.write("c");
    await turns();
    assert.deepEqual([heard, got], [["a"], ["a"]]);
    assert.equal(connection.destroyed, false);
    clock.advance(10_000);
    await turns();
    assert.equal(chaos.state, undefined, "it ends by itself");
    assert.equal(connection.destroyed, true, "what was swallowed cannot come any more");
    assert.equal(changes(), 2);
    const again = await dial();
    again.connection.write("d");
    await turns();
    assert.deepEqual(again.got, ["d"]);
  });

  it("breaks connections and refuses new ones", async () => {
    const { dial, set, chaos } = await world();
    const { connection } = await dial();
    set("refuse");
    await turns();
    assert.equal(connection.destroyed, true);
    await assert.rejects(dial(), { code: "ECONNREFUSED" });
    chaos.set(undefined);
    assert.equal((await dial()).connection.destroyed, false);
  });

  it("is late with everything, in its order", async () => {
    const { clock, dial, set } = await world();
    const { connection, got } = await dial();
    set("slow");
    connection.write("a");
    await turns();
    connection.write("b");
    await turns();
    assert.deepEqual(got, []);
    clock.advance(500);
    assert.deepEqual(got, ["a", "b"]);
  });
});
