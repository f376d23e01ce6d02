import { StateTable, type CellRecord, type Machine } from "../../platform/cell/index.ts";
import type { MovableEntry } from "../../platform/fleet/index.ts";
import type { StickInput } from "./directory.ts";
import { hashOfText, recipientKey, type RecipientKey } from "./hash.ts";
import { MAX_BLOCK_SLOTS, StickyBlock, type StickyBlockText } from "./sticky-block.ts";

/** The most recipients of all services together: 320 MB. Beyond, the longest unused of the same block goes. */
export const MAX_STICKY_RECIPIENTS = 20_000_000;
/** A recipient that was not written to for so long is forgotten, as with Twilio. */
const KEEP_DAYS = 365;
/** How old the day of the last use may be before it is written anew. */
const REFRESH_DAYS = 7;
const MAX_DEPTH = 16;
const DAY_MS = 86_400_000;

/** The blocks of one service, by the first `depth` bits of a recipient's key. */
interface BlockDirectory {
  depth: number;
  blocks: (StickyBlock | undefined)[];
}

/** Sticky senders of accounts that come from another cell, or go to one. */
interface SticksMoved extends CellRecord {
  readonly kind: "sender.sticks-moved";
  /** The accounts whose sticky senders are forgotten first. */
  readonly forget: readonly string[];
  readonly entries: readonly (readonly [key: string, value: StickyBlockText])[];
}

/** A service was deleted. */
interface SticksForgotten extends CellRecord {
  readonly kind: "sender.sticks-forgotten";
  readonly accountSid: string;
  readonly serviceSid: string;
}

/**
 * Which recipient was written to by which sender of a service. It changes in reducers of
 * the cell's log only, and stands in its checkpoints: extendible hashing over blocks, so that
 * a recipient costs 16 octets and a change rewrites one small block.
 */
export class StickySenders {
  /** Keys are `AC…/MG…/` and the leading bits of the block's recipients. */
  readonly table = new StateTable<StickyBlock>("sticky_senders", { projected: false });
  private readonly services = new Map<string, BlockDirectory>();
  private readonly maxRecipients: number;
  private recipients = 0;

  constructor(maxRecipients: number = MAX_STICKY_RECIPIENTS) {
    this.maxRecipients = maxRecipients;
  }

  /** Recipients that are remembered. */
  get size(): number {
    return this.recipients;
  }

  /** The hash of the sender that a recipient has; `undefined` where none is remembered. */
  senderOf(service: string, { high, low }: RecipientKey, nowMs: number): number | undefined {
    const directory = this.services.get(service);
    const block = directory?.blocks[indexOf(high, directory.depth)];
    if (block === undefined) return undefined;
    const slot = block.find(high, low);
    if (slot < 0 || block.day(slot) < dayOf(nowMs) - KEEP_DAYS) return undefined;
    return block.sender(slot);
  }

  /** For reducers only. */
  stick({ accountSid, serviceSid, recipient, address, atMs }: StickInput): void {
    const service = serviceKey(accountSid, serviceSid);
    const { high, low } = recipientKey(recipient);
    const sender = hashOfText(address);
    const day = dayOf(atMs);
    let block = this.blockOf(service, high);
    const slot = block.find(high, low);
    if (slot >= 0) {
      if (block.sender(slot) === sender && day - block.day(slot) < REFRESH_DAYS) return;
      this.table.edit(block.key);
      block.set(slot, sender, day);
      return;
    }
    while (block.count >= MAX_BLOCK_SLOTS || this.recipients >= this.maxRecipients) {
      this.table.edit(block.key);
      this.recipients -= block.dropBefore(day - KEEP_DAYS);
      if (block.count < MAX_BLOCK_SLOTS && this.recipients < this.maxRecipients) break;
      if (block.depth < MAX_DEPTH && this.recipients < this.maxRecipients) {
        this.split(service, block);
        block = this.blockOf(service, high);
      } else {
        // A service that came when all room was taken has no recipients to forget.
        if (!block.dropOldest()) return;
        this.recipients -= 1;
      }
    }
    this.table.edit(block.key);
    block.insert({ high, low, sender, day });
    this.recipients += 1;
  }

