/** The records of idempotency keys in the cell's log. */
import type { CellRecord } from "../cell/index.ts";

/** Work that is not part of the cell's log is about to begin. */
export interface KeyBegun extends CellRecord {
  readonly kind: "idempotency.begun";
  readonly accountSid: string;
  readonly key: string;
  readonly fingerprint: string;
}

/** Something was made; committed as one with what makes it. */
export interface KeyClaimed extends CellRecord {
  readonly kind: "idempotency.claimed";
  readonly accountSid: string;
  readonly key: string;
  readonly fingerprint: string;
  /** What was made, in the words of the route: a SID mostly. */
  readonly made: string;
}

/** The work that had begun was done. */
export interface KeyAnswered extends CellRecord {
  readonly kind: "idempotency.answered";
  readonly accountSid: string;
  readonly key: string;
  /** The sealed answer; empty where it is too long to be kept. */
  readonly answer: string;
}

/** The work that had begun was refused, and nothing was done. */
export interface KeyReleased extends CellRecord {
  readonly kind: "idempotency.released";
  readonly accountSid: string;
  readonly key: string;
}

/** What is known of a key, to be taken to another cell. */
export interface KeyRow {
  readonly key: string;
  readonly sinceMs: number;
  readonly fingerprint: string;
  readonly made?: string;
  readonly answer?: string;
}

/** Keys of an account that comes from another cell. What is known of a key here stays. */
export interface KeysAdopted extends CellRecord {
  readonly kind: "idempotency.adopted";
  readonly accountSid: string;
  readonly keys: readonly KeyRow[];
}
