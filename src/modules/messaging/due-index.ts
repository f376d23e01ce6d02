/** A message whose time is nearer than this waits for it in memory. */
export const NEAR_MS = 10_000;

const SECOND_MS = 1_000;

/** What waits for a time, and is in memory because its row is not known to be written. */
interface Due {
  readonly sid: string;
  dueMs?: number;
}

/** The messages in memory that wait for a time in the database, by the second in which it comes. */
export class DueIndex {
  private readonly bySecond = new Map<number, Set<string>>();

  add({ sid, dueMs }: Due): void {
    if (dueMs === undefined) return;
    const second = Math.floor(dueMs / SECOND_MS);
    const known = this.bySecond.get(second);
    if (known === undefined) this.bySecond.set(second, new Set([sid]));
    else known.add(sid);
  }

  remove({ sid, dueMs }: Due): void {
    if (dueMs === undefined) return;
    const second = Math.floor(dueMs / SECOND_MS);
    const known = this.bySecond.get(second);
    known?.delete(sid);
    if (known?.size === 0) this.bySecond.delete(second);
  }

  clear(): void {
    this.bySecond.clear();
  }

  /** At most `limit` of those whose time comes until then, about in the order of their times. */
  until(untilMs: number, limit: number): string[] {
    const found: string[] = [];
    if (this.bySecond.size === 0 || limit <= 0) return found;
    const last = Math.floor(untilMs / SECOND_MS);
    // There are at most as many seconds as messages in memory; nearly always there are a few.
    const seconds = [...this.bySecond.keys()].filter((second) => second <= last).toSorted((a, b) => a - b);
    for (const second of seconds) {
      for (const sid of this.bySecond.get(second) ?? []) {
        found.push(sid);
        if (found.length >= limit) return found;
      }
    }
    return found;
  }
}
