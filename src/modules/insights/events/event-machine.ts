import type { EventRow } from "../../../platform/event-files/index.ts";
import type { MessageChanged } from "../../../platform/insight/index.ts";
import { StateTable, type ApplyContext, type CellRecord, type Machine } from "../../../platform/cell/index.ts";
import { rowOf } from "./columns.ts";

/** Rows of a page: few, because a page is copied whole when it changes while a checkpoint is written. */
export const PAGE_ROWS = 32;
/** Rows that wait for a file. Beyond, rows are dropped and counted: events are no reason to stop sending. */
export const MAX_WAITING_ROWS = 200_000;
const HOUR_MS = 3_600_000;

/** Some rows of one stretch of time. Closed when it is full or another stretch of time has begun. */
interface EventPage {
  readonly number: number;
  /** The stretch of time that it belongs to. */
  readonly startMs: number;
  readonly openedMs: number;
  readonly rows: EventRow[];
}

interface EventCounts {
  /** The number of the next page. */
  next: number;
  /** Every page before this one is in a file. */
  filed: number;
  /** Rows that were dropped, ever. */
  dropped: number;
}

/** Pages up to `to` are in files, which are durable. */
export interface EventsFiled extends CellRecord {
  readonly kind: "events.filed";
  readonly to: number;
}

/** Closed pages of one stretch of time, to be written to one file. */
export interface EventBatch {
  readonly startMs: number;
  readonly from: number;
  readonly to: number;
  readonly pages: readonly (readonly EventRow[])[];
  readonly rowCount: number;
  readonly openedMs: number;
}

const COUNTS = "counts";

/** Events that are in no file yet. They are in every checkpoint, so the log may be cut whenever it likes. */
export class EventState {
  private readonly pages = new StateTable<EventPage>("event-pages", { projected: false });
  private readonly counts = new StateTable<EventCounts>("event-counts", { projected: false });
  /** Follows from the pages. */
  private waiting = 0;

  get tables(): readonly StateTable<never>[] {
    return [this.pages, this.counts] as readonly unknown[] as readonly StateTable<never>[];
  }

  /** Rows that are in no file. */
  get waitingRows(): number {
    return this.waiting;
  }

  /** Rows that were dropped, ever. */
  get droppedRows(): number {
    return this.counts.get(COUNTS)?.dropped ?? 0;
  }

  /** The first page that is in no file. */
  get firstWaiting(): number {
    return this.counts.get(COUNTS)?.filed ?? 0;
  }

  /** Counts what a checkpoint brought. */
  recount(): void {
    this.waiting = 0;
    for (const page of this.pages.values()) this.waiting += page.rows.length;
  }

  /** For the listener. */
  add(fact: MessageChanged, atMs: number, startMs: number): void {
    if (this.waiting >= MAX_WAITING_ROWS) {
      this.editCounts().dropped += 1;
      return;
    }
    const next = this.counts.get(COUNTS)?.next ?? 0;
    const key = String(next - 1);
    const last = this.pages.get(key);
    if (last === undefined || last.rows.length >= PAGE_ROWS || last.startMs !== startMs) {
      this.editCounts().next = next + 1;
      this.pages.put(String(next), { number: next, startMs, openedMs: atMs, rows: [rowOf(fact, atMs)] });
    } else {
      this.pages.edit(key)?.rows.push(rowOf(fact, atMs));
    }
    this.waiting += 1;
  }

  /** For the reducer. The numbers go on behind whatever was filed, also where this cell did not take part in it. */
  file(to: number): void {
    const counts = this.editCounts();
    for (let number = counts.filed; number <= to; number += 1) {
      const page = this.pages.get(String(number));
      if (page === undefined) continue;
      this.waiting -= page.rows.length;
      this.pages.delete(String(number));
    }
    counts.filed = Math.max(counts.filed, to + 1);
    counts.next = Math.max(counts.next, to + 1);
  }

  private editCounts(): EventCounts {
    const known = this.counts.edit(COUNTS);
    if (known !== undefined) return known;
    const begun: EventCounts = { next: 0, filed: 0, dropped: 0 };
    this.counts.put(COUNTS, begun);
    return begun;
  }

  /** The oldest closed pages of one stretch of time, of about `maxRows` rows at most. */
  batch(maxRows: number): EventBatch | undefined {
    const { next = 0, filed = 0 } = this.counts.get(COUNTS) ?? {};
    const first = this.pages.get(String(filed));
    if (first === undefined) return undefined;
    const pages: (readonly EventRow[])[] = [];
    let rowCount = 0;
    for (let number = filed; number < next && rowCount < maxRows; number += 1) {
      const page = this.pages.get(String(number));
      if (page === undefined || page.startMs !== first.startMs) break;
      // Only the last page of all can still grow.
      if (number === next - 1 && page.rows.length < PAGE_ROWS) break;
      pages.push(page.rows);
      rowCount += page.rows.length;
    }
    if (pages.length === 0) return undefined;
    const { startMs, openedMs } = first;
    return { startMs, from: filed, to: filed + pages.length - 1, pages, rowCount, openedMs };
  }

  /** All rows that are in no file, as they are now. */
  snapshot(): (readonly EventRow[])[] {
    const { next = 0, filed = 0 } = this.counts.get(COUNTS) ?? {};
    const pages: (readonly EventRow[])[] = [];
    for (let number = filed; number < next; number += 1) {
      const rows = this.pages.get(String(number))?.rows;
      // A closed page never changes.
      if (rows !== undefined) pages.push(rows.length < PAGE_ROWS ? [...rows] : rows);
    }
    return pages;
  }

  /** True where rows of a stretch of time are in no file. */
  hasRowsOf(startMs: number): boolean {
    for (const page of this.pages.values()) if (page.startMs === startMs) return true;
    return false;
  }
}

/**
 * Writes down every change of a message, in the step in which it happens. Rows wait here until a
 * file has them and the log says so: only then they are forgotten.
 */
export function eventMachine(
  state: EventState,
  { isOn, stretchMs = HOUR_MS }: { readonly isOn: boolean; readonly stretchMs?: number },
): Machine {
  return {
    name: "events",
    tables: state.tables,
    reducers: {
      "events.filed": ({ to }: EventsFiled) => state.file(to),
    },
    listeners: {
      "message.changed": (fact: MessageChanged, { atMs }: ApplyContext) => {
        if (isOn) state.add(fact, atMs, atMs - (atMs % stretchMs));
      },
    },
    restored: () => state.recount(),
  };
}
