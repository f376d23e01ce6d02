import { assert } from "../../../kernel/assert.ts";
import { SIGNATURE_VALUES } from "./signature.ts";

const BANDS = 10;
const BAND_ROWS = 3;
/** Values of two signatures that have to be equal: about half of the 4-grams are the same. */
const NEAR = 16;
const PROBES = 8;
/** Counts halve in this time. */
const HALF_LIFE_MS = 3_600_000;
/** Senders and accounts are those of this and the last such stretch. */
const EPOCH_MS = 6 * 3_600_000;

/**
 * Templates: groups of texts that are nearly the same, found by locality-sensitive hashing
 * (10 bands of 3 values). A fixed number of slots; the one that was not seen for longest among a
 * few gives way, and the same calls leave the same table. All times are given.
 */
export class TemplateTable {
  readonly capacity: number;
  /** Whether a slot's texts were told to be spam (1) or not (-1). */
  readonly labels: Int8Array;
  /** Of a `-1`: the account that it holds for, hashed. */
  readonly labelAccounts: Int32Array;
  readonly firstMs: Float64Array;
  readonly lastMs: Float64Array;
  /** Rises when a slot is given to another template, so that what is remembered elsewhere is not taken for it. */
  readonly births: Uint32Array;
  private readonly signatures: Uint16Array;
  private readonly counts: Float32Array;
  private readonly epochs: Int32Array;
  /** For each slot two words of senders and one of accounts, of this epoch, then of the last. */
  private readonly marks: Int32Array;
  private readonly buckets: Int32Array;
  private readonly mask: number;
  private hand = 0;
  private bornCount = 0;

  constructor(capacity: number) {
    assert(capacity >= PROBES, "a template table has room");
    this.capacity = capacity;
    this.labels = new Int8Array(capacity);
    this.labelAccounts = new Int32Array(capacity);
    this.firstMs = new Float64Array(capacity);
    this.lastMs = new Float64Array(capacity).fill(-1);
    this.births = new Uint32Array(capacity);
    this.signatures = new Uint16Array(capacity * SIGNATURE_VALUES);
    this.counts = new Float32Array(capacity);
    this.epochs = new Int32Array(capacity);
    this.marks = new Int32Array(capacity * 6);
    const buckets = 2 ** Math.ceil(Math.log2(capacity * BANDS));
    this.buckets = new Int32Array(buckets);
    this.mask = buckets - 1;
  }

  /** Octets of its arrays. */
  get octets(): number {
    const { labels, labelAccounts, firstMs, lastMs, births, signatures, counts, epochs, marks, buckets } = this;
    return [labels, labelAccounts, firstMs, lastMs, births, signatures, counts, epochs, marks, buckets].reduce(
      (sum, { byteLength }) => sum + byteLength,
      0,
    );
  }

  /** The slot of the template that a signature is nearest to; -1 where there is none. */
  find(signature: Uint16Array): number {
    let best = -1;
    let most = NEAR - 1;
    let last = -1;
    for (let band = 0; band < BANDS; band += 1) {
      const slot = (this.buckets[this.bucketOf(signature, band)] ?? 0) - 1;
      if (slot < 0 || slot === best || slot === last) continue;
      last = slot;
      const equal = this.equalValues(slot, signature);
      if (equal > most) {
        most = equal;
        best = slot;
        if (equal === SIGNATURE_VALUES) break;
      }
    }
    return best;
  }

  /** Makes a template of a signature. */
  make(signature: Uint16Array, nowMs: number): number {
    const slot = this.free();
    this.bornCount += 1;
    this.births[slot] = this.bornCount;
    this.labels[slot] = 0;
    this.firstMs[slot] = nowMs;
    this.lastMs[slot] = nowMs;
    this.counts[slot] = 0;
    this.epochs[slot] = Math.floor(nowMs / EPOCH_MS);
    this.marks.fill(0, slot * 6, slot * 6 + 6);
    this.signatures.set(signature, slot * SIGNATURE_VALUES);
    for (let band = 0; band < BANDS; band += 1) this.buckets[this.bucketOf(signature, band)] = slot + 1;
    return slot;
  }

