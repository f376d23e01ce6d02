/**
 * A map that keeps at least the latest `min` entries and at most twice as many.
 * It forgets by generations, because taking the oldest entry out of a large Map
 * again and again costs more with every one that was taken.
 */
export class RecentMap<V> {
  private readonly min: number;
  private current = new Map<string, V>();
  private previous = new Map<string, V>();

  constructor(min: number) {
    this.min = min;
  }

  /** Keeps a value as the latest. */
  set(key: string, value: V): void {
    this.current.set(key, value);
    if (this.current.size < this.min) return;
    this.previous = this.current;
    this.current = new Map();
  }

  /** The value of a key, unless it was forgotten. */
  get(key: string): V | undefined {
    return this.current.get(key) ?? this.previous.get(key);
  }
}
