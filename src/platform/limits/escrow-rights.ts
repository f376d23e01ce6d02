import { assert } from "../../kernel/assert.ts";
import type { GossipView } from "../gossip/index.ts";
import type { Clock, Timer } from "../ports.ts";
import { RightsLeases, type RightsLease } from "./rights-leases.ts";
import { RightsLedger, type StoredRights } from "./rights-ledger.ts";
import { decodeRow, encodeRow, isSlot, memberOfSlot } from "./rights-row.ts";

/** Where the rights of this process outlive it. */
export interface RightsStore {
  /** What was saved last for a cap; `undefined` where nothing was. */
  load(cap: string): Promise<StoredRights | undefined>;
  /** Resolves when a power cut cannot take it back. Calls for one cap do not overlap. */
  save(cap: string, rights: StoredRights): Promise<void>;
}

/** What one process asks of another one. */
export interface RightsRequest {
  readonly cap: string;
  /** Whose row is to get the rights. */
  readonly slot: string;
  readonly wanted: number;
}

/** How processes ask each other for rights. */
export interface RightsPeers {
  /** Resolves to the answer of the member's `EscrowRights.answer`; to `undefined` where there is none, or it was lost. */
  ask(memberId: string, request: RightsRequest): Promise<string | undefined>;
}

/** How rights are held. */
export interface EscrowRightsOptions {
  /** What is bounded, for example `spend.AC….2026-08`: the same name in all processes, and never again for another bound. */
  readonly cap: string;
  readonly gossip: GossipView;
  readonly peers: RightsPeers;
  readonly clock: Pick<Clock, "monotonicMs" | "after">;
  /**
   * Where absent, a restart leaves behind what this process held: those rights are gone for
   * good, and the bound holds all the same. Caps on what is open at a time want a store.
   */
  readonly store?: RightsStore;
  /** For what is open at a time (calls): how long a lease lasts unless it is renewed. */
  readonly leaseMs?: number;
}

const CAP = /^[A-Za-z0-9._-]{1,80}$/;
/** Rights of a cap are told under this and its name. */
const PREFIX = "limit/rights/";
/** Others are told of what changed, leases end, and rights are asked for, so often. */
const ROUND_MS = 200;
/** A member that gave nothing is not asked again for so long. */
const ASK_AGAIN_MS = 2_000;
/** Below this part of what all are known to have granted, more is asked for ahead of need. */
const LOW_PART = 1 / 64;
const LEASE_MS = 60_000;
/** Caps of one process at once: each takes a key of gossip. */
const MAX_CAPS = 1_024;
const openCaps = new WeakMap<GossipView, number>();

/** For saves that nobody waits for: what is unsaved is saved in a later round. */
function saveLater(): void {
  // What is unsaved stays unsaved, and stays unusable and untold until then.
}

/**
 * Rights under a cap that holds across all processes, whatever the network does: for money,
 * and for what may be open at a time. Using rights is synchronous and asks nobody; when few are
 * left here, others are asked for some of theirs. See {@link RightsLedger}.
 */
export class EscrowRights {
  private readonly options: EscrowRightsOptions;
  private readonly ledger: RightsLedger;
  private readonly leases: RightsLeases;
  private readonly askedMs = new Map<string, number>();
  private readonly unsubscribe: () => void;
  private timer: Timer | undefined;
  private saving: Promise<void> | undefined;
  private asking: Promise<void> | undefined;
  private missing = 0;
  private told = "";
  /** Leases of the life before this one that may still be meant; they end when the longest of them would. */
  private former: { readonly count: number; readonly untilMs: number } | undefined;

