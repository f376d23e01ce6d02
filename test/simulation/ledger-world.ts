/** A ledger in a cell that crashes, held against the naive one after every life. */
import assert from "node:assert/strict";
import { ManualClock } from "../../src/adapters/memory/index.ts";
import {
  Cell,
  StateTable,
  type ApplyContext,
  type CellRecord,
  type Fact,
  type Machine,
} from "../../src/platform/cell/index.ts";
import type { Log } from "../../src/platform/log/index.ts";
import type { ChargeHeld, ChargePosted, ChargeReleased, CostIncurred } from "../../src/platform/spending/index.ts";
import type { Database } from "../../src/platform/ports.ts";
import { ledgerModule, type LedgerModule } from "../../src/modules/ledger/index.ts";
import type { LinePage } from "../../src/modules/ledger/state.ts";
import { settle } from "../kit/memory-log.ts";
import { silentLogger } from "../kit/silent-logger.ts";
import { NaiveLedger, type Operation } from "./ledger-model.ts";
import { OperationSource } from "./ledger-operations.ts";

/** Where a world's log lives, and how it is killed. */
export interface WorldDisk {
  open(clock: ManualClock): Promise<Log>;
  /** Something goes wrong after some more operations of the disk, or never. */
  arm(): void;
  readonly hasCrashed: boolean;
  /** What the next life finds. */
  restart(): Promise<void>;
}

export interface WorldOptions {
  readonly random: () => number;
  readonly disk: WorldDisk;
  /** In a long run the model forgets, and the journal is folded. */
  readonly isLong?: boolean;
  /** Told the last operation that is certainly durable. */
  readonly onAcknowledged?: (seq: number) => void;
}

interface Applied {
  seq: number;
}

const NO_DATABASE: Database = {
  query: () => Promise.resolve([]),
  transaction: () => Promise.reject(new Error("there is no database")),
};
const UNIT_DATE_MS = Date.UTC(2026, 0, 1);
const MAX_OUTSTANDING = 6;
const KEPT_LINE_IDS = 400_000;

/** The rows that a database would have: it outlives crashes, and takes a line once. */
class Rows {
  private ids = new Set<string>();
  readonly worth = new Map<string, number>();
  readonly offsets = new Map<string, number>();
  readonly references = new Set<string>();
  lines = 0;

  add(id: string, key: string, worth: number): void {
    if (this.ids.has(id)) return;
    this.ids.add(id);
    this.lines += 1;
    this.worth.set(key, (this.worth.get(key) ?? 0) + worth);
    if (this.ids.size <= KEPT_LINE_IDS) return;
    // The older half: no checkpoint that is still there holds any of them.
    this.ids = new Set([...this.ids].slice(KEPT_LINE_IDS / 2));
  }
}

export class LedgerWorld {
  /** Of this life: timers of the former ones must not keep all of them in memory. */
  clock = new ManualClock(UNIT_DATE_MS);
  readonly model = new NaiveLedger();
  readonly rows = new Rows();
  crashes = 0;
  acknowledged = 0;
  refused = 0;
  knownCredits = 0;
  private readonly random: () => number;
  private readonly source: OperationSource;
  private readonly disk: WorldDisk;
  private readonly isLong: boolean;
  private readonly onAcknowledged: ((seq: number) => void) | undefined;
  private cell: Cell | undefined;
  private ledger: LedgerModule | undefined;
  private applied = new StateTable<Applied>("test-applied", { projected: false });
  private acknowledgedSeq = 0;
  private modelSeq = 0;
  private life = 0;
  private outstanding = 0;
  private underWay = new Set<string>();
  private idle: (() => void) | undefined;

  constructor({ random, disk, isLong = false, onAcknowledged }: WorldOptions) {
    this.onAcknowledged = onAcknowledged;
    this.random = random;
    this.disk = disk;
    this.isLong = isLong;
    this.source = new OperationSource(random);
  }

  private below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  /** Opens the first life. */
  async open(): Promise<void> {
    await this.start();
    for (const operation of this.source.opening()) this.submit([operation]);
    await this.flush();
  }

  /** Takes up what another process left, whose log has no checkpoint: the model learns all of it from there. */
  async resume(acknowledgedSeq: number): Promise<void> {
    this.acknowledgedSeq = acknowledgedSeq;
    await this.start();
  }

