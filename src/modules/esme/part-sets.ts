import type { PartSet } from "./esme-state.ts";
import type { KeptPart, PartSetHead } from "./records.ts";
import { MAX_BODY_CHARACTERS } from "./read-submission.ts";

/** Parts of one message that have been submitted, durable or on their way to be. */
export interface OpenSet {
  readonly head: PartSetHead;
  readonly sinceMs: number;
  readonly parts: Map<number, KeptPart>;
}

/** A part as it comes. `sid` is for the message, where it opens a set. */
export interface ArrivingPart {
  readonly head: PartSetHead;
  readonly sequence: number;
  readonly part: KeptPart;
  readonly nowMs: number;
}

/** What became of a part: `full` and `too-long` took nothing in. */
export type PartArrival =
  | { readonly kind: "waiting" | "complete"; readonly set: OpenSet }
  | { readonly kind: "full" | "too-long" };

/** Long messages that wait for parts, on this server and of one system id. Each has at most 1,600 characters. */
const MAX_OPEN_SETS = 20_000;
const MAX_OPEN_SETS_PER_SYSTEM_ID = 1_000;

/**
 * The long messages that are being submitted. It runs ahead of the cell's table by what is
 * on its way to the disk, so that parts of one turn find each other.
 */
export class PartSets {
  /** In order of their first part, so that the oldest is always the first. */
  private readonly sets = new Map<string, OpenSet>();
  private readonly bySystemId = new Map<string, number>();

  /** Takes over what the cell remembers. */
  load(sets: Iterable<Readonly<PartSet>>): void {
    const known = [...sets].toSorted((a, b) => a.sinceMs - b.sinceMs);
    for (const { sinceMs, parts, ...head } of known) {
      const entries = Object.entries(parts).map(([sequence, part]): [number, KeptPart] => [Number(sequence), part]);
      this.put({ head, sinceMs, parts: new Map(entries) });
    }
  }

  get size(): number {
    return this.sets.size;
  }

  /**
   * Takes a part in. The same part again replaces itself; another text in its place means
   * that the client uses the reference anew, and opens another set in the old one's place.
   */
  add({ head, sequence, part, nowMs }: ArrivingPart): PartArrival {
    let set = this.sets.get(head.key);
    const known = set?.parts.get(sequence);
    if (set !== undefined && known !== undefined && known.text !== part.text) {
      this.remove(set);
      set = undefined;
    }
    if (set === undefined && this.isFull(head.systemId)) return { kind: "full" };
    let characters = part.text.length;
    for (const [other, { text }] of set?.parts ?? []) if (other !== sequence) characters += text.length;
    if (characters > MAX_BODY_CHARACTERS) return { kind: "too-long" };
    if (set === undefined) {
      set = { head, sinceMs: nowMs, parts: new Map() };
      this.put(set);
    }
    set.parts.set(sequence, part);
    if (set.parts.size < head.total) return { kind: "waiting", set };
    this.remove(set);
    return { kind: "complete", set };
  }

  /** The set of that key, for its SID. */
  find(key: string): OpenSet | undefined {
    return this.sets.get(key);
  }

  /** True while parts wait under this SID. Looks at every set: for questions, not for submissions. */
  isOpen(sid: string, accountSid: string): boolean {
    for (const { head } of this.sets.values()) if (head.sid === sid && head.accountSid === accountSid) return true;
    return false;
  }

  /** A part could not be made durable: it was never there. */
  takeBack(set: OpenSet, sequence: number): void {
    set.parts.delete(sequence);
    if (set.parts.size === 0 && this.sets.get(set.head.key) === set) this.remove(set);
    else if (set.parts.size > 0 && !this.sets.has(set.head.key)) this.put(set);
  }

  /** Takes out the sets that were opened at `latestMs` or before, at most `limit`. */
  takeOlder(latestMs: number, limit: number): OpenSet[] {
    const old: OpenSet[] = [];
    for (const set of this.sets.values()) {
      if (set.sinceMs > latestMs || old.length >= limit) break;
      old.push(set);
    }
    for (const set of old) this.remove(set);
    return old;
  }

  /** Puts back what {@link takeOlder} gave. */
  restore(sets: readonly OpenSet[]): void {
    for (const set of sets) if (!this.sets.has(set.head.key)) this.put(set);
  }

  private isFull(systemId: string): boolean {
    return this.sets.size >= MAX_OPEN_SETS || (this.bySystemId.get(systemId) ?? 0) >= MAX_OPEN_SETS_PER_SYSTEM_ID;
  }

  private put(set: OpenSet): void {
    this.sets.set(set.head.key, set);
    const { systemId } = set.head;
    this.bySystemId.set(systemId, (this.bySystemId.get(systemId) ?? 0) + 1);
  }

  private remove(set: OpenSet): void {
    this.sets.delete(set.head.key);
    const { systemId } = set.head;
    const left = (this.bySystemId.get(systemId) ?? 1) - 1;
    if (left === 0) this.bySystemId.delete(systemId);
    else this.bySystemId.set(systemId, left);
  }
}
