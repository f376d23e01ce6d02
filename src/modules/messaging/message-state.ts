import { bareAddress } from "./address.ts";
import { StateTable } from "../../platform/cell/index.ts";
import type { InboundTextRoute } from "../numbers/index.ts";
import { isFinal, type Message } from "./message.ts";
import type { Receipt } from "./records.ts";
import { SettledIds } from "./settled-ids.ts";

/** A receipt whose id is not known (yet): its response may still come. */
export interface HeldReceipt {
  readonly carrier: string;
  readonly receipt: Receipt;
  readonly sinceMs: number;
}

/** A change to a message that has left memory: applied to its row. */
export interface LateChange {
  readonly sid: string;
  redacted?: boolean;
  deleted?: boolean;
  feedback?: "confirmed" | "unconfirmed";
  /** SIDs of media that are gone. */
  deletedMedia?: readonly string[];
  updatedMs: number;
}

/** The parts of a long inbound text that have arrived. */
export interface PartialText {
  readonly carrier: string;
  readonly from: string;
  readonly to: string;
  readonly total: number;
  readonly sinceMs: number;
  /** Text by part, 1-based. */
  readonly texts: Record<number, string>;
  readonly encoding: "GSM-7" | "UCS-2";
  readonly route: InboundTextRoute;
  readonly sid: string;
}

/** Sender and recipient that said STOP to each other's traffic. */
export interface OptOut {
  readonly sinceMs: number;
}

/** Messages in memory: waiting, sent without a receipt yet, or not projected. Each takes up to two KiB, and the process has four GiB. */
export const MAX_OPEN_MESSAGES = 1_200_000;
const MAX_HELD_RECEIPTS = 100_000;
const MAX_PARTIAL_TEXTS = 50_000;

/** The tables of this module, and the indexes that follow from them. */
export class MessageState {
  readonly messages = new StateTable<Message>("messages", { projected: true });
  readonly lateChanges = new StateTable<LateChange>("message-changes", { projected: true });
  readonly heldReceipts = new StateTable<HeldReceipt>("held-receipts", { projected: false });
  readonly partialTexts = new StateTable<PartialText>("partial-texts", { projected: false });
  readonly optOuts = new StateTable<OptOut>("opt-outs", { projected: false });
  private readonly settledIds = new SettledIds();

  /** Carrier and carrier's id, to SID and part. */
  private readonly byCarrierId = new Map<string, string>();
  /** Carrier, sender and recipient, to the SIDs that have an unknown part, oldest first. */
  private readonly unknownByPair = new Map<string, Set<string>>();

  get tables(): readonly StateTable<never>[] {
    return [
      this.messages,
      this.lateChanges,
      this.heldReceipts,
      this.partialTexts,
      this.optOuts,
      this.settledIds.table,
    ] as readonly unknown[] as readonly StateTable<never>[];
  }

  /** Rebuilds the indexes from the tables. */
  index(): void {
    this.byCarrierId.clear();
    this.unknownByPair.clear();
    this.settledIds.index();
    for (const message of this.messages.values()) {
      message.parts.forEach((part, index) => {
        if (part.via === undefined) return;
        if (part.state === "accepted" && part.id !== undefined)
          this.linkCarrierId(part.via, part.id, message.sid, index);
        if (part.state === "unknown" && !isFinal(message.status)) this.linkUnknown(part.via, message);
      });
    }
  }

  linkCarrierId(carrier: string, id: string, sid: string, part: number): void {
    this.byCarrierId.set(`${carrier}|${id}`, `${sid}${part}`);
  }

  unlinkCarrierId(carrier: string, id: string): void {
    this.byCarrierId.delete(`${carrier}|${id}`);
  }

  /** The receipt of this id is applied; a repetition of it is for nobody. */
  settleCarrierId(carrier: string, id: string): void {
    this.unlinkCarrierId(carrier, id);
    this.settledIds.remember(`${carrier}|${id}`);
  }

  findByCarrierId(carrier: string, id: string): { sid: string; part: number } | undefined {
    const found = this.byCarrierId.get(`${carrier}|${id}`);
    if (found === undefined) return undefined;
    return { sid: found.slice(0, SID_LENGTH), part: Number(found.slice(SID_LENGTH)) };
  }

  linkUnknown(carrier: string, message: Readonly<Message>): void {
    const pair = pairKey(carrier, message.from, message.to);
    const sids = this.unknownByPair.get(pair);
    if (sids === undefined) this.unknownByPair.set(pair, new Set([message.sid]));
    else sids.add(message.sid);
  }

  unlinkUnknown(carrier: string, message: Readonly<Message>): void {
    const pair = pairKey(carrier, message.from, message.to);
    const sids = this.unknownByPair.get(pair);
    sids?.delete(message.sid);
    if (sids?.size === 0) this.unknownByPair.delete(pair);
  }

  /** A message that is done adopts no receipt any more. */
  unlinkAllUnknown(message: Readonly<Message>): void {
    for (const part of message.parts) if (part.via !== undefined) this.unlinkUnknown(part.via, message);
  }

  /** Forgets what leads to a message that is gone. */
  release(message: Readonly<Message>): void {
    this.unlinkAllUnknown(message);
    message.parts.forEach(({ via, id }, index) => {
      if (via === undefined || id === undefined) return;
      // A carrier may have used the id again, for another message.
      const found = this.findByCarrierId(via, id);
      if (found?.sid === message.sid && found.part === index) this.unlinkCarrierId(via, id);
    });
  }

  /** The oldest message between the two that has an unknown part with this carrier. */
  findUnknown(carrier: string, from: string, to: string): string | undefined {
    for (const sid of this.unknownByPair.get(pairKey(carrier, from, to)) ?? []) return sid;
    return undefined;
  }

  /** Messages with an attempt whose outcome is not known. */
  get unknownCount(): number {
    let count = 0;
    for (const sids of this.unknownByPair.values()) count += sids.size;
    return count;
  }

  /** Keeps a receipt for later; the oldest give way when there are too many. Of several with one id the first counts. */
  hold(key: string, held: HeldReceipt): void {
    if (this.heldReceipts.has(key) || this.settledIds.has(key)) return;
    this.heldReceipts.put(key, held);
    if (this.heldReceipts.size > MAX_HELD_RECEIPTS) dropOldest(this.heldReceipts);
  }

  keepPartial(key: string, partial: PartialText): void {
    this.partialTexts.put(key, partial);
    if (this.partialTexts.size > MAX_PARTIAL_TEXTS) dropOldest(this.partialTexts);
  }
}

const SID_LENGTH = 34;

function dropOldest<V extends object>(table: StateTable<V>): void {
  for (const key of table.keys()) {
    table.delete(key);
    return;
  }
}

/** Addresses are compared by their digits, because carriers differ in the leading plus. */
function pairKey(carrier: string, from: string, to: string): string {
  return `${carrier}|${bareAddress(from)}|${bareAddress(to)}`;
}

/** The key of a sender and a recipient in the opt-out table. */
export function optOutKey(sender: string, recipient: string): string {
  return `${sender}|${recipient}`;
}
