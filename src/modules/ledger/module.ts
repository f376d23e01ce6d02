import type { Cell, Machine, ProjectedTable } from "../../platform/cell/index.ts";
import type { Movable } from "../../platform/fleet/index.ts";
import type { Route } from "../../platform/http/index.ts";
import type { Clock, Database, Logger, Migration } from "../../platform/ports.ts";
import type { Spending } from "../../platform/spending/index.ts";
import type { Book } from "./book/index.ts";
import { balanceRoutes } from "./balance.resource.ts";
import { creditRoutes } from "./credits.resource.ts";
import type { AccountFamily, LedgerDeps } from "./deps.ts";
import {
  answerAsk,
  LeaseKeeper,
  type HomeDeps,
  type EscrowAnswer,
  type EscrowAsk,
  type EscrowHome,
} from "./escrow/index.ts";
import { holdRoutes } from "./holds.resource.ts";
import { joinAccount } from "./join-account.ts";
import { LedgerMachine } from "./ledger-machine.ts";
import type { Line } from "./line.ts";
import { linesOfResource } from "./line.store.ts";
import { lineRoutes } from "./lines.resource.ts";
import { ledgerMigrations } from "./migrations.ts";
import { ledgerMovable } from "./movable.ts";
import { ledgerProjections } from "./projections.ts";
import { LedgerSpending } from "./spending.ts";
import { LedgerState } from "./state.ts";
import { statements } from "./statements.ts";
import { termsRoutes } from "./terms.resource.ts";
import { TimeKeeper } from "./time-keeper.ts";

/** What this module works with. */
export interface LedgerOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The name of the cell whose log the machine stands in. */
  readonly cellName: string;
  readonly cell: () => Cell;
  readonly mintSid: (prefix: string) => string;
  readonly isOperator: (accountSid: string) => boolean;
  /** Whose an account is, and whether that is at home in this cell; `undefined` where nobody knows it. */
  readonly familyOf: (accountSid: string) => Promise<AccountFamily | undefined>;
  /** Asks the cell in which an account is at home; by default nobody can be asked. */
  readonly escrowHome?: EscrowHome;
  /** The currency of accounts that nobody gave terms, ISO 4217; `USD` by default. */
  readonly defaultCurrency?: string;
  /** How long another cell may spend what it was given without hearing from the account's home; 10 minutes by default. */
  readonly leaseMs?: number;
  /** How many ids of charges are remembered at least, to know those that come twice. */
  readonly rememberedIds?: number;
}

/** What entry mounts of this module: one for each cell. */
export interface LedgerModule {
  readonly machine: Machine;
  /** The usage triggers; a machine of the same cell. */
  readonly usageMachine: Machine;
  readonly projections: readonly ProjectedTable<never>[];
  readonly migrations: readonly Migration[];
  readonly routes: readonly Route[];
  readonly movable: Movable;
  /** What products ask before they accept work. */
  readonly spending: Spending;
  /** The main account that pays for an account, once `spending.prepare` has asked; for prices. */
  payerOf(accountSid: string): string | undefined;
  /** The lines of one message, oldest first. Whoever asks has checked whose it is. */
  linesOf(resourceSid: string): Promise<readonly Line[]>;
  /** What the machine keeps, for tests and metrics. Not to be changed. */
  readonly book: Book;
  /** Answers another cell that spends money of an account of this one. Its name must have been checked. */
  answerEscrow(ask: EscrowAsk): Promise<EscrowAnswer>;
  start(): void;
  close(): Promise<void>;
}

const DEFAULT_LEASE_MS = 10 * 60_000;
const NOBODY: EscrowHome = { ask: () => Promise.resolve(undefined) };

/** The parts of a cell's ledger that know each other. */
interface Parts {
  readonly state: LedgerState;
  readonly machine: LedgerMachine;
  readonly keeper: LeaseKeeper;
  readonly spending: LedgerSpending;
}

function partsOf(options: LedgerOptions, home: EscrowHome, defaultCurrency: string): Parts {
  const { clock, logger, cellName, cell, mintSid, familyOf, rememberedIds } = options;
  const state = new LedgerState(cellName);
  const refused = (operation: string, id: string): void => logger.error("ledger.id-conflict", { operation, id });
  const machine = new LedgerMachine(state, { held: (id) => spending.cancel(id), refused }, rememberedIds);
  const { book } = machine;
  const money = {
    availableOf: (key: string) => spending.availableOf(key),
    setAside: (id: string, key: string, amountMicros: number) => spending.setAside(id, key, amountMicros),
    cancel: (id: string) => spending.cancel(id),
  };
  const { leases } = state;
  const newLife = (): string => mintSid("LE");
  const keeper = new LeaseKeeper({ cellName, cell, book, leases, home, clock, logger, newLife, money });
  const join = (accountSid: string): Promise<void> =>
    joinAccount({ cell, state, keeper, familyOf, defaultCurrency }, accountSid);
  const spending: LedgerSpending = new LedgerSpending({ book, clock, defaultCurrency, join, leases: keeper });
  return { state, machine, keeper, spending };
}

/** What answers the other cells that spend money of accounts of this one. */
function homeDepsOf(options: LedgerOptions, { state, machine, spending }: Parts): HomeDeps {
  const { cell, familyOf, leaseMs = DEFAULT_LEASE_MS } = options;
  return {
    cell,
    book: machine.book,
    shares: state.shares,
    isHome: async (owner) => {
      const family = await familyOf(owner);
      return family?.isHome === true && family.mainSid === owner;
    },
    prepare: (owner) => spending.prepare(owner),
    money: spending,
    leaseMs,
  };
}

/** The credit ledger. */
export function ledgerModule(options: LedgerOptions): LedgerModule {
  const { database, clock, logger, cellName, cell, mintSid, isOperator, familyOf } = options;
  const { defaultCurrency = "USD", escrowHome = NOBODY } = options;
  const parts = partsOf(options, escrowHome, defaultCurrency);
  const { state, machine, keeper, spending } = parts;
  const { book } = machine;
  const homeDeps = homeDepsOf(options, parts);
  const underWay = new Set<string>();
  const deps: LedgerDeps = {
    database,
    clock,
    logger,
    cell,
    state,
    book,
    spending,
    isOperator,
    familyOf,
    mintSid,
    underWay,
  };
  const currencyOf = (accountSid: string): string => spending.currencyOf(accountSid);
  const told = statements({ database, clock, logger, cell, mintSid, isOperator, state, currencyOf });
  const time = new TimeKeeper({ cell, cellName, state, spending, keeper, home: escrowHome, clock, logger });
  return {
    machine: machine.machine,
    usageMachine: told.machine,
    projections: ledgerProjections(state),
    migrations: [...ledgerMigrations, ...told.migrations],
    routes: [
      ...balanceRoutes(deps),
      ...termsRoutes(deps),
      ...creditRoutes(deps),
      ...holdRoutes(deps),
      ...lineRoutes(deps),
      ...told.routes,
    ],
    movable: told.movableWith(ledgerMovable({ state, cellName, cell })),
    spending,
    payerOf: (accountSid) => state.members.get(accountSid)?.owner,
    linesOf: (resourceSid) => linesOfResource({ database, state }, resourceSid),
    book,
    answerEscrow: (ask) => answerAsk(homeDeps, ask),
    start: () => {
      time.start();
      told.start();
    },
    close: () => {
      told.stop();
      return time.stop();
    },
  };
}
