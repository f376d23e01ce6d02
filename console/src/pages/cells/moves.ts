/** A move of `GET /trunkline/v1/Moves`. */
export interface Move {
  readonly sid: string;
  readonly account_sid: string;
  readonly from: string;
  readonly to: string;
  readonly step: string;
  readonly reason: string | null;
  /** Entries of the old cell that are not over yet. */
  readonly left: number | null;
  readonly date_created: string;
  readonly date_updated: string;
}

/** The steps of a move that goes well, in their order, and what each is for. */
const STEPS: readonly (readonly [string, string])[] = [
  ["prepare", "the new cell makes room"],
  ["begin", "the old cell notes that the account leaves"],
  ["ahead", "history is copied while everything goes on"],
  ["freeze", "new work is refused for a moment"],
  ["drain", "what is queued is handed over"],
  ["seal", "nothing changes any more"],
  ["copy", "the rest is copied and compared"],
  ["flip", "the account gets its new home"],
  ["activate", "the new cell begins to serve"],
  ["mark", "the old cell leads requests on"],
  ["tail", "receipts for what the old cell sent are passed on"],
  ["cleanup", "the old cell forgets what it had"],
];
const ENDED: ReadonlySet<string> = new Set(["done", "canceled", "failed"]);
const FLIP = STEPS.findIndex(([step]) => step === "flip");

/** How far a move is, from 0 to 1. */
export function progressOf({ step }: Pick<Move, "step">): number {
  if (ENDED.has(step)) return 1;
  const index = STEPS.findIndex(([known]) => known === step);
  return index < 0 ? 0.5 : (index + 0.5) / STEPS.length;
}

/** What a move is at, in words. */
export function wordsOf({ step, left, from, reason }: Move): string {
  const what = STEPS.find(([known]) => known === step)?.[1] ?? step;
  const rest = step === "tail" && left !== null && left > 0 ? `; ${left} left in ${from}` : "";
  return `${what}${rest}${reason === null ? "" : `: ${reason}`}`;
}

/** How a move stands. From the tail on the new cell serves the account, so it counts as done. */
export function standingOf({ step }: Pick<Move, "step">): "running" | "done" | "failed" {
  if (step === "done" || step === "tail" || step === "cleanup") return "done";
  return step === "failed" || step === "canceled" || step === "rollback" ? "failed" : "running";
}

/** Whether a move can still be called off. */
export function canCallOff({ step }: Pick<Move, "step">): boolean {
  const index = STEPS.findIndex(([known]) => known === step);
  return index >= 0 && index < FLIP;
}
