import { assert, AssertionError } from "../../../kernel/assert.ts";
import { checkAmount, credit, debit, exact, isAmount, MAX_MICROS, type Account, type AccountKind } from "./amounts.ts";
import { Chart } from "./chart.ts";
import { monthOf } from "./month.ts";
import { RecentIds, type Remembered } from "./recent-ids.ts";
import { payOwed, take } from "./spend.ts";
import type {
  Applied,
  BookSink,
  BookTables,
  CapPeriod,
  CostRequest,
  Hold,
  HoldRequest,
  Member,
  Party,
  PostRequest,
  Shares,
} from "./types.ts";
import {
  availableMicros,
  byPriority,
  emptyWallet,
  findNextEnd,
  LEASE_TERMS,
  leaseKey,
  leftMicros,
  MAX_GRANTS,
  OPEN_TERMS,
  roomMicros,
  walletKey,
  type Grant,
  type Terms,
  type Wallet,
} from "./wallet.ts";

/** How a book is set up. */
export interface BookOptions {
  readonly tables: BookTables;
  readonly sink: BookSink;
  /** How many ids are remembered at least. */
  readonly rememberedIds?: number;
}

const PAID: Shares = { grantsMicros: 0, owedMicros: 0 };

/**
 * Double entry over wallets and the operator's accounts: every amount that leaves one comes
 * to another, in the same operation. Deterministic: what it does follows from its tables, the
 * operation and the time that it is given.
 *
 * No operation takes a wallet under its floor. Work that was accepted is charged in any case:
 * what lies under the floor is owed beside the wallet, and paid by the next credit.
 */
export class Book {
  readonly tables: BookTables;
  readonly ids: RecentIds;
  private readonly sink: BookSink;
  private readonly chart: Chart;

  constructor({ tables, sink, rememberedIds }: BookOptions) {
    this.tables = tables;
    this.sink = sink;
    this.chart = new Chart(tables.accounts);
    this.ids = new RecentIds(tables.ids, rememberedIds);
  }

  /** Amounts that are set aside for work under way. */
  get holdCount(): number {
    return this.tables.holds.size;
  }

  /** Call it after the tables were filled by something else. */
  restored(): void {
    this.ids.restore();
  }

  /** Makes known whose wallet an account spends. What it was charged before anybody knew goes with it. */
  join(accountSid: string, of: { readonly owner: string; readonly currency: string; readonly isLease: boolean }): void {
    const { owner, currency, isLease } = of;
    const before = this.tables.members.get(accountSid);
    const wallet = isLease ? leaseKey(owner, currency) : walletKey(owner, currency);
    if (before !== undefined && before.wallet === wallet && before.assumed !== true) return;
    if (this.tables.wallets.get(wallet) === undefined) {
      this.tables.wallets.put(wallet, emptyWallet(owner, currency, isLease ? LEASE_TERMS : this.termsBeside(before)));
    }
    const { capMicros = null, capPeriod = "total", capMonth = 0, capSpentMicros = 0, capHeldMicros = 0 } = before ?? {};
    const cap = { capMicros, capPeriod, capMonth, capSpentMicros, capHeldMicros };
    this.tables.members.put(accountSid, { owner, currency, wallet, ...cap });
    if (before !== undefined && before.assumed === true && before.owner !== owner) {
      this.merge(walletKey(before.owner, before.currency), wallet);
    }
  }

  /** Opens a wallet where there was none. Returns its key. */
  openWallet(owner: string, currency: string): string {
    const key = walletKey(owner, currency);
    if (this.tables.wallets.get(key) === undefined) {
      this.tables.wallets.put(key, emptyWallet(owner, currency, this.termsBeside(this.tables.members.get(owner))));
    }
    return key;
  }

  /** A second wallet of an account with a floor has one too: money in one currency is no credit in another. */
  private termsBeside(before: Readonly<Member> | undefined): Terms {
    const first = before === undefined || before.assumed === true ? undefined : this.tables.wallets.get(before.wallet);
    if (first === undefined || first.floorMicros === null) return OPEN_TERMS;
    return { mode: first.mode, floorMicros: 0, alertsMicros: [], alertUrl: "" };
  }

