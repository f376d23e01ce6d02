/** Random operations for the ledger: right ones, repeated ones, late ones, early ones, and ids that are used twice. */
import type { Operation } from "./ledger-model.ts";

const OWNERS = Array.from({ length: 6 }, (_, index) => `AC${String(index).padStart(32, "0")}`);
const CURRENCIES = ["USD", "EUR"] as const;
const CARRIERS = ["north", "south", "east"] as const;
/** Ids that are still spoken of; the book remembers many more. */
const MEMORY = 100;
const UNIT = 1_000_000;

type Without<T> = T extends unknown ? Omit<T, "seq"> : never;
type Draft = Without<Operation>;
type Hold = Draft & { readonly do: "hold" };

export function subaccountOf(owner: string): string {
  return `${owner.slice(0, 2)}f${owner.slice(3)}`;
}

/** Makes the operations of a run. The same random numbers make the same ones. */
export class OperationSource {
  private readonly random: () => number;
  private readonly holds: Hold[] = [];
  private forgotten: Hold[] = [];
  private readonly past: Draft[] = [];
  private seq = 0;

  constructor(random: () => number) {
    this.random = random;
  }

  /** What comes before everything else: accounts, and terms for every wallet. */
  opening(): Operation[] {
    const drafts: Draft[] = OWNERS.flatMap((owner, index) => [
      { do: "join", account: owner, owner, currency: "USD" },
      { do: "join", account: subaccountOf(owner), owner, currency: "USD" },
      ...CURRENCIES.toReversed().map((currency): Draft => ({
        do: "terms",
        owner,
        currency,
        floor: index === 0 ? null : index === 1 ? -50 * UNIT : 0,
      })),
      ...CURRENCIES.map((currency): Draft => this.credit("top-up", owner, currency, 20 * UNIT)),
    ]);
    return drafts.map((draft) => this.number(draft));
  }

  next(nowMs: number): Operation {
    const draft = this.draft(nowMs);
    this.past.push(draft);
    if (this.past.length > MEMORY) this.past.shift();
    return this.number(draft);
  }

  /** Time passes for these holds. */
  end(holds: readonly string[]): Operation {
    return this.number({ do: "pass", holds, wallets: [] });
  }

  private number(draft: Draft): Operation {
    this.seq += 1;
    return Object.assign({ seq: this.seq }, draft);
  }

  private draft(nowMs: number): Draft {
    const dice = this.below(100);
    if (dice < 38) return this.hold(nowMs);
    if (dice < 64) return this.post();
    if (dice < 70) return { do: "release", hold: this.pickHold()?.id ?? "SM-none", account: this.account() };
    if (dice < 82) return this.cost();
    if (dice < 88) return this.anyCredit(nowMs);
    if (dice < 90) return this.pass(nowMs);
    if (dice < 91) return this.terms();
    return this.repeat();
  }

  private hold(nowMs: number): Hold {
    const draft: Hold = {
      do: "hold",
      id: `SM${this.id()}`,
      account: this.account(),
      currency: this.below(10) === 0 ? "EUR" : "USD",
      amount: this.amount(),
      expiresMs: nowMs + 1 + this.below(10_000),
    };
    this.holds.push(draft);
    // Those that nobody speaks of again end by themselves.
    if (this.holds.length > MEMORY) this.forgotten.push(...this.holds.splice(this.below(MEMORY), 1));
    return draft;
  }

  private post(): Draft {
    const hold = this.below(8) === 0 ? undefined : this.takeHold();
    const count = 1 + this.below(3);
    const of = hold ?? { id: "", account: this.account(), currency: "USD", amount: this.amount() };
    const lines = Array.from({ length: count }, (_, index) => ({
      id: hold === undefined ? `IN${this.id()}` : String(index + 1),
      // Mostly within the hold, sometimes far above it.
      amount: Math.floor((of.amount * this.below(120)) / 100 / count) * (this.below(20) === 0 ? 5 : 1),
    }));
    const { account, currency } = of;
    if (hold === undefined) return { do: "post", account, currency, lines };
    if (this.below(6) > 0) return { do: "post", hold: hold.id, account, currency, lines };
    this.holds.push(hold);
    return { do: "post", hold: hold.id, keeps: true, account, currency, lines: lines.slice(0, 1) };
  }

  private cost(): Draft {
    const carrier = CARRIERS[this.below(CARRIERS.length)] ?? "north";
    return { do: "cost", id: `CO${this.id()}`, carrier, amount: this.amount(), account: this.account() };
  }

  private anyCredit(nowMs: number): Draft {
    const owner = this.owner();
    const currency = this.below(5) === 0 ? "EUR" : "USD";
    const dice = this.below(10);
    if (dice < 4) return this.credit("top-up", owner, currency, 1 + this.below(UNIT / 2));
    if (dice < 5) return this.credit("refund", owner, currency, 1 + this.below(UNIT / 4));
    if (dice < 7)
      return this.credit("adjustment", owner, currency, (1 + this.below(UNIT / 4)) * (this.below(2) * 2 - 1));
    const endsMs = this.below(4) === 0 ? 0 : nowMs + 1 + this.below(120_000);
    return { ...this.credit("grant", owner, currency, 1 + this.below(UNIT / 2)), priority: this.below(3), endsMs };
  }

  private credit(
    credit: (Draft & { do: "credit" })["credit"],
    owner: string,
    currency: string,
    amount: number,
  ): Draft & { do: "credit" } {
    return { do: "credit", credit, id: `LT${this.id()}`, owner, currency, amount, priority: 0, endsMs: 0 };
  }

  private pass(nowMs: number): Draft {
    const early = Array.from({ length: 8 }, () => this.pickHold()?.id ?? "SM-none");
    const ended = this.forgotten.filter(({ expiresMs }) => expiresMs <= nowMs);
    this.forgotten = this.forgotten.filter(({ expiresMs }) => expiresMs > nowMs);
    const holds = early.concat(ended.map(({ id }) => id));
    return { do: "pass", holds, wallets: OWNERS.flatMap((owner) => CURRENCIES.map((each) => `${owner} ${each}`)) };
  }

  private terms(): Draft {
    // The first two stay as they are: without a floor, and with a credit line.
    const owner = OWNERS[2 + this.below(OWNERS.length - 2)] ?? "";
    return { do: "terms", owner, currency: "USD", floor: this.below(2) === 0 ? 0 : -1 - this.below(5 * UNIT) };
  }

  /** Something again, as it was or with another amount. */
  private repeat(): Draft {
    const before = this.past[this.below(this.past.length)] ?? this.cost();
    if (this.below(4) > 0 || !("amount" in before) || before.do === "credit") return before;
    return { ...before, amount: before.amount + 1 };
  }

  private pickHold(): Hold | undefined {
    return this.holds[this.below(this.holds.length)];
  }

  private takeHold(): Hold | undefined {
    return this.holds.splice(this.below(this.holds.length), 1)[0];
  }

  private id(): string {
    return (this.seq + 1).toString(16).padStart(12, "0") + this.below(0x10000).toString(16).padStart(4, "0");
  }

  private account(): string {
    const owner = this.owner();
    return this.below(3) === 0 ? subaccountOf(owner) : owner;
  }

  private owner(): string {
    return OWNERS[this.below(OWNERS.length)] ?? "";
  }

  private amount(): number {
    return this.below(20) === 0 ? this.below(3 * UNIT) : this.below(20_000);
  }

  private below(limit: number): number {
    return Math.floor(this.random() * limit);
  }
}