  private blockOf(service: string, high: number): StickyBlock {
    let directory = this.services.get(service);
    if (directory === undefined) {
      directory = { depth: 0, blocks: [undefined] };
      this.services.set(service, directory);
    }
    const index = indexOf(high, directory.depth);
    let block = directory.blocks[index];
    if (block === undefined) {
      const bits = directory.depth === 0 ? "" : index.toString(2).padStart(directory.depth, "0");
      block = new StickyBlock(`${service}/${bits}`, directory.depth);
      directory.blocks[index] = block;
      this.table.put(block.key, block);
    }
    return block;
  }

  private split(service: string, block: StickyBlock): void {
    this.table.delete(block.key);
    for (const half of block.split()) {
      this.table.put(half.key, half);
      this.list(service, half);
    }
  }

  /** Makes a block found by the keys that begin with its bits. */
  private list(service: string, block: StickyBlock): void {
    const { key, depth } = block;
    let directory = this.services.get(service);
    if (directory === undefined) {
      directory = { depth: 0, blocks: [undefined] };
      this.services.set(service, directory);
    }
    while (directory.depth < depth) {
      directory.blocks = directory.blocks.flatMap((each) => [each, each]);
      directory.depth += 1;
    }
    const bits = depth === 0 ? 0 : Number.parseInt(key.slice(-depth), 2);
    const copies = 2 ** (directory.depth - depth);
    directory.blocks.fill(block, bits * copies, (bits + 1) * copies);
  }

  /** Rebuilds what is found by key from the table, whose values may be as a checkpoint wrote them. */
  rebuild(): void {
    this.services.clear();
    this.recipients = 0;
    for (const key of this.table.keys()) {
      const known = this.table.get(key) as StickyBlock | StickyBlockText | undefined;
      if (known === undefined) continue;
      const service = key.slice(0, key.lastIndexOf("/"));
      const depth = key.length - service.length - 1;
      const block = known instanceof StickyBlock ? known : StickyBlock.from(key, depth, known);
      if (known !== block) this.table.put(key, block);
      this.list(service, block);
      this.recipients += block.count;
    }
  }

  /** For reducers only. */
  forgetService(accountSid: string, serviceSid: string): void {
    const service = serviceKey(accountSid, serviceSid);
    for (const block of new Set(this.services.get(service)?.blocks)) {
      if (block === undefined) continue;
      this.table.delete(block.key);
      this.recipients -= block.count;
    }
    this.services.delete(service);
  }

  /** What accounts have, for a move to another cell. */
  *entriesOf(accountSids: readonly string[]): IterableIterator<MovableEntry> {
    const own = new Set(accountSids);
    for (const key of this.table.keys()) {
      if (!own.has(accountOf(key))) continue;
      const block = this.table.get(key);
      if (block !== undefined && block.count > 0) yield [key, block.toJSON()];
    }
  }

  /** For reducers only. */
  move({ forget, entries }: Pick<SticksMoved, "forget" | "entries">): void {
    const gone = new Set(forget);
    for (const key of this.table.keys()) if (gone.has(accountOf(key))) this.table.delete(key);
    for (const [key, value] of entries) {
      this.table.put(key, StickyBlock.from(key, key.length - key.lastIndexOf("/") - 1, value));
    }
    this.rebuild();
  }
}

/** The machine over {@link StickySenders}. The sticking itself is done by the reducers of messages. */
export function stickyMachine(sticky: StickySenders): Machine {
  return {
    name: "services",
    tables: [sticky.table] as readonly unknown[] as readonly StateTable<never>[],
    reducers: {
      "sender.sticks-moved": (record: SticksMoved) => sticky.move(record),
      "sender.sticks-forgotten": ({ accountSid, serviceSid }: SticksForgotten) =>
        sticky.forgetService(accountSid, serviceSid),
    },
    restored: () => sticky.rebuild(),
  };
}

/** The record that tells the machine of a deleted service. */
export function sticksForgotten(accountSid: string, serviceSid: string): SticksForgotten {
  return { kind: "sender.sticks-forgotten", accountSid, serviceSid };
}

/** The record of a move. */
export function sticksMoved(forget: readonly string[], entries: readonly MovableEntry[]): SticksMoved {
  return { kind: "sender.sticks-moved", forget, entries: entries as SticksMoved["entries"] };
}

/** As what a service is known here. */
export function serviceKey(accountSid: string, serviceSid: string): string {
  return `${accountSid}/${serviceSid}`;
}

function accountOf(key: string): string {
  return key.slice(0, key.indexOf("/"));
}

function indexOf(high: number, depth: number): number {
  return depth === 0 ? 0 : high >>> (32 - depth);
}

function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}
