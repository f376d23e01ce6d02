/**
 * Lists of numbers that grow without ever copying what they hold: copying millions of
 * numbers at once would be a pause.
 */
const CHUNK_BITS = 16;
const CHUNK_SIZE = 2 ** CHUNK_BITS;
const CHUNK_MASK = CHUNK_SIZE - 1;

/** A growing list of doubles. */
export class ChunkedList {
  private readonly chunks: Float64Array[] = [];
  length = 0;

  push(value: number): void {
    const at = this.length & CHUNK_MASK;
    if (at === 0) this.chunks.push(new Float64Array(CHUNK_SIZE));
    (this.chunks[this.length >>> CHUNK_BITS] as Float64Array)[at] = value;
    this.length += 1;
  }

  /** The value at an index below `length`. */
  at(index: number): number {
    return (this.chunks[index >>> CHUNK_BITS] as Float64Array)[index & CHUNK_MASK] as number;
  }
}
