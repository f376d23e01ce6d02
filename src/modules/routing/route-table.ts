import type { TableSize } from "./table/index.ts";

/** A version of the routing table, as it is kept. */
export interface RouteTable {
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
  /** All 0 for drafts. */
  readonly size: TableSize;
}

/** An entry of the audit: from when on which version decided. */
export interface Publication {
  readonly id: number;
  /** 0 is the table that follows from the settings. */
  readonly version: number;
  readonly previousVersion: number;
  readonly kind: "publish" | "rollback";
  readonly actor: string;
  readonly reason: string;
  readonly publishedMs: number;
}
