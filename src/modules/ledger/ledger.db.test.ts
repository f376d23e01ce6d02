import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { migrate } from "../../adapters/postgres/index.ts";
import { SidMinter } from "../../kernel/ids.ts";
import {
  Cell,
  Projection,
  projectionMigration,
  readProjectedOffsets,
  type ApplyContext,
  type CellRecord,
  type Fact,
  type Machine,
} from "../../platform/cell/index.ts";
import { idempotency, KeyBook } from "../../platform/idempotency/index.ts";
import { SecretBox } from "../../platform/secrets/index.ts";
import { HttpServer, type Authenticator } from "../../platform/http/index.ts";
import { openLog, type Log } from "../../platform/log/index.ts";
import type { Database } from "../../platform/ports.ts";
import type { ChargeDetail, ChargeHeld, ChargePosted, CostIncurred } from "../../platform/spending/index.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { until } from "../../../test/kit/until.ts";
import { startTestPostgres, type TestPostgres } from "../../../test/kit/postgres.ts";
import { ledgerModule, type EscrowHome, type LedgerModule } from "./index.ts";

const OPERATOR = `AC${"0".repeat(32)}`;
const MAIN = `AC${"1".repeat(32)}`;
const SUB = `AC${"2".repeat(32)}`;
const STRANGER = `AC${"f".repeat(32)}`;
const START_MS = Date.UTC(2026, 10, 20, 22);
const LEDGER = "/trunkline/v1/Ledger";

const authenticator: Authenticator = {
  authenticate: ({ username }) =>
    Promise.resolve({
      accountSid: username,
      status: "active",
      credential: "token",
      canAccess: (sid) => Promise.resolve(sid === username || (username === MAIN && sid === SUB)),
    }),
};

interface Answer {
  readonly status: number;
  readonly json: any; // oxlint-disable-line typescript/no-explicit-any -- checked by the tests
}

/** A cell with the ledger in it, over a folder and a database that outlive it. */
class Program {
  readonly facts: Fact[] = [];
  readonly module: LedgerModule;
  cell!: Cell;
  log!: Log;
  projection!: Projection;
  private server!: HttpServer;
  private readonly name: string;
  private readonly parts: { readonly database: Database; readonly directory: string; readonly clock: ManualClock };
  private isHome = true;

  constructor(parts: Program["parts"], name = "messaging-1", escrowHome?: EscrowHome) {
    this.parts = parts;
    this.name = name;
    const { database, clock } = parts;
    this.module = ledgerModule({
      database,
      clock,
      logger: silentLogger,
      cellName: name,
      cell: () => this.cell,
      mintSid: (prefix) => this.minter.mint(prefix),
      isOperator: (sid) => sid === OPERATOR,
      familyOf: (sid) => Promise.resolve({ mainSid: sid === SUB ? MAIN : sid, isHome: this.isHome }),
      ...(escrowHome === undefined ? {} : { escrowHome }),
    });
  }

  private readonly minter = new SidMinter(() => START_MS, randomBytes);

  async start(): Promise<this> {
    const { database, directory, clock } = this.parts;
    await migrate(database, [projectionMigration, ...this.module.migrations]);
    this.log = await openLog({ directory, logger: silentLogger, clock });
    const projectedOffsets = await readProjectedOffsets(database, this.name);
    const keys = new KeyBook();
    const machines = [this.product(), keys.machine, this.module.machine, this.module.usageMachine];
    this.cell = new Cell({ name: this.name, log: this.log, clock, logger: silentLogger, machines, projectedOffsets });
    await this.cell.recover();
    const { cell } = this;
    this.projection = new Projection({ cell, database, clock, logger: silentLogger, tables: this.module.projections });
    const { minter } = this;
    const secrets = new SecretBox(new Uint8Array(32).fill(3));
    this.server = new HttpServer({
      clock,
      logger: silentLogger,
      minter,
      authenticator,
      routes: this.module.routes,
      around: [idempotency({ keys, cell: () => cell, secrets, clock, logger: silentLogger })],
    });
    return this;
  }

  /** Stands for the products, and listens to what the ledger tells. */
  private product(): Machine {
    const hear = (fact: Fact): void => void this.facts.push(fact);
    return {
      name: "product",
      tables: [],
      reducers: {
        "test.facts": ({ facts }: { facts: Fact[] }, context: ApplyContext) =>
          facts.forEach((fact) => context.emit(fact)),
      },
      listeners: { "alert.raised": hear, "webhook.requested": hear },
    };
  }

