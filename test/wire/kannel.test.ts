import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import { systemClock, systemNet } from "../../src/adapters/system/index.ts";
import { MemoryPhoneStore, startSimulator } from "../../src/modules/simulator/index.ts";
import type { Simulator } from "../../src/modules/simulator/index.ts";
import { startKannel, withoutKannel } from "../kit/kannel.ts";
import { silentLogger } from "../kit/silent-logger.ts";
import { until } from "../kit/until.ts";

const START_LIMIT_MS = 20_000;
const OURS = "15005550100";
const PHONE = "447700900123";

async function carrier(
  t: TestContext,
  faults: Record<string, unknown> = {},
): Promise<{ simulator: Simulator; port: number }> {
  const deps = { net: systemNet, clock: systemClock, log: silentLogger, store: new MemoryPhoneStore() };
  const running = await startSimulator(deps, {
    host: "127.0.0.1",
    port: 0,
    credentials: [{ systemId: "kannel", password: "secret" }],
    faults: { receiptDelayMs: 20, ...faults },
  });
  t.after(() => running.simulator.stop(0));
  return running;
}

describe("Kannel as an application of the simulated carrier", { skip: withoutKannel }, () => {
  it("sends texts that land on phones, and hears each receipt", async (t) => {
    const { simulator, port } = await carrier(t);
    const { send, calls, callbackBase } = await startKannel(t, port);
    await until("Kannel is bound", () => simulator.binds.length === 1, START_LIMIT_MS);
    assert.deepEqual(
      simulator.binds.map(({ systemId, bind }) => ({ systemId, bind })),
      [{ systemId: "kannel", bind: "transceiver" }],
    );
    const count = 50;
    for (let n = 0; n < count; n += 1) {
      const answer = await send({
        from: OURS,
        to: PHONE,
        text: `kannel ${n} £`,
        "dlr-mask": "3",
        "dlr-url": `${callbackBase}/dlr?n=${n}&type=%d`,
      });
      assert.match(answer, /^202 /);
    }
    const receipts = () => calls.filter((call) => call.pathname === "/dlr");
    await until("every receipt", () => receipts().length === count, 30_000);
    assert.deepEqual(
      new Set(receipts().map((call) => call.searchParams.get("n"))),
      new Set(Array.from({ length: count }, (_, n) => String(n))),
    );
    assert.deepEqual(new Set(receipts().map((call) => call.searchParams.get("type"))), new Set(["1"]));
    const bodies = simulator.phoneMessages(PHONE, { limit: 100 }).map((message) => message.body);
    assert.deepEqual(new Set(bodies), new Set(Array.from({ length: count }, (_, n) => `kannel ${n} £`)));
  });

  it("sends long and Unicode texts that are whole on the phone, and hears of failures", async (t) => {
    const { simulator, port } = await carrier(t);
    const { send, calls, callbackBase } = await startKannel(t, port);
    await until("Kannel is bound", () => simulator.binds.length === 1, START_LIMIT_MS);
    const long = "A long text that needs parts. ".repeat(12).trim();
    await send({ from: OURS, to: PHONE, text: long });
    await send({ from: OURS, to: PHONE, text: "Привет, мир", coding: "2", charset: "UTF-8" });
    await send({
      from: OURS,
      to: "447009990001",
      text: "lost",
      "dlr-mask": "3",
      "dlr-url": `${callbackBase}/dlr?type=%d`,
    });
    await until("two texts", () => simulator.phoneMessages(PHONE, { limit: 10 }).length === 2, 30_000);
    const messages = simulator.phoneMessages(PHONE, { limit: 10 });
    assert.deepEqual(new Set(messages.map((message) => message.body)), new Set([long, "Привет, мир"]));
    assert.equal(messages.find((message) => message.body === long)?.parts.length, 3);
    await until("the failure", () => calls.some((call) => call.pathname === "/dlr"), 30_000);
    assert.equal(calls.find((call) => call.pathname === "/dlr")?.searchParams.get("type"), "2");
  });

  it("hears what phones text, long texts whole, and comes back after the carrier broke the connection", async (t) => {
    const { simulator, port } = await carrier(t);
    const { send, calls } = await startKannel(t, port);
    await until("Kannel is bound", () => simulator.binds.length === 1, START_LIMIT_MS);
    const long = "The phone writes more than fits into one part, so there are parts. ".repeat(4).trim();
    simulator.sendFromPhone({ from: `+${PHONE}`, to: `+${OURS}`, body: "hello back" });
    simulator.sendFromPhone({ from: `+${PHONE}`, to: `+${OURS}`, body: long });
    const texts = () => calls.filter((call) => call.pathname === "/mo").map((call) => call.searchParams.get("text"));
    await until("two texts", () => texts().length === 2, 30_000);
    assert.deepEqual(new Set(texts()), new Set(["hello back", long]));
    assert.match(calls[0]?.searchParams.get("from") ?? "", new RegExp(PHONE));
    await until("taken", () =>
      simulator.phoneMessages(PHONE, { limit: 10 }).every((message) => message.state === "taken"),
    );

    simulator.setFaults({ disconnectShare: 1 });
    await send({ from: OURS, to: PHONE, text: "breaks" });
    await until("the break", () => simulator.binds.length === 0, 30_000);
    simulator.setFaults({ disconnectShare: 0 });
    await until("Kannel is bound again", () => simulator.binds.length === 1, START_LIMIT_MS);
    simulator.sendFromPhone({ from: `+${PHONE}`, to: `+${OURS}`, body: "after the break" });
    await until("the text after the break", () => texts().includes("after the break"), 30_000);
  });
});
