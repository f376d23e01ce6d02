/** Numbers of a container: those that have all but the lowest 16 bits in common. */
const CONTAINER_BITS = 16;
const CONTAINER_SIZE = 2 ** CONTAINER_BITS;
/** Beyond this many, a bit for each number of the container takes less. */
const MAX_SPARSE = 4_096;
const BITMAP_OCTETS = CONTAINER_SIZE / 8;

/** The most numbers of one set. */
export const MAX_NUMBERS = 400_000_000;

interface Sparse {
  values: Uint16Array;
  count: number;
}

type Container = Sparse | Uint8Array;

/**
 * A set of phone numbers, as compressed bitmaps after Chambi, Lemire, Kaser and Godin (2016): at most two octets
 * for a number and one bit for each where they stand close, as numbers do that were given out
 * in blocks. Filled in any order; {@link finish} before it is asked.
 */
export class NumberSet {
  private readonly containers = new Map<number, Container>();
  private isFinished = false;
  private held = 0;

  /** Numbers in it, those that were added twice counted once. After {@link finish}. */
  get size(): number {
    return this.held;
  }

  /** Octets that the numbers take. */
  get octets(): number {
    let octets = 0;
    for (const container of this.containers.values()) {
      octets += container instanceof Uint8Array ? BITMAP_OCTETS : container.values.byteLength;
    }
    return octets;
  }

  /** Adds a number: digits of E.164 as an integer, which is exact up to 15 of them. */
  add(number: number): void {
    const high = Math.floor(number / CONTAINER_SIZE);
    const low = number % CONTAINER_SIZE;
    const container = this.containers.get(high);
    if (container === undefined) this.containers.set(high, { values: new Uint16Array([low, 0, 0, 0]), count: 1 });
    else if (container instanceof Uint8Array) setBit(container, low);
    else if (container.count < MAX_SPARSE) push(container, low);
    else this.containers.set(high, toBitmap(container, low));
  }

  /** Makes it ready to be asked. */
  finish(): void {
    this.held = 0;
    for (const container of this.containers.values()) {
      if (container instanceof Uint8Array) {
        for (const octet of container) this.held += BITS[octet] ?? 0;
        continue;
      }
      const sorted = container.values.subarray(0, container.count).sort();
      let kept = 0;
      for (let index = 0; index < sorted.length; index += 1) {
        if (index === 0 || sorted[index] !== sorted[index - 1]) sorted[kept++] = sorted[index] ?? 0;
      }
      container.values = sorted.slice(0, kept);
      container.count = kept;
      this.held += kept;
    }
    this.isFinished = true;
  }

  has(number: number): boolean {
    if (!this.isFinished) return false;
    const container = this.containers.get(Math.floor(number / CONTAINER_SIZE));
    if (container === undefined) return false;
    const low = number % CONTAINER_SIZE;
    if (container instanceof Uint8Array) return ((container[low >>> 3] ?? 0) & (1 << (low & 7))) !== 0;
    return hasSorted(container.values, low);
  }
}

const BITS = Uint8Array.from({ length: 256 }, (_, octet) => {
  let bits = 0;
  for (let rest = octet; rest > 0; rest >>>= 1) bits += rest & 1;
  return bits;
});

function setBit(bitmap: Uint8Array, low: number): void {
  bitmap[low >>> 3] = (bitmap[low >>> 3] ?? 0) | (1 << (low & 7));
}

function push(sparse: Sparse, low: number): void {
  if (sparse.count === sparse.values.length) {
    const grown = new Uint16Array(Math.min(MAX_SPARSE, sparse.values.length * 2));
    grown.set(sparse.values);
    sparse.values = grown;
  }
  sparse.values[sparse.count] = low;
  sparse.count += 1;
}

function toBitmap(sparse: Sparse, low: number): Uint8Array {
  const bitmap = new Uint8Array(BITMAP_OCTETS);
  for (const value of sparse.values.subarray(0, sparse.count)) setBit(bitmap, value);
  setBit(bitmap, low);
  return bitmap;
}

function hasSorted(values: Uint16Array, wanted: number): boolean {
  let from = 0;
  let to = values.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    const value = values[middle] ?? 0;
    if (value === wanted) return true;
    if (value < wanted) from = middle + 1;
    else to = middle;
  }
  return false;
}
