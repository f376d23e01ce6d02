/**
 * The ledger as somebody would write it who has all the time and memory in the world: plain
 * arrays, everything summed up anew whenever it is asked for, every id remembered, every
 * posting in one journal. The simulation holds the book against it. It shares no code with it.
 */

export interface ModelGrant {
  readonly id: string;
  readonly priority: number;
  readonly endsMs: number;
  left: number;
}

export interface ModelWallet {
  readonly owner: string;
  readonly currency: string;
  floor: number | null;
  balance: number;
  owed: number;
  grants: ModelGrant[];
}

interface ModelHold {
  readonly id: string;
  readonly account: string;
  readonly wallet: string;
  readonly asked: number;
  covered: number;
  readonly expiresMs: number;
  readonly posted: string[];
}

export interface ModelLine {
  readonly id: string;
  readonly amount: number;
}

/** What can happen. `seq` counts the operations of a run. */
export type Operation = { readonly seq: number } & (
  | { readonly do: "join"; readonly account: string; readonly owner: string; readonly currency: string }
  | { readonly do: "terms"; readonly owner: string; readonly currency: string; readonly floor: number | null }
  | {
      readonly do: "hold";
      readonly id: string;
      readonly account: string;
      readonly currency: string;
      readonly amount: number;
      readonly expiresMs: number;
    }
  | {
      readonly do: "post";
      readonly hold?: string;
      readonly keeps?: true;
      readonly account: string;
      readonly currency: string;
      readonly lines: readonly ModelLine[];
    }
  | { readonly do: "release"; readonly hold: string; readonly account: string }
  | {
      readonly do: "cost";
      readonly id: string;
      readonly carrier: string;
      readonly amount: number;
      readonly account: string;
    }
  | {
      readonly do: "credit";
      readonly credit: "top-up" | "adjustment" | "refund" | "grant";
      readonly id: string;
      readonly owner: string;
      readonly currency: string;
      readonly amount: number;
      readonly priority: number;
      readonly endsMs: number;
    }
  | { readonly do: "pass"; readonly holds: readonly string[]; readonly wallets: readonly string[] }
);

/** Ids that a long run knows: no operation names one that is older. */
const KEPT_IDS = 100_000;

/** Amounts in whole micros, summed exactly: a run of millions may leave the exact numbers. */
type Sides = { debits: bigint; credits: bigint };

export class NaiveLedger {
  readonly wallets = new Map<string, ModelWallet>();
  readonly members = new Map<string, { owner: string; currency: string }>();
  readonly journal: (readonly [debit: string, credit: string, amount: number])[] = [];
  readonly accounts = new Map<string, Sides>();
  holds: ModelHold[] = [];
  /** Every id that was ever applied, with its amount and lines. */
  private readonly applied = new Map<string, { amount: number; lines: string[] }>();
  private readonly references = new Map<string, string>();
  conflicts = 0;
  repeats = 0;

  apply(operation: Operation, atMs: number): void {
    switch (operation.do) {
      case "join":
        this.members.set(operation.account, { owner: operation.owner, currency: operation.currency });
        this.open(`${operation.owner} ${operation.currency}`);
        return;
      case "terms": {
        const key = `${operation.owner} ${operation.currency}`;
        this.open(key).floor = operation.floor;
        return this.tidy(key, atMs);
      }
      case "hold":
        return this.hold(operation, atMs);
      case "post":
        return this.post(operation, atMs);
      case "release":
        return this.release(operation.hold, atMs);
      case "cost":
        if (this.isRepeat(operation.id, operation.amount)) return;
        this.note(`cost ${operation.carrier}`, `payable ${operation.carrier}`, operation.amount);
        this.applied.set(operation.id, { amount: operation.amount, lines: [] });
        return;
      case "credit":
        return this.credit(operation, atMs);
      case "pass":
        for (const id of operation.holds) {
          const hold = this.holds.find((each) => each.id === id);
          if (hold !== undefined && hold.expiresMs <= atMs) this.release(id, atMs);
        }
        for (const key of operation.wallets) this.tidy(key, atMs);
    }
  }