  /** Moves everything of one wallet into another one of the same currency. */
  private merge(fromKey: string, toKey: string): void {
    const from = this.tables.wallets.get(fromKey);
    if (from === undefined || fromKey === toKey) return;
    const to = this.editWallet(toKey);
    if (from.currency !== to.currency) return;
    to.balanceMicros = exact(to.balanceMicros + from.balanceMicros);
    to.grantsMicros = exact(to.grantsMicros + from.grantsMicros);
    to.heldMicros = exact(to.heldMicros + from.heldMicros);
    to.owedMicros = exact(to.owedMicros + from.owedMicros);
    to.chargedMicros = exact(to.chargedMicros + from.chargedMicros);
    to.grants = to.grants.concat(from.grants).toSorted(byPriority);
    findNextEnd(to);
    for (const [id, hold] of this.openHolds()) {
      if (hold.wallet === fromKey) this.tables.holds.put(id, { ...hold, wallet: toKey });
    }
    this.tables.wallets.delete(fromKey);
  }

  /** The account as a member, made up where nobody has asked about it yet. */
  private memberOf(accountSid: string, currency: string): Readonly<Member> {
    const known = this.tables.members.get(accountSid);
    if (known !== undefined) return known;
    const wallet = walletKey(accountSid, currency);
    const member: Member = {
      owner: accountSid,
      currency,
      wallet,
      assumed: true,
      capMicros: null,
      capPeriod: "total",
      capMonth: 0,
      capSpentMicros: 0,
      capHeldMicros: 0,
    };
    this.tables.members.put(accountSid, member);
    if (this.tables.wallets.get(wallet) === undefined)
      this.tables.wallets.put(wallet, emptyWallet(accountSid, currency));
    return member;
  }

  /** The key of the wallet out of which an account pays in a currency. */
  private payingKey(accountSid: string, currency: string): string {
    const member = this.memberOf(accountSid, currency);
    if (member.currency === currency) return member.wallet;
    return this.openWallet(member.owner, currency);
  }

  private editWallet(key: string): Wallet {
    const wallet = this.tables.wallets.edit(key);
    if (wallet === undefined) throw new AssertionError(`there is no wallet ${key}`);
    return wallet;
  }

  /** What an account could set aside at a moment, its own cap included. Unknown accounts: without bound. */
  available(accountSid: string, currency: string, nowMs: number): number {
    return Math.min(this.money(accountSid, currency, nowMs), this.capLeft(accountSid, nowMs));
  }

  /** What is left of an account's own spending cap; without bound where it has none. */
  capLeft(accountSid: string, nowMs: number): number {
    const member = this.tables.members.get(accountSid);
    return member === undefined || member.capMicros === null ? Number.POSITIVE_INFINITY : capLeft(member, nowMs);
  }

  /** What the wallet of an account has for new work at a moment. */
  money(accountSid: string, currency: string, nowMs: number): number {
    const member = this.tables.members.get(accountSid);
    if (member === undefined) return Number.POSITIVE_INFINITY;
    const key = member.currency === currency ? member.wallet : walletKey(member.owner, currency);
    const wallet = this.tables.wallets.get(key);
    const first = wallet === undefined ? this.tables.wallets.get(member.wallet) : undefined;
    const none = first === undefined || first.floorMicros === null ? Number.POSITIVE_INFINITY : 0;
    return wallet === undefined ? none : availableMicros(wallet, nowMs);
  }

  /** What operators say of a wallet; it is opened where there was none. */
  setTerms(key: { readonly owner: string; readonly currency: string }, terms: Terms, atMs: number): void {
    const name = walletKey(key.owner, key.currency);
    if (this.tables.wallets.get(name) === undefined) {
      this.tables.wallets.put(name, emptyWallet(key.owner, key.currency, terms));
    }
    const wallet = this.editWallet(name);
    wallet.mode = terms.mode;
    wallet.floorMicros = terms.floorMicros;
    wallet.alertsMicros = terms.alertsMicros;
    wallet.alertUrl = terms.alertUrl;
    wallet.alertsTold = 0;
    this.settle(name, wallet, atMs);
  }

