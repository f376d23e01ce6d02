import assert from "node:assert/strict";
import { waitFor } from "../kit/wait-for.ts";
import { CAP_MICROS, COSTS, PRICES, type CarrierName, type ShownMessage, type StormyNight } from "./stormy-night.ts";

/** A line as the API shows it. */
interface ShownLine {
  readonly id: string;
  readonly kind: "charge" | "cost" | "credit";
  readonly account_sid: string;
  readonly category: string;
  readonly amount: string;
  readonly currency: string;
  readonly count: number;
  readonly usage: number;
  readonly ref: string;
  readonly resource_sid: string | null;
  readonly carrier: string | null;
  readonly attempt: number | null;
  readonly outcome: string | null;
}

/** A row of the breakdown. */
export interface ShownSum {
  readonly kind: string;
  readonly category?: string;
  readonly carrier?: string | null;
  readonly attempt?: string | null;
  readonly currency: string;
  readonly lines: number;
  readonly count: number;
  readonly usage: number;
  readonly amount: string;
}

const LEDGER = "/trunkline/v1/Ledger";

/** Decimal text as integer micros. */
export function micros(decimal: string): number {
  return Math.round(Number(decimal) * 1_000_000);
}

/** The books of a night, as the API shows them, and what they are compared with. */
export class NightBooks {
  private readonly night: StormyNight;
  private readonly lines: readonly ShownLine[];
  private readonly messages: ReadonlyMap<string, ShownMessage>;

  private constructor(night: StormyNight, lines: readonly ShownLine[], messages: readonly ShownMessage[]) {
    this.night = night;
    this.lines = lines;
    this.messages = new Map(messages.map((message) => [message.sid, message]));
  }

  static async read(night: StormyNight): Promise<NightBooks> {
    const lines = await night.operator.all<ShownLine>(`${LEDGER}/Lines?PageSize=1000`, "lines");
    const books = new NightBooks(night, lines, await night.messages());
    await waitFor("all lines to be in the database", async () => {
      const sums = await books.breakdown("By=category");
      return sums.reduce((total, { lines: count }) => total + count, 0) === lines.length;
    });
    return books;
  }

  get size(): { readonly lines: number; readonly messages: number } {
    return { lines: this.lines.length, messages: this.messages.size };
  }

  async breakdown(query: string): Promise<ShownSum[]> {
    const { operator } = this.night;
    return (await operator.must(operator.get(`${LEDGER}/Breakdown?${query}`)))["breakdown"] as ShownSum[];
  }

  /** What was promised is there, nothing is held, and nothing is said twice. */
  async checkWhole(): Promise<void> {
    for (const sid of this.night.promised) assert.ok(this.messages.has(sid), `${sid} was promised and is there`);
    const { operator } = this.night;
    assert.deepEqual(await operator.all(`${LEDGER}/Holds`, "holds"), []);
    for (const name of ["id", "ref"] as const) {
      const seen = this.lines.map((line) => `${line.kind} ${line[name]}`);
      assert.equal(new Set(seen).size, seen.length, `each ${name} is there once`);
    }
    for (const { kind, ref, resource_sid: sid } of this.lines) {
      if (kind !== "credit") assert.ok(this.messages.has(sid ?? ""), `${kind} ${ref} is of a message that exists`);
    }
  }

  /** Credits less charges are the balance, in each currency, by the wallet, the invoice and the account's own API. */
  async checkBalances(): Promise<Record<string, string>> {
    const { operator } = this.night;
    const { accountSid } = operator.door;
    const balances: Record<string, string> = {};
    for (const currency of new Set(this.lines.filter(({ kind }) => kind !== "cost").map((line) => line.currency))) {
      const credits = this.sum({ kind: "credit", currency });
      const charges = this.sum({ kind: "charge", currency });
      const wallet = await operator.must(operator.get(`${LEDGER}/Accounts/${accountSid}/Wallet?Currency=${currency}`));
      assert.equal(micros(String(wallet["balance"])), credits - charges, `the balance in ${currency}`);
      assert.equal(micros(String(wallet["held"])), 0);
      const invoices = await operator.all<Record<string, string>>(
        `/trunkline/v1/Invoices?Currency=${currency}`,
        "invoices",
      );
      const total = (name: string): number => invoices.reduce((sum, invoice) => sum + micros(invoice[name] ?? ""), 0);
      assert.deepEqual([total("charges"), total("credits")], [charges, credits], `the invoices in ${currency}`);
      assert.equal(micros(invoices[0]?.["closing_balance"] ?? ""), credits - charges);
      const { floor } = wallet;
      if (typeof floor === "string") assert.ok(credits - charges >= micros(floor), "not below its floor");
      balances[currency] = String(wallet["balance"]);
    }
    const shown = await operator.must(operator.get(operator.own("/Balance.json")));
    assert.equal(shown["balance"], balances[String(shown["currency"])]);
    return balances;
  }

