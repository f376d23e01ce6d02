import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startSystemProcess, type SystemProcess } from "../kit/running-system.ts";
import { keyedClient, plainClient, refuses, type ReceivedHeaders } from "./sdk-clients.ts";

describe("creates with an Idempotency-Key, by the SDK", () => {
  let system: SystemProcess;
  before(async () => {
    system = await startSystemProcess();
  });
  after(() => system.stop());

  /** Kills the program at once and starts it again on the same data. */
  async function crash(): Promise<void> {
    await system.kill9();
    system = await startSystemProcess({ dataFolder: system.dataFolder });
  }

  const text = (to: string) => ({ to, from: system.from, body: "hello" });

  it("send a text once, before and after a crash", async () => {
    const [first, second] = await Promise.allSettled(
      [1, 2].map(() => keyedClient(system, "order-1").messages.create(text("+15551260001"))),
    );
    const given = [first, second].flatMap((each) => (each?.status === "fulfilled" ? [each.value] : []));
    assert.ok(given.length >= 1, "one of two at the same time is answered");
    const received: ReceivedHeaders = [];
    const again = await keyedClient(system, "order-1", received).messages.create(text("+15551260001"));
    assert.equal(received.at(-1)?.["idempotent-replayed"], "true");
    await crash();
    const afterwards = await keyedClient(system, "order-1").messages.create(text("+15551260001"));
    for (const message of [...given, again, afterwards]) {
      assert.deepEqual(message.toJSON(), given[0]?.toJSON());
    }
    const sent = await plainClient(system).messages.list({ to: "+15551260001" });
    assert.equal(sent.length, 1);
  });

  it("refuse another text with the same key", async () => {
    await keyedClient(system, "order-2").messages.create(text("+15551260002"));
    await refuses(keyedClient(system, "order-2").messages.create(text("+15551260003")), 20409, 409);
    await refuses(keyedClient(system, "order-2").newKeys.create({}), 20409, 409);
    const sent = await plainClient(system).messages.list({ to: "+15551260003" });
    assert.equal(sent.length, 0);
  });

  it("refuse what is no key", async () => {
    await refuses(keyedClient(system, "a key").messages.create(text("+15551260004")), 20001);
    await refuses(keyedClient(system, "k".repeat(256)).messages.create(text("+15551260004")), 20001);
  });

  it("do not remember a request that was refused", async () => {
    await refuses(keyedClient(system, "order-3").messages.create(text("+1")), 21211);
    const message = await keyedClient(system, "order-3").messages.create(text("+15551260005"));
    assert.match(message.sid, /^SM/);
  });

  it("make a key, a subaccount, an application and a number once, secrets included, also after a crash", async () => {
    const name = { friendlyName: "till" };
    const free = "+18335550102";
    const [owned] = await plainClient(system).incomingPhoneNumbers.list({ phoneNumber: free });
    await plainClient(system)
      .incomingPhoneNumbers(owned?.sid ?? "")
      .remove();
    const client = (key: string) => keyedClient(system, key);
    const made = async () => {
      const key = await client("key").newKeys.create(name);
      const account = await client("account").api.v2010.accounts.create(name);
      const application = await client("application").applications.create(name);
      const number = await client("number").incomingPhoneNumbers.create({ phoneNumber: free });
      return {
        key: [key.sid, key.secret],
        account: [account.sid, account.authToken],
        application: application.sid,
        number: number.sid,
      };
    };
    const first = await made();
    assert.equal(first.key[1]?.length, 32);
    assert.deepEqual(await made(), first);
    await crash();
    assert.deepEqual(await made(), first);
    const keys = await plainClient(system).keys.list();
    assert.equal(keys.filter(({ friendlyName }) => friendlyName === "till").length, 1);
  });
});
