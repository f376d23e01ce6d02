import type { PriceHead } from "./table/index.ts";

/** A version of a price list, as it is kept. */
export interface PriceTable extends PriceHead {
  /** Counted over all lists; 0 is the table that the program brings. */
  readonly version: number;
  /** A draft takes more parts; a complete one never changes. */
  readonly status: "draft" | "complete";
  /** SHA-256 in hexadecimal; `undefined` for drafts. */
  readonly hash: string | undefined;
  readonly note: string;
  /** SID of the account that made it. */
  readonly createdBy: string;
  readonly createdMs: number;
  readonly parts: number;
  readonly rows: number;
}

/** From when on a version holds for its list and currency. What is activated is never taken back, only followed. */
export interface Activation {
  readonly id: number;
  readonly list: string;
  readonly currency: string;
  readonly version: number;
  readonly fromMs: number;
  readonly actor: string;
  readonly reason: string;
  readonly createdMs: number;
}

/** What an account pays by, where that is not the standard list. */
export interface Assignment {
  readonly accountSid: string;
  readonly list: string;
  /** Off the standard list, in hundredths of a percent. Not off rows of another list, and not off carrier fees. */
  readonly discountBasisPoints: number;
  /** Grows with every change of any assignment. */
  readonly revision: number;
  readonly actor: string;
  readonly reason: string;
  readonly updatedMs: number;
}
