/** A key press, as far as shortcuts care. */
export interface KeyPress {
  readonly key: string;
  readonly atMs: number;
  /** Ctrl, or Cmd on a Mac. */
  readonly hasModifier: boolean;
  /** The press went to a field: only shortcuts with the modifier count. */
  readonly isTyping: boolean;
}

/** After so long the first key of a sequence is forgotten. */
const SEQUENCE_MS = 1_200;

/**
 * Recognises shortcuts: one key (`?`), two one after the other (`g m`), or one with the modifier (`mod+k`).
 * `press` returns the shortcut that is complete.
 */
export class KeySequence {
  private readonly known: ReadonlySet<string>;
  private first = "";
  private firstAtMs = 0;

  constructor(known: Iterable<string>) {
    this.known = new Set(known);
  }

  /** Takes a press; `undefined` where it completes nothing. */
  press({ key, atMs, hasModifier, isTyping }: KeyPress): string | undefined {
    const before = atMs - this.firstAtMs <= SEQUENCE_MS ? this.first : "";
    this.first = "";
    if (hasModifier) return this.find(`mod+${key.toLowerCase()}`);
    if (isTyping || key.length !== 1) return undefined;
    const sequence = before === "" ? undefined : this.find(`${before} ${key}`);
    if (sequence !== undefined) return sequence;
    const single = this.find(key);
    if (single !== undefined) return single;
    this.first = key;
    this.firstAtMs = atMs;
    return undefined;
  }

  private find(shortcut: string): string | undefined {
    return this.known.has(shortcut) ? shortcut : undefined;
  }
}