  /** Operations without crashes, until the process ends. */
  async runOn(): Promise<never> {
    for (;;) {
      this.submitAll(Array.from({ length: 20 }, () => this.source.next(this.clock.nowMs())));
      this.clock.advance(this.below(500));
      if (this.outstanding > MAX_OUTSTANDING) await this.flush();
    }
  }

  private async start(): Promise<void> {
    const { clock } = this;
    const log = await this.disk.open(clock);
    this.applied = new StateTable<Applied>("test-applied", { projected: false });
    const late: { cell?: Cell } = {};
    this.ledger = ledgerModule({
      database: NO_DATABASE,
      clock,
      logger: silentLogger,
      cellName: "messaging-1",
      cell: () => late.cell as Cell,
      mintSid: (prefix) => `${prefix}${"0".repeat(32)}`,
      isOperator: () => true,
      familyOf: (sid) => Promise.resolve({ mainSid: sid, isHome: true }),
    });
    const cell = new Cell({
      name: "messaging-1",
      log,
      clock,
      logger: silentLogger,
      machines: [this.product(), this.ledger.machine, this.ledger.usageMachine],
      projectedOffsets: this.rows.offsets,
    });
    late.cell = cell;
    this.cell = cell;
    await cell.recover();
    const seq = this.applied.get("last")?.seq ?? 0;
    assert.ok(seq >= this.acknowledgedSeq, `what was acknowledged (${this.acknowledgedSeq}) is durable (${seq})`);
    assert.equal(seq, this.modelSeq);
    this.evictProjected();
    this.verify();
  }

  /** Stands for the products: says what its records ask for, in the step in which they are applied. */
  private product(): Machine {
    const { life } = this;
    return {
      name: "product",
      tables: [this.applied] as readonly unknown[] as readonly StateTable<never>[],
      reducers: {
        "test.operations": ({ operations }: { operations: Operation[] }, context: ApplyContext) => {
          for (const operation of operations) {
            this.applied.put("last", { seq: operation.seq });
            for (const fact of factsOf(operation)) context.emit(fact);
            // A life that has been ended may still hear of what the copy does not have.
            if (operation.seq <= this.modelSeq || life !== this.life) continue;
            this.modelSeq = operation.seq;
            this.model.apply(operation, context.atMs);
          }
        },
      },
    };
  }

  /** Runs `count` operations, with crashes between them. */
  async run(count: number, told?: (done: number) => void): Promise<void> {
    let done = 0;
    let left = 0;
    while (done < count) {
      if (left <= 0) {
        await this.crash();
        left = 1_000 + this.below(this.isLong ? 60_000 : 8_000);
        this.disk.arm();
      }
      const batch = Array.from({ length: 1 + this.below(40) }, () => this.source.next(this.clock.nowMs()));
      this.submitAll(batch);
      done += batch.length;
      left -= batch.length;
      await this.between();
      if (this.disk.hasCrashed) left = 0;
      told?.(done);
    }
    await this.flush();
    await this.crash();
  }

  private async between(): Promise<void> {
    const dice = this.below(100);
    if (dice < 30) this.clock.advance(1 + this.below(2_000));
    // An id that is looked for stays where it was found until its record is applied, as in `give-credit.ts`.
    if (dice < 10 && this.underWay.size === 0) this.drain();
    if (dice === 10 && (!this.isLong || this.below(5) === 0)) void this.cell?.checkpoint();
    if (dice === 11) this.endHolds();
    if (this.outstanding > MAX_OUTSTANDING || dice > 90) await this.flush();
  }

  /** As `time-keeper.ts` does: also holds that nobody speaks of any more end. */
  private endHolds(): void {
    const nowMs = this.clock.nowMs();
    const ended: string[] = [];
    for (const [id, { expiresAtMs }] of this.ledger?.book.openHolds() ?? []) if (expiresAtMs <= nowMs) ended.push(id);
    if (ended.length > 0) this.submit([this.source.end(ended)]);
  }

  /** Facts share a record; what has records of its own goes beside a marker, in one batch. */
  private submitAll(batch: readonly Operation[]): void {
    let facts: Operation[] = [];
    for (const operation of batch) {
      if (factsOf(operation).length > 0) {
        if (this.isAffordable(operation)) facts.push(operation);
        continue;
      }
      if (facts.length > 0) this.submit(facts);
      facts = [];
      if (this.isKnown(operation)) this.knownCredits += 1;
      else this.submit([operation]);
    }
    if (facts.length > 0) this.submit(facts);
  }

