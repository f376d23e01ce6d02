import { present } from "../../../kernel/assert.ts";
import type { Cell, Machine } from "../../../platform/cell/index.ts";
import type { EventFiles } from "../../../platform/event-files/index.ts";
import type { Route } from "../../../platform/http/index.ts";
import type { Clock, Logger } from "../../../platform/ports.ts";
import { EventKeeper, type KeeperPace } from "./event-keeper.ts";
import { eventMachine, EventState } from "./event-machine.ts";
import { QueryDesk } from "./query-desk.ts";
import { queryRoutes } from "./queries.resource.ts";

/** What events work with. */
export interface EventsOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** The name of the cell, for answers. */
  readonly cell: string;
  readonly isOperator: (accountSid: string) => boolean;
  /** Where they are written to, made with {@link EVENT_COLUMNS}. Absent where nothing is to be written down. */
  readonly files: EventFiles | undefined;
  /** How long files are kept. */
  readonly keepMs: number;
  /** For tests. */
  readonly pace?: Partial<KeeperPace>;
  /** How long a stretch of time is whose rows share a file; an hour unless told. A multiple of 1 s. */
  readonly stretchMs?: number;
}

/** What the metrics say. */
export interface EventsStatus {
  /** Rows that are in no file yet. */
  readonly waitingRows: number;
  /** Rows that were dropped because too many waited, ever. */
  readonly droppedRows: number;
  readonly files: number;
  readonly octets: number;
  readonly isFailing: boolean;
}

/** What the module mounts of events. */
export interface Events {
  /** Always in the cell, also where nothing is written down: an old log may know of it. */
  readonly machine: Machine;
  readonly routes: readonly Route[];
  status(): EventsStatus;
  /** Gives it the cell that its machine became part of. */
  attach(cell: Cell): void;
  /** Writes files from now on; after the cell has recovered. Never rejects. */
  start(): Promise<void>;
  /** Writes no more; before the cell is closed. */
  stop(): Promise<void>;
}

const NO_FILES = { files: 0, octets: 0, isFailing: false } as const;

/** Every change of a message, kept in columns and asked in SQL. */
export function insightEvents(options: EventsOptions): Events {
  const { files, logger, cell: name, isOperator, clock, keepMs, pace = {}, stretchMs } = options;
  const late: { cell?: Cell } = {};
  const state = new EventState();
  const cell = (): Cell => present(late.cell, "events have their cell");
  const keeper = files && new EventKeeper({ state, files, clock, logger, cell, keepMs, pace });
  const desk = files && keeper && new QueryDesk({ files, keeper, logger });
  return {
    machine: eventMachine(state, { isOn: files !== undefined, ...(stretchMs === undefined ? {} : { stretchMs }) }),
    routes: queryRoutes({ cell: name, isOperator, desk }),
    status: () => ({
      waitingRows: state.waitingRows,
      droppedRows: state.droppedRows,
      ...(keeper?.status ?? NO_FILES),
    }),
    attach: (attached) => {
      late.cell = attached;
    },
    start: async () => keeper?.start(),
    stop: async () => keeper?.stop(),
  };
}
