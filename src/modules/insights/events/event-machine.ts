import { Buffer } from "node:buffer";
import type { EventRows } from "../../../platform/event-files/index.ts";
import type { MessageChanged } from "../../../platform/insight/index.ts";
import {
  snapshotBatches,
  type ApplyContext,
  type CellRecord,
  type CellTable,
  type Machine,
  type SnapshotEntry,
} from "../../../platform/cell/index.ts";
import { rowText } from "./columns.ts";
import { OpenPage, type EventPage } from "./open-page.ts";

/** Rows of a page: few, because only whole pages go into files. */
export const PAGE_ROWS = 32;
/** Rows that wait for a file. Beyond, rows are dropped and counted: events are no reason to stop sending. */
export const MAX_WAITING_ROWS = 200_000;
const HOUR_MS = 3_600_000;

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
  readonly pages: readonly EventRows[];
  readonly rowCount: number;
  readonly openedMs: number;
}

const COUNTS = "counts";

interface EventCounts {
  /** The number of the next page. */
  readonly next: number;
  /** Every page before this one is in a file. */
  readonly filed: number;
  /** Rows that were dropped, ever. */
  readonly dropped: number;
}

/** A page as it stands in a checkpoint: with its rows as text. */
interface WrittenPage extends Omit<EventPage, "rows"> {
  readonly text: string;
}

/** Events that are in no file yet. They are in every checkpoint, so the log may be cut whenever it likes. */
export class EventState implements CellTable {
  readonly name = "event-pages";
  readonly dirtyCount = 0;
  /** Pages that no row is added to any more, in the order of their numbers. */
  private readonly pages = new Map<number, EventPage>();
  /** The last page, while it has rows. */
  private readonly open = new OpenPage();
  private next = 0;
  private filed = 0;
  private dropped = 0;
  private waiting = 0;
  private frozen: { readonly counts: EventCounts; readonly pages: readonly EventPage[] } | undefined;

  /** Rows that are in no file. */
  get waitingRows(): number {
    return this.waiting;
  }

  /** Rows that were dropped, ever. */
  get droppedRows(): number {
    return this.dropped;
  }

  /** The first page that is in no file. */
  get firstWaiting(): number {
    return this.filed;
  }

  /** For the listener. */
  add(fact: MessageChanged, atMs: number, startMs: number): void {
    if (this.waiting >= MAX_WAITING_ROWS) {
      this.dropped += 1;
      return;
    }
    const { open } = this;
    if (open.rowCount > 0 && open.startMs !== startMs) this.closePage();
    if (open.rowCount === 0) {
      open.begin({ number: this.next, startMs, openedMs: atMs });
      this.next += 1;
    }
    open.add(rowText(fact, atMs));
    this.waiting += 1;
    if (open.rowCount >= PAGE_ROWS) this.closePage();
  }

  private closePage(): void {
    const page = this.open.copy();
    this.pages.set(page.number, page);
    this.open.rowCount = 0;
  }

  /** For the reducer. The numbers go on behind whatever was filed, also where this cell did not take part in it. */
  file(to: number): void {
    for (let number = this.filed; number <= to; number += 1) {
      const page = this.pages.get(number);
      if (page === undefined) continue;
      this.waiting -= page.rowCount;
      this.pages.delete(number);
    }
    if (this.open.rowCount > 0 && this.open.number <= to) {
      this.waiting -= this.open.rowCount;
      this.open.rowCount = 0;
    }
    this.filed = Math.max(this.filed, to + 1);
    this.next = Math.max(this.next, to + 1);
  }

  /** The oldest closed pages of one stretch of time, of about `maxRows` rows at most. */
  batch(maxRows: number): EventBatch | undefined {
    const first = this.pages.get(this.filed);
    if (first === undefined) return undefined;
    const { startMs, openedMs } = first;
    const pages: EventRows[] = [];
    let rowCount = 0;
    for (let number = this.filed; rowCount < maxRows; number += 1) {
      const page = this.pages.get(number);
      if (page === undefined || page.startMs !== startMs) break;
      pages.push(page.rows);
      rowCount += page.rowCount;
    }
    return { startMs, from: this.filed, to: this.filed + pages.length - 1, pages, rowCount, openedMs };
  }

  /** All rows that are in no file, as they are now. */
  snapshot(): EventRows[] {
    return this.allPages().map(({ rows }) => rows);
  }

  private allPages(): EventPage[] {
    const closed = [...this.pages.values()];
    return this.open.rowCount === 0 ? closed : [...closed, this.open.copy()];
  }

  /** True where rows of a stretch of time are in no file. */
  hasRowsOf(startMs: number): boolean {
    if (this.open.rowCount > 0 && this.open.startMs === startMs) return true;
    for (const page of this.pages.values()) if (page.startMs === startMs) return true;
    return false;
  }

  setOffset(): void {
    // What is written down follows from the records alone.
  }

  beginSnapshot(): void {
    const { next, filed, dropped } = this;
    this.frozen = { counts: { next, filed, dropped }, pages: this.allPages() };
  }

  *readSnapshot(): IterableIterator<string[]> {
    if (this.frozen !== undefined) yield* snapshotBatches(this.lines(this.frozen));
    this.frozen = undefined;
  }

  private *lines({ counts, pages }: NonNullable<EventState["frozen"]>): IterableIterator<string> {
    yield this.line(COUNTS, counts);
    for (const { rows, ...page } of pages) {
      const written: WrittenPage = { ...page, text: Buffer.from(rows).toString() };
      yield this.line(String(page.number), written);
    }
  }

  private line(key: string, value: EventCounts | WrittenPage): string {
    return JSON.stringify([this.name, key, 0, value]);
  }

  endSnapshot(): void {
    this.frozen = undefined;
  }

  restore([key, , value]: SnapshotEntry<never>): void {
    if (key === COUNTS) {
      ({ next: this.next, filed: this.filed, dropped: this.dropped } = value as unknown as EventCounts);
      return;
    }
    const { text, ...page } = value as unknown as WrittenPage;
    this.pages.set(page.number, { ...page, rows: Buffer.from(text) });
  }

  finishRestore(): void {
    this.waiting = 0;
    for (const { rowCount } of this.pages.values()) this.waiting += rowCount;
    // Only the last page of all can still grow.
    const last = this.pages.get(this.next - 1);
    if (last === undefined || last.rowCount >= PAGE_ROWS) return;
    this.pages.delete(last.number);
    this.open.resume(last);
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
    tables: [state],
    reducers: {
      "events.filed": ({ to }: EventsFiled) => state.file(to),
    },
    listeners: {
      "message.changed": (fact: MessageChanged, { atMs }: ApplyContext) => {
        if (isOn) state.add(fact, atMs, atMs - (atMs % stretchMs));
      },
    },
  };
}