  /**
   * As `give-credit.ts` looks: an id that is in the database, or under way, makes no record.
   * What is in memory and not yet in the database is left to the reducer.
   */
  private isKnown(operation: Operation): boolean {
    if (operation.do !== "credit") return false;
    const key = `${operation.owner} ${operation.id}`;
    if (this.rows.references.has(key) || this.underWay.has(key)) return true;
    this.underWay.add(key);
    return false;
  }

  /** Most work asks before it is accepted, some does not: the ledger must stand both. */
  private isAffordable(operation: Operation): boolean {
    if (operation.do !== "hold" || operation.seq % 5 === 0) return true;
    const { id, account, currency, amount } = operation;
    const asked = { id, accountSid: account, currency, amountMicros: amount };
    if (this.ledger?.spending.reserve(asked) === undefined) return true;
    this.refused += 1;
    return false;
  }

  private submit(operations: readonly Operation[]): void {
    const { cell } = this;
    if (cell === undefined) return;
    const marker = { kind: "test.operations", operations } as CellRecord;
    const last = operations.at(-1)?.seq ?? 0;
    const { life } = this;
    this.outstanding += 1;
    cell.commitAllThen([marker, ...operations.flatMap(recordOf)], "progress", (error) => {
      if (life !== this.life) return;
      this.outstanding -= 1;
      for (const each of operations) if (each.do === "credit") this.underWay.delete(`${each.owner} ${each.id}`);
      if (error === undefined) {
        this.acknowledgedSeq = last;
        this.acknowledged += operations.length;
        this.onAcknowledged?.(last);
      } else {
        for (const each of operations) if (each.do === "hold") this.ledger?.spending.cancel(each.id);
      }
      if (this.outstanding === 0) this.idle?.();
    });
  }

  private async flush(): Promise<void> {
    if (this.outstanding === 0) return;
    await new Promise<void>((resolve) => (this.idle = resolve));
  }

  /** What the projection would do, with the offsets in the same step. */
  drain(): void {
    const { ledger, cell } = this;
    if (ledger === undefined || cell === undefined) return;
    for (const projected of ledger.projections) {
      const table = projected.table as StateTable<object>;
      const batch = table.takeDirty(1_000_000);
      if (table.name === "ledger-lines") for (const page of batch.values()) this.store(page as LinePage);
      if (table.name === "ledger-references") for (const key of batch.keys()) this.rows.references.add(key);
      this.rows.offsets.set(table.name, table.firstDirtyOffset() ?? cell.end);
      table.settleDirty();
      if (projected.evict !== undefined) for (const key of batch.keys()) table.evict(key);
    }
  }

  /** As the projection does when it starts: a checkpoint brings back what was in the database long ago. */
  private evictProjected(): void {
    for (const { table, evict } of this.ledger?.projections ?? []) {
      if (evict !== undefined) for (const key of table.keys()) table.evict(key);
    }
  }

  private store(page: LinePage): void {
    page.lines.forEach((line, index) => {
      const worth = line.kind === "credit" ? line.amountMicros : line.kind === "charge" ? -line.amountMicros : 0;
      const id = `${page.atMs} ${page.offset} ${page.first + index}`;
      this.rows.add(id, line.kind === "cost" ? "costs" : `${line.wallet} ${line.currency}`, worth);
    });
  }

  /** Ends this life without any goodbye, and begins the next one. */
  async crash(): Promise<void> {
    this.crashes += 1;
    await settle(this.below(4));
    this.life += 1;
    // What was on its way may be durable or not; the next life finds out.
    await this.disk.restart();
    this.outstanding = 0;
    this.underWay = new Set();
    this.idle?.();
    this.cell = undefined;
    this.clock = new ManualClock(this.clock.nowMs());
    await this.start();
  }