  /** Counts a text of a template. Returns how many there were lately, this one too. */
  count(slot: number, sender: number, account: number, nowMs: number): number {
    const elapsedMs = Math.max(0, nowMs - (this.lastMs[slot] ?? 0));
    const count = this.lately(slot, elapsedMs) + 1;
    this.counts[slot] = count;
    this.lastMs[slot] = Math.max(nowMs, this.lastMs[slot] ?? 0);
    this.turn(slot, Math.floor(nowMs / EPOCH_MS));
    const at = slot * 6 + ((sender >>> 5) & 1);
    this.marks[at] = (this.marks[at] ?? 0) | (1 << (sender & 31));
    this.marks[slot * 6 + 2] = (this.marks[slot * 6 + 2] ?? 0) | (1 << (account & 31));
    return count;
  }

  /** How many different senders sent a template lately, about; more than 150 cannot be told apart. */
  senders(slot: number): number {
    const at = slot * 6;
    const low = (this.marks[at] ?? 0) | (this.marks[at + 3] ?? 0);
    const high = (this.marks[at + 1] ?? 0) | (this.marks[at + 4] ?? 0);
    return linearCount(64, bits(low) + bits(high));
  }

  /** How many different accounts sent a template lately, about; more than 70 cannot be told apart. */
  accounts(slot: number): number {
    const at = slot * 6;
    return linearCount(32, bits((this.marks[at + 2] ?? 0) | (this.marks[at + 5] ?? 0)));
  }

  signature(slot: number): Uint16Array {
    return this.signatures.subarray(slot * SIGNATURE_VALUES, (slot + 1) * SIGNATURE_VALUES);
  }

  private lately(slot: number, elapsedMs: number): number {
    const count = this.counts[slot] ?? 0;
    return elapsedMs === 0 ? count : count * 2 ** (-elapsedMs / HALF_LIFE_MS);
  }

  private turn(slot: number, epoch: number): void {
    const known = this.epochs[slot] ?? 0;
    if (epoch <= known) return;
    const at = slot * 6;
    if (epoch === known + 1) this.marks.copyWithin(at + 3, at, at + 3);
    else this.marks.fill(0, at + 3, at + 6);
    this.marks.fill(0, at, at + 3);
    this.epochs[slot] = epoch;
  }

  /** The next slots around the table: the one seen last of all that nobody labelled, else the first. */
  private free(): number {
    let chosen = -1;
    for (let probe = 0; probe < PROBES; probe += 1) {
      const slot = this.hand;
      this.hand = this.hand + 1 === this.capacity ? 0 : this.hand + 1;
      if ((this.lastMs[slot] ?? 0) < 0) return slot;
      if (this.labels[slot] !== 0) continue;
      if (chosen < 0 || (this.lastMs[slot] ?? 0) < (this.lastMs[chosen] ?? 0)) chosen = slot;
    }
    return chosen < 0 ? this.hand : chosen;
  }

  private equalValues(slot: number, signature: Uint16Array): number {
    const from = slot * SIGNATURE_VALUES;
    let equal = 0;
    for (let at = 0; at < SIGNATURE_VALUES; at += 1) {
      if (this.signatures[from + at] === signature[at]) equal += 1;
    }
    return equal;
  }

  private bucketOf(signature: Uint16Array, band: number): number {
    let hash = Math.imul(band + 1, 0x9e3779b1);
    for (let row = 0; row < BAND_ROWS; row += 1) {
      hash = Math.imul(hash ^ (signature[band * BAND_ROWS + row] ?? 0), 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    return hash & this.mask;
  }
}

function bits(word: number): number {
  let value = word - ((word >>> 1) & 0x55555555);
  value = (value & 0x33333333) + ((value >>> 2) & 0x33333333);
  return Math.imul((value + (value >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Linear counting (Whang, Vander-Zanden, Taylor 1990): how many different ones set `set` of `size` bits. */
function linearCount(size: number, set: number): number {
  return set >= size ? Math.round(size * Math.log(size)) : Math.round(-size * Math.log(1 - set / size));
}
