import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type twilio from "twilio";
import { startSystemProcess, type SystemProcess } from "../kit/running-system.ts";
import { waitFor } from "../kit/wait-for.ts";
import { forwardedClient, refuses } from "./sdk-clients.ts";

const POOL = ["+12125550101", "+12125550102", "+13125550103", "+14155550104"];
const numbers = [
  { number: "+15005550100" },
  ...POOL.map((number) => ({ number })),
  { number: "+447700900105", type: "mobile" },
];

describe("Messaging Services of the running program, with the official SDK", () => {
  let system: SystemProcess;
  let client: ReturnType<typeof twilio>;

  const config = { numbers, simulator: { enabled: true } };
  before(async () => {
    system = await startSystemProcess({ config });
    client = forwardedClient(system);
  });
  after(() => system.stop());

  const sidOf = async (phoneNumber: string): Promise<string> => {
    const [found] = await client.incomingPhoneNumbers.list({ phoneNumber });
    assert.ok(found !== undefined, phoneNumber);
    return found.sid;
  };

  const serviceOf = async (addresses: readonly string[], options: object = {}): Promise<string> => {
    const { sid } = await client.messaging.v1.services.create({ friendlyName: "pool", ...options });
    for (const address of addresses) {
      const phoneNumberSid = await sidOf(address);
      await client.messaging.v1.services(sid).phoneNumbers.create({ phoneNumberSid });
    }
    return sid;
  };

  const senderOf = async (messagingServiceSid: string, to: string): Promise<string> => {
    const { sid } = await client.messages.create({ messagingServiceSid, to, body: "hello" });
    return waitFor("the sender of a message", async () => {
      const { from, status } = await client.messages(sid).fetch();
      assert.ok(status !== "failed" && status !== "undelivered", status);
      return from === null || from === "" ? undefined : from;
    });
  };

  it("serve every product, page, and refuse with their own codes", async () => {
    const { services } = client.messaging.v1;
    const sids: string[] = [];
    for (let i = 0; i < 3; i += 1) sids.push((await services.create({ friendlyName: `listed ${i}` })).sid);
    const listed = await services.list({ pageSize: 2 });
    assert.deepEqual(
      listed.map(({ sid }) => sid),
      sids.toReversed(),
    );
    await refuses(services.create({ friendlyName: "x", usecase: "nonsense" }), 21713);
    await refuses(services(`MG${"0".repeat(32)}`).fetch(), 20404, 404);
    for (const sid of sids) assert.equal(await services(sid).remove(), true);
  });

  it("choose by area code, stay with it over a restart, and leave a number that is given back", async () => {
    const sid = await serviceOf(POOL);
    assert.equal(await senderOf(sid, "+13125559901"), "+13125550103");
    assert.equal(await senderOf(sid, "+16285559901"), "+14155550104", "an overlay of 415");
    const recipients = ["+12065559901", "+12065559902", "+12065559903", "+12065559904", "+12065559905"];
    const before = new Map<string, string>();
    for (const to of recipients) {
      const from = await senderOf(sid, to);
      assert.ok(POOL.includes(from), from);
      before.set(to, from);
    }
    await system.kill9();
    system = await startSystemProcess({ config, dataFolder: system.dataFolder });
    client = forwardedClient(system);
    for (const [to, from] of before) assert.equal(await senderOf(sid, to), from);
    await client.incomingPhoneNumbers(await sidOf("+13125550103")).remove();
    assert.notEqual(await senderOf(sid, "+13125559901"), "+13125550103");
    assert.equal((await client.messaging.v1.services(sid).phoneNumbers.list()).length, POOL.length - 1);
    assert.equal(await client.messaging.v1.services(sid).remove(), true);
  });

  it("refuse a number of another pool, and say that an empty pool sends nothing", async () => {
    const first = await serviceOf(["+447700900105"]);
    const second = await serviceOf([]);
    const phoneNumberSid = await sidOf("+447700900105");
    await refuses(client.messaging.v1.services(first).phoneNumbers.create({ phoneNumberSid }), 21710, 409);
    await refuses(client.messaging.v1.services(second).phoneNumbers.create({ phoneNumberSid }), 21712, 409);
    const empty = client.messages.create({ messagingServiceSid: second, to: "+12065559906", body: "hello" });
    await refuses(empty, 21704);
  });

  it("send who asks for deactivated numbers to a file", async () => {
    const answer = await client.messaging.v1.deactivations().fetch({ date: new Date("2025-01-31T00:00:00Z") });
    const { redirect_to: address } = answer as never as { readonly redirect_to: string };
    const { pathname } = new URL(address);
    const file = await fetch(`${system.baseUrl}${pathname}`);
    assert.deepEqual([file.status, await file.text()], [200, ""]);
  });
});
