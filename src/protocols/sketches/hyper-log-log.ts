/**
 * How many different ones there were, in 4,096 registers at most, so that sets of different times and
 * places can be united (HyperLogLog: Flajolet, Fusy, Gandouet, Meunier 2007; estimated as Ertl does, 2017,
 * arXiv 1702.01284 §4, which needs no table of corrections for small sets). Standard error 1.6 %.
 */
import { OctetReader, OctetWriter, SketchError } from "./octets.ts";

/** Bits of the hash that choose the register. */
const PRECISION = 12;
/** How many registers there are. */
export const REGISTERS = 1 << PRECISION;
/** The rest of 64 bits, and one for all of them being zero. */
export const MAX_RANK = 64 - PRECISION + 1;
/** From so many on, registers stand in an array. */
const SPARSE_REGISTERS = 512;
const SPARSE = 0;
const DENSE = 1;
const ALPHA_INFINITY = 1 / (2 * Math.LN2);

/** The register of a hash of 64 bits, given as two whole numbers of 32 bits. */
export function registerOf(high: number): number {
  return high >>> (32 - PRECISION);
}

/** The place of the first one among the bits that do not choose the register: 1 to {@link MAX_RANK}. */
export function rankOf(high: number, low: number): number {
  const rest = (high << PRECISION) >>> 0;
  return rest === 0 ? 32 - PRECISION + Math.clz32(low) + 1 : Math.clz32(rest) + 1;
}

/** One for all. */
const writer = new OctetWriter();

/** A set of which only its size can be told. */
export class HyperLogLog {
  private sparse: Map<number, number> | undefined = new Map();
  private dense: Uint8Array | undefined;

  /** Adds what has this hash of 64 bits. All sets that are united must hash alike. */
  addHash(high: number, low: number): void {
    this.raise(registerOf(high), rankOf(high, low));
  }

  /** Adds what another set knows of one register. */
  raise(register: number, rank: number): void {
    const { sparse, dense } = this;
    if (dense !== undefined) {
      if (rank > (dense[register] ?? 0)) dense[register] = rank;
    } else if (sparse !== undefined) {
      if (rank > (sparse.get(register) ?? 0)) sparse.set(register, rank);
      if (sparse.size > SPARSE_REGISTERS) this.spread(sparse);
    }
  }

  private spread(sparse: ReadonlyMap<number, number>): void {
    this.dense = new Uint8Array(REGISTERS);
    for (const [register, rank] of sparse) this.dense[register] = rank;
    this.sparse = undefined;
  }

  /** Forgets everything. */
  clear(): void {
    this.sparse = new Map();
    this.dense = undefined;
  }

  merge(other: HyperLogLog): void {
    for (const [register, rank] of other.registers()) this.raise(register, rank);
  }

  /** How many different ones were added, about. */
  estimate(): number {
    const ofRank = new Uint32Array(MAX_RANK + 1);
    let used = 0;
    for (const [, rank] of this.registers()) {
      ofRank[rank] = (ofRank[rank] ?? 0) + 1;
      used += 1;
    }
    let z = REGISTERS * tau(1 - (ofRank[MAX_RANK] ?? 0) / REGISTERS);
    for (let rank = MAX_RANK - 1; rank >= 1; rank -= 1) z = 0.5 * (z + (ofRank[rank] ?? 0));
    z += REGISTERS * sigma((REGISTERS - used) / REGISTERS);
    return Math.round((ALPHA_INFINITY * REGISTERS * REGISTERS) / z);
  }

  /** As text, which {@link HyperLogLog.decode} reads: 2 to 4 characters a register, 5,462 at most. */
  encode(): string {
    if (this.dense !== undefined) {
      writer.octet(DENSE);
      for (const rank of this.dense) writer.octet(rank);
      return writer.text();
    }
    writer.octet(SPARSE);
    let before = -1;
    for (const [register, rank] of [...this.registers()].sort((a, b) => a[0] - b[0])) {
      writer.number(register - before - 1);
      writer.octet(rank);
      before = register;
    }
    return writer.text();
  }

  /** Throws {@link SketchError} for what {@link encode} never writes. */
  static decode(text: string): HyperLogLog {
    const made = new HyperLogLog();
    const reader = new OctetReader(text);
    const form = reader.octet();
    if (form !== SPARSE && form !== DENSE) throw new SketchError("its form is not known");
    for (let register = 0; form === DENSE && register < REGISTERS; register += 1) {
      made.raise(register, rankIn(reader, 0));
    }
    let register = -1;
    while (!reader.isAtEnd) {
      if (form === DENSE) throw new SketchError("it has too many registers");
      register += reader.number() + 1;
      if (register >= REGISTERS) throw new SketchError("it has a register beyond the last one");
      made.raise(register, rankIn(reader, 1));
    }
    return made;
  }

  /** The registers that are not 0. */
  *registers(): IterableIterator<[number, number]> {
    if (this.sparse !== undefined) yield* this.sparse;
    for (const [register, rank] of this.dense?.entries() ?? []) if (rank > 0) yield [register, rank];
  }
}

function rankIn(reader: OctetReader, least: number): number {
  const rank = reader.octet();
  if (rank < least || rank > MAX_RANK) throw new SketchError("a register has a value that none can have");
  return rank;
}

/** Ertl 2017, algorithm 6. */
function sigma(share: number): number {
  if (share === 1) return Infinity;
  let x = share;
  let y = 1;
  let z = x;
  for (;;) {
    x *= x;
    const before = z;
    z += x * y;
    y += y;
    if (z === before) return z;
  }
}

/** Ertl 2017, algorithm 6. */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let x = share;
  let y = 1;
  let z = 1 - x;
  for (;;) {
    x = Math.sqrt(x);
    const before = z;
    y *= 0.5;
    z -= (1 - x) ** 2 * y;
    if (z === before) return z / 3;
  }
}
