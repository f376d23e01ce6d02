import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { esmeOnSockets, type EsmeWorld } from "../kit/esme-world.ts";
import { NUMBER, PHONE } from "../kit/messaging-world.ts";
import { startKannel, withoutKannel } from "../kit/kannel.ts";
import { until } from "../kit/until.ts";

const START_LIMIT_MS = 20_000;

/** The server for customers, with a credential for Kannel. */
async function server(t: TestContext): Promise<EsmeWorld> {
  const world = await esmeOnSockets(t);
  world.addCredential({ sid: `EM${"2".repeat(32)}`, system_id: "kannel", password: "secret" });
  // The server looks for new credentials from time to time.
  world.messaging.clock.advance(15_000);
  return world;
}

describe("Kannel as a customer", { skip: withoutKannel }, () => {
  it("sends texts, short and long, hears of each that was delivered, and gets what comes in", async (t) => {
    const world = await server(t);
    const { send, calls, callbackBase } = await startKannel(t, world.port);
    await until("Kannel is bound", () => [...world.esme.status().sessions].length === 1, START_LIMIT_MS);
    const long = "A long text that needs parts. ".repeat(12).trim();
    const texts = ["hello £ @", "Привет, мир", long];
    for (const [n, text] of texts.entries()) {
      const answer = await send({
        from: NUMBER.slice(1),
        to: PHONE.slice(1),
        text,
        charset: "UTF-8",
        ...(n === 1 ? { coding: "2" } : {}),
        "dlr-mask": "3",
        "dlr-url": `${callbackBase}/dlr?n=${n}&type=%d`,
      });
      assert.match(answer, /^202 /);
    }
    const receipts = () => calls.filter((call) => call.pathname === "/dlr").map((call) => call.search);
    await until("a receipt for each", () => new Set(receipts()).size === texts.length, 30_000);
    assert.deepEqual(new Set(receipts()), new Set(texts.map((_, n) => `?n=${n}&type=1`)));
    assert.deepEqual(new Set(world.messaging.carrier.submissions.map(({ text }) => text)), new Set(texts));
    await world.textIn("hello Kannel");
    await world.textIn(long);
    const came = () => calls.filter((call) => call.pathname === "/mo").map((call) => call.searchParams.get("text"));
    await until("two texts", () => came().length === 2, 30_000);
    assert.deepEqual(came(), ["hello Kannel", long]);
    await until("all acknowledged", () => world.esme.status().waiting === 0);
  });

  it("hears of a message that nobody could deliver", async (t) => {
    const world = await server(t);
    world.messaging.carrier.script = () => ({
      kind: "refused",
      verdict: "permanent",
      errorCode: 30005,
      status: "TEST",
    });
    const { send, calls, callbackBase } = await startKannel(t, world.port);
    await until("Kannel is bound", () => [...world.esme.status().sessions].length === 1, START_LIMIT_MS);
    const dlr = { "dlr-mask": "3", "dlr-url": `${callbackBase}/dlr?type=%d&text=%A` };
    await send({ from: NUMBER.slice(1), to: PHONE.slice(1), text: "lost", ...dlr });
    await until("the failure", () => calls.length === 1, 30_000);
    assert.equal(calls[0]?.searchParams.get("type"), "2");
  });
});
