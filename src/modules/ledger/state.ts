import { StateTable } from "../../platform/cell/index.ts";
import { type Account, type BookTables, type Hold, type IdPage, type Member, type Wallet } from "./book/index.ts";
import type { EscrowTables, Lease, Share } from "./escrow/index.ts";
import type { Line } from "./line.ts";
import { lineIds } from "./line-id.ts";

/** A line without what its page says of all of them. */
export type PageLine = Omit<Line, "id" | "atMs">;

/** Lines of one record of the log. They leave memory as soon as they are in the database. */
export interface LinePage {
  readonly atMs: number;
  readonly offset: number;
  /** The index of the first line within the record. */
  readonly first: number;
  readonly lines: PageLine[];
}

/** What a credit or adjustment with an id of the client's was. Kept in the database for ever. */
export interface Reference {
  /** The main account, and the client's id. */
  readonly key: string;
  readonly accountSid: string;
  readonly kind: string;
  /** Of what was asked for: the same id with another one is refused. */
  readonly fingerprint: string;
  readonly lineId: string;
  readonly atMs: number;
}

/** A wallet that has moved away, until its new home has heard what it was charged here. */
export interface Departure {
  readonly owner: string;
  readonly currency: string;
  readonly chargedMicros: number;
}

/** The most lines of a page. */
export const PAGE_LINES = 256;

/** The tables of the ledger in a cell's log. */
export class LedgerState implements BookTables, EscrowTables {
  readonly wallets = new StateTable<Wallet>("ledger-wallets", { projected: true });
  readonly members = new StateTable<Member>("ledger-members", { projected: false });
  readonly holds = new StateTable<Hold>("ledger-holds", { projected: false });
  readonly accounts = new StateTable<Account>("ledger-accounts", { projected: true });
  readonly ids = new StateTable<IdPage>("ledger-ids", { projected: false });
  readonly lines = new StateTable<LinePage>("ledger-lines", { projected: true });
  readonly references = new StateTable<Reference>("ledger-references", { projected: true });
  readonly shares = new StateTable<Share>("ledger-shares", { projected: false });
  readonly leases = new StateTable<Lease>("ledger-leases", { projected: false });

  readonly departures = new StateTable<Departure>("ledger-departures", { projected: false });

  /** The id of a line by where it stands in the log. */
  readonly idOf: ReturnType<typeof lineIds>;

  /** `cell` is the name of the cell whose log it is: it is in the ids of lines. */
  constructor(cell: string) {
    this.idOf = lineIds(cell);
  }

  /** The id of a line of a page. */
  lineId({ atMs, offset, first }: LinePage, index: number): string {
    return this.idOf({ atMs, offset, index: first + index });
  }

  get tables(): readonly StateTable<never>[] {
    const { wallets, members, holds, accounts, ids, lines, references, shares, leases, departures } = this;
    return [
      wallets,
      members,
      holds,
      accounts,
      ids,
      lines,
      references,
      shares,
      leases,
      departures,
    ] as readonly unknown[] as readonly StateTable<never>[];
  }

  /**
   * Lines that a checkpoint still held although they are in the database are not needed any
   * more. References stay: a record that is replayed must find those that it found before.
   */
  dropProjected(): void {
    for (const key of this.lines.keys()) this.lines.evict(key);
  }
}
