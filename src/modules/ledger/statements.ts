import type { Cell, Machine } from "../../platform/cell/index.ts";
import type { Movable } from "../../platform/fleet/index.ts";
import type { Route } from "../../platform/http/index.ts";
import type { Clock, Database, Logger, Migration } from "../../platform/ports.ts";
import { invoicesPart } from "./invoices/index.ts";
import type { LedgerState } from "./state.ts";
import { usagePart } from "./usage/index.ts";

/** What usage and invoices are made with. */
export interface StatementOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly cell: () => Cell;
  readonly mintSid: (prefix: string) => string;
  readonly isOperator: (accountSid: string) => boolean;
  readonly state: LedgerState;
  readonly currencyOf: (accountSid: string) => string;
}

/** Usage records, usage triggers and invoices, as the ledger mounts them. */
export interface Statements {
  readonly machine: Machine;
  readonly migrations: readonly Migration[];
  readonly routes: readonly Route[];
  /** The movable of the ledger, with what statements keep. */
  movableWith(ledger: Movable): Movable;
  start(): void;
  stop(): void;
}

/** What accounts are told of their lines. */
export function statements(options: StatementOptions): Statements {
  const { database, clock, logger, cell, mintSid, isOperator, state, currencyOf } = options;
  const walletOf = (accountSid: string): string | undefined => state.members.get(accountSid)?.owner;
  const usage = usagePart({ database, clock, logger, mintSid, currencyOf, walletOf, cell });
  const invoices = invoicesPart({ database, clock, currencyOf, isOperator });
  return {
    machine: usage.machine,
    migrations: [...usage.migrations, ...invoices.migrations],
    routes: [...usage.routes, ...invoices.routes],
    movableWith: (ledger) => ({
      ...ledger,
      records: [...(ledger.records ?? []), usage.movable],
      arrived: async (family) => {
        await ledger.arrived?.(family);
        usage.arrived();
      },
    }),
    start: () => usage.start(),
    stop: () => usage.stop(),
  };
}
