import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { migrate } from "../../src/adapters/postgres/index.ts";
import { ledgerMigrations } from "../../src/modules/ledger/migrations.ts";
import { usageMigrations } from "../../src/modules/ledger/usage/migrations.ts";
import { MAIN, UsageWorld, writeLines } from "../../src/modules/ledger/usage/sample-usage.test.ts";
import { memoryDisk } from "../kit/memory-log.ts";
import { startTestPostgres, type TestPostgres } from "../kit/postgres.ts";
import { forwardedClient, refuses } from "./sdk-clients.ts";

const callback = { CallbackUrl: "https://example.com/usage" };
const today = "2026-01-15T03:00:00Z";

describe("usage, with the SDK", () => {
  let postgres: TestPostgres;
  let world: UsageWorld;
  before(async () => {
    postgres = await startTestPostgres();
    await migrate(postgres.database, [...ledgerMigrations, ...usageMigrations]);
    world = await UsageWorld.start(postgres.database, memoryDisk());
  });
  after(async () => {
    await world.cell.close();
    await postgres.stop();
  });

  it("has triggers that are created, fetched, listed, changed and deleted, and records", async () => {
    await writeLines(postgres.database, [{ at: today, usage: 5, amountMicros: 40_000 }]);
    const { port } = await world.server.listen({ host: "127.0.0.1", port: 0 });
    const client = forwardedClient({ baseUrl: `http://127.0.0.1:${port}`, accountSid: MAIN, authToken: "x" });
    try {
      const made = await client.usage.triggers.create({
        callbackUrl: callback.CallbackUrl,
        triggerValue: "+30",
        usageCategory: "sms-outbound",
        recurring: "monthly",
        triggerBy: "usage",
        friendlyName: "thirty more",
      });
      assert.match(made.sid, /^UT[0-9a-f]{32}$/);
      assert.deepEqual([made.triggerValue, made.currentValue, made.recurring], ["35", "5", "monthly"]);
      assert.equal(made.dateFired, null);
      assert.equal(
        made.usageRecordUri,
        `/2010-04-01/Accounts/${MAIN}/Usage/Records/ThisMonth.json?Category=sms-outbound`,
      );
      await client.usage.triggers.create({
        callbackUrl: callback.CallbackUrl,
        triggerValue: "1.5",
        usageCategory: "totalprice",
        triggerBy: "price",
      });
      assert.equal((await client.usage.triggers.list()).length, 2);
      assert.equal((await client.usage.triggers.list({ pageSize: 1 })).length, 2);
      assert.deepEqual(
        (await client.usage.triggers.list({ recurring: "monthly" })).map(({ sid }) => sid),
        [made.sid],
      );
      assert.equal((await client.usage.triggers.list({ usageCategory: "totalprice", triggerBy: "count" })).length, 0);
      const changed = await client.usage.triggers(made.sid).update({ callbackMethod: "GET", friendlyName: "x" });
      assert.deepEqual(
        [changed.callbackMethod, changed.friendlyName, changed.callbackUrl],
        ["GET", "x", callback.CallbackUrl],
      );
      assert.equal((await client.usage.triggers(made.sid).fetch()).friendlyName, "x");
      assert.equal(await client.usage.triggers(made.sid).remove(), true);
      await refuses(client.usage.triggers(made.sid).fetch(), 20404, 404);
      await refuses(client.usage.triggers(made.sid).remove(), 20404, 404);
      const records = await client.usage.records.today.list({ category: "sms" });
      assert.deepEqual(
        records.map(({ usage, price }) => [usage, String(price)]),
        [["5", "0.04"]],
      );
    } finally {
      await world.server.close();
    }
  });
});
