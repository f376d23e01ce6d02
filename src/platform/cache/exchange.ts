/** What one process asks another one for. */
export interface CacheQuestion {
  /** The name of the cache. */
  readonly cache: string;
  readonly key: string;
  /** Only a value that was read within this time, in milliseconds before now, will do. */
  readonly maxAgeMs?: number;
}

/**
 * What it gets: the value; that there is none; an old value, since a newer one cannot be
 * read now; or that the one asked can tell nothing, so that one has to see for oneself.
 */
export type CacheAnswer =
  | { readonly outcome: "found"; readonly text: string }
  | { readonly outcome: "absent" }
  | { readonly outcome: "old"; readonly text: string }
  | { readonly outcome: "refused" };

/** A key whose value has changed. */
export interface CacheNotice {
  readonly cache: string;
  readonly key: string;
}

/** The other processes that share a cache, over the network. */
export interface CachePeer {
  /** Asks a member. Rejects when it cannot be reached; may take for ever, whoever asks sets the limit. */
  ask(memberId: string, question: CacheQuestion): Promise<CacheAnswer>;
  /** Tells a member, and resolves when it has taken notice. Rejects as `ask` does. */
  tell(memberId: string, notice: CacheNotice): Promise<void>;
}

/** A cache that others ask. */
export interface CacheAnswerer {
  /** Never rejects: what it cannot tell is `refused`. */
  answer(question: CacheQuestion): Promise<CacheAnswer>;
  hear(notice: CacheNotice): void;
}

/** Both directions: the port that is mounted on the network. */
export interface CacheExchange extends CachePeer {
  /** From now on questions for a cache go to `answerer`; returns what ends that. A question for a cache that nobody serves is refused. */
  serve(cache: string, answerer: CacheAnswerer): () => void;
}

/** The longest value that goes from one process to another one; a longer one is refused. */
export const MAX_VALUE_CHARS = 65_536;
