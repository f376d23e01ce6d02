/**
 * Where a book keeps its values: a cell's state table, or a plain map. Values are plain data
 * that survive JSON, and are changed only between `edit` and the end of the operation.
 */
export interface BookTable<V extends object> {
  readonly size: number;
  get(key: string): Readonly<V> | undefined;
  /** The value, to be changed in place now. */
  edit(key: string): V | undefined;
  put(key: string, value: V): void;
  delete(key: string): boolean;
  values(): IterableIterator<Readonly<V>>;
  keys(): IterableIterator<string>;
}

/** A book table that is a map and nothing else: for tests and benchmarks. */
export class PlainTable<V extends object> implements BookTable<V> {
  private readonly entries = new Map<string, V>();

  get size(): number {
    return this.entries.size;
  }

  get(key: string): Readonly<V> | undefined {
    return this.entries.get(key);
  }

  edit(key: string): V | undefined {
    return this.entries.get(key);
  }

  put(key: string, value: V): void {
    this.entries.set(key, value);
  }

  delete(key: string): boolean {
    return this.entries.delete(key);
  }

  values(): IterableIterator<Readonly<V>> {
    return this.entries.values();
  }

  keys(): IterableIterator<string> {
    return this.entries.keys();
  }
}
