import type { GossipView } from "../gossip/index.ts";

/** What one process admitted of one key, in its own time. Each process writes only its own: together they are a grow-only counter for each window. */
export interface Counter {
  /** The hash of rule and subject. */
  readonly low: number;
  readonly high: number;
  /** Windows since the sender's zero. */
  readonly window: number;
  /** Admitted in that window, and in the one before. */
  readonly current: number;
  readonly previous: number;
  /** What it admits lately, and what it is asked for. */
  readonly perSecond: number;
  readonly askedPerSecond: number;
}

/** Counters of a page: of the longest, as many as fit the value of a gossip key (768 octets). */
export const COUNTERS_A_PAGE = 14;
/** Gossip keys that hold counters. They are never deleted, only overwritten, so they leave no tombstones. */
export const MAX_PAGES = 128;
/** Keys begin with it; the number of the page follows. */
export const PAGE_PREFIX = "limit/page/";

const MAX_COUNT = 2 ** 32 - 1;
const MAX_WINDOW = 36 ** 7 - 1;
/** Rates travel in thousandths a second. */
const RATE_PARTS = 1_000;
const MAX_RATE_PARTS = 36 ** 6 - 1;
const COUNTER =
  /^([0-9a-z]{1,7})\.([0-9a-z]{1,7})\.([0-9a-z]{1,7})\.([0-9a-z]{1,7})\.([0-9a-z]{1,7})\.([0-9a-z]{1,6})\.([0-9a-z]{1,6})$/;

/** A counter as it stands in a page: 52 octets at most, about 35 as a rule. */
export function encodeCounter(counter: Counter): string {
  const rate = (perSecond: number): string => Math.min(MAX_RATE_PARTS, Math.round(perSecond * RATE_PARTS)).toString(36);
  const { low, high, window, current, previous, perSecond, askedPerSecond } = counter;
  return [
    (low >>> 0).toString(36),
    (high >>> 0).toString(36),
    Math.min(MAX_WINDOW, window).toString(36),
    Math.min(MAX_COUNT, current).toString(36),
    Math.min(MAX_COUNT, previous).toString(36),
    rate(perSecond),
    rate(askedPerSecond),
  ].join(".");
}

/** The counters of a page. What is no counter is left out; at most {@link COUNTERS_A_PAGE} are read. */
export function decodePage(text: string): Counter[] {
  const counters: Counter[] = [];
  for (const part of text.split(";", COUNTERS_A_PAGE)) {
    const fields = COUNTER.exec(part);
    if (fields === null) continue;
    const number = (at: number): number => Number.parseInt(fields[at] as string, 36);
    counters.push({
      low: number(1) | 0,
      high: number(2) | 0,
      window: number(3),
      current: number(4),
      previous: number(5),
      perSecond: number(6) / RATE_PARTS,
      askedPerSecond: number(7) / RATE_PARTS,
    });
  }
  return counters;
}

/** What the pages know of a counter that is told to others. */
export interface PagedCounter {
  /** As it was last told. */
  text: string;
  page: number;
}

interface Page {
  readonly counters: Set<PagedCounter>;
  isChanged: boolean;
}

/** Lays out the counters of this process over gossip keys. A counter keeps its page until it is taken out. */
export class CounterPages {
  private readonly pages: Page[] = [];
  private readonly gossip: GossipView;
  private turn = 0;
  private size = 0;

  constructor(gossip: GossipView) {
    this.gossip = gossip;
  }

  /** Finds room for a counter, in the first page that has some; `false` where there is none. */
  add(counter: PagedCounter): boolean {
    if (this.size >= MAX_PAGES * COUNTERS_A_PAGE) return false;
    let at = this.pages.findIndex(({ counters }) => counters.size < COUNTERS_A_PAGE);
    if (at < 0) {
      at = this.pages.push({ counters: new Set(), isChanged: false }) - 1;
    }
    counter.page = at;
    this.pages[at]?.counters.add(counter);
    this.size += 1;
    return true;
  }

  remove(counter: PagedCounter): void {
    const page = this.pages[counter.page];
    if (page?.counters.delete(counter) !== true) return;
    page.isChanged = true;
    this.size -= 1;
  }

  /** Sets what a counter says. */
  change(counter: PagedCounter, text: string): void {
    if (counter.text === text) return;
    counter.text = text;
    const page = this.pages[counter.page];
    if (page !== undefined) page.isChanged = true;
  }

  /** Tells others of at most `maxPages` pages that changed; the others wait, and come first the next time. */
  publish(maxPages: number): void {
    const { length } = this.pages;
    let told = 0;
    for (let step = 0; step < length && told < maxPages; step += 1) {
      const at = (this.turn + step) % length;
      const page = this.pages[at] as Page;
      if (!page.isChanged) continue;
      this.gossip.set(`${PAGE_PREFIX}${at.toString(36)}`, Array.from(page.counters, ({ text }) => text).join(";"));
      page.isChanged = false;
      told += 1;
      if (told === maxPages) this.turn = at + 1;
    }
  }
}
