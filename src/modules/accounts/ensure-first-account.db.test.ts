import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { SealError } from "../../platform/secrets/index.ts";
import { mainOf, startWorld, subaccountOf, type World } from "./sample-accounts.test.ts";

const SID = `AC${"c".repeat(32)}`;

describe("the first account", () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.stop());

  it("is made once, even by several programs that start together", async () => {
    const programs = [world.program, world.start(), world.start()];
    const made = await Promise.all(programs.map(({ module }) => module.ensureFirstAccount()));
    assert.match(made[0]?.accountSid ?? "", /^AC[0-9a-f]{32}$/);
    assert.match(made[0]?.authToken ?? "", /^[0-9a-f]{32}$/);
    for (const other of made) assert.deepEqual(other, made[0]);
    const rows = await world.database.query("select sid from accounts");
    assert.equal(rows.length, 1);
  });

  it("gets the configured SID and token, and a changed token at the next start", async () => {
    const { module } = world.program;
    const wish = { accountSid: SID, authToken: "a configured token" };
    assert.deepEqual(await module.ensureFirstAccount(wish), wish);
    const next = { ...wish, authToken: "another token" };
    assert.deepEqual(await module.ensureFirstAccount(next), next);
    assert.deepEqual(await module.ensureFirstAccount({ accountSid: SID }), next);
    assert.deepEqual(await module.ensureFirstAccount(), next);
    const { authenticator } = module;
    assert.ok(await authenticator.authenticate({ username: SID, password: next.authToken }));
    assert.equal(await authenticator.authenticate({ username: SID, password: wish.authToken }), undefined);
  });

  it("gets a configured token without a configured SID, too", async () => {
    const main = await mainOf(world.program);
    const changed = await world.program.module.ensureFirstAccount({ authToken: "a configured token" });
    assert.deepEqual(changed, { accountSid: main.username, authToken: "a configured token" });
  });

  it("cannot be a subaccount, or something that is no SID", async () => {
    const child = await subaccountOf(world.program, await mainOf(world.program));
    const { module } = world.program;
    await assert.rejects(module.ensureFirstAccount({ accountSid: child.username }), /is a subaccount of/);
    await assert.rejects(module.ensureFirstAccount({ accountSid: "AC1" }), /32 small hexadecimal digits/);
  });

  it("tells the operator when the master key is not the one of this database", async () => {
    await mainOf(world.program);
    const stranger = world.start({ masterKey: new Uint8Array(32).fill(2) });
    await assert.rejects(stranger.module.ensureFirstAccount(), SealError);
    await assert.rejects(stranger.module.ensureFirstAccount({ authToken: "a configured token" }), /master\.key/);
  });
});