  /** Caps what an account may spend of its wallet; `null` lifts it. The count begins anew. */
  setCap(accountSid: string, capMicros: number | null, period: CapPeriod): Applied {
    const member = this.tables.members.edit(accountSid);
    if (member === undefined) return "conflict";
    member.capMicros = capMicros;
    member.capPeriod = period;
    member.capSpentMicros = 0;
    return "done";
  }

  /** Sets an amount aside. With `isAccepted` the work goes on in any case, and what is there of it is set aside. */
  hold(request: HoldRequest, atMs: number, isAccepted: boolean): Applied | "refused" {
    const { id, accountSid, currency, amountMicros } = request;
    checkAmount(amountMicros);
    const before = this.repeatedHold(request);
    if (before !== undefined) return before;
    const key = this.payingKey(accountSid, currency);
    const wallet = this.editWallet(key);
    if (wallet.nextGrantEndMs !== 0 && atMs >= wallet.nextGrantEndMs) this.settle(key, wallet, atMs);
    if (!isAccepted && this.available(accountSid, currency, atMs) < amountMicros) return "refused";
    const room = roomMicros(wallet) - wallet.owedMicros;
    const coveredMicros = room >= amountMicros ? amountMicros : Math.max(0, room);
    wallet.heldMicros = exact(wallet.heldMicros + coveredMicros);
    wallet.changedMs = atMs;
    this.tables.holds.put(id, {
      accountSid,
      wallet: key,
      askedMicros: amountMicros,
      coveredMicros,
      expiresAtMs: request.expiresAtMs,
    });
    this.countCap(accountSid, amountMicros, 0, atMs);
    if (wallet.alertsMicros.length > wallet.alertsTold) this.tellAlerts(key, wallet);
    return "done";
  }

  private repeatedHold({ id, accountSid, amountMicros }: HoldRequest): Applied | undefined {
    const open = this.tables.holds.get(id);
    const closed = open === undefined ? this.ids.find(id) : undefined;
    if (open === undefined && closed === undefined) return undefined;
    const isSame =
      open === undefined
        ? closed?.[1] === amountMicros
        : open.askedMicros === amountMicros && open.accountSid === accountSid;
    if (isSame) return "repeated";
    this.sink.refused("hold", id);
    return "conflict";
  }

  /** Charges the lines of a post, all in this step: out of its hold where it has one, else out of the wallet. */
  post(request: PostRequest, atMs: number): Applied {
    const { holdId } = request;
    if (holdId === undefined) return this.postLines(request, "", atMs);
    const hold = this.tables.holds.get(holdId);
    if (hold === undefined) return this.postLate(request, holdId, atMs);
    const wallet = this.editWallet(hold.wallet);
    if (wallet.currency !== request.currency) {
      this.release(holdId, atMs);
      return this.postLines(request, `${holdId}.`, atMs);
    }
    wallet.heldMicros -= hold.coveredMicros;
    const { posted } = hold;
    let pool = hold.coveredMicros;
    let booked = 0;
    let sum = 0;
    for (let i = 0; i < request.lines.length; i += 1) {
      const line = request.lines[i];
      if (line === undefined || posted?.includes(line.id) === true) continue;
      pool -= this.charge(wallet, i, line.amountMicros, pool);
      sum += line.amountMicros;
      booked += 1;
    }
    if (request.keepsHold === true) this.keep(holdId, wallet, pool, request);
    else this.close(holdId, hold, request);
    this.countCap(hold.accountSid, request.keepsHold === true ? 0 : -hold.askedMicros, sum, atMs);
    this.settle(hold.wallet, wallet, atMs);
    return booked > 0 || request.keepsHold !== true ? "done" : "repeated";
  }

