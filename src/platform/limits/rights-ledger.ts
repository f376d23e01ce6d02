import { assert } from "../../kernel/assert.ts";
import { MAX_SLOTS, mergeRows, type RightsRow } from "./rights-row.ts";

/** What of a ledger must outlive its process. */
export interface StoredRights {
  /** The own row. `used` is a number that is certainly not below what was used. */
  readonly own: RightsRow;
  /** What is known of the others. */
  readonly others: readonly RightsRow[];
}

/** A step of saving. */
export interface RightsSave {
  readonly version: number;
  readonly stored: StoredRights;
}

/** Rights are set aside for use without a disk by this part of those at hand, and at most so many at once. */
const SET_ASIDE = 1 / 16;
const MOST_SET_ASIDE = 1_000;

/**
 * A bounded counter (Balegas et al., "Extending Eventually Consistent Cloud Databases for
 * Enforcing Numeric Invariants", arXiv 1503.09052): what all slots together use at a time never
 * exceeds what was granted, without asking anybody, because each uses only rights that it holds:
 * those made here, and given to it, less those it gave away and used.
 *
 * For that, what this slot used and gave must never be forgotten. Rights are therefore set
 * aside on disk in blocks before they are used, and a gift is told to nobody before it is on disk.
 * This class does no input or output: `beginSave` says what is to be written, `endSave` that it was.
 */
export class RightsLedger {
  readonly slot: string;
  private granted = 0;
  private used = 0;
  private returned = 0;
  private readonly given = new Map<string, number>();
  private readonly others = new Map<string, RightsRow>();
  /** Up to which `used` may go without another save. */
  private setAside: number;
  /** The same, once all saves that have begun are done. */
  private toSetAside: number;
  /** The most that could not be used only because it was not set aside. */
  private needed = 0;
  private version = 0;
  private savedVersion = 0;
  private durable: RightsRow;
  private readonly isVolatile: boolean;

  /** `stored` is what was saved last under this slot. A volatile ledger is never saved: its slot must be new. */
  constructor(slot: string, from: { readonly stored?: StoredRights | undefined; readonly isVolatile?: boolean } = {}) {
    this.slot = slot;
    this.isVolatile = from.isVolatile ?? false;
    assert(!this.isVolatile || from.stored === undefined, "a slot that was saved goes on being saved");
    const { stored } = from;
    if (stored !== undefined) {
      assert(stored.own.slot === slot, "what was stored is of this slot");
      this.granted = stored.own.granted;
      this.used = stored.own.used;
      this.returned = stored.own.returned;
      for (const [to, count] of stored.own.given) this.given.set(to, count);
      for (const row of stored.others) this.merge(row);
    }
    this.setAside = this.isVolatile ? Infinity : this.used;
    this.toSetAside = this.used;
    this.durable = this.ownRow(this.used);
    this.savedVersion = this.version;
  }

  /** Rights at hand: not used, not given away. Below 0 after a restart that has not heard again of what it was given. */
  get available(): number {
    let received = 0;
    for (const { given } of this.others.values()) received += given.get(this.slot) ?? 0;
    let gave = 0;
    for (const count of this.given.values()) gave += count;
    return this.granted + received - gave - this.used + this.returned;
  }

  /** In use here now: used and not returned. */
  get inUse(): number {
    return this.used - this.returned;
  }

  /** What is known to have been granted by all, and to be in use by all: never more than there is in truth for the first. */
  get known(): { readonly granted: number; readonly inUse: number } {
    let granted = this.granted;
    let inUse = this.inUse;
    for (const row of this.others.values()) {
      granted += row.granted;
      inUse += row.used - row.returned;
    }
    return { granted, inUse };
  }

  /** Other slots, and how many rights each held when it was last heard. */
  holders(): { readonly slot: string; readonly rights: number }[] {
    return Array.from(this.others.values(), (row) => ({ slot: row.slot, rights: this.rightsOf(row) }));
  }

