import { assert } from "../../kernel/assert.ts";
import { isKey, MAX_COUNT, MAX_KEYS_PER_OWNER, valueOctets } from "./limits.ts";
import type { DeltaEntry, DigestEntry, Introduction, OwnerCondition, OwnerDelta } from "./packet.ts";
import { ownerHash } from "./packet.ts";

/** The most deleted keys of an owner that are remembered; beyond them the oldest are forgotten before their time. */
export const MAX_TOMBSTONES = 4_096;

/** One key of an owner, in the list of all by version. */
export interface KeyState extends DeltaEntry {
  readonly key: string;
  value: string | undefined;
  version: number;
  /** The value's octets in UTF-8; undefined for a deleted key. */
  octets: number | undefined;
  /** When the deletion became known here, in the caller's time. */
  deletedMs: number;
  older: KeyState | undefined;
  newer: KeyState | undefined;
}

/** A key that changed; `value` is undefined where it is gone. */
export interface KeyChange {
  readonly key: string;
  readonly value: string | undefined;
}

/** What became of a delta: taken in, of nothing new, or not to be taken in because something before it is missing. */
export type ApplyOutcome = "applied" | "stale" | "gap";

/** Where a delta for somebody begins, and whether that one has to begin anew. */
export interface DeltaStart {
  readonly from: number;
  readonly reset: boolean;
}

/**
 * What is known of one owner: its keys, each with the version at which it was written.
 * One counter per owner numbers all its writes. The state of each who knows it is a
 * prefix of the owner's writes: for every key one either has what it had after write
 * `version`, or a newer value was written after that (van Renesse et al. 2008, §3).
 * Deleted keys stay as tombstones for a while; `gcVersion` is the newest that is gone.
 */
export class OwnerState {
  readonly hash: number;
  introduction: Introduction;
  generation: number;
  heartbeat = 0;
  version = 0;
  gcVersion = 0;
  condition: OwnerCondition = "alive";
  /** False once it is dead for long: it is told to nobody any more. */
  isAdvertised = true;
  readonly #keys = new Map<string, KeyState>();
  #oldest: KeyState | undefined;
  #newest: KeyState | undefined;
  #tombstones = 0;

  constructor(introduction: Introduction, generation: number) {
    this.hash = ownerHash(introduction.id);
    this.introduction = introduction;
    this.generation = generation;
  }

  /** How many keys are there, deleted ones not counted. */
  get size(): number {
    return this.#keys.size - this.#tombstones;
  }

  get tombstones(): number {
    return this.#tombstones;
  }

  /** The newest write; go to older ones from there. */
  get newest(): KeyState | undefined {
    return this.#newest;
  }

  get(key: string): string | undefined {
    return this.#keys.get(key)?.value;
  }

  /** All keys with a value, in the order in which they were written. */
  *live(): Generator<KeyState & { readonly value: string }> {
    for (let state = this.#oldest; state !== undefined; state = state.newer) {
      if (state.value !== undefined) yield state as KeyState & { readonly value: string };
    }
  }

  /** Writes a key of one's own. Gives whether that changed anything. Throws where a limit is passed. */
  set(key: string, value: string): boolean {
    const known = this.#keys.get(key);
    if (known !== undefined && known.value === value) return false;
    const octets = valueOctets(value);
    assert(isKey(key), `gossip key ${JSON.stringify(key.slice(0, 200))}`);
    assert(octets !== undefined, `the value of gossip key ${key} is too long, or no text`);
    assert(known?.value !== undefined || this.size < MAX_KEYS_PER_OWNER, `more than ${MAX_KEYS_PER_OWNER} gossip keys`);
    this.version += 1;
    this.#write({ key, value, version: this.version }, octets, 0);
    return true;
  }

