/** No slot: the end of a list. */
const NONE = -1;

/**
 * First-in-first-out lists of slot numbers that share two arrays of links, so that a
 * slot moves from one list to another, or leaves from the middle, in constant time
 * and without garbage. A slot is in at most one list.
 */
export class SlotLists {
  readonly #heads: Int32Array;
  readonly #tails: Int32Array;
  readonly #lengths: Int32Array;
  /** Towards the tail, where slots are pushed. */
  #next: Int32Array;
  #previous: Int32Array;

  /** `lists` empty lists for slots from 0 to `slots - 1`. */
  constructor(lists: number, slots: number) {
    this.#heads = new Int32Array(lists).fill(NONE);
    this.#tails = new Int32Array(lists).fill(NONE);
    this.#lengths = new Int32Array(lists);
    this.#next = new Int32Array(slots);
    this.#previous = new Int32Array(slots);
  }

  /** Makes room for more slots. */
  grow(slots: number): void {
    const next = new Int32Array(slots);
    const previous = new Int32Array(slots);
    next.set(this.#next);
    previous.set(this.#previous);
    this.#next = next;
    this.#previous = previous;
  }

  length(list: number): number {
    return this.#lengths[list] as number;
  }

  push(list: number, slot: number): void {
    const tail = this.#tails[list] as number;
    this.#previous[slot] = tail;
    this.#next[slot] = NONE;
    if (tail === NONE) this.#heads[list] = slot;
    else this.#next[tail] = slot;
    this.#tails[list] = slot;
    this.#lengths[list] = (this.#lengths[list] as number) + 1;
  }

  /** Takes the oldest slot of a list that is not empty. */
  shift(list: number): number {
    const head = this.#heads[list] as number;
    this.remove(list, head);
    return head;
  }

  /** Takes a slot out of the list that it is in. */
  remove(list: number, slot: number): void {
    const next = this.#next[slot] as number;
    const previous = this.#previous[slot] as number;
    if (previous === NONE) this.#heads[list] = next;
    else this.#next[previous] = next;
    if (next === NONE) this.#tails[list] = previous;
    else this.#previous[next] = previous;
    this.#lengths[list] = (this.#lengths[list] as number) - 1;
  }
}