  private constructor(options: EscrowRightsOptions, ledger: RightsLedger) {
    this.options = options;
    this.ledger = ledger;
    const { clock, gossip, cap, leaseMs = LEASE_MS } = options;
    this.leases = new RightsLeases(leaseMs);
    if (options.leaseMs !== undefined && ledger.inUse > 0) {
      this.former = { count: ledger.inUse, untilMs: clock.monotonicMs() + leaseMs };
    }
    const key = PREFIX + cap;
    this.unsubscribe = gossip.onChange(key, (member, changed, value) => {
      if (changed === key && value !== undefined && member.id !== gossip.self.id) this.take(member.id, value);
    });
    for (const entry of gossip.entries(key)) {
      if (entry.key === key && entry.member.id !== gossip.self.id) this.take(entry.member.id, entry.value);
    }
  }

  /** Takes up the rights that this process holds under a cap. */
  static async open(options: EscrowRightsOptions): Promise<EscrowRights> {
    const { cap, gossip, store } = options;
    assert(CAP.test(cap), `a cap cannot be called ${JSON.stringify(cap)}`);
    const caps = openCaps.get(gossip) ?? 0;
    assert(caps < MAX_CAPS, `at most ${MAX_CAPS} caps are open at once`);
    openCaps.set(gossip, caps + 1);
    const stored = await store?.load(cap);
    const { id, generation } = gossip.self;
    const slot = stored?.own.slot ?? `${id}~${generation.toString(36)}`;
    assert(isSlot(slot) && memberOfSlot(slot) === id, "the rights that were stored are of this member");
    const rights = new EscrowRights(options, new RightsLedger(slot, { stored, isVolatile: store === undefined }));
    await rights.settle();
    rights.round();
    return rights;
  }

  /** Rights that can be used here now, but for those that wait for the disk. */
  get available(): number {
    return Math.max(0, this.ledger.available);
  }

  /** In use here: what was spent, or is open. */
  get inUse(): number {
    return this.ledger.inUse;
  }

  /** What is known of all processes together. */
  get known(): { readonly granted: number; readonly inUse: number } {
    return this.ledger.known;
  }

  /** Raises the cap for all by `count`. Only one process may do so for one reason: an account's home cell. Resolves when it is durable; where it rejects, it may become so later. */
  async grant(count: number): Promise<void> {
    this.ledger.grant(count);
    await this.settle();
    this.tell();
  }

  /** Uses `count` rights for good. `false`: not now; more are being asked for, where others have some. */
  consume(count: number): boolean {
    const isDone = this.ledger.consume(count);
    if (!isDone) this.missing = Math.max(this.missing, count);
    if (!isDone || this.isLow) this.refill();
    return isDone;
  }

  /** What was consumed was not used after all, and comes back. */
  refund(count: number): void {
    this.ledger.giveBack(count);
  }

  /** Uses rights for something that ends: release it then, and renew it before its time is over. `undefined`: not now. */
  acquire(count: number): RightsLease | undefined {
    assert(this.options.leaseMs !== undefined, "a cap with leases says how long they last");
    const nowMs = this.options.clock.monotonicMs();
    this.expire(nowMs);
    if (this.leases.isFull || !this.consume(count)) return undefined;
    return this.leases.add(count, nowMs);
  }

  /** `false`: its time was over, and others may hold its rights. What it was for must end. */
  renew(lease: RightsLease): boolean {
    const nowMs = this.options.clock.monotonicMs();
    this.expire(nowMs);
    return this.leases.renew(lease, nowMs);
  }

  release(lease: RightsLease): void {
    const back = this.leases.end(lease);
    if (back > 0) this.ledger.giveBack(back);
  }

  /** Answers another process: what it is given is on disk here before it hears of it. */
  async answer(request: RightsRequest): Promise<string | undefined> {
    const { cap, slot, wanted } = request;
    if (cap !== this.options.cap || !isSlot(slot) || !Number.isSafeInteger(wanted) || wanted <= 0) return undefined;
    this.ledger.give(slot, wanted);
    try {
      await this.settle();
    } catch {
      // What is not on disk is told to nobody. It is told once a later save succeeds.
      return undefined;
    }
    this.tell();
    return encodeRow(this.ledger.row(), slot);
  }

