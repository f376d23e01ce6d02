import { assert } from "../../kernel/assert.ts";

interface Slot<V> {
  value: V;
  /** Offset of the record that changed it last. */
  changed: number;
  /** The last snapshot that has seen it. */
  snapshot: number;
}

/**
 * One line of a checkpoint: key, offset of the last change, the value, or `null` for a
 * deletion not yet projected, and 1 where a change was not known to be projected.
 */
export type SnapshotEntry<V> = readonly [key: string, changed: number, value: V | null, dirty?: 0 | 1];

/**
 * A keyed collection of a cell's state. Values are plain data that survive JSON.
 *
 * Two things happen beside the plain map: a snapshot can be read while changes go on
 * (what is about to change is copied out first), and keys whose change has not been
 * projected yet are remembered in the order of their first change.
 */
export class StateTable<V extends object> {
  readonly name: string;
  private readonly slots = new Map<string, Slot<V>>();
  private readonly dirty = new Map<string, number>();
  private readonly inFlight = new Map<string, number>();
  private readonly projected: boolean;
  private offset = 0;
  private snapshotNumber = 0;
  private snapshotActive = false;
  private preserved: string[] = [];
  /** While a snapshot is restored: the keys that were dirty in it. */
  private readonly restoredDirty = new Set<string>();

  constructor(name: string, options: { projected: boolean }) {
    this.name = name;
    this.projected = options.projected;
  }

  get size(): number {
    return this.slots.size;
  }

  /** Keys changed since they were last projected. */
  get dirtyCount(): number {
    return this.dirty.size;
  }

  /** The value under a key. It must not be changed: see {@link edit}. */
  get(key: string): Readonly<V> | undefined {
    return this.slots.get(key)?.value;
  }

  has(key: string): boolean {
    return this.slots.has(key);
  }

  /** All values in the order of their creation. They must not be changed. */
  *values(): IterableIterator<Readonly<V>> {
    for (const slot of this.slots.values()) yield slot.value;
  }

  *keys(): IterableIterator<string> {
    yield* this.slots.keys();
  }

  /** Sets the value of a key that is new or replaces what was there. For reducers only. */
  put(key: string, value: V): void {
    const slot = this.slots.get(key);
    if (slot === undefined) {
      this.slots.set(key, { value, changed: this.offset, snapshot: this.snapshotNumber });
    } else {
      this.preserve(key, slot);
      slot.value = value;
      slot.changed = this.offset;
    }
    this.touch(key);
  }

  /** The value under a key, to be changed in place before the reducer returns. For reducers only. */
  edit(key: string): V | undefined {
    const slot = this.slots.get(key);
    if (slot === undefined) return undefined;
    this.preserve(key, slot);
    slot.changed = this.offset;
    this.touch(key);
    return slot.value;
  }

  /** Removes a key, from the projection too. For reducers only. */
  delete(key: string): boolean {
    const slot = this.slots.get(key);
    if (slot === undefined) return false;
    this.preserve(key, slot);
    this.slots.delete(key);
    this.touch(key);
    return true;
  }

  /** Forgets a projected value that is no longer needed in memory. Returns false if it changed again meanwhile. */
  evict(key: string): boolean {
    if (this.isDirty(key)) return false;
    const slot = this.slots.get(key);
    if (slot === undefined) return false;
    this.preserve(key, slot);
    return this.slots.delete(key);
  }

  /** The cell sets this before each record is applied. */
  setOffset(offset: number): void {
    this.offset = offset;
  }

  private touch(key: string): void {
    if (this.projected && !this.dirty.has(key)) this.dirty.set(key, this.offset);
  }

  private preserve(key: string, slot: Slot<V>): void {
    if (!this.snapshotActive || slot.snapshot === this.snapshotNumber) return;
    slot.snapshot = this.snapshotNumber;
    // Encoded now, because the caller is about to change the value in place.
    this.preserved.push(this.encode(key, slot.changed, slot.value));
  }

  private encode(key: string, changed: number, value: V | null): string {
    return JSON.stringify([this.name, key, changed, value, this.isDirty(key) ? 1 : 0]);
  }

