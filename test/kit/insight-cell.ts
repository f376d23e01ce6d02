import { join } from "node:path";
import { systemClock } from "../../src/adapters/system/index.ts";
import { insightsModule, type InsightsModule } from "../../src/modules/insights/index.ts";
import { Cell, type CellRecord, type Machine } from "../../src/platform/cell/index.ts";
import { FleetKey } from "../../src/platform/fleet/index.ts";
import type { MessageChanged } from "../../src/platform/insight/index.ts";
import { openLog, type Log } from "../../src/platform/log/index.ts";
import type { Clock } from "../../src/platform/ports.ts";
import { silentLogger } from "./silent-logger.ts";

/** A record of the machine beside the one under test: facts that it tells, as messaging does. */
export interface TestChange extends CellRecord {
  readonly kind: "test.changed";
  readonly facts: readonly MessageChanged[];
}

/** The operator of the cell. */
export const INSIGHT_OPERATOR = `AC${"f".repeat(32)}`;
/** One real millisecond is so many here, so that minutes end while a process lives that is soon killed. */
const FASTER = 600;
const FIRST_MS = Date.UTC(2026, 0, 1);

/** The wall clock since a moment of it, faster; it goes on while nothing runs. */
export function fastClock(sinceMs: number): Clock {
  return { ...systemClock, nowMs: () => FIRST_MS + (Date.now() - sinceMs) * FASTER };
}

const telling: Machine = {
  name: "telling",
  tables: [],
  reducers: {
    "test.changed": ({ facts }: TestChange, context) => {
      for (const fact of facts) context.emit(fact);
    },
  },
};

/** Analytics alone in a cell over real files. */
export interface InsightCell {
  readonly cell: Cell;
  readonly log: Log;
  readonly insights: InsightsModule;
}

/** The module as a cell has it, without a cell. */
export function insightsAlone(
  clock: Clock,
  commit: (record: CellRecord) => Promise<unknown> = () => Promise.resolve(),
): InsightsModule {
  return insightsModule({
    cell: "messaging-1",
    tier: "smb",
    clock,
    maxRows: 2_000,
    fleetKey: new FleetKey(new Uint8Array(32).fill(5)),
    isOperator: (accountSid) => accountSid === INSIGHT_OPERATOR,
    subaccountsOf: () => Promise.resolve([]),
    commit,
  });
}

/** Where a cell is, and how it lives. */
export interface InsightCellTerms {
  readonly folder: string;
  readonly checkpointEveryOctets: number;
  /** When its clock began to run fast. */
  readonly sinceMs: number;
}

/** Opens one. Its log keeps every record, so that it can be asked what happened. */
export async function openInsightCell({
  folder,
  checkpointEveryOctets,
  sinceMs,
}: InsightCellTerms): Promise<InsightCell> {
  const clock = fastClock(sinceMs);
  const log = keepsAll(
    await openLog({
      directory: join(folder, "log"),
      logger: silentLogger,
      clock: systemClock,
      segmentOctets: 1024 * 1024,
    }),
  );
  const insights = insightsAlone(clock, (record) => cell.commit(record));
  const cell: Cell = new Cell({
    name: "messaging-1",
    log,
    clock,
    logger: silentLogger,
    machines: [telling, insights.machine],
    projectedOffsets: new Map(),
    checkpointEveryOctets,
  });
  await cell.recover();
  return { cell, log, insights };
}

function keepsAll(log: Log): Log {
  return {
    append: (kind, payload, done) => log.append(kind, payload, done),
    flush: () => log.flush(),
    get durableEnd() {
      return log.durableEnd;
    },
    get start() {
      return log.start;
    },
    read: (from) => log.read(from),
    follow: (from, listener) => log.follow(from, listener),
    retain: () => Promise.resolve(),
    writeCheckpoint: (offset, chunks) => log.writeCheckpoint(offset, chunks),
    readCheckpoint: () => log.readCheckpoint(),
    status: () => log.status(),
    close: () => log.close(),
  };
}