  /** Deletes a key of one's own. Gives whether it was there. */
  delete(key: string, nowMs: number): boolean {
    if (this.#keys.get(key)?.value === undefined) return false;
    this.version += 1;
    this.#write({ key, value: undefined, version: this.version }, undefined, nowMs);
    return true;
  }

  /** How far this owner is known here. */
  digest(): DigestEntry {
    const { hash, generation, heartbeat, version, gcVersion, condition } = this;
    return { hash, generation, heartbeat, version, gcVersion, condition };
  }

  /** What somebody who knows the owner as far as `theirs` lacks; undefined where nothing. */
  missingFor(theirs: Pick<DigestEntry, "generation" | "version" | "gcVersion">): DeltaStart | undefined {
    if (theirs.generation > this.generation) return undefined;
    const isNew = theirs.generation < this.generation;
    const version = isNew ? 0 : theirs.version;
    const gcVersion = isNew ? 0 : theirs.gcVersion;
    if (version < this.gcVersion && gcVersion < this.gcVersion) return { from: 0, reset: true };
    return isNew || version < this.version ? { from: version, reset: false } : undefined;
  }

  /** How many writes after a version still count, counted up to `most`. */
  countSince(version: number, most: number): number {
    let count = 0;
    for (
      let state = this.#newest;
      state !== undefined && state.version > version && count < most;
      state = state.older
    ) {
      count += 1;
    }
    return count;
  }

  /** The oldest write after a version. */
  firstAfter(version: number): KeyState | undefined {
    let first: KeyState | undefined;
    for (let state = this.#newest; state !== undefined && state.version > version; state = state.older) first = state;
    return first;
  }

  /** Takes in what somebody sent of this owner, and adds what that changed to `changes`. */
  apply(delta: OwnerDelta, nowMs: number, changes: KeyChange[]): ApplyOutcome {
    assert(delta.hash === this.hash, "a delta for another owner");
    if (delta.generation < this.generation) return "stale";
    if (delta.generation > this.generation) {
      const { introduction } = delta;
      if (introduction === undefined || delta.from !== 0) return "gap";
      const { id, role, region, host, port } = introduction;
      this.introduction = { id, role, region, host, port };
      this.generation = delta.generation;
      this.heartbeat = 0;
      this.condition = "alive";
      this.#beginAnew(delta, nowMs, changes);
      return "applied";
    }
    const knowsDeletions = this.version >= delta.gcVersion || this.gcVersion >= delta.gcVersion;
    if (delta.reset && !knowsDeletions) {
      this.#beginAnew(delta, nowMs, changes);
      return "applied";
    }
    if (delta.to <= this.version) return "stale";
    if (delta.from > this.version || !knowsDeletions) return "gap";
    this.#takeIn(delta, nowMs, changes);
    return "applied";
  }

  /** Forgets deletions that became known before `beforeMs`. */
  collectGarbage(beforeMs: number): void {
    if (this.#tombstones === 0) return;
    for (let state = this.#oldest; state !== undefined && this.#tombstones > 0; state = state.newer) {
      if (state.value === undefined && state.deletedMs < beforeMs) this.#forget(state);
    }
  }

  /** Takes in a delta from nothing; what was there before and is not said again, is gone. */
  #beginAnew(delta: OwnerDelta, nowMs: number, changes: KeyChange[]): void {
    const before = new Map<string, string>();
    for (const { key, value } of this.live()) before.set(key, value);
    this.#keys.clear();
    this.#oldest = undefined;
    this.#newest = undefined;
    this.#tombstones = 0;
    this.version = 0;
    this.gcVersion = delta.gcVersion;
    const said: KeyChange[] = [];
    this.#takeIn(delta, nowMs, said);
    for (const change of said) {
      if (before.get(change.key) !== change.value) changes.push(change);
      before.delete(change.key);
    }
    for (const key of before.keys()) changes.push({ key, value: undefined });
  }

  #takeIn(delta: OwnerDelta, nowMs: number, changes: KeyChange[]): void {
    for (const entry of delta.entries) {
      if (entry.version <= this.version) continue;
      const known = this.#keys.get(entry.key);
      if (entry.value !== undefined && known?.value === undefined && this.size >= MAX_KEYS_PER_OWNER) {
        // An owner that keeps to the limits never comes here; what stands so far is a prefix all the same.
        return;
      }
      const before = known?.value;
      const octets = entry.value === undefined ? undefined : valueOctets(entry.value);
      this.version = entry.version;
      this.#write(entry, octets, entry.value === undefined ? nowMs : 0);
      if (before !== entry.value) changes.push({ key: entry.key, value: entry.value });
    }
    this.version = Math.max(this.version, delta.to);
  }

  #write(entry: DeltaEntry, octets: number | undefined, deletedMs: number): void {
    const { key, value, version } = entry;
    assert(version < MAX_COUNT, "a gossip version beyond what can be told");
    let state = this.#keys.get(key);
    if (state === undefined) {
      state = { key, value, version, octets, deletedMs, older: undefined, newer: undefined };
      this.#keys.set(key, state);
    } else {
      if (state.value === undefined) this.#tombstones -= 1;
      this.#unlink(state);
      state.value = value;
      state.version = version;
      state.octets = octets;
      state.deletedMs = deletedMs;
    }
    state.older = this.#newest;
    state.newer = undefined;
    if (this.#newest === undefined) this.#oldest = state;
    else this.#newest.newer = state;
    this.#newest = state;
    if (value !== undefined) return;
    this.#tombstones += 1;
    if (this.#tombstones > MAX_TOMBSTONES) this.#forgetTombstones(MAX_TOMBSTONES >> 3);
  }

  /** Forgets so many of the oldest deletions: many at once, because finding them walks past what is older and lives. */
  #forgetTombstones(count: number): void {
    const left = this.#tombstones - count;
    for (let state = this.#oldest; state !== undefined && this.#tombstones > left; state = state.newer) {
      if (state.value === undefined) this.#forget(state);
    }
  }

  /** Drops a tombstone for good. */
  #forget(state: KeyState): void {
    this.gcVersion = Math.max(this.gcVersion, state.version);
    this.#tombstones -= 1;
    this.#keys.delete(state.key);
    this.#unlink(state);
  }

  /** Takes a key out of the list. It keeps its own `newer`, so that a walk can go on from it. */
  #unlink({ older, newer }: KeyState): void {
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
  }
}
