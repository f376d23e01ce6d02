/** A move of an account from one messaging cell to another, as the control plane sees it. Pure. */

/** The steps in their order; from `flip` on there is no way back but another move. */
export const STEPS = [
  "prepare",
  "begin",
  "ahead",
  "freeze",
  "drain",
  "seal",
  "copy",
  "flip",
  "activate",
  "mark",
  "tail",
  "cleanup",
] as const;

export type OnwardStep = (typeof STEPS)[number];
/** `rollback` leads to `canceled` where the operator asked for it, else to `failed`. */
export type MoveStep = OnwardStep | "rollback" | "done" | "canceled" | "failed";

/** What is known of how a move goes. */
export interface MoveProgress {
  /** Passes over the history that were completed ahead. */
  readonly passes?: number;
  /** Rows that both cells were found to have, by table. */
  readonly verified?: Readonly<Record<string, number>>;
  /** Messages that wait to be handed over, when they were counted last. */
  readonly queued?: number;
  /** What the old cell still works at. */
  readonly left?: number;
  /** When the source was asked to freeze. */
  readonly frozenMs?: number;
  readonly isCanceled?: boolean;
}

export interface Move {
  readonly sid: string;
  /** The main account. */
  readonly accountSid: string;
  readonly from: string;
  readonly to: string;
  readonly step: MoveStep;
  /** Of the home that it gives. */
  readonly epoch: number;
  readonly progress: MoveProgress;
  /** Why it was called off, or what it waits for. */
  readonly reason: string | undefined;
  readonly startedMs: number;
  readonly stepStartedMs: number;
  readonly updatedMs: number;
}

export function isEnded(step: MoveStep): boolean {
  return step === "done" || step === "canceled" || step === "failed";
}

/** Whether a move at this step can still be called off. */
export function canRollBack(step: MoveStep): boolean {
  const place = (STEPS as readonly string[]).indexOf(step);
  return place !== -1 && place < STEPS.indexOf("flip");
}

/** The step after one that is done. */
export function stepAfter(step: OnwardStep): MoveStep {
  return STEPS[STEPS.indexOf(step) + 1] ?? "done";
}

/** Whether the family is refused new work at this step, so that time matters. */
export function isFrozenAt(step: MoveStep): boolean {
  return step === "freeze" || step === "drain" || step === "seal" || step === "copy";
}
