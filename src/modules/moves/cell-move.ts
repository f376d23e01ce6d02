import type { Family } from "../../platform/fleet/index.ts";

/**
 * How far a move has come in one of its two cells. It only goes on:
 *
 *     source   prepared → frozen → sealed → moved → left      or canceled, before `moved`
 *     target   arriving → active                              or aborting → aborted, before `active`
 */
export type CellMoveState =
  | "prepared"
  | "frozen"
  | "sealed"
  | "moved"
  | "left"
  | "canceled"
  | "arriving"
  | "active"
  | "aborting"
  | "aborted";

/** What the target has copied so far. */
export interface CopyProgress {
  /** The pass that the rest speaks of. */
  readonly pass?: number;
  /** How many tables of the pass are complete, and where the next one goes on. */
  readonly table?: number;
  readonly after?: string;
  /** Up to this key small ranges are compared, because a large one was not the same. */
  readonly fineUntil?: string;
  /** Rows copied in this pass, because they were not there or were not the same. */
  readonly copied?: number;
  readonly isDone?: boolean;
  /** Rows by table as both cells counted them, after the last pass. */
  readonly verified?: Readonly<Record<string, number>>;
}

/** What a cell knows of a move that it hears of for the first time. */
export type NewCellMove = Pick<CellMove, "sid" | "side" | "mainSid" | "otherCell" | "state" | "family" | "routeKeys">;

/** A side of a move at its beginning. */
export function newCellMove(begun: NewCellMove): CellMove {
  return { ...begun, epoch: undefined, leaseUntilMs: undefined, sealedMs: undefined, progress: {} };
}

/** A move as one of its two cells keeps it, in its own database. */
export interface CellMove {
  readonly sid: string;
  readonly side: "source" | "target";
  readonly mainSid: string;
  readonly otherCell: string;
  readonly state: CellMoveState;
  readonly epoch: number | undefined;
  /** Until when the source stays frozen without another word. */
  readonly leaseUntilMs: number | undefined;
  readonly sealedMs: number | undefined;
  readonly family: Family;
  /** All that requests and texts of the family are routed by. */
  readonly routeKeys: readonly string[];
  readonly progress: CopyProgress;
}
