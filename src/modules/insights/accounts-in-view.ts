import type { Clock } from "../../platform/ports.ts";

const KEPT_MS = 30_000;
const MAX_KNOWN = 1_000;

interface Known {
  readonly accounts: readonly string[];
  readonly atMs: number;
  isLoading: boolean;
}

/** Which accounts somebody sees: his own and its subaccounts. In memory, so that a live source can answer at once. */
export class AccountsInView {
  private readonly known = new Map<string, Known>();
  private readonly subaccountsOf: (accountSid: string) => Promise<readonly string[]>;
  private readonly clock: Pick<Clock, "monotonicMs">;

  constructor(subaccountsOf: (accountSid: string) => Promise<readonly string[]>, clock: Pick<Clock, "monotonicMs">) {
    this.subaccountsOf = subaccountsOf;
    this.clock = clock;
  }

  /** As they were half a minute ago at most. */
  async load(accountSid: string): Promise<readonly string[]> {
    const known = this.known.get(accountSid);
    if (known !== undefined && this.clock.monotonicMs() - known.atMs < KEPT_MS) return known.accounts;
    const subaccounts = await this.subaccountsOf(accountSid);
    const accounts = [...new Set([accountSid, ...subaccounts])];
    this.known.delete(accountSid);
    this.known.set(accountSid, { accounts, atMs: this.clock.monotonicMs(), isLoading: false });
    if (this.known.size > MAX_KNOWN) for (const oldest of this.known.keys()) return this.drop(oldest, accounts);
    return accounts;
  }

  private drop(oldest: string, accounts: readonly string[]): readonly string[] {
    this.known.delete(oldest);
    return accounts;
  }

  /** What is known, which is the account alone at first; it is looked up meanwhile. */
  now(accountSid: string): readonly string[] {
    const known = this.known.get(accountSid) ?? { accounts: [accountSid], atMs: -KEPT_MS, isLoading: false };
    if (!known.isLoading && this.clock.monotonicMs() - known.atMs >= KEPT_MS) {
      known.isLoading = true;
      this.known.set(accountSid, known);
      // The database is away: what was known goes on, and the next question tries again.
      this.load(accountSid).catch(() => (known.isLoading = false));
    }
    return known.accounts;
  }
}
