/** Counts what happens in a cache, so that of a load and an invalidation it is known which began first. */
export class Stamps {
  #last = 0;

  /** Higher than any before. */
  next(): number {
    this.#last += 1;
    return this.#last;
  }
}

/**
 * The right to fill in one key, which a load has from its beginning on. It is lost, and
 * the value not kept, when the key is invalidated meanwhile or the epoch grows: what the
 * load reads may be from before the change.
 */
export class Lease {
  /** When the value was read, at the latest, in milliseconds before the load began: for values that come from another cache. */
  ageMs = 0;
  /** Whether the value is to be kept; whoever waits for it gets it in any case. */
  keep = true;
  /** Only a value that was read within this time before the load began will do. */
  readonly maxAgeMs: number;
  #controller: AbortController | undefined;

  constructor(maxAgeMs: number = Infinity) {
    this.maxAgeMs = maxAgeMs;
  }

  /** Aborted when the load has taken too long. A load must end soon after. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  abort(reason: Error): void {
    this.#controller ??= new AbortController();
    this.#controller.abort(reason);
  }
}

/** A load on its way. */
export interface Flight<V> {
  readonly lease: Lease;
  /** Of its beginning; Infinity while it waits for its turn, since what it reads will be newer than all that happened. */
  stamp: number;
  startedMs: number;
  promise: Promise<V | undefined>;
  /** The same, but the old value when it fails or takes too long. Made when it is asked for. */
  orOld: Promise<V | undefined> | undefined;
}
