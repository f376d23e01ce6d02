import { snapshotBatches, type CellTable, type SnapshotEntry } from "../../../platform/cell/index.ts";
import { makeBin, type Rows } from "./bin.ts";
import type { Leaving } from "./departures.ts";
import type { Names } from "./names.ts";
import { mergeRows, usedOf, type BinRows } from "./open-rows.ts";
import type { Rollups } from "./rollups.ts";
import { decodeRows, encodeRows, joinRows } from "./row-text.ts";

/** Words of one line: 64 KiB, a fraction of a millisecond to encode. */
const PART_WORDS = 16_384;
const NAMES_A_LINE = 4_096;
const KINDS = ["messages", "latency", "uniques"] as const;

/** The piece of a bin in one line; the last one says the rest. */
interface BinPart {
  readonly kind: (typeof KINDS)[number];
  /** Words of 32 bits, the lowest octet first, in base64. */
  readonly rows: string;
}

interface BinEnd {
  readonly overflow: number;
  readonly coarseness: number;
}

interface Frozen extends BinEnd {
  readonly key: string;
  readonly rows: BinRows;
}

interface Totals {
  readonly folds: number;
  readonly overflow: number;
  readonly sweepAt: number;
  readonly leaving: Leaving;
  /** Of accounts, senders and carriers: the numbers that can be given again. */
  readonly freed: readonly (readonly number[])[];
  /** When the open bin of each level began. */
  readonly openMs: readonly number[];
}

/**
 * The rollups as a table of the cell: written whole into each checkpoint. Closed bins never change, so that
 * a snapshot holds on to them; only the bins that are counted in and the names are copied when it begins.
 */
export class RollupTable implements CellTable {
  readonly name = "insights";
  readonly dirtyCount = 0;
  private readonly rollups: Rollups;
  private frozen: { bins: Frozen[]; names: [string, readonly (string | undefined)[]][]; totals: Totals } | undefined;
  private parts: Record<BinPart["kind"], Rows[]> = emptyParts();

  constructor(rollups: Rollups) {
    this.rollups = rollups;
  }

  setOffset(): void {
    // What is counted follows from the records alone.
  }

  beginSnapshot(): void {
    const { rollups } = this;
    const { levels, folds, overflow, sweepAt } = rollups;
    const leaving = rollups.departures.copy();
    const freed = this.allNames().map(([, list]) => [...list.freed]);
    const bins = levels.flatMap(({ bins: closed, open }, level): Frozen[] => [
      ...closed.map((bin) => ({ key: `bin/${level}/${bin.startMs}`, rows: bin, ...endOf(bin) })),
      { key: `open/${level}`, rows: copyOf(usedOf(open)), overflow: open.overflow, coarseness: 0 },
    ]);
    const names = this.allNames().map(([name, list]): [string, readonly (string | undefined)[]] => [name, list.copy()]);
    this.frozen = {
      bins,
      names,
      totals: { folds, overflow, sweepAt, leaving, freed, openMs: levels.map(({ open }) => open.startMs) },
    };
  }

  *readSnapshot(): IterableIterator<string[]> {
    if (this.frozen !== undefined) yield* snapshotBatches(this.lines(this.frozen));
    this.frozen = undefined;
  }

  private *lines({ bins, names, totals }: NonNullable<RollupTable["frozen"]>): IterableIterator<string> {
    const line = (key: string, value: unknown): string => JSON.stringify([this.name, key, 0, value]);
    yield line("totals", totals);
    for (const [name, texts] of names) {
      for (let from = 0; from < texts.length; from += NAMES_A_LINE) {
        const some = texts.slice(from, from + NAMES_A_LINE).map((text) => text ?? null);
        yield line(`names/${name}/${from}`, some);
      }
    }
    for (const { key, rows, overflow, coarseness } of bins) {
      for (const kind of KINDS) {
        for (let from = 0; from < rows[kind].length; from += PART_WORDS) {
          const part: BinPart = { kind, rows: encodeRows(rows[kind].subarray(from, from + PART_WORDS)) };
          yield line(key, part);
        }
      }
      yield line(key, { overflow, coarseness } satisfies BinEnd);
    }
  }

  endSnapshot(): void {
    this.frozen = undefined;
  }

  restore([key, , value]: SnapshotEntry<never>): void {
    const [what = "", one = "", two = ""] = key.split("/");
    if (what === "totals") this.restoreTotals(value as unknown as Totals);
    else if (what === "names") {
      const names = this.allNames().find(([name]) => name === one);
      names?.[1].restore(Number(two), value as unknown as (string | null)[]);
    } else {
      const part = value as unknown as BinPart | BinEnd;
      if ("kind" in part) this.parts[part.kind].push(decodeRows(part.rows));
      else this.restoreBin(Number(one), what === "open" ? undefined : Number(two), part);
    }
  }

  private restoreTotals({ folds, overflow, sweepAt, leaving, freed, openMs }: Totals): void {
    this.rollups.folds = folds;
    this.rollups.overflow = overflow;
    this.rollups.sweepAt = sweepAt;
    this.rollups.departures.restore(leaving);
    for (const [at, [, names]] of this.allNames().entries()) names.restoreFreed(freed[at] ?? []);
    for (const [level, startMs] of openMs.entries()) this.rollups.level(level).open.reset(startMs);
  }

  private restoreBin(number: number, startMs: number | undefined, { overflow, coarseness }: BinEnd): void {
    const { messages, latency, uniques } = this.parts;
    this.parts = emptyParts();
    const rows = { messages: joinRows(messages), latency: joinRows(latency), uniques: joinRows(uniques) };
    const level = this.rollups.level(number);
    if (startMs !== undefined) return level.put(makeBin({ startMs, ...rows, overflow, coarseness }));
    mergeRows(rows, level.open);
    level.open.overflow = overflow;
  }

  finishRestore(): void {
    this.rollups.resume();
  }

  private allNames(): [string, Names][] {
    const { accounts, senders, carriers } = this.rollups;
    return [
      ["accounts", accounts],
      ["senders", senders],
      ["carriers", carriers],
    ];
  }
}

function emptyParts(): Record<BinPart["kind"], Rows[]> {
  return { messages: [], latency: [], uniques: [] };
}

function endOf({ overflow, coarseness }: BinEnd): BinEnd {
  return { overflow, coarseness };
}

function copyOf({ messages, latency, uniques }: BinRows): BinRows {
  return { messages: messages.slice(), latency: latency.slice(), uniques: uniques.slice() };
}
