import type { NumberSearch } from "../available.store.ts";
import type { InventoryNumber, PhoneNumberKind } from "../phone-number.ts";

/** A number that a cell took out of the pool. */
export interface DrawnNumber extends InventoryNumber {
  /** Grows each time the number leaves the pool: who gives it back says which time is meant. */
  readonly epoch: number;
}

/** A number of a cell that goes back into the pool. */
export interface GivenBack {
  readonly number: string;
  readonly epoch: number;
}

/**
 * The inventory that cells share, as one cell sees it. A number is in the pool or in one
 * cell, and only that one can sell it. Everything rejects while the control plane is away.
 */
export interface NumberPool {
  /** Numbers of the pools of the cell's region that match, in the order of the numbers. */
  search(search: NumberSearch, limit: number): Promise<InventoryNumber[]>;
  kinds(country?: string): Promise<{ readonly country: string; readonly kind: PhoneNumberKind }[]>;
  /** Takes a number out of the pool; again, where this cell has it. `undefined` where it is not there to be had. */
  draw(number: string): Promise<DrawnNumber | undefined>;
  /** Takes any local number of a North American area code out of the pool. */
  drawAny(areaCode: string): Promise<DrawnNumber | undefined>;
  /** Puts numbers back. One that was drawn again since is left alone. */
  giveBack(numbers: readonly GivenBack[]): Promise<void>;
  /** What this cell has drawn and not given back, after a number, in their order. */
  drawn(after: string, limit: number): Promise<GivenBack[]>;
  /** Writes down that numbers are this cell's own. Resolves to those that are not: in the pool, or another cell's. */
  claim(numbers: readonly string[]): Promise<readonly string[]>;
  /** Numbers are this cell's own no more. */
  disclaim(numbers: readonly string[]): Promise<void>;
}
