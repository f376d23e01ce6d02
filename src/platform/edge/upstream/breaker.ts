import type { FailureKind } from "./failure.ts";

/** What a failure counts. A cell that refuses connections is down; one that is slow or drops some may not be. */
const WEIGHTS: Readonly<Record<FailureKind, number>> = {
  refused: 5,
  lost: 1,
  silent: 1,
  broken: 1,
  busy: 0,
  open: 0,
  body: 0,
};
/** So much without an answer in between, and nobody is sent there. */
const THRESHOLD = 5;

/** Whether a cell is asked at all. Closed as long as it answers now and then. */
export class Breaker {
  private score = 0;
  private opened = false;

  get isOpen(): boolean {
    return this.opened;
  }

  /** Notes a failure; true when it was the one that opened it. */
  failed(kind: FailureKind): boolean {
    this.score += WEIGHTS[kind];
    if (this.opened || this.score < THRESHOLD) return false;
    this.opened = true;
    return true;
  }

  /** Nobody is sent there from now on. */
  open(): void {
    this.opened = true;
  }

  /** Notes an answer. */
  answered(): void {
    this.score = 0;
    this.opened = false;
  }
}