  private keep(holdId: string, wallet: Wallet, pool: number, { lines }: PostRequest): void {
    const hold = this.tables.holds.edit(holdId);
    assert(hold !== undefined, "an open hold is kept");
    hold.coveredMicros = pool;
    wallet.heldMicros = exact(wallet.heldMicros + pool);
    hold.posted ??= [];
    for (const { id } of lines) if (!hold.posted.includes(id)) hold.posted.push(id);
  }

  private close(holdId: string, hold: Readonly<Hold>, { lines }: Pick<PostRequest, "lines">): void {
    this.tables.holds.delete(holdId);
    const [first] = lines;
    const isPlain = hold.posted === undefined && lines.length === 1 && first !== undefined;
    const entry: Remembered = isPlain
      ? [holdId, hold.askedMicros, first.id]
      : [holdId, hold.askedMicros, ...(hold.posted ?? []), ...lines.map(({ id }) => id)];
    this.ids.add(entry);
  }

  /** The hold is closed, expired, or was never taken: what was not charged under it yet is charged out of the wallet. */
  private postLate(request: PostRequest, holdId: string, atMs: number): Applied {
    const closed = this.ids.find(holdId);
    if (closed === undefined) return this.postLines(request, `${holdId}.`, atMs);
    const lines = request.lines.filter(({ id }) => closed.indexOf(id, 2) === -1);
    if (lines.length === 0) return "repeated";
    return this.postLines(request, `${holdId}.`, atMs, lines);
  }

  private postLines(request: PostRequest, prefix: string, atMs: number, lines = request.lines): Applied {
    const key = this.payingKey(request.accountSid, request.currency);
    const wallet = this.editWallet(key);
    let outcome: Applied = "repeated";
    let sum = 0;
    for (const line of lines) {
      const id = prefix === "" ? line.id : prefix + line.id;
      const before = this.ids.find(id);
      if (before !== undefined) {
        if (before[1] === line.amountMicros) continue;
        this.sink.refused("charge", id);
        outcome = "conflict";
        continue;
      }
      this.charge(wallet, request.lines.indexOf(line), line.amountMicros, 0);
      this.ids.add([id, line.amountMicros]);
      sum += line.amountMicros;
      if (outcome === "repeated") outcome = "done";
    }
    this.countCap(request.accountSid, 0, sum, atMs);
    this.settle(key, wallet, atMs);
    return outcome;
  }

  /**
   * Books one charge. `pool` is what was held for it, no longer held, and is its own in any
   * case. Returns how much of the pool it took.
   */
  private charge(wallet: Wallet, index: number, amountMicros: number, pool: number): number {
    checkAmount(amountMicros);
    const paid = Math.min(amountMicros, Math.max(pool, roomMicros(wallet) - wallet.owedMicros));
    const owedMicros = amountMicros - paid;
    const grantsMicros = take(wallet, paid);
    wallet.owedMicros = exact(wallet.owedMicros + owedMicros);
    wallet.chargedMicros = exact(wallet.chargedMicros + amountMicros);
    credit(this.account("revenue", "", wallet.currency), amountMicros);
    this.sink.charged(index, wallet, grantsMicros === 0 && owedMicros === 0 ? PAID : { grantsMicros, owedMicros });
    return Math.min(pool, paid);
  }

  /** Nothing is to be paid for a hold any more. What is not known is ignored. */
  release(holdId: string, atMs: number): Applied {
    const hold = this.tables.holds.get(holdId);
    if (hold === undefined) return "repeated";
    const wallet = this.editWallet(hold.wallet);
    wallet.heldMicros -= hold.coveredMicros;
    this.close(holdId, hold, { lines: [] });
    this.countCap(hold.accountSid, -hold.askedMicros, 0, atMs);
    this.settle(hold.wallet, wallet, atMs);
    return "done";
  }

  /** Releases a hold whose time is over; `repeated` where it is not, or the hold is gone. */
  expire(holdId: string, atMs: number): Applied {
    const hold = this.tables.holds.get(holdId);
    return hold === undefined || hold.expiresAtMs > atMs ? "repeated" : this.release(holdId, atMs);
  }

