import type { AppError } from "../../kernel/errors.ts";
import type { Cell, CellRecord } from "../../platform/cell/index.ts";

/** Tells whether what was added is durable. */
export type OnDurable = (error: AppError | undefined) => void;

/** Submissions that share a record; a message is at most a few KiB. */
const MAX_BATCH = 500;

interface Entry {
  readonly records: readonly CellRecord[];
  readonly done: OnDurable;
}

/** Commits what is submitted in one turn as one record: it becomes durable together, or not at all. */
export class CommitBatch {
  private readonly cell: () => Cell;
  private entries: Entry[] = [];

  constructor(cell: () => Cell) {
    this.cell = cell;
  }

  add(records: readonly CellRecord[], done: OnDurable): void {
    this.entries.push({ records, done });
    if (this.entries.length === 1) queueMicrotask(() => this.flush());
    else if (this.entries.length >= MAX_BATCH) this.flush();
  }

  private flush(): void {
    const { entries } = this;
    if (entries.length === 0) return;
    this.entries = [];
    const records: CellRecord[] = [];
    for (const entry of entries) for (const record of entry.records) records.push(record);
    this.cell().commitAllThen(records, "new-work", (error) => {
      for (const { done } of entries) done(error);
    });
  }
}
