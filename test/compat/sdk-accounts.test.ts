import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type twilio from "twilio";
import { startSystemProcess, type SystemProcess } from "../kit/running-system.ts";
import { forwardedClient, keyClient, refuses } from "./sdk-clients.ts";

describe("accounts, keys and tokens with the official SDK", () => {
  let system: SystemProcess;
  let client: ReturnType<typeof twilio>;

  before(async () => {
    system = await startSystemProcess();
    client = forwardedClient(system);
  });

  after(() => system.stop());

  it("the account is fetched, listed and renamed", async () => {
    const account = await client.api.v2010.account.fetch();
    assert.deepEqual([account.sid, account.status, account.type], [system.accountSid, "active", "Full"]);
    assert.equal(account.authToken, system.authToken);
    const renamed = await client.api.v2010.accounts(system.accountSid).update({ friendlyName: "Main" });
    assert.equal(renamed.friendlyName, "Main");
    const listed = await client.api.v2010.accounts.list({ friendlyName: "Main" });
    assert.deepEqual(
      listed.map(({ sid }) => sid),
      [system.accountSid],
    );
    await refuses(client.api.v2010.accounts(system.accountSid).update({ status: "closed" }), 21477);
  });

  it("a subaccount is created, works with its own credentials, is suspended and closed", async () => {
    const sub = await client.api.v2010.accounts.create({ friendlyName: "Customer" });
    assert.equal(sub.ownerAccountSid, system.accountSid);
    const own = forwardedClient(system, { accountSid: sub.sid, authToken: sub.authToken });
    assert.equal((await own.api.v2010.account.fetch()).friendlyName, "Customer");
    assert.deepEqual(await own.messages.list(), []);
    // Its numbers are its own: those of the main account are not there.
    await refuses(own.messages.create({ to: "+15551230001", from: system.from, body: "x" }), 21606);
    await refuses(own.api.v2010.accounts.create({}), 20006, 403);
    const byParent = client.api.v2010.accounts(sub.sid);
    const number = await client.incomingPhoneNumbers.list({ phoneNumber: "+15005550101" });
    await client.incomingPhoneNumbers(number[0]?.sid ?? "").update({ accountSid: sub.sid });
    const message = await own.messages.create({ to: "+15551230001", from: "+15005550101", body: "from a subaccount" });
    assert.equal(message.accountSid, sub.sid);
    assert.equal((await byParent.messages(message.sid).fetch()).sid, message.sid);
    await refuses(client.messages(message.sid).fetch(), 20404, 404);
    assert.equal((await byParent.update({ status: "suspended" })).status, "suspended");
    await refuses(own.messages.list({ limit: 1 }), 20005, 403);
    assert.equal((await byParent.update({ status: "active" })).status, "active");
    assert.equal((await own.messages.list()).length, 1);
    assert.equal((await byParent.update({ status: "closed" })).status, "closed");
    const status = "closed";
    assert.ok((await client.api.v2010.accounts.list({ status })).some(({ sid }) => sid === sub.sid));
    await assert.rejects(own.messages.list({ limit: 1 }));
    await refuses(byParent.update({ status: "active" }), 21479);
  });

  it("a stranger's account is not found", async () => {
    const stranger = client.api.v2010.accounts(`AC${"f".repeat(32)}`);
    await refuses(stranger.fetch(), 20404, 404);
    await refuses(stranger.messages.list({ limit: 1 }), 20404, 404);
  });

  it("an API key is made, signs in, is renamed, listed and removed", async () => {
    const key = await client.newKeys.create({ friendlyName: "worker" });
    assert.match(key.sid, /^SK[0-9a-f]{32}$/);
    const withKey = keyClient(system, key, system.accountSid);
    const message = await withKey.messages.create({ to: "+15551230001", from: system.from, body: "by key" });
    assert.equal(message.accountSid, system.accountSid);
    assert.equal((await client.keys(key.sid).update({ friendlyName: "renamed" })).friendlyName, "renamed");
    assert.equal((await client.keys(key.sid).fetch()).friendlyName, "renamed");
    assert.ok((await client.keys.list()).some(({ sid }) => sid === key.sid));
    // Keys are made with the auth token or a main key; this one may not.
    await assert.rejects(withKey.newKeys.create({}));
    assert.equal(await client.keys(key.sid).remove(), true);
    await refuses(withKey.messages.list({ limit: 1 }), 20003, 401);
    await refuses(client.keys(key.sid).fetch(), 20404, 404);
  });

  it("signing keys are the same under their older name", async () => {
    const key = await client.newSigningKeys.create({ friendlyName: "signer" });
    assert.ok(key.secret.length > 0);
    assert.ok((await client.signingKeys.list()).some(({ sid }) => sid === key.sid));
    assert.equal((await client.signingKeys(key.sid).fetch()).friendlyName, "signer");
    assert.equal((await client.signingKeys(key.sid).update({ friendlyName: "s" })).friendlyName, "s");
    assert.equal(await client.signingKeys(key.sid).remove(), true);
  });

  it("the balance is there", async () => {
    const balance = await client.balance.fetch();
    assert.equal(balance.accountSid, system.accountSid);
    assert.match(balance.balance, /^-?\d+(\.\d+)?$/);
    assert.equal(balance.currency, "USD");
  });

  it("the secondary auth token works beside the first, and replaces it when promoted", async () => {
    const sub = await client.api.v2010.accounts.create({ friendlyName: "Rotating" });
    const own = forwardedClient(system, { accountSid: sub.sid, authToken: sub.authToken });
    const secondary = await own.accounts.v1.secondaryAuthToken().create();
    assert.equal(secondary.accountSid, sub.sid);
    const next = forwardedClient(system, { accountSid: sub.sid, authToken: secondary.secondaryAuthToken });
    assert.equal((await next.api.v2010.account.fetch()).sid, sub.sid);
    const promoted = await next.accounts.v1.authTokenPromotion().update();
    assert.equal(promoted.authToken, secondary.secondaryAuthToken);
    await refuses(own.api.v2010.account.fetch(), 20003, 401);
    await next.accounts.v1.secondaryAuthToken().create();
    assert.equal(await next.accounts.v1.secondaryAuthToken().remove(), true);
    assert.equal((await next.api.v2010.account.fetch()).authToken, secondary.secondaryAuthToken);
  });
});
