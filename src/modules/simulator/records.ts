import { Reassembler } from "../../protocols/sms/index.ts";
import type { Logger } from "../../platform/ports.ts";
import { joinParts } from "./join-parts.ts";
import type { PhoneMessage, PhoneMessageState } from "./phone-message.ts";
import type { HeldPart, OwedReceipt, PhoneEntry, PhoneStore } from "./phone-store.ts";
import type { Phones } from "./phones.ts";
import { readEntry } from "./read-entry.ts";

/** How long the parts of a text wait for each other, and how many texts may wait. */
const REASSEMBLY = { limitMs: 10 * 60 * 1_000, maxSets: 10_000 };

/** Entries beyond which the store is compacted, on top of three for each that is still needed. */
const COMPACT_SLACK_ENTRIES = 10_000;

/**
 * What the carrier remembers: phones, parts that wait for the rest of their text,
 * and receipts that are owed. Every change goes to the store as an entry, and the
 * entries give the same records back.
 */
export class Records {
  readonly phones: Phones;
  private readonly store: PhoneStore;
  private readonly log: Logger;
  private readonly open = new Reassembler<PhoneMessage>(REASSEMBLY);
  private readonly owedById = new Map<string, OwedReceipt>();
  private isCompacting = false;

  constructor(made: { phones: Phones; store: PhoneStore; log: Logger }) {
    this.phones = made.phones;
    this.store = made.store;
    this.log = made.log;
  }

  /** Receipts that no application has acknowledged. */
  get owed(): ReadonlyMap<string, OwedReceipt> {
    return this.owedById;
  }

  /** Reads the store. */
  async load(): Promise<void> {
    let unreadable = 0;
    await this.store.load((stored) => {
      const entry = readEntry(stored);
      if (entry === undefined) unreadable += 1;
      else this.restore(entry);
    });
    if (unreadable > 0) this.log.warn("simulator.store.unreadable", { entries: unreadable });
  }

  /** Puts a message on a phone. */
  keep(phone: string, message: PhoneMessage): void {
    if (this.phones.add(phone, message)) this.write({ kind: "message", phone, message });
  }

  /** Changes the state of a message, and returns it if it is still there. */
  setState(phone: string, id: string, state: PhoneMessageState): PhoneMessage | undefined {
    const changed = this.phones.setState(phone, id, state);
    if (changed !== undefined) this.write({ kind: "state", phone, id, state });
    return changed;
  }

  /** A message of a phone, if it is still there. */
  find(phone: string, id: string): PhoneMessage | undefined {
    return this.phones.message(phone, id);
  }

  /** Takes a message off a phone. */
  remove(phone: string, id: string): void {
    this.phones.remove(phone, id);
    this.write({ kind: "gone", phone, id });
  }

  /** Takes one part in. Returns the texts that this completed or gave up. */
  hold(part: HeldPart): PhoneMessage[] {
    const arrival = this.open.add(part);
    const done = arrival.abandoned.map((set) =>
      joinParts(
        set.parts.map((one) => one.value),
        set.total,
      ),
    );
    if (arrival.outcome === "complete") done.push(joinParts(arrival.parts ?? [], part.total));
    else this.write({ kind: "part", part });
    return done;
  }

  /** Gives up the texts that have waited too long, and returns what there is of them. */
  expire(nowMs: number): PhoneMessage[] {
    return this.open.expire(nowMs).map((set) =>
      joinParts(
        set.parts.map((one) => one.value),
        set.total,
      ),
    );
  }

  /** When the next text is given up, in milliseconds since the Unix epoch. */
  get nextExpiryMs(): number | undefined {
    return this.open.nextExpiryMs;
  }

  /** Notes a receipt that is owed. */
  owe(receipt: OwedReceipt): void {
    this.owedById.set(receipt.id, receipt);
    this.write({ kind: "owed", receipt });
  }

  /** Notes that a receipt is owed no more. */
  pay(id: string): void {
    if (this.owedById.delete(id)) this.write({ kind: "paid", id });
  }

  /** Writes what is held. */
  close(): Promise<void> {
    return this.store.close();
  }

  private restore(entry: PhoneEntry): void {
    switch (entry.kind) {
      case "message":
        this.phones.add(entry.phone, entry.message);
        return;
      case "state":
        this.phones.setState(entry.phone, entry.id, entry.state);
        return;
      case "gone":
        return this.phones.remove(entry.phone, entry.id);
      case "part":
        // A text that this completes was written as a message right after.
        this.open.add(entry.part);
        return;
      case "owed":
        this.owedById.set(entry.receipt.id, entry.receipt);
        return;
      case "paid":
        this.owedById.delete(entry.id);
    }
  }

  private write(entry: PhoneEntry): void {
    this.store.append(entry);
    const needed = this.phones.messageCount + this.owedById.size + this.open.openSets;
    if (this.isCompacting || this.store.entryCount < COMPACT_SLACK_ENTRIES + 3 * needed) return;
    this.isCompacting = true;
    void this.store.compact(this.snapshot()).finally(() => {
      this.isCompacting = false;
    });
  }

  private *snapshot(): Generator<PhoneEntry> {
    for (const set of this.open.exportState()) {
      const { from, to, reference, total, firstArrivalMs } = set;
      for (const [sequence, value] of set.parts) {
        yield { kind: "part", part: { from, to, reference, total, sequence, nowMs: firstArrivalMs, value } };
      }
    }
    for (const { phone, message } of this.phones.all()) yield { kind: "message", phone, message };
    for (const receipt of this.owedById.values()) yield { kind: "owed", receipt };
  }
}
