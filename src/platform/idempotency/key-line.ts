const SPARE = 64;

/**
 * Things in the order of their coming. Those that left in between are passed over, and
 * swept out when they are most of the line, so that every step is constant work in the mean.
 */
export class KeyLine<T> {
  readonly #isHere: (item: T) => boolean;
  #items: T[] = [];
  #head = 0;
  #size = 0;

  /** `isHere` says whether an item has not left. */
  constructor(isHere: (item: T) => boolean) {
    this.#isHere = isHere;
  }

  /** Those that have not left. */
  get size(): number {
    return this.#size;
  }

  push(item: T): void {
    this.#items.push(item);
    this.#size += 1;
  }

  /** One of them has left; `isHere` says so already. */
  left(): void {
    this.#size -= 1;
    if (this.#items.length <= 2 * this.#size + SPARE) return;
    this.#items = this.#items.slice(this.#head).filter(this.#isHere);
    this.#head = 0;
  }

  /** Those that have not left, in the order of their coming. */
  all(): T[] {
    return this.#items.slice(this.#head).filter(this.#isHere);
  }

  /** The one that came first of those that are here. */
  oldest(): T | undefined {
    while (this.#head < this.#items.length) {
      const item = this.#items[this.#head] as T;
      if (this.#isHere(item)) return item;
      this.#head += 1;
    }
    return undefined;
  }
}
