/** Transfers through the ledger in a cell's log, each acknowledged once it is on the disk. */
import { rm } from "node:fs/promises";
import { systemClock } from "../../src/adapters/system/index.ts";
import { LedgerMachine } from "../../src/modules/ledger/ledger-machine.ts";
import { ledgerProjections } from "../../src/modules/ledger/projections.ts";
import { LedgerState } from "../../src/modules/ledger/state.ts";
import {
  Cell,
  type ApplyContext,
  type CellRecord,
  type Machine,
  type StateTable,
} from "../../src/platform/cell/index.ts";
import { openLog } from "../../src/platform/log/index.ts";
import type { ChargeHeld, ChargePosted, CostIncurred } from "../../src/platform/spending/index.ts";
import { silentLogger } from "../../test/kit/silent-logger.ts";

/** What is measured of one way. */
export interface Measured {
  readonly way: string;
  readonly transfers: number;
  readonly perSecond: number;
  readonly cpuMicrosEach: number;
  readonly batchP50Ms: number;
  readonly batchP99Ms: number;
}

const ACCOUNT = `AC${"a".repeat(32)}`;
const PRICE_MICROS = 7_900;
const COST_MICROS = 3_100;
const CURRENCY = "USD";
/** Batches under way: the next ones are encoded while the disk is busy with one. */
const OUTSTANDING = 4;

/** One record of many transfers, in columns. */
interface Batch extends CellRecord {
  readonly kind: "bench.batch";
  readonly first: number;
  readonly ids: readonly string[];
  readonly amounts: readonly number[];
}

/** `charges`: one transfer each. `messages`: a hold, a cost and a charge each, with their lines made ready for PostgreSQL. */
export type Shape = "charges" | "messages";

/** Runs `count` items in batches on one hot account. */
export async function measureOwn(
  folder: string,
  load: { readonly shape: Shape; readonly count: number; readonly batch: number },
): Promise<Measured> {
  const { shape, count, batch } = load;
  const log = await openLog({ directory: folder, logger: silentLogger, clock: systemClock });
  const ledger = newLedger();
  const cell = new Cell({
    name: "bench",
    log,
    clock: systemClock,
    logger: silentLogger,
    machines: [driver(ledger.machine.machine, shape), ledger.machine.machine],
    projectedOffsets: new Map(),
    maxUnprojected: Number.MAX_SAFE_INTEGER,
  });
  await cell.recover();
  ledger.open();
  await runBatches(cell, ledger, { shape, count: Math.min(count, batch * 50), batch });
  const cpu = process.cpuUsage();
  const started = performance.now();
  const latencies = await runBatches(cell, ledger, { shape, count, batch });
  const tookMs = performance.now() - started;
  const used = process.cpuUsage(cpu);
  ledger.check();
  await log.close();
  await rm(folder, { recursive: true, force: true });
  latencies.sort((a, b) => a - b);
  const transfers = shape === "charges" ? count : count * 3;
  const of = shape === "charges" ? "charges" : "messages (hold, cost, charge, and their rows)";
  return {
    way: `ledger in the log, ${of}, ${batch} a batch`,
    transfers,
    perSecond: Math.round((transfers / tookMs) * 1_000),
    cpuMicrosEach: round((used.user + used.system) / transfers),
    batchP50Ms: round(latencies[Math.floor(latencies.length * 0.5)] ?? 0),
    batchP99Ms: round(latencies[Math.floor(latencies.length * 0.99)] ?? 0),
  };
}

type Ledger = ReturnType<typeof newLedger>;

