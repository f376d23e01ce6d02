/** Monthly invoices, over the sums of the ledger's lines that `usage` keeps. */
import type { Route } from "../../../platform/http/index.ts";
import type { Migration } from "../../../platform/ports.ts";
import { invoiceRoutes, type InvoiceOptions } from "./invoices.resource.ts";

export type { InvoiceOptions };

/** What the ledger mounts of it. */
export interface InvoicesPart {
  readonly routes: readonly Route[];
  readonly migrations: readonly Migration[];
}

/** Invoices of a cell's accounts. They keep nothing of their own. */
export function invoicesPart(options: InvoiceOptions): InvoicesPart {
  return { routes: invoiceRoutes(options), migrations: [] };
}