  /** What a carrier asks the operator. */
  cost({ id, carrier, currency, amountMicros }: CostRequest): Applied {
    checkAmount(amountMicros);
    const before = this.ids.find(id);
    if (before !== undefined) {
      if (before[1] === amountMicros) return "repeated";
      this.sink.refused("cost", id);
      return "conflict";
    }
    debit(this.account("cost", carrier, currency), amountMicros);
    credit(this.account("payable", carrier, currency), amountMicros);
    this.ids.add([id, amountMicros]);
    return "done";
  }

  /** Puts money into a wallet: what is owed is paid first. `refused`: it would hold more than can be counted. */
  credit(key: string, amountMicros: number, from: Party, atMs: number): "done" | "refused" {
    const wallet = this.editWallet(key);
    if (!isAmount(amountMicros) || wallet.balanceMicros + amountMicros > MAX_MICROS) return "refused";
    debit(this.chart.party(from, wallet.currency), amountMicros);
    wallet.balanceMicros += amountMicros;
    this.rise(key, wallet, atMs);
    return "done";
  }

  /** Takes money out of a wallet's balance; `refused` where it would go under its floor. */
  withdraw(key: string, amountMicros: number, to: Party, atMs: number): "done" | "refused" {
    const wallet = this.editWallet(key);
    const room = roomMicros(wallet) - wallet.owedMicros;
    if (!isAmount(amountMicros) || wallet.balanceMicros - amountMicros < -MAX_MICROS || room < amountMicros) {
      return "refused";
    }
    credit(this.chart.party(to, wallet.currency), amountMicros);
    wallet.balanceMicros -= amountMicros;
    this.settle(key, wallet, atMs);
    return "done";
  }

  /** Takes out of a wallet what must be paid, whatever is left: what lies under the floor is owed. */
  claim(key: string, amountMicros: number, to: Party, atMs: number): void {
    const wallet = this.editWallet(key);
    checkAmount(amountMicros);
    const paid = Math.min(amountMicros, Math.max(0, roomMicros(wallet) - wallet.owedMicros));
    take(wallet, paid);
    wallet.owedMicros = exact(wallet.owedMicros + amountMicros - paid);
    credit(this.chart.party(to, wallet.currency), amountMicros);
    this.settle(key, wallet, atMs);
  }

  /** Adds credit that is spent before the balance. `refused`: there are too many grants, or too much money. */
  grant(key: string, grant: Omit<Grant, "leftMicros">, atMs: number): "done" | "refused" {
    const wallet = this.editWallet(key);
    const { grantedMicros } = grant;
    if (wallet.grants.length >= MAX_GRANTS || !isAmount(grantedMicros)) return "refused";
    if (wallet.grantsMicros + grantedMicros > MAX_MICROS) return "refused";
    const { id, priority, endsMs } = grant;
    debit(this.account("promotions", "", wallet.currency), grantedMicros);
    wallet.grantsMicros += grantedMicros;
    wallet.grants = [...wallet.grants, { id, priority, endsMs, grantedMicros, leftMicros: grantedMicros }].toSorted(
      byPriority,
    );
    findNextEnd(wallet);
    this.rise(key, wallet, atMs);
    return "done";
  }

  /** Brings a wallet to a moment: ended grants leave it, what is owed is paid, thresholds are told. */
  bring(key: string, atMs: number): void {
    if (this.tables.wallets.get(key) !== undefined) this.settle(key, this.editWallet(key), atMs);
  }

  /** Puts a wallet here that comes from another cell, or takes it away; its worth comes from, or goes to, `moved`. */
  move(key: string, wallet: Wallet | undefined): void {
    const before = this.tables.wallets.get(key);
    if (before !== undefined) {
      const worth = before.balanceMicros + before.grantsMicros - before.owedMicros;
      const account = this.account("moved", "", before.currency);
      if (worth >= 0) credit(account, worth);
      else debit(account, -worth);
      this.tables.wallets.delete(key);
    }
    if (wallet === undefined) return;
    const worth = wallet.balanceMicros + wallet.grantsMicros - wallet.owedMicros;
    const account = this.account("moved", "", wallet.currency);
    if (worth >= 0) debit(account, worth);
    else credit(account, -worth);
    this.tables.wallets.put(key, wallet);
  }