  /** Stops; what is held stays this process's own, for its next start. Resolves when nothing is under way. */
  async close(): Promise<void> {
    this.timer?.cancel();
    this.unsubscribe();
    const { gossip, cap } = this.options;
    openCaps.set(gossip, (openCaps.get(gossip) ?? 1) - 1);
    gossip.delete(PREFIX + cap);
    await this.asking;
    await this.settle();
  }

  private get isLow(): boolean {
    const { ledger } = this;
    return ledger.wantsSetAside || ledger.available < Math.max(this.missing, ledger.known.granted * LOW_PART);
  }

  private round(): void {
    this.timer = this.options.clock.after(ROUND_MS, () => this.round());
    this.expire(this.options.clock.monotonicMs());
    if (this.isLow) this.refill();
    if (this.ledger.isUnsaved) this.settle().catch(saveLater);
    this.tell();
  }

  private expire(nowMs: number): void {
    let back = this.leases.expire(nowMs);
    if (this.former !== undefined && this.former.untilMs <= nowMs) {
      back += this.former.count;
      this.former = undefined;
    }
    if (back > 0) this.ledger.giveBack(back);
  }

  /** Takes in a member's row, which nobody else can speak of. Returns whether rights came. */
  private take(memberId: string, text: string): boolean {
    const row = decodeRow(text);
    if (row === undefined || memberOfSlot(row.slot) !== memberId || !this.ledger.merge(row)) return false;
    this.missing = 0;
    return true;
  }

  private tell(): void {
    const text = encodeRow(this.ledger.row());
    if (text === this.told) return;
    this.told = text;
    this.options.gossip.set(PREFIX + this.options.cap, text);
  }

  /** Sets rights aside, and asks for more where there are too few; one at a time. */
  private refill(): void {
    if (this.ledger.isUnsaved) this.settle().catch(saveLater);
    if (
      this.asking !== undefined ||
      this.ledger.available >= Math.max(1, this.missing, this.ledger.known.granted * LOW_PART)
    )
      return;
    const member = this.richest();
    if (member === undefined) return;
    this.asking = this.ask(member).finally(() => {
      this.asking = undefined;
    });
  }

  private async ask(member: string): Promise<void> {
    const { cap, peers, clock } = this.options;
    const wanted = Math.max(1, this.missing, Math.ceil(this.ledger.known.granted * LOW_PART * 4));
    this.askedMs.set(member, clock.monotonicMs());
    // A process that cannot be asked gives nothing: the next one is asked, by the next round.
    const text = await peers.ask(member, { cap, slot: this.ledger.slot, wanted }).catch(() => undefined);
    if (text === undefined || !this.take(member, text)) return;
    this.askedMs.delete(member);
    await this.settle().catch(saveLater);
  }

  /** The member that held the most when it was last heard, of those that were not asked in vain just now. */
  private richest(): string | undefined {
    const { clock, gossip } = this.options;
    const nowMs = clock.monotonicMs();
    let best: string | undefined;
    let most = 0;
    for (const { slot, rights } of this.ledger.holders()) {
      const member = memberOfSlot(slot);
      const askedMs = this.askedMs.get(member);
      if (rights <= most || member === gossip.self.id) continue;
      if (askedMs !== undefined && nowMs - askedMs < ASK_AGAIN_MS) continue;
      most = rights;
      best = member;
    }
    return best;
  }

  /** Saves until nothing is unsaved. */
  private settle(): Promise<void> {
    const { store } = this.options;
    if (store === undefined || !this.ledger.isUnsaved) return this.saving ?? Promise.resolve();
    this.saving = (this.saving ?? Promise.resolve()).catch(saveLater).then(() => this.save(store));
    return this.saving;
  }

  private async save(store: RightsStore): Promise<void> {
    if (!this.ledger.isUnsaved) return;
    const save = this.ledger.beginSave();
    await store.save(this.options.cap, save.stored);
    this.ledger.endSave(save);
  }
}