  /** Uses rights; `false` where there are not enough at hand, or not enough of them set aside. */
  consume(count: number): boolean {
    assert(Number.isSafeInteger(count) && count > 0, "whole rights are used");
    const { available } = this;
    if (available < count) return false;
    if (this.used + count > this.setAside) {
      this.needed = Math.max(this.needed, count);
      return false;
    }
    this.used += count;
    this.needed = 0;
    return true;
  }

  /** Whether rights are at hand that a save would set aside for use. */
  get wantsSetAside(): boolean {
    const aside = this.setAside - this.used;
    const block = this.block();
    return aside < Math.max(this.needed, block / 2) && aside < block;
  }

  /** Whether something is to be saved. */
  get isUnsaved(): boolean {
    return !this.isVolatile && (this.version > this.savedVersion || this.wantsSetAside);
  }

  /** Used rights come back, for example when a call ends. */
  giveBack(count: number): void {
    assert(Number.isSafeInteger(count) && count > 0 && count <= this.inUse, "what comes back was in use");
    this.returned += count;
  }

  /** Makes new rights: raises the bound for all. */
  grant(count: number): void {
    assert(Number.isSafeInteger(count) && count > 0, "whole rights are granted");
    this.granted += count;
    this.version += 1;
  }

  /** Gives rights at hand to another slot: up to half of them, and none that only a save has set aside. Returns how many. */
  give(to: string, wanted: number): number {
    if (to === this.slot || (!this.given.has(to) && this.given.size >= MAX_SLOTS)) return 0;
    const { available } = this;
    const aside = this.isVolatile ? 0 : this.setAside - this.used;
    const count = Math.min(wanted, Math.max(available - aside, Math.ceil(available / 2)));
    if (!Number.isSafeInteger(count) || count <= 0) return 0;
    this.given.set(to, (this.given.get(to) ?? 0) + count);
    this.version += 1;
    return count;
  }

  /** Takes in what another slot says of itself, in any order and any number of times. Returns whether rights came. */
  merge(row: RightsRow): boolean {
    if (row.slot === this.slot) return false;
    const before = this.others.get(row.slot);
    if (before === undefined && this.others.size >= MAX_SLOTS) return false;
    const after = before === undefined ? row : mergeRows(before, row);
    this.others.set(row.slot, after);
    const came = (after.given.get(this.slot) ?? 0) > (before?.given.get(this.slot) ?? 0);
    if (came) this.version += 1;
    return came;
  }

  /** The own row as it may be told to others: of what was granted and given only what a crash cannot take back. */
  row(): RightsRow {
    const { used, returned } = this;
    if (this.isVolatile) return this.ownRow(used);
    const { slot, granted, given } = this.durable;
    return { slot, granted, used, returned, given };
  }

  /** What is to be written now. It sets rights aside, which may be used once it was written. */
  beginSave(): RightsSave {
    // No save says less than one that began before it: the later one is what stays on disk.
    const aside = Math.max(this.toSetAside, this.used + this.block());
    this.toSetAside = aside;
    return { version: this.version, stored: { own: this.ownRow(aside), others: [...this.others.values()] } };
  }

  /** What `beginSave` gave is on disk. Saves end in the order in which they began. */
  endSave({ version, stored }: RightsSave): void {
    this.savedVersion = Math.max(this.savedVersion, version);
    this.setAside = Math.max(this.setAside, stored.own.used);
    this.durable = stored.own;
  }

  private block(): number {
    const { available } = this;
    if (available <= 0) return 0;
    const usual = Math.min(MOST_SET_ASIDE, Math.max(1, Math.ceil(available * SET_ASIDE)));
    return Math.min(available, Math.max(usual, this.needed));
  }

  private rightsOf(row: RightsRow): number {
    let rights = row.granted - row.used + row.returned;
    for (const count of row.given.values()) rights -= count;
    rights += this.given.get(row.slot) ?? 0;
    for (const other of this.others.values()) rights += other.given.get(row.slot) ?? 0;
    return rights;
  }

  private ownRow(used: number): RightsRow {
    return { slot: this.slot, granted: this.granted, used, returned: this.returned, given: new Map(this.given) };
  }
}