  /** Nobody ran out of money without having been told, and no subaccount spent more than its cap. */
  async checkWarnings(): Promise<void> {
    const { operator, tenant, counts } = this.night;
    const { alerts } = await operator.must(operator.get("/v1/Alerts?PageSize=1000&LogLevel=warning", "monitor"));
    const told = (alerts as { error_code: string }[]).filter(({ error_code: code }) => code === "20003");
    // Once when the wallet was opened with nothing in it, and once when what was paid in was nearly used up.
    assert.equal(told.length, 2, "the balance fell to its threshold");
    assert.ok(counts.outOfCredit > 0, "some messages were refused for money");
    for (const currency of ["USD", "EUR"]) {
      const own = this.lines.filter((line) => line.account_sid === tenant.door.accountSid && line.kind === "charge");
      const spent = own.filter((line) => line.currency === currency);
      assert.ok(spent.reduce((total, { amount }) => total + micros(amount), 0) <= CAP_MICROS, "not over its cap");
    }
  }

  private sum(wanted: Pick<ShownLine, "kind" | "currency"> & { readonly category?: string }): number {
    const { kind, currency, category } = wanted;
    return this.lines
      .filter((line) => line.kind === kind && line.currency === currency)
      .filter((line) => category === undefined || line.category === category)
      .reduce((total, { amount }) => total + micros(amount), 0);
  }

  /** Usage records are the lines, by category. */
  async checkUsage(): Promise<void> {
    const { operator } = this.night;
    const path = operator.own("/Usage/Records/AllTime.json?PageSize=1000");
    const records = await operator.all<Record<string, string>>(path, "usage_records");
    const charges = this.lines.filter(({ kind }) => kind === "charge");
    for (const category of new Set(charges.map((line) => line.category))) {
      const record = records.find((each) => each["category"] === category);
      assert.ok(record !== undefined, category);
      const own = charges.filter((line) => line.category === category);
      const currency = (record["price_unit"] ?? "").toUpperCase();
      assert.equal(Number(record["count"]), own.length, `${category}: the count`);
      assert.equal(
        Number(record["usage"]),
        own.reduce((total, { usage }) => total + usage, 0),
        `${category}: the usage`,
      );
      assert.equal(micros(record["price"] ?? ""), this.sum({ kind: "charge", currency, category }), category);
    }
  }

  /** Each message has exactly the lines that the price list and what carriers took of it ask for. */
  checkCharges(): void {
    const charges = new Map<string, ShownLine[]>();
    for (const line of this.lines) {
      if (line.kind !== "charge") continue;
      const sid = line.resource_sid ?? "";
      charges.set(sid, [...(charges.get(sid) ?? []), line]);
    }
    for (const message of this.messages.values()) {
      const lines = charges.get(message.sid) ?? [];
      const what = `${message.sid} to ${message.to}, ${message.status} (${message.error_code})`;
      const paid = lines.reduce((total, { amount }) => total + micros(amount), 0);
      assert.equal(paid + micros(message.price ?? "0"), 0, `${what}: its price`);
      const shown = lines.map(({ ref, amount, carrier }) => [ref.slice(ref.indexOf(".") + 1), micros(amount), carrier]);
      const sort = (rows: unknown[][]): unknown[][] => rows.toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
      assert.deepEqual(sort(shown), sort(this.expected(message, lines)), what);
    }
  }

