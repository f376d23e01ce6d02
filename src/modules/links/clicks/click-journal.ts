import type { Cell, CellRecord } from "../../../platform/cell/index.ts";
import type { Visit } from "./tally.ts";

/** Visits of links. */
export interface LinksVisited extends CellRecord {
  readonly kind: "link.visited";
  readonly visits: readonly Visit[];
}

/** Visits in one record. */
const MAX_VISITS_PER_RECORD = 500;
/** Visits that wait for the disk; beyond, they are counted as lost rather than kept without bound. */
const MAX_WAITING = 50_000;

export interface ClickJournalOptions {
  readonly cell: () => Cell;
  /** Told of visits that could not be written down, and why. */
  readonly onLost: (visits: number, reason: string) => void;
}

/**
 * Makes visits durable, many at once: while one record is on its way to the disk, those
 * that come gather for the next.
 */
export class ClickJournal {
  private readonly options: ClickJournalOptions;
  private visits: Visit[] = [];
  private waiting: (() => void)[] = [];
  private isWriting = false;
  private onIdle: (() => void)[] = [];

  constructor(options: ClickJournalOptions) {
    this.options = options;
  }

  /** Writes a visit down without waiting for it. */
  note(visit: Visit): void {
    if (this.visits.length >= MAX_WAITING) return this.options.onLost(1, "too many wait for the disk");
    this.visits.push(visit);
    if (!this.isWriting) this.write();
  }

  /**
   * Writes a visit down and resolves when it is durable. Also when it could not be, which
   * `onLost` has been told: whoever clicked is not to stand before a closed door for that.
   */
  commit(visit: Visit): Promise<void> {
    return new Promise((resolve) => {
      if (this.visits.length >= MAX_WAITING) {
        this.options.onLost(1, "too many wait for the disk");
        return resolve();
      }
      this.visits.push(visit);
      this.waiting.push(resolve);
      if (!this.isWriting) this.write();
    });
  }

  private write(): void {
    const visits = this.visits;
    const waiting = this.waiting;
    this.visits = [];
    this.waiting = [];
    this.isWriting = true;
    this.options.cell().commitAllThen(recordsOf(visits), "progress", (error) => {
      this.isWriting = false;
      if (error !== undefined) this.options.onLost(visits.length, error.internal ?? error.message);
      for (const resolve of waiting) resolve();
      if (this.visits.length > 0) return this.write();
      for (const resolve of this.onIdle.splice(0)) resolve();
    });
  }

  /** Resolves when nothing waits any more. */
  async close(): Promise<void> {
    if (this.isWriting) await new Promise<void>((resolve) => this.onIdle.push(resolve));
  }
}

function recordsOf(visits: readonly Visit[]): LinksVisited[] {
  if (visits.length <= MAX_VISITS_PER_RECORD) return [{ kind: "link.visited", visits }];
  const records: LinksVisited[] = [];
  for (let at = 0; at < visits.length; at += MAX_VISITS_PER_RECORD) {
    records.push({ kind: "link.visited", visits: visits.slice(at, at + MAX_VISITS_PER_RECORD) });
  }
  return records;
}