  async tell(...facts: (ChargeHeld | ChargePosted | CostIncurred)[]): Promise<void> {
    await this.module.spending.prepare(SUB);
    await this.cell.commit({ kind: "test.facts", facts } as CellRecord, "progress");
  }

  async ask(
    username: string,
    method: "GET" | "POST",
    path: string,
    sent: { readonly form?: Record<string, string>; readonly headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const { form, headers = {} } = sent;
    const url = path.startsWith("http") ? path : `https://api.twilio.com${path}`;
    const { status, body } = await this.server.inject({
      method,
      url,
      auth: { username, password: "x" },
      headers,
      ...(form === undefined ? {} : { body: form }),
    });
    return { status, json: body === "" ? undefined : JSON.parse(body) };
  }

  post(path: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
    return this.ask(OPERATOR, "POST", `${LEDGER}/${path}`, { form, headers });
  }

  balance(sid: string): Promise<Answer> {
    return this.ask(sid, "GET", `/2010-04-01/Accounts/${sid}/Balance.json`);
  }

  leaveHome(): void {
    this.isHome = false;
  }

  async stop(): Promise<void> {
    await this.module.close();
    await this.cell.close();
  }
}

function held(id: string, amountMicros: number): ChargeHeld {
  const expiresAtMs = START_MS + 3_600_000;
  return { kind: "charge.held", id, accountSid: SUB, currency: "USD", amountMicros, expiresAtMs };
}

function posted(id: string, amountMicros: number, detail: Partial<ChargeDetail> = {}): ChargePosted {
  const where = { resourceSid: id, country: "US", network: "310260", carrier: "north", attempt: 1, ...detail };
  const line = { id: "1", category: "sms-outbound", amountMicros, count: 1, usage: 2, usageUnit: "segments" };
  return { kind: "charge.posted", holdId: id, accountSid: SUB, currency: "USD", lines: [{ ...line, detail: where }] };
}

function cost(id: string, attempt: number, carrier: string, outcome: string): CostIncurred {
  const detail = { resourceSid: id, country: "US", network: "310260", carrier, attempt };
  const of = { accountSid: SUB, currency: "USD", amountMicros: 3_000, usage: 2 };
  return { kind: "cost.incurred", id: `${id}.${attempt}`, ...of, outcome, detail };
}

const sms = (number: number): string => `SM${number.toString(16).padStart(32, "0")}`;

describe("the ledger", () => {
  let postgres: TestPostgres;
  let directory: string;
  let clock: ManualClock;
  let program: Program;
  before(async () => {
    postgres = await startTestPostgres();
  });
  after(() => postgres.stop());
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "trunkline-ledger-"));
    clock = new ManualClock(START_MS);
    program = await new Program({ database: postgres.database, directory, clock }).start();
    await postgres.database.query(
      "truncate ledger_lines, ledger_wallets, ledger_accounts, ledger_references, projection_offsets",
    );
  });
  afterEach(async () => {
    await program.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it("answers the balance of a main account, and that subaccounts have none", async () => {
    assert.deepEqual((await program.balance(MAIN)).json, { account_sid: MAIN, balance: "0.00", currency: "USD" });
    await program.post("Credits", { AccountSid: MAIN, Amount: "12.34" });
    await program.tell(held(sms(1), 20_000), posted(sms(1), 7_900));
    assert.equal((await program.balance(MAIN)).json.balance, "12.3321");
    const sub = await program.balance(SUB);
    assert.deepEqual([sub.status, sub.json.code], [404, 20404]);
  });

  it("gives money once for each id, in memory, in the database, and after a restart", async () => {
    const form = { AccountSid: MAIN, Amount: "5", Id: "invoice-7", Reason: "Paid by transfer" };
    const first = await program.post("Credits", form);
    assert.equal(first.status, 201, JSON.stringify(first.json));
    assert.equal(first.json.amount, "5.00");
    const same = async (): Promise<void> => {
      const again = await program.post("Credits", form);
      assert.deepEqual([again.status, again.json], [200, first.json]);
      const other = await program.post("Credits", { ...form, Amount: "6" });
      assert.deepEqual([other.status, other.json.code], [409, 20409]);
      assert.equal((await program.balance(MAIN)).json.balance, "5.00");
    };
    await same();
    await program.projection.flush();
    await same();
    await program.log.close();
    program = await new Program({ database: postgres.database, directory, clock }).start();
    await same();
    const many = await Promise.all(
      Array.from({ length: 5 }, () => program.post("Credits", { ...form, Id: "at-once" })),
    );
    assert.deepEqual(
      many.map(({ status }) => status).toSorted((a, b) => a - b),
      [201, 409, 409, 409, 409],
    );
    assert.equal((await program.balance(MAIN)).json.balance, "10.00");
  });

  it("answers a create with the same Idempotency-Key with the same line, after a restart too", async () => {
    const form = { AccountSid: MAIN, Amount: "5" };
    const headers = { "Idempotency-Key": "first-payment" };
    const first = await program.post("Credits", form, headers);
    assert.equal(first.status, 201, JSON.stringify(first.json));
    assert.deepEqual((await program.post("Credits", form, headers)).json, first.json);
    await program.projection.flush();
    await program.log.close();
    program = await new Program({ database: postgres.database, directory, clock }).start();
    assert.deepEqual((await program.post("Credits", form, headers)).json, first.json);
    assert.equal((await program.post("Credits", { ...form, Amount: "6" }, headers)).status, 409);
    assert.equal((await program.balance(MAIN)).json.balance, "5.00");
  });

  it("refuses work that cannot be paid before it is accepted, and warns before that", async () => {
    const terms = { Mode: "prepaid", AlertThresholds: "2,0.5", AlertUrl: "https://example.com/low" };
    const wallet = await program.post(`Accounts/${MAIN}/Wallet`, terms);
    assert.equal(wallet.status, 200, JSON.stringify(wallet.json));
    await program.post("Credits", { AccountSid: MAIN, Amount: "3" });
    program.facts.length = 0;
    const { spending } = program.module;
    await spending.prepare(SUB);
    assert.equal(spending.prepare(SUB), undefined);
    const reserve = (id: string, amountMicros: number) =>
      spending.reserve({ id, accountSid: SUB, currency: "USD", amountMicros });
    assert.equal(reserve("a", 2_000_000), undefined);
    // Nothing of it is in the log yet, and it is counted all the same.
    const refused = reserve("b", 1_500_000);
    assert.deepEqual([refused?.code, refused?.status], [20003, 403]);
    await program.tell(held("a", 2_000_000));
    assert.equal(reserve("c", 1_000_000), undefined);
    spending.cancel("c");
    const [alert, webhook] = program.facts as unknown as Record<string, unknown>[];
    assert.deepEqual([alert?.["kind"], alert?.["level"], alert?.["accountSid"]], ["alert.raised", "warning", MAIN]);
    assert.deepEqual([webhook?.["kind"], webhook?.["url"]], ["webhook.requested", "https://example.com/low"]);
  });

  it("answers what an outage cost by one query, for the operator and for the account", async () => {
    await program.post("Credits", { AccountSid: MAIN, Amount: "100" });
    for (let i = 1; i <= 20; i += 1) {
      const id = sms(i);
      clock.advance(60_000);
      // In the storm's ten minutes the first carrier takes messages and loses them.
      const isStorm = i > 5 && i <= 15;
      await program.tell(held(id, 40_000), cost(id, 1, "north", isStorm ? "unknown" : "accepted"));
      if (isStorm)
        await program.tell(cost(id, 2, "south", "accepted"), posted(id, 9_000, { carrier: "south", attempt: 2 }));
      else await program.tell(posted(id, 9_000));
    }
    const from = new Date(START_MS + 5.5 * 60_000).toISOString();
    const until = new Date(START_MS + 15.5 * 60_000).toISOString();
    const lines = await program.ask(OPERATOR, "GET", `${LEDGER}/Lines?StartDate=${from}&EndDate=${until}&PageSize=7`);
    assert.equal(lines.json.lines.length, 7);
    const count = async (query: string, who = OPERATOR): Promise<number> =>
      (await program.ask(who, "GET", `${LEDGER}/Lines?PageSize=1000&${query}`)).json.lines.length;
    const check = async (): Promise<void> => {
      assert.equal(await count(`StartDate=${from}&EndDate=${until}`), 30);
      assert.equal(await count(`StartDate=${from}&EndDate=${until}&Kind=cost&Carrier=north`), 10);
      assert.equal(await count(`ResourceSid=${sms(7)}`), 3);
      assert.equal(await count("Kind=cost", MAIN), 0);
      assert.equal(await count("Kind=charge", MAIN), 20);
      assert.equal(await count("Kind=charge", SUB), 20);
      assert.equal(await count(`AccountSid=${SUB}`, STRANGER), 0);
      assert.equal(await count(`AccountSid=${MAIN}`, SUB), 0);
    };
    await check();
    assert.equal(await program.projection.flush(), true);
    await check();
    // docs/subsystems/ledger.md has this query.
    const rows = await postgres.database.query(
      `select carrier, outcome, count(*)::int as attempts, sum(amount_micros)::int as micros
       from ledger_lines where kind = 'cost' and at >= $1 and at < $2
       group by carrier, outcome order by carrier`,
      [from, until],
    );
    assert.deepEqual(rows, [
      { carrier: "north", outcome: "unknown", attempts: 10, micros: 30_000 },
      { carrier: "south", outcome: "accepted", attempts: 10, micros: 30_000 },
    ]);
    const by = `${LEDGER}/Breakdown?By=carrier,outcome&StartDate=${from}&EndDate=${until}`;
    const breakdown = (await program.ask(OPERATOR, "GET", by)).json.breakdown as Record<string, unknown>[];
    assert.deepEqual(
      breakdown.map(({ carrier, outcome, kind, lines: each, amount }) => [carrier, outcome, kind, each, amount]),
      [
        ["south", null, "charge", 10, "0.09"],
        ["north", "unknown", "cost", 10, "0.03"],
        ["south", "accepted", "cost", 10, "0.03"],
      ],
    );
    const own = await program.ask(MAIN, "GET", by.replace("carrier,", ""));
    assert.equal(own.json.breakdown.length, 1);
    for (const path of [by, `${LEDGER}/Lines?Carrier=south`, `${LEDGER}/Breakdown?Carrier=south`]) {
      const { status, json } = await program.ask(MAIN, "GET", path);
      assert.deepEqual([status, json.code], [403, 20003], path);
    }
    const told = async (who: string): Promise<unknown> =>
      (await program.ask(who, "GET", `${LEDGER}/Lines?Kind=charge&ResourceSid=${sms(7)}`)).json.lines[0].carrier;
    assert.deepEqual([await told(MAIN), await told(OPERATOR)], [null, "south"]);
    // Every micro is explained: what wallets are worth follows from the lines, and debits are credits.
    const [proof] = await postgres.database.query(
      `select (select sum(balance_micros + grants_micros - owed_micros) from ledger_wallets)::bigint as worth,
         (select sum(case kind when 'credit' then amount_micros when 'charge' then -amount_micros end)
          from ledger_lines)::bigint as explained,
         (select sum(credits - debits) * 1000000 from ledger_accounts)::bigint as others`,
    );
    assert.deepEqual(proof, { worth: 99_820_000, explained: 99_820_000, others: -99_820_000 });
  });

  it("takes grants, refunds and adjustments, each with its line, and shows what is held", async () => {
    await program.post(`Accounts/${MAIN}/Wallet`, { Mode: "prepaid" });
    const grant = { AccountSid: MAIN, Amount: "2", EndsAt: "2026-11-21", Priority: "5", Reason: "Welcome" };
    assert.equal((await program.post("Grants", grant)).status, 201);
    await program.tell(held(sms(1), 500_000));
    const holds = await program.ask(OPERATOR, "GET", `${LEDGER}/Holds?AccountSid=${SUB}`);
    assert.deepEqual(
      holds.json.holds.map((hold: Record<string, unknown>) => [hold["id"], hold["amount"], hold["set_aside"]]),
      [[sms(1), "0.50", "0.50"]],
    );
    await program.tell(posted(sms(1), 400_000));
    await program.post("Refunds", { AccountSid: SUB, Amount: "0.1", ResourceSid: sms(1) });
    assert.equal((await program.post("Adjustments", { AccountSid: MAIN, Amount: "-0.05" })).status, 201);
    const tooMuch = await program.post("Adjustments", { AccountSid: MAIN, Amount: "-5" });
    assert.deepEqual([tooMuch.status, tooMuch.json.code], [400, 20001]);
    assert.equal((await program.balance(MAIN)).json.balance, "1.65");
    const wallet = await program.ask(OPERATOR, "GET", `${LEDGER}/Accounts/${MAIN}/Wallet`);
    assert.deepEqual([wallet.json.cash, wallet.json.held, wallet.json.grants[0].left], ["0.05", "0.00", "1.60"]);
    program.module.start();
    clock.advance(3 * 3_600_000);
    const isOver = (): boolean => {
      clock.advance(1_000);
      return program.module.book.tables.wallets.get(`${MAIN} USD`)?.grantsMicros === 0;
    };
    await until("the grant has ended by itself", isOver);
    assert.equal((await program.balance(MAIN)).json.balance, "0.05");
    await program.projection.flush();
    const sums = await postgres.database.query(
      "select category, sum(amount_micros)::int as micros from ledger_lines group by category order by category",
    );
    assert.deepEqual(sums, [
      { category: "adjustment", micros: -50_000 },
      { category: "grant", micros: 2_000_000 },
      { category: "grant-expired", micros: -1_600_000 },
      { category: "refund", micros: -100_000 },
      { category: "sms-outbound", micros: 400_000 },
    ]);
  });

  it("caps a subaccount, and refuses terms that make no sense", async () => {
    await program.post("Credits", { AccountSid: MAIN, Amount: "10" });
    const cap = await program.post(`Accounts/${SUB}/Cap`, { Amount: "1", Period: "month" });
    assert.deepEqual([cap.status, cap.json.cap], [200, "1.00"]);
    const { spending } = program.module;
    const refused = spending.reserve({ id: "a", accountSid: SUB, currency: "USD", amountMicros: 1_000_001 });
    assert.match(refused?.message ?? "", /spending cap/);
    assert.equal((await program.post(`Accounts/${MAIN}/Cap`, { Amount: "1" })).status, 400);
    assert.equal((await program.post(`Accounts/${SUB}/Wallet`, { Mode: "prepaid" })).status, 400);
    assert.equal((await program.post(`Accounts/${MAIN}/Wallet`, { Mode: "prepaid", Floor: "none" })).status, 400);
    assert.equal(
      (await program.ask(MAIN, "POST", `${LEDGER}/Credits`, { form: { AccountSid: MAIN, Amount: "1" } })).status,
      404,
    );
  });

  it("goes with an account to another cell, which settles with the old one what that had accepted", async () => {
    await program.post(`Accounts/${MAIN}/Wallet`, { Mode: "prepaid" });
    await program.post("Credits", { AccountSid: MAIN, Amount: "10" });
    await program.tell(held(sms(1), 3_000_000), held(sms(2), 1_000_000));
    const family = { mainSid: MAIN, accountSids: [MAIN, SUB], numbers: [] };
    const [wallets] = program.module.movable.records ?? [];
    const folder = await mkdtemp(join(tmpdir(), "trunkline-ledger-"));
    const target = await new Program({ database: postgres.database, directory: folder, clock }, "messaging-2").start();
    try {
      const entries = JSON.parse(JSON.stringify(wallets?.list(family))) as [string, unknown][];
      const put = async (): Promise<void> => target.module.movable.records?.[0]?.put(family, entries, true);
      await put();
      // A target that was killed in the middle is given everything once more.
      await put();
      assert.equal((await target.balance(MAIN)).json.balance, "6.00");
      // The old cell ends what it had accepted: one charge, and one that came to nothing.
      await program.tell(posted(sms(1), 2_500_000));
      await wallets?.forget(family);
      program.leaveHome();
      assert.equal(program.module.book.tables.wallets.size, 0);
      const ask = {
        cell: "messaging-1",
        owner: MAIN,
        currency: "USD",
        life: "moved",
        ask: 0,
        wantedMicros: 0,
        spentMicros: 2_500_000,
        returnedMicros: 0,
        isFinal: true,
      } as const;
      await target.module.answerEscrow(ask);
      assert.equal((await target.balance(MAIN)).json.balance, "7.50");
      await target.module.answerEscrow(ask);
      assert.equal((await target.balance(MAIN)).json.balance, "7.50");
    } finally {
      await target.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