function newLedger() {
  const state = new LedgerState("bench");
  const ignore = (): void => undefined;
  const machine = new LedgerMachine(state, { held: ignore, refused: ignore });
  const projections = ledgerProjections(state);
  let draining = false;
  const session = {
    query: <R>(): Promise<R[]> => Promise.resolve([]),
  };
  return {
    machine,
    open: (): void => {
      machine.book.join(ACCOUNT, { owner: ACCOUNT, currency: CURRENCY, isLease: false });
      const terms = { mode: "prepaid", floorMicros: 0, alertsMicros: [1_000_000], alertUrl: "" } as const;
      machine.book.setTerms({ owner: ACCOUNT, currency: CURRENCY }, terms, 1);
      machine.book.credit(`${ACCOUNT} ${CURRENCY}`, 3_000_000_000_000_000, "cash", 1);
    },
    /** What the projection does on the cell's thread, but for the socket. */
    drain: async (): Promise<void> => {
      if (draining) return;
      draining = true;
      for (const projected of projections) {
        const table = projected.table as StateTable<object>;
        const batch = table.takeDirty(2_000);
        await projected.write?.(session, batch as never);
        table.settleDirty();
        if (projected.evict !== undefined) for (const key of batch.keys()) table.evict(key);
      }
      draining = false;
    },
    /** Lines leave memory unseen where they are not what is measured. */
    drop: (): void => {
      const batch = state.lines.takeDirty(1_000_000);
      state.lines.settleDirty();
      for (const key of batch.keys()) state.lines.evict(key);
    },
    check: (): void => {
      let sum = 0;
      for (const { balanceMicros, owedMicros, grantsMicros } of state.wallets.values()) {
        sum += balanceMicros + grantsMicros - owedMicros;
      }
      for (const account of state.accounts.values()) {
        sum += (account.creditUnits - account.debitUnits) * 1_000_000 + account.creditMicros - account.debitMicros;
      }
      if (sum !== 0) throw new Error(`debits and credits differ by ${sum} micros`);
    },
  };
}

/** Stands for the products: emits what its records say. */
function driver(ledger: Machine, shape: Shape): Machine {
  const tell = (kind: string, fact: object, context: ApplyContext): void => {
    ledger.listeners?.[kind]?.(fact, context);
  };
  return {
    name: "driver",
    tables: [],
    reducers: {
      "bench.batch": ({ ids, amounts }: Batch, context: ApplyContext) => {
        for (let at = 0; at < ids.length; at += 1) {
          const id = ids[at] ?? "";
          const amountMicros = amounts[at] ?? 0;
          if (shape === "messages") tell("charge.held", held(id, amountMicros, context.atMs), context);
          if (shape === "messages") tell("cost.incurred", cost(id), context);
          tell("charge.posted", posted(id, amountMicros, shape), context);
        }
      },
    },
  };
}

function held(id: string, amountMicros: number, atMs: number): ChargeHeld {
  return { kind: "charge.held", id, accountSid: ACCOUNT, currency: CURRENCY, amountMicros, expiresAtMs: atMs + 60_000 };
}

function detailOf(resourceSid: string) {
  return { resourceSid, country: "US", network: "310260", carrier: "north", attempt: 1, senderKind: "local" };
}

function cost(id: string): CostIncurred {
  return {
    kind: "cost.incurred",
    id: `${id}.1`,
    accountSid: ACCOUNT,
    currency: CURRENCY,
    amountMicros: COST_MICROS,
    usage: 1,
    outcome: "accepted",
    detail: detailOf(id),
  };
}

function posted(id: string, amountMicros: number, shape: Shape): ChargePosted {
  const line = {
    id: shape === "messages" ? "1" : id,
    category: "sms-outbound",
    amountMicros,
    count: 1,
    usage: 1,
    usageUnit: "segments",
    detail: detailOf(id),
  };
  if (shape === "charges") return { kind: "charge.posted", accountSid: ACCOUNT, currency: CURRENCY, lines: [line] };
  return { kind: "charge.posted", holdId: id, accountSid: ACCOUNT, currency: CURRENCY, lines: [line] };
}

let nextId = 0;

function runBatches(
  cell: Cell,
  ledger: Ledger,
  { shape, count, batch }: { readonly shape: Shape; readonly count: number; readonly batch: number },
): Promise<number[]> {
  const latencies: number[] = [];
  let sent = 0;
  let done = 0;
  return new Promise((resolve, reject) => {
    const send = (): void => {
      if (sent >= count) return;
      const size = Math.min(batch, count - sent);
      sent += size;
      const first = nextId;
      nextId += size;
      const ids = Array.from({ length: size }, (_, at) => `SM${(first + at).toString(16).padStart(32, "0")}`);
      const record: Batch = { kind: "bench.batch", first, ids, amounts: Array.from(ids, () => PRICE_MICROS) };
      const at = performance.now();
      cell.commitThen(record, "progress", (error) => {
        if (error !== undefined) return reject(error);
        latencies.push(performance.now() - at);
        done += size;
        if (shape === "messages") void ledger.drain();
        else ledger.drop();
        if (done >= count) resolve(latencies);
        else send();
      });
    };
    for (let i = 0; i < OUTSTANDING; i += 1) send();
  });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