  held(key: string): number {
    let sum = 0;
    for (const hold of this.holds) if (hold.wallet === key) sum += hold.covered;
    return sum;
  }

  granted(key: string): number {
    let sum = 0;
    for (const grant of this.open(key).grants) sum += grant.left;
    return sum;
  }

  room(key: string): number {
    const wallet = this.open(key);
    if (wallet.floor === null) return Infinity;
    return wallet.balance + this.granted(key) - this.held(key) - wallet.floor;
  }

  private open(key: string): ModelWallet {
    const known = this.wallets.get(key);
    if (known !== undefined) return known;
    const [owner = "", currency = ""] = key.split(" ");
    const fresh = { owner, currency, floor: null, balance: 0, owed: 0, grants: [] };
    this.wallets.set(key, fresh);
    return fresh;
  }

  private isRepeat(id: string, amount: number): boolean {
    const before = this.applied.get(id);
    if (before === undefined) return false;
    if (before.amount === amount) this.repeats += 1;
    else this.conflicts += 1;
    return true;
  }

  private hold(operation: Operation & { do: "hold" }, atMs: number): void {
    const { id, account, amount, currency, expiresMs } = operation;
    const open = this.holds.find((hold) => hold.id === id);
    if (open !== undefined) {
      if (open.asked === amount && open.account === account) this.repeats += 1;
      else this.conflicts += 1;
      return;
    }
    if (this.isRepeat(id, amount)) return;
    const wallet = this.payer(account, currency);
    this.endGrants(wallet, atMs);
    const covered = Math.max(0, Math.min(amount, this.room(wallet) - this.open(wallet).owed));
    this.holds.push({ id, account, wallet, asked: amount, covered, expiresMs, posted: [] });
  }

  private payer(account: string, currency: string): string {
    const member = this.members.get(account);
    if (member === undefined) throw new Error(`${account} is unknown`);
    return `${member.owner} ${currency}`;
  }

  private post(operation: Operation & { do: "post" }, atMs: number): void {
    const { hold: holdId, lines, account, currency } = operation;
    const hold = this.holds.find((each) => each.id === holdId);
    if (hold === undefined) {
      const closed = holdId === undefined ? undefined : this.applied.get(holdId);
      const prefix = holdId === undefined ? "" : `${holdId}.`;
      const wallet = this.payer(account, currency);
      const fresh = lines.filter(({ id }) => closed?.lines.includes(id) !== true);
      this.repeats += lines.length - fresh.length;
      if (closed !== undefined && fresh.length === 0) return;
      for (const line of fresh) {
        if (!this.isRepeat(prefix + line.id, line.amount)) {
          this.charge(wallet, line.amount, 0);
          this.applied.set(prefix + line.id, { amount: line.amount, lines: [] });
        }
      }
      return this.tidy(wallet, atMs);
    }
    let pool = hold.covered;
    hold.covered = 0;
    for (const line of lines) {
      if (hold.posted.includes(line.id)) continue;
      pool -= this.charge(hold.wallet, line.amount, pool);
      hold.posted.push(line.id);
    }
    if (operation.keeps === true) hold.covered = pool;
    else this.close(hold);
    this.tidy(hold.wallet, atMs);
  }

  private close(hold: ModelHold): void {
    this.holds = this.holds.filter((each) => each !== hold);
    this.applied.set(hold.id, { amount: hold.asked, lines: hold.posted });
  }

  private charge(key: string, amount: number, pool: number): number {
    const wallet = this.open(key);
    const paid = Math.min(amount, Math.max(pool, this.room(key) - wallet.owed));
    this.pay(key, paid);
    this.note(`wallet ${key}`, `revenue ${wallet.currency}`, paid);
    this.note(`owed ${key}`, `revenue ${wallet.currency}`, amount - paid);
    wallet.owed += amount - paid;
    return Math.min(pool, paid);
  }