  /** Holds the book against the model, line by line. */
  verify(): void {
    const { ledger, model } = this;
    if (ledger === undefined) return;
    const { wallets, holds, accounts } = ledger.book.tables;
    this.drain();
    const total = new Map<string, bigint>();
    for (const key of wallets.keys()) {
      const wallet = wallets.get(key);
      const known = model.wallets.get(key);
      assert.ok(wallet !== undefined && known !== undefined, `${key} is in both`);
      const { balanceMicros, grantsMicros, owedMicros, heldMicros, floorMicros } = wallet;
      assert.deepEqual(
        { balanceMicros, grantsMicros, owedMicros, heldMicros, floorMicros },
        {
          balanceMicros: known.balance,
          grantsMicros: model.granted(key),
          owedMicros: known.owed,
          heldMicros: model.held(key),
          floorMicros: known.floor,
        },
        key,
      );
      const worth = balanceMicros + grantsMicros - owedMicros;
      assert.equal(this.rows.worth.get(key) ?? 0, worth, `the lines of ${key} explain what it is worth`);
      assert.ok(heldMicros >= 0 && owedMicros >= 0 && grantsMicros >= 0);
      total.set(wallet.currency, (total.get(wallet.currency) ?? 0n) + BigInt(worth));
    }
    assert.equal(holds.size, model.holds.length);
    model.fold();
    for (const { kind, name, currency, debitUnits, debitMicros, creditUnits, creditMicros } of accounts.values()) {
      const debits = BigInt(debitUnits) * 1_000_000n + BigInt(debitMicros);
      const credits = BigInt(creditUnits) * 1_000_000n + BigInt(creditMicros);
      total.set(currency, (total.get(currency) ?? 0n) + credits - debits);
      const known = model.accounts.get(name === "" ? `${kind} ${currency}` : `${kind} ${name}`);
      assert.deepEqual({ debits, credits }, known ?? { debits: 0n, credits: 0n }, `${kind} ${name} ${currency}`);
    }
    for (const [currency, sum] of total) assert.equal(sum, 0n, `debits are credits in ${currency}`);
    let debits = 0n;
    let credits = 0n;
    for (const sides of model.accounts.values()) {
      debits += sides.debits;
      credits += sides.credits;
    }
    assert.equal(debits, credits);
    if (this.isLong) this.model.forget();
  }

  async close(): Promise<void> {
    await this.flush();
    await this.cell?.close();
  }
}

/** The facts by which a product would say it; none for what is said by the ledger's own records. */
function factsOf(operation: Operation): Fact[] {
  switch (operation.do) {
    case "hold": {
      const { id, account, currency, amount, expiresMs } = operation;
      const hold = { id, accountSid: account, currency, amountMicros: amount, expiresAtMs: expiresMs };
      const held: ChargeHeld = { kind: "charge.held", ...hold };
      return [held];
    }
    case "post": {
      const { hold, keeps, account, currency } = operation;
      const lines = operation.lines.map(({ id, amount }) => ({
        id,
        amountMicros: amount,
        category: "sms-outbound",
        count: 1,
        usage: 1,
        usageUnit: "segments",
        detail: { resourceSid: hold ?? id },
      }));
      const of = hold === undefined ? {} : { holdId: hold };
      const keep = keeps === true ? ({ keepsHold: true } as const) : {};
      const posted: ChargePosted = { kind: "charge.posted", ...of, ...keep, accountSid: account, currency, lines };
      return [posted];
    }
    case "release": {
      const released: ChargeReleased = {
        kind: "charge.released",
        holdId: operation.hold,
        accountSid: operation.account,
      };
      return [released];
    }
    case "cost": {
      const { id, carrier, amount, account } = operation;
      const detail = { resourceSid: id, carrier };
      const of = { id, accountSid: account, currency: "USD", amountMicros: amount, usage: 1, detail };
      const cost: CostIncurred = { kind: "cost.incurred", ...of, outcome: "accepted" };
      return [cost];
    }
    default:
      return [];
  }
}

/** The ledger's own records, of operations that have one. */
function recordOf(operation: Operation): CellRecord[] {
  switch (operation.do) {
    case "join": {
      const { account, owner, currency } = operation;
      return [{ kind: "ledger.joined", accountSid: account, owner, currency } as CellRecord];
    }
    case "terms": {
      const { owner, currency, floor } = operation;
      const terms = {
        mode: floor === 0 ? "prepaid" : "postpaid",
        floorMicros: floor,
        alertsMicros: [1_000_000],
        alertUrl: "",
      };
      return [{ kind: "ledger.terms-changed", owner, currency, terms } as CellRecord];
    }
    case "credit": {
      const { credit, id, owner, currency, amount, priority, endsMs } = operation;
      const fingerprint = JSON.stringify([credit, currency, amount, priority, endsMs]);
      const of = { owner, accountSid: owner, currency, amountMicros: amount, reason: "", resourceSid: null };
      return [{ kind: "ledger.credited", credit, id, fingerprint, ...of, priority, endsMs } as CellRecord];
    }
    case "pass":
      return [{ kind: "ledger.times-passed", holds: operation.holds, wallets: operation.wallets } as CellRecord];
    default:
      return [];
  }
}
