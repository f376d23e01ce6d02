import { coarsen, COARSEST, octetsOf, OpenBin, type Bin } from "./bin.ts";
import { mergeRows } from "./open-rows.ts";

/** One resolution of the rollups. */
export interface LevelTerms {
  readonly name: "10s" | "1min" | "1h";
  readonly binMs: number;
  /** How long bins are kept. */
  readonly keepMs: number;
  /** How long the recipients in them are; 0 where none are counted. */
  readonly keepUniquesMs: number;
  /** All closed bins together may have as many rows as so many full ones. */
  readonly fullBins: number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Finest first; each one's bin is a whole number of those of the one before. */
export const LEVELS: readonly LevelTerms[] = [
  { name: "10s", binMs: 10 * SECOND_MS, keepMs: 2 * HOUR_MS, keepUniquesMs: 0, fullBins: 12 },
  { name: "1min", binMs: MINUTE_MS, keepMs: 48 * HOUR_MS, keepUniquesMs: 2 * HOUR_MS, fullBins: 24 },
  { name: "1h", binMs: HOUR_MS, keepMs: 400 * DAY_MS, keepUniquesMs: 400 * DAY_MS, fullBins: 24 },
];

/** A closed row with its share of the summaries takes some 48 octets. */
const ROW_OCTETS = 48;
const NO_ROWS = new Uint32Array(0);

/** The bins of one resolution: those that are closed, in the order of time, and the one that is counted in. */
export class Level {
  readonly terms: LevelTerms;
  readonly open: OpenBin;
  /** Replaced, never changed, where a bin comes, goes or changes. */
  bins: Bin[] = [];
  /** Bins before this are gone because there was no room for them, not because of their age. */
  droppedToMs = 0;
  private octets = 0;
  private readonly maxOctets: number;

  constructor(terms: LevelTerms, maxRows: number) {
    this.terms = terms;
    this.maxOctets = maxRows * terms.fullBins * ROW_OCTETS;
    this.open = new OpenBin(0, maxRows);
  }

  /** The start of the interval that a moment is in. */
  startOf(ms: number): number {
    return ms - (ms % this.terms.binMs);
  }

  get closedOctets(): number {
    return this.octets;
  }

  /** Closes the bin that is counted in and begins one at `startMs`; what is too old or too much goes. */
  turn(startMs: number): void {
    // What an account brought along for this interval before anything was counted here.
    const known = this.find(this.open.startMs);
    if (known !== undefined) {
      mergeRows(known, this.open);
      this.open.overflow += known.overflow;
    }
    if (!this.open.isEmpty) this.put(this.open.close());
    this.open.reset(startMs);
    this.forget(startMs);
    this.shrink();
  }

  /** Puts a bin where it belongs, in place of the one of the same interval. */
  put(bin: Bin): void {
    const at = this.indexOf(bin.startMs);
    const known = this.bins[at];
    if (known?.startMs === bin.startMs) {
      this.octets -= octetsOf(known);
      this.bins[at] = bin;
    } else {
      this.bins.splice(at, 0, bin);
    }
    this.octets += octetsOf(bin);
  }

  /** The closed bin of an interval. */
  find(startMs: number): Bin | undefined {
    const bin = this.bins[this.indexOf(startMs)];
    return bin?.startMs === startMs ? bin : undefined;
  }

  /** The number of the first bin that begins at `ms` or later. */
  indexOf(ms: number): number {
    const { bins } = this;
    let low = 0;
    let high = bins.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((bins[middle] as Bin).startMs < ms) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private forget(nowMs: number): void {
    const { keepMs, keepUniquesMs, binMs } = this.terms;
    const gone = this.bins.splice(0, this.indexOf(nowMs - keepMs));
    for (const bin of gone) this.octets -= octetsOf(bin);
    if (keepUniquesMs === keepMs) return;
    // Those before lost theirs when it was their turn.
    for (let at = this.indexOf(nowMs - keepUniquesMs - binMs) - 1; at >= 0; at -= 1) {
      const bin = this.bins[at] as Bin;
      if (bin.uniques.length === 0) break;
      this.put({ ...bin, uniques: NO_ROWS });
    }
  }

  /** Keeps within the bound: the oldest bins lose their senders, then their accounts and so on, and go at last. */
  private shrink(): void {
    for (let coarseness = 0; coarseness < COARSEST; coarseness += 1) {
      for (let at = 0; at < this.bins.length && this.octets > this.maxOctets; at += 1) {
        const bin = this.bins[at] as Bin;
        if (bin.coarseness === coarseness) this.put(coarsen(bin));
      }
    }
    while (this.octets > this.maxOctets) {
      const gone = this.bins.shift();
      if (gone === undefined) return;
      this.droppedToMs = gone.startMs + this.terms.binMs;
      this.octets -= octetsOf(gone);
    }
  }
}
