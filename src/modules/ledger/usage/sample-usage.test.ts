/** What the tests of usage and invoices need. Holds no test itself. */
import { randomBytes, randomUUID } from "node:crypto";
import { ManualClock } from "../../../adapters/memory/index.ts";
import { SidMinter } from "../../../kernel/ids.ts";
import { Cell, type CellRecord, type Machine } from "../../../platform/cell/index.ts";
import { HttpServer, type Authenticator } from "../../../platform/http/index.ts";
import type { SimulatedFiles } from "../../../../test/kit/memory-log.ts";
import { openMemoryLog } from "../../../../test/kit/memory-log.ts";
import { silentLogger } from "../../../../test/kit/silent-logger.ts";
import type { Database } from "../../../platform/ports.ts";
import type { ChargePosted } from "../../../platform/spending/index.ts";
import { webhookMachine, WebhookState, type WebhookJob } from "../../../platform/webhooks/index.ts";
import { invoicesPart } from "../invoices/index.ts";
import { usagePart, type UsagePart } from "./index.ts";

export const MAIN = `AC${"0".repeat(31)}a`;
export const SUBACCOUNT = `AC${"0".repeat(31)}b`;
export const STRANGER = `AC${"0".repeat(31)}c`;
export const OPERATOR = `AC${"0".repeat(31)}d`;
/** A Thursday. */
export const NOW_MS = Date.UTC(2026, 0, 15, 12);

/** A line, as far as a test says; everything else is a text message of the main account. */
export interface SampleLine {
  readonly at: string;
  readonly kind?: "charge" | "cost" | "credit";
  readonly accountSid?: string;
  readonly wallet?: string;
  readonly category?: string;
  readonly amountMicros?: number;
  readonly currency?: string;
  readonly count?: number;
  readonly usage?: number;
  readonly country?: string;
  readonly carrier?: string;
  readonly grantsMicros?: number;
}

/** Writes lines as the ledger's projection does, in one statement. Resolves to their ids. */
export async function writeLines(database: Database, lines: readonly SampleLine[]): Promise<string[]> {
  const rows = lines.map((line) => ({
    id: randomUUID(),
    at: line.at,
    kind: line.kind ?? "charge",
    account_sid: line.accountSid ?? MAIN,
    wallet: line.wallet ?? MAIN,
    category: line.category ?? "sms-outbound-longcode",
    amount_micros: line.amountMicros ?? 8_000,
    currency: line.currency ?? "USD",
    count: line.count ?? 1,
    usage: line.usage ?? 1,
    usage_unit: "segments",
    ref: "r",
    country: line.country ?? null,
    carrier: line.carrier ?? null,
    grants_micros: line.grantsMicros ?? 0,
    owed_micros: 0,
  }));
  await database.query(
    `insert into ledger_lines (id, at, kind, account_sid, wallet, category, amount_micros, currency, count, usage,
       usage_unit, ref, country, carrier, grants_micros, owed_micros)
     select id, at, kind, account_sid, wallet, category, amount_micros, currency, count, usage, usage_unit, ref,
       country, carrier, grants_micros, owed_micros from json_populate_recordset(null::ledger_lines, $1::json)
     on conflict (id) do nothing`,
    [JSON.stringify(rows)],
  );
  return rows.map(({ id }) => id);
}

/** Stands for the products: says that accounts were charged. */
const product: Machine = {
  name: "product",
  tables: [],
  reducers: {
    "test.charged": ({ accountSid }: CellRecord & { accountSid: string }, context) => {
      const fact: ChargePosted = { kind: "charge.posted", accountSid, currency: "USD", lines: [] };
      context.emit(fact);
    },
  },
};

const authenticator: Authenticator = {
  authenticate: ({ username }) =>
    Promise.resolve({
      accountSid: username,
      status: "active",
      credential: "token",
      canAccess: (other) => Promise.resolve(username === MAIN && other === SUBACCOUNT),
    }),
};

/** A cell with usage in it, over a disk and a database that outlive it. */
export class UsageWorld {
  readonly clock: ManualClock;
  readonly part: UsagePart;
  readonly cell: Cell;
  readonly server: HttpServer;
  private readonly webhooks: WebhookState;

  private constructor(made: Pick<UsageWorld, "clock" | "part" | "cell" | "server">, webhooks: WebhookState) {
    this.clock = made.clock;
    this.part = made.part;
    this.cell = made.cell;
    this.server = made.server;
    this.webhooks = webhooks;
  }

  static async start(database: Database, files: SimulatedFiles, nowMs = NOW_MS): Promise<UsageWorld> {
    const clock = new ManualClock(nowMs);
    const minter = new SidMinter(() => clock.nowMs(), randomBytes);
    const currencyOf = (): string => "USD";
    const part = usagePart({
      database,
      clock,
      logger: silentLogger,
      mintSid: (prefix) => minter.mint(prefix),
      currencyOf,
      walletOf: (accountSid) => (accountSid === SUBACCOUNT ? MAIN : accountSid),
      cell: () => cell,
    });
    const webhooks = new WebhookState();
    const queue = webhookMachine(webhooks, { queued: () => undefined, recovered: () => undefined });
    const log = await openMemoryLog(files, clock);
    const cell = new Cell({
      name: "c",
      log,
      clock,
      logger: silentLogger,
      machines: [product, part.machine, queue],
      projectedOffsets: new Map(),
    });
    await cell.recover();
    const isOperator = (accountSid: string): boolean => accountSid === OPERATOR;
    const invoices = invoicesPart({ database, clock, currencyOf, isOperator });
    const routes = [...part.routes, ...invoices.routes];
    const server = new HttpServer({ clock, logger: silentLogger, minter, authenticator, routes });
    return new UsageWorld({ clock, part, cell, server }, webhooks);
  }

  async call(method: string, path: string, form?: Readonly<Record<string, string>>, username = MAIN) {
    const url = path.startsWith("/") ? path : `/2010-04-01/Accounts/${username}/Usage/${path}`;
    const answer = await this.server.inject({
      method,
      url,
      auth: { username, password: "x" },
      ...(form === undefined ? {} : { body: { ...form } }),
    });
    // oxlint-disable-next-line typescript/no-explicit-any -- what the API says is checked by the tests, not by the compiler
    const json: any = answer.body.startsWith("{") ? JSON.parse(answer.body) : undefined;
    return { status: answer.status, json, body: answer.body };
  }

  /** Tells the cell that an account was charged. */
  async charged(accountSid: string): Promise<void> {
    const record = { kind: "test.charged", accountSid };
    await this.cell.commit(record);
  }

  /** The webhooks that wait. */
  queued(): Readonly<WebhookJob>[] {
    return [...this.webhooks.jobs.values()];
  }
}
