import { join } from "node:path";
import { openEventFiles } from "../../src/adapters/duckdb/index.ts";
import { SidMinter } from "../../src/kernel/ids.ts";
import { EVENT_COLUMNS, insightEvents, type Events } from "../../src/modules/insights/events/index.ts";
import { Cell, StateTable, type ApplyContext, type Machine } from "../../src/platform/cell/index.ts";
import { HttpServer } from "../../src/platform/http/index.ts";
import type { MessageChanged } from "../../src/platform/insight/index.ts";
import { openLog } from "../../src/platform/log/index.ts";
import type { Clock } from "../../src/platform/ports.ts";
import { systemRandomBytes } from "../../src/adapters/system/index.ts";
import { silentLogger } from "./silent-logger.ts";

/** Who may ask in SQL; any password will do. */
export const EVENT_OPERATOR = `AC${"a".repeat(32)}`;

/** Stands for messaging: every record changes some messages, whose SIDs are counted on. */
class Product {
  readonly table = new StateTable<{ next: number }>("test-product", { projected: false });

  /** How many changes the log knows of. */
  get changes(): number {
    return this.table.get("next")?.next ?? 0;
  }

  readonly machine: Machine = {
    name: "product",
    tables: [this.table] as readonly unknown[] as readonly StateTable<never>[],
    reducers: {
      "test.changes": ({ count }: { count: number }, context) => {
        const from = this.changes;
        for (let n = from; n < from + count; n += 1) tell(n, context);
        this.table.put("next", { next: from + count });
        return from + count;
      },
    },
  };
}

function tell(n: number, context: ApplyContext): void {
  const fact: MessageChanged = {
    kind: "message.changed",
    sid: sidOf(n),
    accountSid: EVENT_OPERATOR,
    direction: n % 5 === 4 ? "inbound" : "outbound",
    status: n % 2 === 0 ? "sent" : "delivered",
    before: "queued",
    from: "+15550000001",
    to: "+15550000002",
    segments: 1 + (n % 3),
    country: n % 7 === 0 ? "DE" : "US",
    carrier: "one",
    acceptedMs: context.atMs - 1_500,
    priceMicros: 7_500,
    currency: "USD",
  };
  context.emit(fact);
}

/** The SID of the n-th change. */
export function sidOf(n: number): string {
  return `SM${n.toString(16).padStart(32, "0")}`;
}

/** Where such a cell is, and how fast it writes files. */
export interface EventCellOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly isFast?: boolean;
}

/** A cell that writes down changes of messages. */
export interface EventCell {
  readonly cell: Cell;
  readonly events: Events;
  readonly changes: number;
  change(count: number): Promise<number>;
  ask(
    sql: string,
    accountSid?: string,
  ): Promise<{ status: number; json: { rows: unknown[][]; code: number; message: string; truncated: boolean } }>;
  get(path: string, accountSid?: string): Promise<{ status: number; body: string }>;
  close(): Promise<void>;
}

const FAST = {
  lookMs: 5,
  rowsWorthFile: 1,
  maxWaitMs: 0,
  maxRowsPerFile: 400,
  tidyMs: 40,
  mergeAfterMs: 1_200,
} as const;

/** Opens one over real files. */
export async function openEventCell({ folder, clock, isFast = false }: EventCellOptions): Promise<EventCell> {
  const logger = silentLogger;
  const product = new Product();
  const events = insightEvents({
    clock,
    logger,
    cell: "messaging-1",
    isOperator: (sid) => sid === EVENT_OPERATOR,
    files: await openEventFiles({ folder: join(folder, "events"), columns: EVENT_COLUMNS }),
    keepMs: 30 * 86_400_000,
    ...(isFast ? { pace: FAST, stretchMs: 1_000 } : {}),
  });
  const log = await openLog({ directory: join(folder, "log"), logger, clock, segmentOctets: 256 * 1024 });
  const machines = [product.machine, events.machine];
  const cell = new Cell({
    name: "messaging-1",
    log,
    clock,
    logger,
    machines,
    projectedOffsets: new Map(),
    ...(isFast ? { checkpointEveryOctets: 16 * 1024 } : {}),
  });
  events.attach(cell);
  await cell.recover();
  await events.start();
  const minter = new SidMinter(() => clock.nowMs(), systemRandomBytes);
  const authenticator = {
    authenticate: ({ username }: { username: string }) =>
      Promise.resolve({
        accountSid: username,
        status: "active",
        credential: "token",
        canAccess: () => Promise.resolve(false),
      } as const),
  };
  const server = new HttpServer({ clock, logger, minter, authenticator, routes: events.routes });
  const url = "https://api.twilio.com";
  return {
    cell,
    events,
    get changes() {
      return product.changes;
    },
    change: (count) => cell.commit<number>({ kind: "test.changes", count } as { kind: string }),
    ask: async (sql, username = EVENT_OPERATOR) => {
      const path = "/trunkline/v1/Insights/Queries";
      const body = { Sql: sql };
      const auth = { username, password: "x" };
      const answer = await server.inject({ method: "POST", url: url + path, body, auth });
      return { status: answer.status, json: JSON.parse(answer.body) };
    },
    get: async (path, username = EVENT_OPERATOR) => {
      const { status, body } = await server.inject({
        method: "GET",
        url: url + path,
        auth: { username, password: "x" },
      });
      return { status, body };
    },
    close: async () => {
      await events.stop();
      await cell.close();
    },
  };
}
