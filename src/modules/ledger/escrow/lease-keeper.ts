import { AppError } from "../../../kernel/errors.ts";
import type { Cell } from "../../../platform/cell/index.ts";
import type { Clock, Logger } from "../../../platform/ports.ts";
import { availableMicros, type Book, type BookTable, leaseKey } from "../book/index.ts";
import { ledgerErrors } from "../errors.ts";
import type { UnpromisedMoney } from "./answer-ask.ts";
import { spentOf, type Lease } from "./lease.ts";
import type { EscrowAnswer, EscrowAsk, EscrowHome } from "./protocol.ts";
import type { LeaseGivenBack, LeaseOpened, LeaseReceived } from "./records.ts";

/** What keeps the leases of a cell. */
export interface LeaseKeeperOptions {
  /** The name of this cell, as the others know it. */
  readonly cellName: string;
  readonly cell: () => Pick<Cell, "commit">;
  readonly book: Book;
  readonly leases: BookTable<Lease>;
  readonly home: EscrowHome;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A name that no lease of this cell ever had. */
  readonly newLife: () => string;
  readonly money: UnpromisedMoney;
  /** Asked for at least, in micros. */
  readonly chunkMicros?: number;
}

/** What is known of a lease beside its records. */
interface Contact {
  /** The greatest ask that the home has answered, and the greatest that was sent. */
  lastAsk: number;
  sentAsk: number;
  /** The last ask was answered: until then the home may have given what nobody knows of here. */
  isHeard: boolean;
  /** What the home has heard. */
  spentMicros: number;
  returnedMicros: number;
  /** The most that could not be spent since the last answer. */
  missingMicros: number;
  /** The home had less than was asked for. */
  isShort: boolean;
  askedMs: number;
  usedMs: number;
  asking: Promise<void> | undefined;
}

const CHUNK_MICROS = 1_000_000;
/** A home that had too little is not asked again for so long. */
const ASK_AGAIN_MS = 2_000;
/** What was spent is reported at the latest after so long. */
const REPORT_MS = 30_000;
/** A lease that nobody used for so long is given back. */
const IDLE_MS = 5 * 60_000;
/** However quiet a lease is, its home is asked so often: an ask that was lost may have been heard since. */
const RECHECK_MS = 10 * 60_000;
/** Nothing is begun on a lease that is about to end. */
const MARGIN_MS = 2_000;
/** A lease that is in use is renewed so long before its end. */
const RENEW_MS = 10_000;
const TICK_MS = 1_000;
/** Leases that are looked at in a tick. */
const MAX_TICK_LEASES = 1_000;

/**
 * The side of the cell that spends money of accounts that are at home elsewhere: asks for it
 * ahead of need, spends only what it was given, and only until the lease ends, tells what it
 * spent and gives back what it does not need. It works by itself while nobody can be reached,
 * until what it has is used up or its time is over.
 */
export class LeaseKeeper {
  private readonly options: LeaseKeeperOptions;
  private readonly contacts = new Map<string, Contact>();
  private readonly chunkMicros: number;
  private timer: { cancel(): void } | undefined;
  private cursor: IterableIterator<string> | undefined;

  constructor(options: LeaseKeeperOptions) {
    this.options = options;
    this.chunkMicros = options.chunkMicros ?? CHUNK_MICROS;
  }

  /** Begins a lease of an account's money, and asks for the first of it. */
  async open(owner: string, currency: string): Promise<void> {
    const key = leaseKey(owner, currency);
    if (this.options.leases.get(key) === undefined) {
      const record: LeaseOpened = { kind: "ledger.lease-opened", owner, currency, life: this.options.newLife() };
      await this.options.cell().commit(record);
    }
    this.contactOf(key).usedMs = this.options.clock.monotonicMs();
    await this.ask(key, this.chunkMicros);
  }

