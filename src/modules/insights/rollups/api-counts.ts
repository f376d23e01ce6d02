import type { CellTable, SnapshotEntry } from "../../../platform/cell/index.ts";
import type { EdgeBin, EdgeBinsRecord } from "../../../platform/insight/index.ts";
import { LEVELS } from "./level.ts";

/** Combinations of tier, class and answer that are kept apart; there are some 200 at most. */
const MAX_KEYS = 512;
/** Edges whose bins are known by name. An edge that was away for long is taken for a new one. */
const MAX_EDGES = 4_096;
/** Bins that are older, or further in the future, than this are nobody's. */
const MAX_LATE_MS = 2 * 3_600_000;
const MAX_EARLY_MS = 60_000;
const RECENT_CHANGES = 1_024;
const BINS_A_LINE = 200;

/** What was answered in one interval: counts by the numbers of their keys. Replaced, never changed. */
export interface ApiBin {
  readonly startMs: number;
  readonly counts: Readonly<Float64Array>;
}

/** One combination of what edges count by. */
export interface ApiKey {
  readonly tier: string;
  readonly class: string;
  readonly answer: string;
}

interface KnownEdge {
  readonly life: string;
  readonly lastMs: number;
}

interface Totals {
  readonly taken: number;
  readonly refused: number;
  readonly keys: readonly ApiKey[];
  readonly edges: readonly (readonly [string, KnownEdge])[];
}

/** API answers as the edges counted them, at the three resolutions of the rollups. */
export class ApiCounts implements CellTable {
  readonly name = "insights-api";
  readonly dirtyCount = 0;
  readonly keys: ApiKey[] = [];
  /** Bins that were taken, ever. */
  taken = 0;
  /** Bins that had been taken before, or that nobody can have counted. */
  refused = 0;
  private readonly numbers = new Map<string, number>();
  private readonly levels = LEVELS.map(() => new Map<number, ApiBin>());
  private readonly edges = new Map<string, KnownEdge>();
  private changes: { readonly revision: number; readonly startMs: number }[] = [];
  private frozen: { readonly totals: Totals; readonly levels: readonly (readonly ApiBin[])[] } | undefined;

  /** Takes an edge's bins, each of them once. */
  take({ edge, life, bins }: EdgeBinsRecord, atMs: number): void {
    const known = this.edges.get(edge);
    let lastMs = known?.life === life ? known.lastMs : 0;
    for (const bin of bins) {
      const isNew = bin.startMs > lastMs && bin.startMs >= atMs - MAX_LATE_MS && bin.startMs <= atMs + MAX_EARLY_MS;
      if (!isNew) {
        this.refused += 1;
        continue;
      }
      lastMs = bin.startMs;
      this.taken += 1;
      this.add(bin);
      this.changes.push({ revision: this.taken, startMs: bin.startMs });
    }
    if (this.changes.length > 2 * RECENT_CHANGES) this.changes = this.changes.slice(-RECENT_CHANGES);
    this.edges.delete(edge);
    this.edges.set(edge, { life, lastMs });
    if (this.edges.size > MAX_EDGES) for (const oldest of this.edges.keys()) return void this.edges.delete(oldest);
  }

  private add({ startMs, counts }: EdgeBin): void {
    for (const [number, { binMs, keepMs }] of LEVELS.entries()) {
      const bins = this.levels[number] as Map<number, ApiBin>;
      const start = startMs - (startMs % binMs);
      const before = bins.get(start)?.counts;
      const after = new Float64Array(Math.max(before?.length ?? 0, this.keys.length + counts.length));
      if (before !== undefined) after.set(before);
      for (const [tier, kind, answer, count] of counts) {
        const key = this.numberOf({ tier, class: kind, answer });
        after[key] = (after[key] ?? 0) + count;
      }
      bins.set(start, { startMs: start, counts: after.slice(0, this.keys.length) });
      for (const old of bins.keys()) {
        if (old >= start - keepMs) break;
        bins.delete(old);
      }
    }
  }

  private numberOf(key: ApiKey): number {
    const text = `${key.tier} ${key.class} ${key.answer}`;
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    if (this.keys.length >= MAX_KEYS) return 0;
    this.keys.push(key);
    this.numbers.set(text, this.keys.length - 1);
    return this.keys.length - 1;
  }

  /** The bins of a level in a range, in any order. */
  *read(level: number, startMs: number, endMs: number): IterableIterator<ApiBin> {
    const { binMs } = LEVELS[level] as (typeof LEVELS)[number];
    const bins = this.levels[level] as Map<number, ApiBin>;
    if ((endMs - startMs) / binMs > bins.size) {
      for (const bin of bins.values()) if (bin.startMs >= startMs && bin.startMs < endMs) yield bin;
      return;
    }
    for (let at = startMs; at < endMs; at += binMs) {
      const bin = bins.get(at);
      if (bin !== undefined) yield bin;
    }
  }

  /** The start of the oldest bin that changed after a revision; `undefined` where none did, 0 where nobody knows. */
  changedSince(revision: number): number | undefined {
    if (revision === this.taken) return undefined;
    const later = this.changes.filter((change) => change.revision > revision);
    if (later.length < this.taken - revision) return 0;
    return Math.min(...later.map(({ startMs }) => startMs));
  }

  setOffset(): void {
    // Everything follows from the records.
  }

  beginSnapshot(): void {
    const { taken, refused } = this;
    this.frozen = {
      totals: { taken, refused, keys: [...this.keys], edges: [...this.edges] },
      levels: this.levels.map((bins) => [...bins.values()]),
    };
  }

  *readSnapshot(): IterableIterator<string[]> {
    if (this.frozen === undefined) return;
    const { totals, levels } = this.frozen;
    const line = (key: string, value: unknown): string => JSON.stringify([this.name, key, 0, value]);
    yield [line("totals", totals)];
    for (const [level, bins] of levels.entries()) {
      for (let from = 0; from < bins.length; from += BINS_A_LINE) {
        const some = bins.slice(from, from + BINS_A_LINE);
        yield [
          line(
            `level/${level}`,
            some.map(({ startMs, counts }) => [startMs, sparse(counts)]),
          ),
        ];
      }
    }
    this.frozen = undefined;
  }

  endSnapshot(): void {
    this.frozen = undefined;
  }

  restore([key, , value]: SnapshotEntry<never>): void {
    if (key === "totals") {
      const totals = value as unknown as Totals;
      this.taken = totals.taken;
      this.refused = totals.refused;
      for (const each of totals.keys) this.numberOf(each);
      for (const [edge, known] of totals.edges) this.edges.set(edge, known);
      return;
    }
    const bins = this.levels[Number(key.split("/")[1])];
    for (const [startMs, pairs] of value as unknown as [number, [number, number][]][]) {
      const counts = new Float64Array(this.keys.length);
      for (const [number, count] of pairs) counts[number] = count;
      bins?.set(startMs, { startMs, counts });
    }
  }

  finishRestore(): void {
    // There is nothing to make of what was restored.
  }
}

function sparse(counts: Readonly<Float64Array>): [number, number][] {
  return [...counts.entries()].filter(([, count]) => count !== 0);
}
