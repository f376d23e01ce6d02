import { createHash } from "node:crypto";

/** Each named statement stays in the memory of every connection's server process. */
const MAX_NAMED = 500;
const MAX_SEEN_ONCE = 2_000;

/**
 * Decides which statements are prepared under a name. A statement is named when
 * it comes for the second time, so that SQL that is put together once does not
 * use up the names; when all are given out, the rest runs unnamed.
 */
export class StatementNames {
  readonly #named = new Map<string, string>();
  readonly #seenOnce = new Set<string>();

  /** The name for a statement, or undefined to run it unnamed. */
  nameOf(sql: string): string | undefined {
    const name = this.#named.get(sql);
    if (name !== undefined || this.#named.size >= MAX_NAMED) return name;
    if (!this.#seenOnce.delete(sql)) {
      if (this.#seenOnce.size >= MAX_SEEN_ONCE) this.#seenOnce.clear();
      this.#seenOnce.add(sql);
      return undefined;
    }
    const given = `t${createHash("sha256").update(sql).digest("hex").slice(0, 24)}`;
    this.#named.set(sql, given);
    return given;
  }
}
