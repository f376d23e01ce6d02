import type { ApplyContext } from "../../platform/cell/index.ts";
import type { Wallet } from "./book/index.ts";
import { PAGE_LINES, type LedgerState, type LinePage, type PageLine } from "./state.ts";

/** A line of a credit. */
export interface CreditLine {
  readonly category: string;
  readonly amountMicros: number;
  readonly ref: string;
  readonly accountSid?: string;
  readonly kind?: "credit" | "charge";
  readonly resourceSid?: string | null;
  readonly reason?: string | null;
}

/**
 * Puts lines into pages of the cell's state: one page for the lines of a record, because a
 * record that answers hundreds of attempts makes hundreds of lines, and an entry of a state
 * table for each of them costs more than the line.
 */
export class LineWriter {
  private readonly state: LedgerState;
  private page: LinePage | undefined;
  private count = 0;

  constructor(state: LedgerState) {
    this.state = state;
  }

  /** Adds a line of the record that is being applied. */
  add(context: ApplyContext, line: PageLine): void {
    const { page } = this;
    // A replay begins with a whole record, so it counts the same.
    if (page === undefined || page.offset !== context.offset) this.count = 0;
    else if (page.lines.length < PAGE_LINES) {
      page.lines.push(line);
      this.count += 1;
      return;
    }
    const { atMs, offset } = context;
    this.page = { atMs, offset, first: this.count, lines: [line] };
    this.state.lines.put(this.state.idOf({ atMs, offset, index: this.count }), this.page);
    this.count += 1;
  }

  /** Adds a line of what a wallet was given, or lost. Returns its id. */
  addCredit(context: ApplyContext, wallet: Readonly<Wallet>, credit: CreditLine): string {
    const { kind = "credit", category, amountMicros, ref, accountSid = wallet.owner } = credit;
    const { resourceSid = null, reason = null } = credit;
    this.add(context, {
      kind,
      accountSid,
      wallet: wallet.owner,
      category,
      amountMicros,
      currency: wallet.currency,
      count: 1,
      usage: 0,
      usageUnit: "",
      ref,
      resourceSid,
      country: null,
      network: null,
      carrier: null,
      attempt: null,
      senderKind: null,
      outcome: null,
      grantsMicros: 0,
      owedMicros: 0,
      reason,
    });
    return this.state.idOf({ atMs: context.atMs, offset: context.offset, index: this.count - 1 });
  }
}