  private expected(message: ShownMessage, lines: readonly ShownLine[]): unknown[][] {
    const { sid, direction, to, status, num_segments: segments } = message;
    const inEuros = lines[0]?.currency === "EUR";
    const priced = (amount: number): number => (inEuros ? (amount * 9) / 10 : amount);
    if (direction === "inbound") return [["message", PRICES.inbound, null]];
    const takers = new Set(Object.keys(COSTS).filter((name) => this.takenBy(name as CarrierName, to) > 0));
    if (takers.size === 0) {
      return status === "failed" && this.wasHeld(message) ? [["failed", priced(PRICES.failed), null]] : [];
    }
    const first = lines.find(({ ref }) => ref === `${sid}.message`)?.carrier ?? "";
    assert.ok(takers.has(first), `${sid} is charged for ${first}, and ${[...takers].join()} took it`);
    const fee = first === "west" ? PRICES.feeOfWest : PRICES.fee;
    const costs = this.costsOf(sid).filter(({ usage }) => usage > 0);
    const attempts = new Set(costs.map(({ attempt }) => attempt)).size;
    // No message pays for more attempts than it has parts, or twice as many where it asked to be sent again.
    const most = Number(segments) * (this.night.urgent.has(to) ? 2 : 1);
    const more = lines.filter(({ category }) => category === "message-attempts");
    assert.equal(more.length, Math.min(attempts, most) - 1, `${sid}: further attempts`);
    return [
      ["message", priced(PRICES.unit) * Number(segments), first],
      ["carrier-fee", priced(fee) * Number(segments), first],
      ...more.map(({ ref, carrier }) => [ref.slice(ref.indexOf(".") + 1), priced(PRICES.attempt), carrier]),
    ];
  }

  /** A rule refused it at once, so that no money was ever set aside. */
  private wasHeld({ error_code: code }: ShownMessage): boolean {
    return ![21610, 30007, 30010, 30034, 30610].includes(code ?? 0);
  }

  private costsOf(sid: string): ShownLine[] {
    return this.lines.filter(({ kind, resource_sid: of }) => kind === "cost" && of === sid);
  }

  private takenBy(carrier: CarrierName, to: string): number {
    return this.night.carriers[carrier].taken.filter((submit) => `+${submit.to}` === to).length;
  }

  /**
   * What carriers will ask for is what carriers took, part by part. A part whose answer was lost
   * is only known from its receipt, and where its message had ended before that (another part
   * failed), nobody looks for it any more: its line says `unknown`. Gives how many such parts
   * there are.
   */
  checkCosts(): number {
    let unlearned = 0;
    const messages = [...this.messages.values()].filter(({ direction }) => direction !== "inbound");
    for (const name of Object.keys(COSTS) as CarrierName[]) {
      let known = 0;
      for (const { sid, to, status, num_segments: segments } of messages) {
        const costs = this.costsOf(sid).filter(({ carrier }) => carrier === name);
        const parts = costs.reduce((total, { usage }) => total + usage, 0);
        const taken = this.takenBy(name, to);
        const mayLack = status === "undelivered" && costs.some(({ outcome }) => outcome === "unknown");
        const what = `${sid} to ${to} (${status}, ${segments} parts): what ${name} took`;
        if (mayLack) assert.ok(parts <= taken, what);
        else assert.equal(parts, taken, what);
        known += parts;
      }
      const costs = this.lines.filter(({ kind, carrier }) => kind === "cost" && carrier === name);
      assert.ok(costs.every(({ currency }) => currency === COSTS[name].currency));
      const total = costs.reduce((sum, { amount }) => sum + micros(amount), 0);
      assert.equal(total, known * COSTS[name].micros, `what ${name} asks for`);
      unlearned += this.night.carriers[name].taken.length - known;
    }
    return unlearned;
  }

  /** "What did this outage cost me": the documented query, and the truth of the scenario. */
  async checkOutage(): Promise<ShownSum[]> {
    const { fromMs, untilMs, recipients } = this.night.outage;
    const iso = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
    const range = `StartDate=${iso(fromMs)}&EndDate=${iso(untilMs)}`;
    const sums = await this.breakdown(`By=carrier,attempt&Kind=cost&${range}`);
    const paid = (name: CarrierName): number =>
      sums.filter(({ carrier }) => carrier === name).reduce((total, { amount }) => total + micros(amount), 0);
    let extra = 0;
    for (const [name, cost] of Object.entries(COSTS) as [CarrierName, { micros: number }][]) {
      const parts = this.night.carriers[name].taken.filter(({ to }) => recipients.has(to)).length;
      assert.equal(paid(name), parts * cost.micros, `what ${name} asks for the outage`);
      extra += parts * (cost.micros - COSTS.west.micros);
    }
    assert.ok(extra > 0, "another carrier took what west refused");
    assert.equal(this.night.carriers.west.taken.filter(({ to }) => recipients.has(to)).length, 0);
    return sums;
  }
}