  /** Why so much may not be spent of a lease now; `undefined` where it may. */
  refusal(key: string, accountSid: string, amountMicros: number): AppError | undefined {
    const { book, leases, clock } = this.options;
    const lease = leases.get(key);
    const wallet = book.tables.wallets.get(key);
    if (lease === undefined || wallet === undefined) return new AppError(ledgerErrors.creditUnknown);
    const nowMs = clock.nowMs();
    const contact = this.contactOf(key);
    contact.usedMs = clock.monotonicMs();
    const left = availableMicros(wallet, nowMs);
    if (nowMs < lease.untilMs - MARGIN_MS && left >= amountMicros) {
      if (left - amountMicros < this.chunkMicros / 2) this.askLater(key, this.chunkMicros);
      return undefined;
    }
    contact.missingMicros = Math.max(contact.missingMicros, amountMicros - left);
    this.askLater(key, this.chunkMicros);
    const isOut = contact.isShort && nowMs < lease.untilMs - MARGIN_MS;
    return new AppError(isOut ? ledgerErrors.outOfCredit : ledgerErrors.creditUnknown, { accountSid });
  }

  /** Before work: waits for an answer where there is nothing to spend. */
  prepare(key: string): Promise<void> | undefined {
    const { book, leases, clock } = this.options;
    const lease = leases.get(key);
    const wallet = book.tables.wallets.get(key);
    if (lease === undefined || wallet === undefined) return undefined;
    const contact = this.contactOf(key);
    const nowMs = clock.nowMs();
    const isUsable = nowMs < lease.untilMs - MARGIN_MS && availableMicros(wallet, nowMs) > 0;
    if (isUsable && contact.missingMicros === 0) return undefined;
    return this.mayAsk(contact) ? this.ask(key, this.chunkMicros) : contact.asking;
  }

