/**
 * Lists of numbers in chunks. They grow without copying what they hold, and are made
 * without asking the system for much memory at once: both would be a pause when there are
 * millions.
 */
import type { Slices } from "./slices.ts";

const CHUNK_BITS = 16;
const CHUNK_SIZE = 2 ** CHUNK_BITS;
const CHUNK_MASK = CHUNK_SIZE - 1;
/** What making a chunk costs, in steps. */
const CHUNK_STEPS = 2_048;

/** A list of doubles. Reading beyond its length is a bug. */
export class Doubles {
  private readonly chunks: Float64Array[] = [];
  length = 0;

  /** A list of so many zeros. */
  static async make(length: number, slices: Slices): Promise<Doubles> {
    const made = new Doubles();
    for (let at = 0; at < length; at += CHUNK_SIZE) {
      made.chunks.push(new Float64Array(CHUNK_SIZE));
      if (slices.due(CHUNK_STEPS)) await slices.rest();
    }
    made.length = length;
    return made;
  }

  push(value: number): void {
    const at = this.length & CHUNK_MASK;
    if (at === 0) this.chunks.push(new Float64Array(CHUNK_SIZE));
    (this.chunks[this.length >>> CHUNK_BITS] as Float64Array)[at] = value;
    this.length += 1;
  }

  at(index: number): number {
    return (this.chunks[index >>> CHUNK_BITS] as Float64Array)[index & CHUNK_MASK] as number;
  }

  set(index: number, value: number): void {
    (this.chunks[index >>> CHUNK_BITS] as Float64Array)[index & CHUNK_MASK] = value;
  }
}

/** A list of whole numbers of 32 bits. A class of its own, so that reading stays fast: it meets one kind of array only. */
export class Ints {
  private readonly chunks: Int32Array[] = [];
  length = 0;

  /** A list of so many zeros. */
  static async make(length: number, slices: Slices): Promise<Ints> {
    const made = new Ints();
    for (let at = 0; at < length; at += CHUNK_SIZE) {
      made.chunks.push(new Int32Array(CHUNK_SIZE));
      if (slices.due(CHUNK_STEPS)) await slices.rest();
    }
    made.length = length;
    return made;
  }

  at(index: number): number {
    return (this.chunks[index >>> CHUNK_BITS] as Int32Array)[index & CHUNK_MASK] as number;
  }

  set(index: number, value: number): void {
    (this.chunks[index >>> CHUNK_BITS] as Int32Array)[index & CHUNK_MASK] = value;
  }
}
