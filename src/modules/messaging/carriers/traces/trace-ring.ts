import { Buffer } from "node:buffer";

/** Octets of room for each entry, on the average: a `submit_sm` with a full text has about 250. */
const OCTETS_PER_ENTRY = 512;
/** However many entries are wanted. */
const MAX_RING_OCTETS = 32 * 1024 * 1024;

/** What is known of an entry when it is made, beside its octets. */
export interface EntryFacts {
  /** A number that the owner of the ring gave to the session or server that it went over. */
  readonly session: number;
  readonly isOut: boolean;
}

/** An entry as it is read again. */
export interface Entry extends EntryFacts {
  /** Counts up from 0 for as long as the ring lives. */
  readonly number: number;
  readonly atMs: number;
  /** A copy, cut where there were more. */
  readonly octets: Buffer;
  /** How many there were. */
  readonly wholeOctets: number;
  readonly label: EntryLabel | undefined;
}

/** Whose an entry is. Shared by what belongs together, so that it costs nothing to keep. */
export interface EntryLabel {
  readonly sid: string;
  readonly attempt: number | undefined;
  readonly part: number;
}

/**
 * The last entries, as octets in one buffer that is written round and round. To add one costs a
 * copy and a few numbers; nothing is allocated. What is overwritten is gone.
 */
export class TraceRing {
  private readonly entries: number;
  private readonly room: number;
  private readonly buffer: Buffer;
  private readonly maxOctets: number;
  private readonly times: Float64Array;
  /** Where an entry begins, counted from the first octet that was ever written. */
  private readonly starts: Float64Array;
  private readonly kept: Uint32Array;
  private readonly whole: Uint32Array;
  private readonly sessions: Uint32Array;
  private readonly out: Uint8Array;
  private readonly labels: (EntryLabel | undefined)[];
  private next = 0;
  private head = 0;
  private readonly begunMs: number;

  constructor(options: { readonly entries: number; readonly maxOctets: number; readonly nowMs: number }) {
    const { entries, maxOctets, nowMs } = options;
    this.entries = entries;
    this.maxOctets = maxOctets;
    this.begunMs = nowMs;
    this.room = Math.min(MAX_RING_OCTETS, Math.max(maxOctets * 4, entries * OCTETS_PER_ENTRY));
    this.buffer = Buffer.alloc(this.room);
    this.times = new Float64Array(entries);
    this.starts = new Float64Array(entries);
    this.kept = new Uint32Array(entries);
    this.whole = new Uint32Array(entries);
    this.sessions = new Uint32Array(entries);
    this.out = new Uint8Array(entries);
    this.labels = Array.from({ length: entries }, () => undefined);
  }

  /** Octets that the ring has for what is written into it. */
  get octets(): number {
    return this.room;
  }

  /** The number that the next entry gets. */
  get nextNumber(): number {
    return this.next;
  }

  /** Writes down the octets from `start` to before `end`; returns the number of the entry. */
  add(
    octets: Uint8Array,
    start: number,
    end: number,
    about: { session: number; isOut: boolean; nowMs: number; label: EntryLabel | undefined },
  ): number {
    const length = end - start;
    const kept = length > this.maxOctets ? this.maxOctets : length;
    let place = this.head % this.room;
    // An entry is in one piece: what does not fit behind the last one begins at the front.
    if (place + kept > this.room) {
      this.head += this.room - place;
      place = 0;
    }
    const number = this.next;
    const at = number % this.entries;
    // Short ones are copied faster here than by a call into the runtime.
    const { buffer } = this;
    if (kept <= 64) for (let i = 0; i < kept; i += 1) buffer[place + i] = octets[start + i] as number;
    else buffer.set(start === 0 && kept === octets.length ? octets : octets.subarray(start, start + kept), place);
    this.times[at] = about.nowMs;
    this.starts[at] = this.head;
    this.kept[at] = kept;
    this.whole[at] = length;
    this.sessions[at] = about.session;
    this.out[at] = about.isOut ? 1 : 0;
    this.labels[at] = about.label;
    this.head += kept;
    this.next = number + 1;
    return number;
  }

  /** Says afterwards whose an entry is, where it is still there. */
  label(number: number, label: EntryLabel): void {
    if (this.has(number)) this.labels[number % this.entries] = label;
  }

  /** Whether the entry is there with all of its octets. */
  has(number: number): boolean {
    if (number < 0 || number >= this.next || number < this.next - this.entries) return false;
    return (this.starts[number % this.entries] as number) >= this.head - this.room;
  }

  /** The number of the oldest entry that is there. */
  get oldest(): number {
    let number = Math.max(0, this.next - this.entries);
    while (number < this.next && !this.has(number)) number += 1;
    return number;
  }

  /** Since when everything is there. */
  get completeSinceMs(): number {
    const { oldest } = this;
    if (oldest === 0) return this.begunMs;
    return oldest < this.next ? (this.times[oldest % this.entries] as number) : this.begunMs;
  }

  sessionOf(number: number): number {
    return this.sessions[number % this.entries] as number;
  }

  labelOf(number: number): EntryLabel | undefined {
    return this.labels[number % this.entries];
  }

  isOut(number: number): boolean {
    return this.out[number % this.entries] === 1;
  }

  /** An integer of four octets within an entry; `undefined` where it has fewer. */
  int4(number: number, offset: number): number | undefined {
    const at = number % this.entries;
    if (offset + 4 > (this.kept[at] as number)) return undefined;
    return this.buffer.readUInt32BE(((this.starts[at] as number) % this.room) + offset);
  }

  /** An entry that is there. */
  read(number: number): Entry {
    const at = number % this.entries;
    const start = (this.starts[at] as number) % this.room;
    return {
      number,
      atMs: this.times[at] as number,
      session: this.sessions[at] as number,
      isOut: this.out[at] === 1,
      octets: Buffer.from(this.buffer.subarray(start, start + (this.kept[at] as number))),
      wholeOctets: this.whole[at] as number,
      label: this.labels[at],
    };
  }

  /** Overwrites an entry, so that nothing of it can be read any more. */
  blank(number: number): void {
    if (!this.has(number)) return;
    const at = number % this.entries;
    const start = (this.starts[at] as number) % this.room;
    this.buffer.fill(0, start, start + (this.kept[at] as number));
    this.kept[at] = 0;
    this.labels[at] = undefined;
  }
}
