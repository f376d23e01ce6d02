import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { migrate } from "../../../adapters/postgres/index.ts";
import { memoryDisk, seeded, seedOf } from "../../../../test/kit/memory-log.ts";
import { startTestPostgres, type TestPostgres } from "../../../../test/kit/postgres.ts";
import { ledgerMigrations } from "../migrations.ts";
import { usageMigrations } from "../usage/migrations.ts";
import {
  MAIN,
  OPERATOR,
  STRANGER,
  SUBACCOUNT,
  UsageWorld,
  writeLines,
  type SampleLine,
} from "../usage/sample-usage.test.ts";
import { csvField } from "./invoice-csv.ts";
import { withoutCarriers, type InvoiceLine } from "./invoice.ts";

const PATH = "/trunkline/v1/Invoices";

describe("invoices", () => {
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
  const get = (path: string, username = MAIN) => world.call("GET", `${PATH}${path}`, undefined, username);
  const write = (lines: readonly SampleLine[]) => writeLines(postgres.database, lines);

  it("have opening and closing balances that follow from the lines", async () => {
    await write([
      { at: "2025-11-03T00:00:00Z", kind: "credit", category: "top-up", amountMicros: 1_000_000 },
      {
        at: "2025-11-04T00:00:00Z",
        amountMicros: 8_000,
        usage: 2,
        country: "US",
        carrier: "north",
        grantsMicros: 3_000,
      },
      { at: "2025-12-31T23:59:59Z", accountSid: SUBACCOUNT, amountMicros: 42_000, country: "GB", carrier: "south" },
      { at: "2025-12-01T00:00:00Z", kind: "credit", category: "grant-expired", amountMicros: -100_000 },
      { at: "2025-12-05T00:00:00Z", kind: "cost", category: "carrier-attempt", amountMicros: 777 },
      { at: "2026-01-01T00:00:00Z", currency: "EUR", amountMicros: 1 },
    ]);
    const { json } = await get("");
    assert.deepEqual(
      // oxlint-disable-next-line typescript/no-explicit-any -- checked by the tests
      json.invoices.map((each: any) => [
        each.period,
        each.currency,
        each.status,
        each.opening_balance,
        each.closing_balance,
      ]),
      [
        ["2026-01", "EUR", "open", "0.00", "-0.000001"],
        ["2025-12", "USD", "closed", "0.992", "0.85"],
        ["2025-11", "USD", "closed", "0.00", "0.992"],
      ],
    );
    assert.equal((await get("?PageSize=1")).json.invoices.length, 1);
    const december = (await get("/2025-12")).json;
    assert.deepEqual(
      [december.charges, december.credits, december.grants_used, december.ledger_lines],
      ["0.042", "-0.10", "0.00", 2],
    );
    assert.deepEqual(december.items[0], {
      section: "charge",
      account_sid: SUBACCOUNT,
      category: "sms-outbound-longcode",
      description: "SMS Outbound Long Code",
      country: "GB",
      network: null,
      carrier: null,
      count: 1,
      usage: 1,
      usage_unit: "segments",
      amount: "0.042",
      paid_by_grants: "0.00",
      ledger_lines: 1,
    });
    const number = `${MAIN}-2025-11-USD`;
    const csv = await get("/2025-11.csv");
    assert.equal(
      csv.body,
      [
        "invoice,section,account_sid,category,description,country,network,carrier,count,usage,usage_unit,amount,paid_by_grants,currency",
        `${number},opening balance,,,,,,,,,,0.00,,USD`,
        `${number},charge,${MAIN},sms-outbound-longcode,SMS Outbound Long Code,US,,,1,2,segments,0.008,0.003,USD`,
        `${number},credit,${MAIN},top-up,Top Up,,,,,,,1.00,,USD`,
        `${number},total charges,,,,,,,,,,0.008,,USD`,
        `${number},total grants used,,,,,,,,,,0.003,,USD`,
        `${number},total credits,,,,,,,,,,1.00,,USD`,
        `${number},closing balance,,,,,,,,,,0.992,,USD`,
        "",
      ].join("\r\n"),
    );
    assert.equal((await get("/2025-11.csv")).body, csv.body);
    assert.equal((await get("/2026-01.csv?Currency=EUR")).status, 200);
  });

  it("are their account's and the operator's alone", async () => {
    for (const path of ["/2024-01", "/2025-13", "/nonsense.csv", "/2026-01", `/2025-11?Account=${STRANGER}`]) {
      const { status, json } = await get(path);
      assert.deepEqual([status, json.code], [404, 20404], path);
    }
    assert.deepEqual((await get("", STRANGER)).json.invoices, []);
    assert.equal((await get(`/2025-11?Account=${MAIN}`, STRANGER)).status, 404);
    const whole = (await get(`/2025-11?Account=${MAIN}`, OPERATOR)).json;
    assert.deepEqual([whole.account_sid, whole.items[0].carrier], [MAIN, "north"]);
  });

  it("say nothing of carriers to accounts, and add up what differs by them alone", () => {
    const line: InvoiceLine = {
      kind: "charge",
      accountSid: MAIN,
      category: "sms-outbound",
      country: "US",
      network: "310260",
      carrier: "north",
      count: 1,
      usage: 2,
      usageUnit: "segments",
      amountMicros: 16_000,
      grantsMicros: 1_000,
      lines: 1,
    };
    const lines = [line, { ...line, carrier: "south" }, { ...line, country: "GB" }];
    const sum = { ...line, carrier: "", count: 2, usage: 4, amountMicros: 32_000, grantsMicros: 2_000, lines: 2 };
    assert.deepEqual(withoutCarriers(lines), [sum, { ...line, carrier: "", country: "GB" }]);
  });

  it("come to exactly what the ledger's lines come to", async () => {
    const seed = seedOf(11);
    const random = seeded(seed);
    const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
    const wallet = STRANGER;
    const lines = Array.from({ length: 2_000 }, (): SampleLine => {
      const kind = pick(["charge", "charge", "charge", "credit", "cost"] as const);
      const at = new Date(Date.UTC(2025, 8, 1) + Math.floor(random() * 120 * 86_400_000)).toISOString();
      const amountMicros = Math.floor(random() * 1_000_000) - 100_000;
      const grantsMicros = kind === "charge" && amountMicros > 0 ? Math.floor(random() * amountMicros) : 0;
      return {
        at,
        kind,
        wallet,
        accountSid: pick([wallet, SUBACCOUNT]),
        amountMicros,
        grantsMicros,
        country: pick(["US", "GB", "FR"]),
      };
    });
    await write(lines);
    const micros = (text: string): bigint => {
      const [whole = "0", fraction = ""] = text.replace("-", "").split(".");
      const value = BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, "0"));
      return text.startsWith("-") ? -value : value;
    };
    let opening = 0n;
    for (const period of ["2025-09", "2025-10", "2025-11", "2025-12"]) {
      const own = lines.filter(({ at }) => at.startsWith(period));
      const sum = (kind: string) =>
        own.filter((line) => line.kind === kind).reduce((total, line) => total + BigInt(line.amountMicros ?? 0), 0n);
      const rows = (await get(`/${period}.csv`, wallet)).body
        .trim()
        .split("\r\n")
        .slice(1)
        .map((row) => row.split(","));
      const of = (section: string) => rows.filter((row) => row[1] === section).map((row) => micros(row[11] ?? ""));
      const total = (section: string) => of(section).reduce((all, each) => all + each, 0n);
      assert.equal(total("opening balance"), opening, `seed ${seed}`);
      assert.equal(total("charge"), sum("charge"));
      assert.equal(total("credit"), sum("credit"));
      assert.equal(total("total charges"), sum("charge"));
      opening += sum("credit") - sum("charge");
      assert.equal(total("closing balance"), opening);
    }
  });

  it("hold nothing that a spreadsheet would carry out", () => {
    assert.equal(csvField("=HYPERLINK(1)"), "'=HYPERLINK(1)");
    assert.equal(csvField("+1-2"), "'+1-2");
    assert.equal(csvField("@x"), "'@x");
    assert.equal(csvField("-0.50"), "-0.50");
    assert.equal(csvField("-2+3"), "'-2+3");
    assert.equal(csvField('a,"b"'), '"a,""b"""');
    assert.equal(csvField("\t=1"), "'\t=1");
  });
});