  start(): void {
    this.timer ??= this.options.clock.after(TICK_MS, () => {
      this.timer = undefined;
      this.tick();
      this.start();
    });
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  /** Looks after some of the leases: the next ones at every tick. */
  tick(): void {
    for (let count = 0; count < Math.min(MAX_TICK_LEASES, this.options.leases.size); count += 1) {
      this.cursor ??= this.options.leases.keys();
      const next = this.cursor.next();
      if (next.done === true) this.cursor = undefined;
      else this.look(next.value);
    }
  }

  private look(key: string): void {
    const { leases, clock, book } = this.options;
    const lease = leases.get(key);
    const wallet = book.tables.wallets.get(key);
    if (lease === undefined || wallet === undefined) return;
    const contact = this.contactOf(key);
    const nowMs = clock.nowMs();
    const sinceMs = clock.monotonicMs() - contact.askedMs;
    const isIdle = clock.monotonicMs() - contact.usedMs >= IDLE_MS;
    const left = this.options.money.availableOf(key);
    if (left > 0 && (isIdle || nowMs >= lease.untilMs)) this.giveBackLater(key, left);
    else if (sinceMs < ASK_AGAIN_MS) return;
    else if (!contact.isHeard || sinceMs >= RECHECK_MS) this.askLater(key, 0);
    else if (!isIdle && nowMs >= lease.untilMs - RENEW_MS) this.askLater(key, 0);
    else if (wallet.owedMicros > 0) this.askLater(key, wallet.owedMicros);
    else if (sinceMs >= REPORT_MS && this.isUnheard(key, contact)) this.askLater(key, 0);
  }

  private giveBackLater(key: string, amountMicros: number): void {
    this.giveBack(key, amountMicros).catch((error: unknown) => {
      this.options.logger.warn("ledger.give-back-failed", { lease: key, reason: String(error) });
    });
  }

  private isUnheard(key: string, contact: Readonly<Contact>): boolean {
    const { book, leases } = this.options;
    const returned = leases.get(key)?.returnedMicros ?? 0;
    return spentOf(book, leases, key) > contact.spentMicros || returned > contact.returnedMicros;
  }

  /** Gives up what is not needed, durably, and then tells the home. */
  async giveBack(key: string, amountMicros: number): Promise<void> {
    const lease = this.options.leases.get(key);
    if (lease === undefined) return;
    const { owner, currency } = lease;
    const id = `give-back ${key}`;
    // Set aside at once, so that nothing is promised of it while the record is on its way.
    if (!this.options.money.setAside(id, key, amountMicros)) return;
    try {
      const record: LeaseGivenBack = { kind: "ledger.lease-given-back", owner, currency, amountMicros };
      await this.options.cell().commit(record, "progress");
    } finally {
      this.options.money.cancel(id);
    }
    await this.ask(key, 0);
  }

  private askLater(key: string, wantedMicros: number): void {
    if (this.mayAsk(this.contactOf(key))) void this.ask(key, wantedMicros);
  }

  private mayAsk(contact: Readonly<Contact>): boolean {
    if (contact.asking !== undefined) return false;
    return !contact.isShort || this.options.clock.monotonicMs() - contact.askedMs >= ASK_AGAIN_MS;
  }

  /** One ask at a time for a lease; resolves when it was answered, or lost. */
  private ask(key: string, wantedMicros: number): Promise<void> {
    const contact = this.contactOf(key);
    contact.asking ??= this.exchange(key, contact, wantedMicros)
      .catch((error: unknown) => {
        this.options.logger.warn("ledger.lease-ask-failed", { lease: key, reason: String(error) });
      })
      .finally(() => {
        contact.asking = undefined;
      });
    return contact.asking;
  }

  private async exchange(key: string, contact: Contact, wantedMicros: number): Promise<void> {
    const { leases, book, clock, cellName, home } = this.options;
    const lease = leases.get(key);
    if (lease === undefined) return;
    const sentMs = clock.nowMs();
    contact.askedMs = clock.monotonicMs();
    const wanted = wantedMicros === 0 ? 0 : Math.max(wantedMicros, contact.missingMicros * 2);
    // An ask that had no answer is sent again under its number; a mere report closes that number.
    contact.sentAsk = Math.max(contact.sentAsk, wanted === 0 ? 0 : contact.lastAsk + 1);
    contact.isHeard = false;
    const ask: EscrowAsk = {
      cell: cellName,
      owner: lease.owner,
      currency: lease.currency,
      life: lease.life,
      ask: contact.sentAsk,
      wantedMicros: wanted,
      spentMicros: spentOf(book, leases, key),
      returnedMicros: lease.returnedMicros,
    };
    const answer = await home.ask(ask);
    if (answer !== undefined) await this.take(key, { ask, answer, sentMs });
  }

  private async take(
    key: string,
    { ask, answer, sentMs }: { readonly ask: EscrowAsk; readonly answer: EscrowAnswer; readonly sentMs: number },
  ): Promise<void> {
    const contact = this.contactOf(key);
    const lease = this.options.leases.get(key);
    if (answer.kind === "not-home" || lease === undefined || answer.life !== lease.life) return;
    // Another life of this process may have asked with higher numbers: the next ask is above them.
    contact.lastAsk = Math.max(contact.lastAsk, answer.lastAsk);
    contact.isHeard = true;
    contact.spentMicros = Math.max(contact.spentMicros, answer.spentMicros);
    contact.returnedMicros = Math.max(contact.returnedMicros, answer.returnedMicros);
    const more = answer.grantedMicros - lease.grantedMicros;
    if (ask.wantedMicros > 0) contact.isShort = more < ask.wantedMicros && answer.lastAsk === ask.ask;
    if (more > 0) contact.missingMicros = 0;
    const { owner, currency, life } = lease;
    const { grantedMicros, leaseMs } = answer;
    const record: LeaseReceived = {
      kind: "ledger.lease-received",
      owner,
      currency,
      life,
      grantedMicros,
      untilMs: sentMs + leaseMs,
    };
    await this.options.cell().commit(record, "progress");
  }

  private contactOf(key: string): Contact {
    const known = this.contacts.get(key);
    if (known !== undefined) return known;
    const fresh: Contact = {
      lastAsk: 0,
      sentAsk: 0,
      isHeard: false,
      spentMicros: 0,
      returnedMicros: 0,
      missingMicros: 0,
      isShort: false,
      askedMs: 0,
      usedMs: this.options.clock.monotonicMs(),
      asking: undefined,
    };
    this.contacts.set(key, fresh);
    return fresh;
  }
}