  /**
   * The keys changed first, at most `limit`, with their present values (`undefined`
   * where deleted). They count as in flight until {@link settleDirty} or {@link returnDirty}.
   */
  takeDirty(limit: number): Map<string, Readonly<V> | undefined> {
    assert(this.inFlight.size === 0, `one projection of ${this.name} at a time`);
    const batch = new Map<string, Readonly<V> | undefined>();
    for (const [key, changed] of this.dirty) {
      if (batch.size >= limit) break;
      batch.set(key, this.slots.get(key)?.value);
      this.inFlight.set(key, changed);
    }
    for (const key of batch.keys()) this.dirty.delete(key);
    return batch;
  }

  /** What was taken is projected. */
  settleDirty(): void {
    this.inFlight.clear();
  }

  /** Puts back what was taken and could not be projected, before everything that changed since. */
  returnDirty(): void {
    const later = [...this.dirty];
    this.dirty.clear();
    for (const [key, changed] of this.inFlight) this.dirty.set(key, changed);
    for (const [key, changed] of later) if (!this.dirty.has(key)) this.dirty.set(key, changed);
    this.inFlight.clear();
  }

  /** True while the latest change of a key is not known to be projected. */
  isDirty(key: string): boolean {
    return this.dirty.has(key) || this.inFlight.has(key);
  }

  /** Keys whose latest change is not known to be projected, in the order of their first change. */
  *unprojectedKeys(): IterableIterator<string> {
    yield* this.inFlight.keys();
    for (const key of this.dirty.keys()) if (!this.inFlight.has(key)) yield key;
  }

  /** Every change before this offset has been taken by {@link takeDirty}; `undefined` when nothing is dirty. */
  firstDirtyOffset(): number | undefined {
    for (const changed of this.dirty.values()) return changed;
    return undefined;
  }

  /**
   * Fixes a snapshot of the table as it is now. Changes may go on while
   * {@link readSnapshot} reads it.
   */
  beginSnapshot(): void {
    assert(!this.snapshotActive, `one snapshot of ${this.name} at a time`);
    this.snapshotActive = true;
    this.snapshotNumber += 1;
    for (const [key, changed] of [...this.inFlight, ...this.dirty]) {
      if (!this.slots.has(key)) this.preserved.push(this.encode(key, changed, null));
    }
  }

  /** The lines of the snapshot begun last, in batches of about `batchSize`. Must be read to its end or returned. */
  *readSnapshot(batchSize: number): IterableIterator<string[]> {
    assert(this.snapshotActive, `a snapshot of ${this.name} was begun`);
    try {
      let batch: string[] = [];
      for (const [key, slot] of this.slots) {
        if (slot.snapshot === this.snapshotNumber) continue;
        slot.snapshot = this.snapshotNumber;
        batch.push(this.encode(key, slot.changed, slot.value));
        if (batch.length >= batchSize) {
          yield batch;
          batch = this.preserved.splice(0);
        }
      }
      yield [...batch, ...this.preserved.splice(0)];
    } finally {
      this.endSnapshot();
    }
  }

  /** Ends a snapshot that was begun, read or not. */
  endSnapshot(): void {
    this.snapshotActive = false;
    this.preserved = [];
  }

  /** Restores an entry of a snapshot. Call {@link finishRestore} after the last one. */
  restore(entry: SnapshotEntry<V>): void {
    const [key, changed, value, dirty] = entry;
    if (value !== null) this.slots.set(key, { value, changed, snapshot: 0 });
    if (!this.projected) return;
    this.dirty.set(key, changed);
    if (dirty === 1) this.restoredDirty.add(key);
  }

  /**
   * Keeps as dirty only what changed at or after `projectedOffset`, oldest change first,
   * and what was dirty in the snapshot: a replay may have changed here what an earlier
   * life, where it had left memory, changed elsewhere, so that the offset says nothing.
   */
  finishRestore(projectedOffset: number): void {
    const unprojected = [...this.dirty].filter(
      ([key, changed]) => changed >= projectedOffset || this.restoredDirty.has(key),
    );
    this.restoredDirty.clear();
    unprojected.sort((a, b) => a[1] - b[1]);
    this.dirty.clear();
    for (const [key, changed] of unprojected) this.dirty.set(key, changed);
  }
}
