/** Holds back what repeats, so that a bad peer cannot fill the disk with one sentence. */

/** How repeated lines are held back. */
export interface RepeatRule {
  /** Length of a window. */
  readonly windowMs: number;
  /** How many lines of one key pass in a window. */
  readonly burst: number;
  /** How many keys are remembered; beyond it the oldest is forgotten. */
  readonly maxKeys: number;
}

/** The rule unless another is given. */
export const DEFAULT_REPEAT_RULE: RepeatRule = { windowMs: 10_000, burst: 10, maxKeys: 1000 };

/** A line that was held back at least once, to be told when its window ends. */
export interface HeldBack<T> {
  readonly last: T;
  readonly count: number;
}

interface Entry<T> {
  startMs: number;
  passed: number;
  held: number;
  last: T;
}

/** Counts lines by key in windows of fixed length. Bounded in memory; each call costs O(1) amortised. */
export class Repeats<T> {
  private readonly rule: RepeatRule;
  private readonly entries = new Map<string, Entry<T>>();

  constructor(rule: RepeatRule) {
    this.rule = rule;
  }

  /**
   * Whether a line may pass now. `ended` are the windows of other lines, and of
   * this one, that are over or had to be forgotten while lines were held back.
   */
  admit(key: string, line: T, nowMs: number): { pass: boolean; ended: HeldBack<T>[] } {
    const ended = this.takeEnded(nowMs);
    const entry = this.entries.get(key);
    if (entry !== undefined) {
      entry.last = line;
      if (entry.passed < this.rule.burst) {
        entry.passed += 1;
        return { pass: true, ended };
      }
      entry.held += 1;
      return { pass: false, ended };
    }
    if (this.entries.size >= this.rule.maxKeys) ended.push(...this.forgetOldest());
    this.entries.set(key, { startMs: nowMs, passed: 1, held: 0, last: line });
    return { pass: true, ended };
  }

  /** Removes windows that are over and gives those in which something was held back. */
  takeEnded(nowMs: number): HeldBack<T>[] {
    const ended: HeldBack<T>[] = [];
    for (const [key, entry] of this.entries) {
      // Entries stand in the order of their start, so the first young one ends the search.
      if (nowMs - entry.startMs < this.rule.windowMs && nowMs >= entry.startMs) break;
      this.entries.delete(key);
      if (entry.held > 0) ended.push({ last: entry.last, count: entry.held });
    }
    return ended;
  }

  /** Ends all windows. */
  takeAll(): HeldBack<T>[] {
    const held = [...this.entries.values()].filter((entry) => entry.held > 0);
    this.entries.clear();
    return held.map((entry) => ({ last: entry.last, count: entry.held }));
  }

  /** True while a line is held back that nobody was told of. */
  get isHolding(): boolean {
    for (const entry of this.entries.values()) if (entry.held > 0) return true;
    return false;
  }

  private forgetOldest(): HeldBack<T>[] {
    for (const [key, entry] of this.entries) {
      this.entries.delete(key);
      return entry.held > 0 ? [{ last: entry.last, count: entry.held }] : [];
    }
    return [];
  }
}