  private pay(key: string, amount: number): void {
    const wallet = this.open(key);
    const order = wallet.grants.toSorted((a, b) => {
      const ends = (grant: ModelGrant): number => (grant.endsMs === 0 ? Infinity : grant.endsMs);
      if (a.priority !== b.priority) return a.priority - b.priority;
      if (ends(a) !== ends(b)) return ends(a) - ends(b);
      return a.id < b.id ? -1 : 1;
    });
    let rest = amount;
    for (const grant of order) {
      const part = Math.min(rest, grant.left);
      grant.left -= part;
      rest -= part;
    }
    wallet.grants = wallet.grants.filter(({ left }) => left > 0);
    wallet.balance -= rest;
  }

  private release(id: string, atMs: number): void {
    const hold = this.holds.find((each) => each.id === id);
    if (hold === undefined) return;
    this.close(hold);
    this.tidy(hold.wallet, atMs);
  }

  private credit(operation: Operation & { do: "credit" }, atMs: number): void {
    const { credit, id, owner, currency, amount, priority, endsMs } = operation;
    const key = `${owner} ${currency}`;
    const reference = `${owner} ${id}`;
    const content = JSON.stringify([credit, currency, amount, priority, endsMs]);
    const before = this.references.get(reference);
    if (before !== undefined) {
      if (before === content) this.repeats += 1;
      else this.conflicts += 1;
      return;
    }
    const wallet = this.open(key);
    if (credit === "grant") {
      if (wallet.grants.length >= 100) return;
      wallet.grants.push({ id, priority, endsMs, left: amount });
      this.note("promotions " + currency, `wallet ${key}`, amount);
    } else if (amount < 0) {
      if (this.room(key) - wallet.owed < -amount) return;
      wallet.balance += amount;
      this.note(`wallet ${key}`, "adjustments " + currency, -amount);
    } else {
      wallet.balance += amount;
      const from = credit === "top-up" ? "cash" : credit === "refund" ? "revenue" : "adjustments";
      this.note(`${from} ${currency}`, `wallet ${key}`, amount);
    }
    this.references.set(reference, content);
    this.tidy(key, atMs);
  }

  /** Owed is paid first, then what has ended goes. */
  private tidy(key: string, atMs: number): void {
    const wallet = this.open(key);
    const paid = Math.min(wallet.owed, Math.max(0, this.room(key)));
    if (paid > 0) {
      wallet.owed -= paid;
      this.pay(key, paid);
      this.note(`wallet ${key}`, `owed ${key}`, paid);
    }
    this.endGrants(key, atMs);
  }

  private endGrants(key: string, atMs: number): void {
    const wallet = this.open(key);
    const order = wallet.grants.filter(({ endsMs }) => endsMs !== 0 && endsMs <= atMs);
    order.sort((a, b) => a.priority - b.priority || a.endsMs - b.endsMs || (a.id < b.id ? -1 : 1));
    for (const grant of order) {
      const amount = Math.min(grant.left, Math.max(0, this.room(key)));
      grant.left -= amount;
      this.note(`wallet ${key}`, `promotions ${wallet.currency}`, amount);
    }
    wallet.grants = wallet.grants.filter(({ left }) => left > 0);
  }

  private note(debit: string, credit: string, amount: number): void {
    if (amount > 0) this.journal.push([debit, credit, amount]);
  }

  /** Adds up the journal, so that a long run keeps sums instead of all of it. */
  fold(): void {
    const sides = (name: string): Sides => {
      const known = this.accounts.get(name);
      if (known !== undefined) return known;
      const fresh = { debits: 0n, credits: 0n };
      this.accounts.set(name, fresh);
      return fresh;
    };
    for (const [debit, credit, amount] of this.journal) {
      sides(debit).debits += BigInt(amount);
      sides(credit).credits += BigInt(amount);
    }
    this.journal.length = 0;
  }

  /** Forgets what was applied long before the last operations; only a run of millions needs it. */
  forget(): void {
    const old = this.applied.size - KEPT_IDS;
    let index = 0;
    for (const id of this.applied.keys()) {
      if (index >= old) break;
      this.applied.delete(id);
      index += 1;
    }
  }
}
