import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { migrate } from "../../../adapters/postgres/index.ts";
import { memoryDisk, seeded, seedOf, settle, type SimulatedFiles } from "../../../../test/kit/memory-log.ts";
import { startTestPostgres, type TestPostgres } from "../../../../test/kit/postgres.ts";
import { ledgerMigrations } from "../migrations.ts";
import { MAIN, NOW_MS, STRANGER, SUBACCOUNT, UsageWorld, writeLines, type SampleLine } from "./sample-usage.test.ts";
import { usageMigrations } from "./migrations.ts";

const DAY_MS = 86_400_000;
const callback = { CallbackUrl: "https://example.com/usage" };

describe("usage", () => {
  let postgres: TestPostgres;
  let files: SimulatedFiles;
  let world: UsageWorld;
  const worlds: UsageWorld[] = [];
  const write = (...lines: SampleLine[]) => writeLines(postgres.database, lines);
  const start = async (disk: SimulatedFiles, nowMs = NOW_MS): Promise<UsageWorld> => {
    const started = await UsageWorld.start(postgres.database, disk, nowMs);
    worlds.push(started);
    return started;
  };
  before(async () => {
    postgres = await startTestPostgres();
    await migrate(postgres.database, [...ledgerMigrations, ...usageMigrations]);
  });
  beforeEach(async () => {
    await postgres.database.query("delete from ledger_lines");
    files = memoryDisk();
    world = await start(files);
  });
  afterEach(async () => {
    for (const each of worlds.splice(0)) await each.cell.close().catch(() => undefined);
  });
  after(() => postgres.stop());

  describe("records", () => {
    const lines: SampleLine[] = [
      { at: "2025-11-30T23:59:59.999Z", usage: 3, amountMicros: 24_000 },
      { at: "2025-12-01T00:00:00Z", category: "sms-inbound-longcode", amountMicros: 7_500 },
      { at: "2026-01-14T09:00:00Z", category: "sms-messages-carrierfees", amountMicros: 3_000 },
      { at: "2026-01-14T09:00:00Z" },
      { at: "2026-01-15T01:00:00Z", accountSid: SUBACCOUNT, category: "sms-outbound-shortcode", usage: 2 },
      { at: "2026-01-15T02:00:00Z", category: "lookups", usage: 1, amountMicros: 5_000 },
      { at: "2026-01-15T02:00:00Z", kind: "cost", category: "carrier-attempt", amountMicros: 999 },
      { at: "2026-01-15T02:00:00Z", kind: "credit", category: "top-up", amountMicros: 10_000_000 },
      { at: "2026-01-15T02:00:00Z", category: "sms-outbound", amountMicros: -8_000, usage: 0 },
      { at: "2026-01-15T02:00:00Z", accountSid: STRANGER, wallet: STRANGER },
    ];
    const list = async (path: string, username = MAIN) => {
      const { status, json, body } = await world.call("GET", path, undefined, username);
      assert.equal(status, 200, body);
      // oxlint-disable-next-line typescript/no-explicit-any -- checked by the tests
      return json.usage_records as any[];
    };
    const brief = async (path: string, username = MAIN) =>
      (await list(path, username)).map((each) => [each.start_date, each.end_date, each.count, each.usage, each.price]);

    it("sum up the lines of a category, with everything that it is the sum of", async () => {
      await write(...lines);
      const [sms] = await list("Records.json?Category=sms");
      assert.deepEqual(sms, {
        account_sid: MAIN,
        api_version: "2010-04-01",
        as_of: "2026-01-15T12:00:00+00:00",
        category: "sms",
        count: "4",
        count_unit: "messages",
        description: "SMS",
        start_date: "2025-11-30",
        end_date: "2026-01-15",
        // Of which one was refunded.
        price: "0.0395",
        price_unit: "usd",
        subresource_uris: Object.fromEntries(
          ["all_time AllTime", "daily Daily", "last_month LastMonth", "monthly Monthly"]
            .concat(["this_month ThisMonth", "today Today", "yearly Yearly", "yesterday Yesterday"])
            .map((names) => names.split(" "))
            .map(([key, name]) => [key, `/2010-04-01/Accounts/${MAIN}/Usage/Records/${name}.json?Category=sms`]),
        ),
        uri: `/2010-04-01/Accounts/${MAIN}/Usage/Records.json?Category=sms&StartDate=2025-11-30&EndDate=2026-01-15`,
        usage: "7",
        usage_unit: "segments",
      });
      const [total] = await list("Records.json?Category=totalprice");
      assert.deepEqual([total.count, total.usage, total.usage_unit, total.price], [null, "0.0475", "usd", "0.0475"]);
      assert.deepEqual(await brief("Records.json?Category=sms&IncludeSubaccounts=false"), [
        ["2025-11-30", "2026-01-15", "3", "5", "0.0315"],
      ]);
      assert.deepEqual(await brief("Records/Today.json?Category=sms", SUBACCOUNT), [
        ["2026-01-15", "2026-01-15", "1", "2", "0.008"],
      ]);
    });

    it("are there for each day, month and year, newest first, and for the stretches with names", async () => {
      await write(...lines);
      assert.deepEqual(await brief("Records/Monthly.json?Category=sms"), [
        ["2026-01-01", "2026-01-15", "2", "3", "0.008"],
        ["2025-12-01", "2025-12-31", "1", "1", "0.0075"],
        ["2025-11-30", "2025-11-30", "1", "3", "0.024"],
      ]);
      assert.deepEqual(await brief("Records/Yearly.json?Category=sms-outbound"), [
        ["2026-01-01", "2026-01-15", "2", "3", "0.008"],
        ["2025-11-30", "2025-12-31", "1", "3", "0.024"],
      ]);
      assert.deepEqual(await brief("Records/Daily.json?Category=sms&StartDate=-2days"), [
        ["2026-01-15", "2026-01-15", "1", "2", "0.00"],
        ["2026-01-14", "2026-01-14", "1", "1", "0.008"],
        ["2026-01-13", "2026-01-13", "0", "0", "0.00"],
      ]);
      assert.deepEqual((await brief("Records/LastMonth.json?Category=sms"))[0], [
        "2025-12-01",
        "2025-12-31",
        "1",
        "1",
        "0.0075",
      ]);
      assert.deepEqual((await brief("Records/Yesterday.json?Category=sms"))[0]?.slice(2), ["1", "1", "0.008"]);
      assert.deepEqual((await brief("Records/ThisMonth.json?Category=lookups"))[0]?.slice(2), ["1", "1", "0.005"]);
      assert.deepEqual((await brief("Records/AllTime.json?Category=sms"))[0]?.slice(2), ["4", "7", "0.0395"]);
      assert.deepEqual(await brief("Records.json?Category=sms&StartDate=2025-12-01&EndDate=2025-12-31"), [
        ["2025-12-01", "2025-12-31", "1", "1", "0.0075"],
      ]);
      assert.deepEqual(await brief("Records/Today.json?Category=sms&EndDate=2026-01-01"), []);
    });

    it("are there for every category, in pages, and refused for none", async () => {
      await write(...lines);
      const first = await world.call("GET", "Records.json?PageSize=100");
      const categories: string[] = [];
      let next = first.json;
      for (;;) {
        // oxlint-disable-next-line typescript/no-explicit-any -- checked by the tests
        for (const record of next.usage_records as any[]) categories.push(record.category);
        if (next.next_page_uri === null) break;
        next = (await world.call("GET", next.next_page_uri)).json;
      }
      assert.ok(categories.length > 600);
      assert.deepEqual(categories, categories.toSorted());
      assert.equal(new Set(categories).size, categories.length);
      const back = await world.call("GET", next.previous_page_uri);
      assert.equal(back.json.usage_records.length, 100);
      for (const query of ["Category=nonsense", "StartDate=2026-02-30", "EndDate=tomorrow"]) {
        const { status, json } = await world.call("GET", `Records.json?${query}`);
        assert.deepEqual([status, json.code], [400, 20001], query);
      }
      assert.equal(
        (await world.call("GET", `/2010-04-01/Accounts/${MAIN}/Usage/Records.json`, undefined, STRANGER)).status,
        404,
      );
    });

    it("are of exactly the lines that there are, in whatever order these come, twice, and go", async () => {
      const seed = seedOf(7);
      const random = seeded(seed);
      const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
      let ids: string[] = [];
      for (let round = 0; round < 30; round += 1) {
        const batch = Array.from({ length: 1 + Math.floor(random() * 40) }, (): SampleLine => {
          const at = new Date(NOW_MS - Math.floor(random() * 90) * DAY_MS).toISOString();
          const kind = pick(["charge", "charge", "cost", "credit"] as const);
          const amountMicros = Math.floor(random() * 20_000) - 2_000;
          const category = pick(["sms-outbound", "lookups", "mms-inbound"]);
          return {
            at,
            kind,
            amountMicros,
            category,
            accountSid: pick([MAIN, SUBACCOUNT]),
            country: pick(["US", "GB"]),
          };
        });
        ids.push(...(await write(...batch)));
        if (random() < 0.5)
          await postgres.database.query("update ledger_lines set ref = ref where id = $1::uuid", [pick(ids)]);
        if (random() < 0.3) {
          const gone = ids.filter(() => random() < 0.2);
          await postgres.database.query("delete from ledger_lines where id = any($1::uuid[])", [gone]);
          ids = ids.filter((id) => !gone.includes(id));
        }
      }
      const same = async (sums: string, lines: string) =>
        assert.deepEqual(await postgres.database.query(sums), await postgres.database.query(lines), `seed ${seed}`);
      await same(
        "select account_sid, day::text, category, count, usage, amount_micros, lines from ledger_usage_days order by 1, 2, 3",
        `select account_sid, (at at time zone 'UTC')::date::text as day, category,
           coalesce(sum(count) filter (where amount_micros >= 0), 0) as count, sum(usage::numeric) as usage,
           sum(amount_micros) as amount_micros, count(*) as lines
         from ledger_lines where kind = 'charge' group by 1, 2, 3 order by 1, 2, 3`,
      );
      await same(
        `select month::text, kind, sum(amount_micros) as amount, sum(lines) as lines from ledger_usage_months
         group by 1, 2 order by 1, 2`,
        `select date_trunc('month', at at time zone 'UTC')::date::text as month, kind, sum(amount_micros) as amount,
           count(*)::numeric as lines
         from ledger_lines where kind <> 'cost' group by 1, 2 order by 1, 2`,
      );
      await postgres.database.query("delete from ledger_lines");
      assert.deepEqual(
        await postgres.database.query("select from ledger_usage_days union all select from ledger_usage_months"),
        [],
      );
    });
  });

  describe("triggers", () => {
    const create = async (form: Readonly<Record<string, string>>) => {
      const made = await world.call("POST", "Triggers.json", { ...callback, ...form });
      assert.equal(made.status, 201, made.body);
      return made.json;
    };
    const today = "2026-01-15T03:00:00Z";

    it("refuse what makes no sense", async () => {
      const good = { ...callback, TriggerValue: "1", UsageCategory: "sms" };
      for (const bad of [
        { UsageCategory: "nonsense" },
        { TriggerValue: "-1" },
        { TriggerValue: "0" },
        { TriggerValue: "many" },
        { CallbackUrl: "ftp://example.com" },
        { Recurring: "hourly" },
        { UsageCategory: "totalprice", TriggerBy: "count" },
      ] as Readonly<Record<string, string>>[]) {
        const { status, json } = await world.call("POST", "Triggers.json", { ...good, ...bad });
        assert.deepEqual([status, json.code], [400, 20001], JSON.stringify(bad));
      }
      const long = await world.call("POST", "Triggers.json", { ...good, FriendlyName: "x".repeat(65) });
      assert.deepEqual([long.status, long.json.code], [400, 20002]);
    });

    it("fire once in a period, with Twilio's fields, and again in the next", async () => {
      const { sid } = await create({ UsageCategory: "sms", TriggerValue: "3", Recurring: "daily", TriggerBy: "count" });
      await write({ at: today }, { at: today, accountSid: SUBACCOUNT });
      await world.part.look();
      assert.deepEqual(world.queued(), []);
      await write({ at: today });
      await world.part.look();
      await world.part.look();
      const [job, ...others] = world.queued();
      assert.deepEqual(others, []);
      assert.deepEqual(
        [job?.url, job?.method, job?.accountSid, job?.purpose],
        [callback.CallbackUrl, "POST", MAIN, "usage-trigger"],
      );
      assert.deepEqual(Object.fromEntries(job?.params ?? []), {
        AccountSid: MAIN,
        UsageTriggerSid: sid,
        Recurring: "daily",
        TriggerBy: "count",
        TriggerValue: "3",
        CurrentValue: "3",
        UsageCategory: "sms",
        UsageRecordUri: `/2010-04-01/Accounts/${MAIN}/Usage/Records/Today.json?Category=sms`,
        DateFired: "Thu, 15 Jan 2026 12:00:00 +0000",
        IdempotencyToken: `${sid}-FIRES-daily-2026-01-15`,
      });
      assert.equal(
        (await world.call("GET", `Triggers/${sid}.json`)).json.date_fired,
        "Thu, 15 Jan 2026 12:00:00 +0000",
      );
      world.clock.advance(DAY_MS);
      await world.part.look();
      assert.equal(world.queued().length, 1);
      await write(...Array.from({ length: 4 }, () => ({ at: "2026-01-16T01:00:00Z" })));
      await world.part.look();
      assert.equal(world.queued().length, 2);
    });

    it("fire by themselves soon after usage, also of a subaccount", async () => {
      await create({ UsageCategory: "totalprice", TriggerValue: "0.01", TriggerBy: "price" });
      world.part.start();
      await write({ at: today, accountSid: SUBACCOUNT, amountMicros: 10_000 });
      await world.charged(SUBACCOUNT);
      for (let turn = 0; turn < 200 && world.queued().length === 0; turn += 1) {
        world.clock.advance(1_000);
        await settle(2);
        await postgres.database.query("select 1");
      }
      world.part.stop();
      assert.equal(world.queued().length, 1);
    });

    it("fire once although the program is killed before, between and after", async () => {
      await create({ UsageCategory: "sms", TriggerValue: "1", TriggerBy: "count" });
      await write({ at: today });
      // Killed after the usage was written, and before anybody looked.
      files = files.afterKill();
      world = await start(files);
      await world.part.look();
      assert.equal(world.queued().length, 1);
      // Killed with the webhook in the queue, which the queue then still has.
      files = files.afterKill();
      world = await start(files);
      assert.equal(world.queued().length, 1);
      await world.part.look();
      assert.equal(world.queued().length, 1);
      const again = {
        kind: "usage.trigger-fired",
        sid: world.queued()[0]?.resourceSid,
        period: "ever",
        currentValue: "1",
      };
      assert.equal(await world.cell.commit(again), false);
      assert.equal(world.queued().length, 1);
    });

    it("move with their account, and what they have fired with them", async () => {
      const { sid } = await create({ UsageCategory: "sms", TriggerValue: "1", TriggerBy: "count" });
      await write({ at: today });
      await world.part.look();
      const family = { mainSid: MAIN, accountSids: [MAIN, SUBACCOUNT], numbers: [] };
      const entries = JSON.parse(JSON.stringify(world.part.movable.list(family))) as [string, unknown][];
      const target = await start(memoryDisk(2));
      await target.part.movable.put(family, entries, true);
      await target.part.movable.put(family, entries, true);
      await world.part.movable.forget(family);
      assert.equal((await world.call("GET", `Triggers/${sid}.json`)).status, 404);
      assert.equal((await target.call("GET", "Triggers.json")).json.usage_triggers.length, 1);
      await target.part.look();
      assert.deepEqual(target.queued(), []);
    });
  });
});
