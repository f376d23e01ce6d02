/** How much waits. */
export interface Waiting {
  readonly messages: number;
  readonly segments: number;
}

const NOTHING: Waiting = { messages: 0, segments: 0 };
/** Keys at zero that are kept beside as many that are not. */
const KEPT_EMPTY = 1_000;

/**
 * How much waits, by key. Keys at zero are kept for a while and thrown out together: a
 * sender goes to zero and back with every message, and a map whose keys are deleted and
 * set again becomes slow when it is large.
 */
export class WaitingCounts {
  private readonly byKey = new Map<string, { messages: number; segments: number }>();
  private empty = 0;

  /** Keys that are kept. */
  get size(): number {
    return this.byKey.size;
  }

  of(key: string): Waiting {
    return this.byKey.get(key) ?? NOTHING;
  }

  add(key: string, messages: number, segments: number): void {
    const known = this.byKey.get(key);
    if (known === undefined) {
      this.byKey.set(key, { messages, segments });
      return;
    }
    if (known.messages === 0) this.empty -= 1;
    known.messages += messages;
    known.segments += segments;
    if (known.messages === 0) this.emptied();
  }

  private emptied(): void {
    this.empty += 1;
    if (this.empty <= KEPT_EMPTY || this.empty * 2 <= this.byKey.size) return;
    for (const [key, { messages }] of this.byKey) if (messages === 0) this.byKey.delete(key);
    this.empty = 0;
  }

  clear(): void {
    this.byKey.clear();
    this.empty = 0;
  }
}
