/** What the audit log of a cell has in the cell's log. */
import type { CellRecord } from "../cell/index.ts";
import type { AuditEntry } from "./entry.ts";

/** A change is about to be made. Durable before it is. */
export interface AuditBegun extends CellRecord {
  readonly kind: "audit.begun";
  /** With what was before, and an outcome that is unknown. */
  readonly entry: AuditEntry;
}

/** The change was made. */
export interface AuditEnded extends CellRecord {
  readonly kind: "audit.ended";
  readonly sid: string;
  readonly outcome: "done" | "unknown";
  readonly resourceSid?: string;
  readonly after?: AuditEntry["after"];
}

/** The change was refused: nothing happened. */
export interface AuditDropped extends CellRecord {
  readonly kind: "audit.dropped";
  readonly sid: string;
}

/** A change that this program made by itself, in one record with it or after it. */
export interface AuditRecorded extends CellRecord {
  readonly kind: "audit.recorded";
  readonly entry: AuditEntry;
}

/** What was seen of another cell's log. */
export interface AuditWitnessed extends CellRecord {
  readonly kind: "audit.witnessed";
  readonly head: SignedHead;
}

/** How long a cell's audit log is, and its root, signed by that cell. */
export interface SignedHead {
  readonly cell: string;
  readonly size: number;
  /** Base64. */
  readonly root: string;
  readonly atMs: number;
  /** Ed25519 over the text of {@link headText}, base64. */
  readonly signature: string;
}

/** What is signed: a checkpoint in lines (C2SP tlog-checkpoint), with its time. */
export function headText({ cell, size, root, atMs }: Omit<SignedHead, "signature">): string {
  return `trunkline/${cell}\n${size}\n${root}\n${atMs}\n`;
}