  /** Moves an amount between two of the operator's accounts. */
  transfer(from: Account, to: Account, amountMicros: number): void {
    assert(isAmount(amountMicros) && from.currency === to.currency, "a transfer is of one currency");
    debit(from, amountMicros);
    credit(to, amountMicros);
  }

  /** One of the operator's accounts, to be changed now. */
  account(kind: AccountKind, name: string, currency: string): Account {
    return this.chart.account(kind, name, currency);
  }

  /** Holds with their ids, in the order in which they were taken. */
  *openHolds(): IterableIterator<[id: string, hold: Readonly<Hold>]> {
    for (const id of this.tables.holds.keys()) {
      const hold = this.tables.holds.get(id);
      if (hold !== undefined) yield [id, hold];
    }
  }

  /** After every change of a wallet, in this order: what is owed comes before grants end, which free nothing. */
  private settle(key: string, wallet: Wallet, atMs: number): void {
    wallet.changedMs = atMs;
    if (wallet.owedMicros > 0) payOwed(wallet);
    if (wallet.nextGrantEndMs !== 0 && atMs >= wallet.nextGrantEndMs) this.endGrants(key, wallet, atMs);
    if (wallet.alertsMicros.length > 0) this.tellAlerts(key, wallet);
  }

  /** Takes away what ended, but for what open holds count on: that goes with them. */
  private endGrants(key: string, wallet: Wallet, atMs: number): void {
    for (const grant of wallet.grants) {
      if (grant.endsMs === 0 || grant.endsMs > atMs) continue;
      const amount = Math.min(grant.leftMicros, Math.max(0, roomMicros(wallet)));
      if (amount === 0) continue;
      grant.leftMicros -= amount;
      wallet.grantsMicros -= amount;
      credit(this.account("promotions", "", wallet.currency), amount);
      this.sink.grantExpired(key, grant, amount);
    }
    wallet.grants = wallet.grants.filter(({ leftMicros: left }) => left > 0);
    findNextEnd(wallet);
  }

  /** After a credit: thresholds that it lifted the wallet above will be told again. Holds that end do not count. */
  private rise(key: string, wallet: Wallet, atMs: number): void {
    if (wallet.owedMicros > 0) payOwed(wallet);
    const left = leftMicros(wallet);
    while (wallet.alertsTold > 0 && left > (wallet.alertsMicros[wallet.alertsTold - 1] ?? left)) wallet.alertsTold -= 1;
    this.settle(key, wallet, atMs);
  }

  private tellAlerts(key: string, wallet: Wallet): void {
    const left = leftMicros(wallet);
    const { alertsMicros } = wallet;
    for (let next = alertsMicros[wallet.alertsTold]; next !== undefined && left <= next;) {
      wallet.alertsTold += 1;
      this.sink.fellTo(key, wallet, next);
      next = alertsMicros[wallet.alertsTold];
    }
  }

  private countCap(accountSid: string, heldMicros: number, spentMicros: number, atMs: number): void {
    if (this.tables.members.get(accountSid)?.capMicros === null) return;
    const member = this.tables.members.edit(accountSid);
    if (member === undefined) return;
    const month = monthOf(atMs);
    if (member.capPeriod === "month" && month > member.capMonth) {
      member.capMonth = month;
      member.capSpentMicros = 0;
    }
    // A hold from before the cap was set is not counted in it.
    member.capHeldMicros = Math.max(0, member.capHeldMicros + heldMicros);
    member.capSpentMicros = exact(member.capSpentMicros + spentMicros);
  }
}

function capLeft(member: Readonly<Member>, nowMs: number): number {
  const isOver = member.capPeriod === "month" && monthOf(nowMs) > member.capMonth;
  return (member.capMicros ?? 0) - member.capHeldMicros - (isOver ? 0 : member.capSpentMicros);
}
