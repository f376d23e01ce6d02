/** What a row is made of: words of key, then words of numbers. */
export interface RowShape {
  readonly keyWords: number;
  /** Words of a row. */
  readonly stride: number;
}

const FIRST_ROWS = 64;

/**
 * Rows of whole numbers found by a key of two to four words, in one array of 32-bit words and an open-addressed
 * table of places: nothing is allocated for a row, and what is found touches two lines of cache.
 */
export class RowTable {
  /** The rows, one after another. Replaced when it grows: read it anew after each {@link insert}. */
  words: Uint32Array<ArrayBuffer>;
  /** The same as floats of 64 bits. */
  floats: Float64Array<ArrayBuffer>;
  rows = 0;
  readonly stride: number;
  private readonly keyWords: number;
  /** Of each place the row's number plus 1; 0 where it is free. Twice as many as there can be rows. */
  private places: Int32Array;
  private mask: number;

  constructor({ keyWords, stride }: RowShape) {
    this.keyWords = keyWords;
    this.stride = stride;
    this.words = new Uint32Array(FIRST_ROWS * stride);
    this.floats = floatsOf(this.words);
    this.places = new Int32Array(FIRST_ROWS * 2);
    this.mask = FIRST_ROWS * 2 - 1;
  }

  /** Where the row of a key begins in {@link words}; -1 where there is none. Words beyond the key are 0. */
  find(k0: number, k1: number, k2: number, k3: number): number {
    const { places, mask, words, stride, keyWords } = this;
    let place = hashOf(k0, k1, k2, k3) & mask;
    for (;;) {
      const row = places[place] as number;
      if (row === 0) return -1;
      const at = (row - 1) * stride;
      if (
        words[at] === k0 &&
        words[at + 1] === k1 &&
        (keyWords < 3 || words[at + 2] === k2) &&
        (keyWords < 4 || words[at + 3] === k3)
      ) {
        return at;
      }
      place = (place + 1) & mask;
    }
  }

  /** Adds a row for a key that has none, with all numbers 0. Gives where it begins. */
  insert(k0: number, k1: number, k2: number, k3: number): number {
    if (this.rows * 2 >= this.places.length) this.grow();
    const { words, stride, keyWords } = this;
    const at = this.rows * stride;
    words.fill(0, at, at + stride);
    words[at] = k0;
    words[at + 1] = k1;
    if (keyWords > 2) words[at + 2] = k2;
    if (keyWords > 3) words[at + 3] = k3;
    this.rows += 1;
    this.place(this.rows, hashOf(k0, k1, k2, k3));
    return at;
  }

  /** {@link find}, or {@link insert}. */
  at(k0: number, k1: number, k2: number, k3: number): number {
    const found = this.find(k0, k1, k2, k3);
    return found < 0 ? this.insert(k0, k1, k2, k3) : found;
  }

  /** Forgets all rows, and keeps the room. */
  clear(): void {
    this.rows = 0;
    this.places.fill(0);
  }

  /** The words in use. They change with the table. */
  used(): Uint32Array<ArrayBuffer> {
    return this.words.subarray(0, this.rows * this.stride);
  }

  get octets(): number {
    return this.words.byteLength + this.places.byteLength;
  }

  private place(row: number, hash: number): void {
    const { places, mask } = this;
    let place = hash & mask;
    while (places[place] !== 0) place = (place + 1) & mask;
    places[place] = row;
  }

  private grow(): void {
    const words = new Uint32Array(this.words.length * 2);
    words.set(this.words);
    this.words = words;
    this.floats = floatsOf(words);
    this.places = new Int32Array(this.places.length * 2);
    this.mask = this.places.length - 1;
    const { stride, keyWords } = this;
    for (let row = 0; row < this.rows; row += 1) {
      const at = row * stride;
      const k2 = keyWords > 2 ? (words[at + 2] as number) : 0;
      const k3 = keyWords > 3 ? (words[at + 3] as number) : 0;
      this.place(row + 1, hashOf(words[at] as number, words[at + 1] as number, k2, k3));
    }
  }
}

/** A whole number of floats stands in the words, whatever the stride is. */
export function floatsOf(words: Uint32Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  return new Float64Array(words.buffer, words.byteOffset, words.length >> 1);
}

function hashOf(k0: number, k1: number, k2: number, k3: number): number {
  let hash = Math.imul(k0, 0x9e3779b1);
  hash = Math.imul(((hash << 15) | (hash >>> 17)) ^ k1, 0x85ebca6b);
  hash = Math.imul(((hash << 15) | (hash >>> 17)) ^ k2, 0xc2b2ae35);
  hash = Math.imul(((hash << 15) | (hash >>> 17)) ^ k3, 0x27d4eb2f);
  return hash ^ (hash >>> 15);
}
