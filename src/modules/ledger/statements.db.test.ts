import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { migrate } from "../../adapters/postgres/index.ts";
import { SidMinter } from "../../kernel/ids.ts";
import { Cell, Projection, projectionMigration, type CellRecord, type Machine } from "../../platform/cell/index.ts";
import { HttpServer, type Authenticator } from "../../platform/http/index.ts";
import type { ChargePosted } from "../../platform/spending/index.ts";
import { memoryDisk, openMemoryLog, type SimulatedFiles } from "../../../test/kit/memory-log.ts";
import { startTestPostgres, type TestPostgres } from "../../../test/kit/postgres.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { ledgerModule } from "./index.ts";

const MAIN = `AC${"0".repeat(31)}a`;
const SUBACCOUNT = `AC${"0".repeat(31)}b`;
const CELL = "messaging-1";

/** Stands for the products. */
const product: Machine = {
  name: "product",
  tables: [],
  reducers: {
    "test.facts": ({ facts }: CellRecord & { facts: ChargePosted[] }, context) =>
      facts.forEach((fact) => context.emit(fact)),
  },
};

const authenticator: Authenticator = {
  authenticate: ({ username }) =>
    Promise.resolve({
      accountSid: username,
      status: "active",
      credential: "token",
      canAccess: () => Promise.resolve(false),
    }),
};

let postgres: TestPostgres;
before(async () => {
  postgres = await startTestPostgres();
});
after(() => postgres.stop());

async function startCell(files: SimulatedFiles, projectedOffsets = new Map<string, number>()) {
  const clock = new ManualClock(Date.UTC(2026, 0, 15, 12));
  const minter = new SidMinter(() => clock.nowMs(), randomBytes);
  const { database } = postgres;
  const ledger = ledgerModule({
    database,
    clock,
    logger: silentLogger,
    cellName: CELL,
    cell: () => cell,
    mintSid: (prefix) => minter.mint(prefix),
    isOperator: () => false,
    familyOf: () => Promise.resolve({ mainSid: MAIN, isHome: true }),
  });
  await migrate(database, [projectionMigration, ...ledger.migrations]);
  const log = await openMemoryLog(files, clock);
  const machines = [product, ledger.machine, ledger.usageMachine];
  const cell = new Cell({ name: CELL, log, clock, logger: silentLogger, machines, projectedOffsets });
  await cell.recover();
  const projection = new Projection({ cell, database, clock, logger: silentLogger, tables: ledger.projections });
  const server = new HttpServer({ clock, logger: silentLogger, minter, authenticator, routes: ledger.routes });
  const get = async (path: string) => {
    const { status, body } = await server.inject({ method: "GET", url: path, auth: { username: MAIN, password: "x" } });
    assert.equal(status, 200, body);
    // oxlint-disable-next-line typescript/no-explicit-any -- checked by the tests
    const json: any = JSON.parse(body);
    return json;
  };
  return { cell, ledger, projection, get };
}

function charge(index: number, accountSid: string): ChargePosted {
  const resourceSid = `SM${String(index).padStart(32, "0")}`;
  const common = {
    count: 1,
    usage: 2,
    usageUnit: "segments",
    detail: { resourceSid, country: "US", carrier: "north" },
  };
  return {
    kind: "charge.posted",
    accountSid,
    currency: "USD",
    lines: [
      { id: `${resourceSid}.message`, category: "sms-outbound-longcode", amountMicros: 16_000, ...common },
      { id: `${resourceSid}.fee`, category: "sms-messages-carrierfees", amountMicros: 6_000, ...common },
    ],
  };
}

it("says of what products charged neither more nor less, however often it is told and projected", async () => {
  const files = memoryDisk();
  const one = await startCell(files);
  await one.ledger.spending.prepare(MAIN);
  await one.ledger.spending.prepare(SUBACCOUNT);
  for (let index = 0; index < 20; index += 1) {
    const fact = charge(index, index % 2 === 0 ? MAIN : SUBACCOUNT);
    // Every fact may come again with the same ids.
    const record = { kind: "test.facts", facts: [fact, ...(index % 5 === 0 ? [fact] : [])] };
    await one.cell.commit(record);
    if (index === 9) assert.ok(await one.projection.flush());
  }
  assert.ok(await one.projection.flush());
  const check = async ({ get }: typeof one) => {
    const usage = `/2010-04-01/Accounts/${MAIN}/Usage/Records.json`;
    const [sms] = (await get(`${usage}?Category=sms`)).usage_records;
    assert.deepEqual([sms.count, sms.usage, sms.price], ["20", "40", "0.32"]);
    const [total] = (await get(`${usage}?Category=totalprice`)).usage_records;
    assert.equal(total.price, "0.44");
    const invoice = await get("/trunkline/v1/Invoices/2026-01");
    assert.deepEqual([invoice.charges, invoice.ledger_lines, invoice.items.length], ["0.44", 40, 4]);
  };
  await check(one);
  // Killed, and nobody knows what was projected: all of it is projected once more.
  const two = await startCell(files.afterKill());
  assert.ok(await two.projection.flush());
  await check(two);
  await one.cell.close();
  await two.cell.close();
});
