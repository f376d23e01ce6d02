import type { BookTable } from "./book-table.ts";

/** What is remembered of something that was applied: its id, its amount, and the ids of its lines. */
export type Remembered = readonly [id: string, amountMicros: number, ...lineIds: string[]];

/** A stretch of the memory, as it stands in checkpoints. */
export interface IdPage {
  readonly number: number;
  readonly entries: Remembered[];
}

const PAGE_ENTRIES = 512;
/** At least so many of the last ids are known, and at most twice as many. */
export const REMEMBERED_IDS = 16_384;

/**
 * The ids that were applied last: a bounded memory of two generations, the older of which is
 * dropped as a whole, because taking ids out one by one costs more than everything else. A
 * table holds it in pages, so that a replay of the log knows exactly the same ids.
 */
export class RecentIds {
  private readonly pages: BookTable<IdPage>;
  private readonly pagesOfGeneration: number;
  private present = new Map<string, Remembered>();
  private former = new Map<string, Remembered>();
  private last = -1;
  private lastKey = "";

  constructor(pages: BookTable<IdPage>, atLeast = REMEMBERED_IDS) {
    this.pages = pages;
    this.pagesOfGeneration = Math.ceil(atLeast / PAGE_ENTRIES);
  }

  /** Reads the table anew, after something else than this filled it. */
  restore(): void {
    this.present = new Map();
    this.former = new Map();
    const pages = [...this.pages.values()].toSorted((a, b) => a.number - b.number);
    this.last = pages.at(-1)?.number ?? -1;
    this.lastKey = String(this.last);
    const generation = this.generationOf(this.last);
    for (const { number, entries } of pages) {
      const known = this.generationOf(number) === generation ? this.present : this.former;
      for (const entry of entries) known.set(entry[0], entry);
    }
  }

  get size(): number {
    return this.present.size + this.former.size;
  }

  find(id: string): Remembered | undefined {
    return this.present.get(id) ?? this.former.get(id);
  }

  add(entry: Remembered): void {
    const page = this.pages.edit(this.lastKey);
    if (page === undefined || page.entries.length >= PAGE_ENTRIES) this.turn(entry);
    else page.entries.push(entry);
    this.present.set(entry[0], entry);
  }

  private turn(entry: Remembered): void {
    this.last += 1;
    this.lastKey = String(this.last);
    this.pages.put(this.lastKey, { number: this.last, entries: [entry] });
    if (this.last % this.pagesOfGeneration !== 0 || this.last === 0) return;
    const oldest = this.last - 2 * this.pagesOfGeneration;
    for (let page = Math.max(0, oldest); page < oldest + this.pagesOfGeneration; page += 1) {
      this.pages.delete(String(page));
    }
    this.former = this.present;
    this.present = new Map();
  }

  private generationOf(page: number): number {
    return Math.floor(page / this.pagesOfGeneration);
  }
}
