import { bareAddress } from "./address.ts";
import { StateTable } from "../../platform/cell/index.ts";
import type { InboundTextRoute } from "../numbers/index.ts";
import type { Quote } from "../pricing/index.ts";
import type { TrafficClass } from "../routing/index.ts";
import { DueIndex } from "./due-index.ts";
import type { EarlierOptOut } from "./earlier-opt-outs.ts";
import { isFinal, trafficClassOf, type Message } from "./message.ts";
import type { MessageTrace } from "./message-trace.ts";
import type { Receipt } from "./records.ts";
import { SettledIds } from "./settled-ids.ts";
import { WaitingCounts, type Waiting } from "./waiting-counts.ts";

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
  readonly serviceSid?: string;
  readonly quote?: Quote;
  readonly judged?: true;
}

/** What was sent on a day of what a limit allows for it. */
export interface DayCount {
  /** The day in the limit's time zone, `2025-01-31`. */
  readonly day: string;
  readonly segments: number;
}

/** Messages of one lane, account and sender that wait in the database alone. */
export interface ParkedFlow {
  readonly trafficClass: TrafficClass;
  readonly accountSid: string;
  readonly from: string;
  messages: number;
  segments: number;
}

/** A carrier's health from one version of the snapshot on, for those who ask later why it was chosen. */
export interface HealthRecord {
  readonly version: number;
  readonly carrier: string;
  readonly atMs: number;
  readonly content: string;
}

/** Messages in memory: waiting, sent without a receipt yet, or not projected. Each takes up to two KiB, and the process has four GiB. */
export const MAX_OPEN_MESSAGES = 1_200_000;
export const MAX_HELD_RECEIPTS = 100_000;
const MAX_PARTIAL_TEXTS = 50_000;
/** Daily limits that are counted; there is one for each brand. */
const MAX_DAY_COUNTS = 200_000;

/** The tables of this module, and the indexes that follow from them. */
export class MessageState {
  readonly messages = new StateTable<Message>("messages", { projected: true });
  readonly lateChanges = new StateTable<LateChange>("message-changes", { projected: true });
  readonly heldReceipts = new StateTable<HeldReceipt>("held-receipts", { projected: false });
  readonly partialTexts = new StateTable<PartialText>("partial-texts", { projected: false });
  /** From before consent was the rules' part; see `earlier-opt-outs.ts`. */
  readonly optOuts = new StateTable<EarlierOptOut>("opt-outs", { projected: false });
  /** By the key of a daily limit. */
  readonly dayCounts = new StateTable<DayCount>("day-counts", { projected: false });
  readonly parkedFlows = new StateTable<ParkedFlow>("parked-flows", { projected: false });
  readonly healthRecords = new StateTable<HealthRecord>("carrier-health", { projected: true });
  /** Writes down what happens, for those who look at it; nobody does where absent. */
  trace: MessageTrace | undefined;
  /** Messages in memory that wait for a time in the database. */
  readonly due = new DueIndex();
  private readonly settledIds = new SettledIds();
  /** By {@link flowKey}. */
  private readonly waitingByFlow = new WaitingCounts();
  /** By account and sender, over all lanes. */
  private readonly waitingBySender = new WaitingCounts();

  /** Carrier and carrier's id, to SID and part. */
  private readonly byCarrierId = new Map<string, string>();
  /** Carrier, sender and recipient, to the SIDs that have an unknown part. */
  private readonly unknownByPair = new Map<string, Set<string>>();
  private latestHealthVersion = 0;

  get tables(): readonly StateTable<never>[] {
    return [
      this.messages,
      this.lateChanges,
      this.heldReceipts,
      this.partialTexts,
      this.optOuts,
      this.dayCounts,
      this.parkedFlows,
      this.healthRecords,
      this.settledIds.table,
    ] as readonly unknown[] as readonly StateTable<never>[];
  }

  /** Rebuilds the indexes from the tables. */
  index(): void {
    this.byCarrierId.clear();
    this.unknownByPair.clear();
    this.settledIds.index();
    this.waitingByFlow.clear();
    this.waitingBySender.clear();
    this.due.clear();
    this.latestHealthVersion = 0;
    for (const { version } of this.healthRecords.values()) this.noteHealthVersion(version);
    for (const flow of this.parkedFlows.values()) this.addWaiting(flow, flow.messages, flow.segments);
    for (const message of this.messages.values()) {
      if (message.dueMs !== undefined && message.parked === true) this.due.add(message);
      else if (isWaiting(message) && message.parked !== true) this.addWaiting(message, 1, message.segments);
      message.parts.forEach((part, index) => {
        if (part.via === undefined) return;
        const expectsReceipt = part.state === "accepted" && !isFinal(message.status) && message.closed !== true;
        if (expectsReceipt && part.id !== undefined) this.linkCarrierId(part.via, part.id, message.sid, index);
        if (part.state === "unknown" && !isFinal(message.status)) this.linkUnknown(part.via, message);
      });
    }
  }

  /** A message was accepted and waits for its first attempt. */
  enqueued(message: Readonly<Message>): void {
    this.addWaiting(message, 1, message.segments);
  }

  /** It waits no more: its first attempt begins, or it ended before. Call before the status changes. */
  dequeued(message: Readonly<Message>): void {
    if (isWaiting(message)) this.addWaiting(message, -1, -message.segments);
  }

  /** What waits in one lane of a sender. */
  waitingOf(flow: Flow): Waiting {
    return this.waitingByFlow.of(flowKey(flow));
  }

  /** What waits of a sender in all lanes. */
  waitingOfSender(accountSid: string, from: string): Waiting {
    return this.waitingBySender.of(`${accountSid}|${from}`);
  }

  private addWaiting(flow: Flow, messages: number, segments: number): void {
    this.waitingByFlow.add(flowKey(flow), messages, segments);
    this.waitingBySender.add(`${flow.accountSid}|${flow.from}`, messages, segments);
  }

  /** Counts a message as parked, or no longer. For reducers only. */
  park(message: Readonly<Message>, change: 1 | -1): void {
    if (message.dueMs !== undefined) return change === 1 ? this.due.add(message) : this.due.remove(message);
    const key = flowKey(message);
    const flow = this.parkedFlows.edit(key);
    if (flow === undefined) {
      if (change === -1) return;
      const { accountSid, from, segments } = message;
      this.parkedFlows.put(key, { trafficClass: trafficClassOf(message), accountSid, from, messages: 1, segments });
      return;
    }
    flow.messages += change;
    flow.segments += change * message.segments;
    if (flow.messages <= 0) this.parkedFlows.delete(key);
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

  /** Whether the receipt of this id was applied before. */
  isSettled(carrier: string, id: string): boolean {
    return this.settledIds.has(`${carrier}|${id}`);
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

  /**
   * A message that is done takes no receipt any more, whether it has left memory or, in a
   * replay, has not. Those that still come are for nobody.
   */
  endReceipts(message: Readonly<Message>): void {
    for (const { state, via, id } of message.parts) {
      if (state === "accepted" && via !== undefined && id !== undefined) this.settleCarrierId(via, id);
    }
  }

  /** Counts what goes out against daily limits. For reducers only. */
  countDays(days: Readonly<Record<string, readonly [day: string, segments: number]>>): void {
    for (const [key, [day, segments]] of Object.entries(days)) {
      const known = this.dayCounts.get(key);
      // A new day begins at nothing; what was journalled before midnight and comes late counts for nobody.
      if (known !== undefined && known.day > day) continue;
      this.dayCounts.put(key, { day, segments: segments + (known?.day === day ? known.segments : 0) });
      if (this.dayCounts.size > MAX_DAY_COUNTS) dropOldest(this.dayCounts, MAX_DAY_COUNTS / 100);
    }
  }

  /** Forgets what leads to a message that is gone. */
  release(message: Readonly<Message>): void {
    this.due.remove(message);
    this.unlinkAllUnknown(message);
    message.parts.forEach(({ via, id }, index) => {
      if (via === undefined || id === undefined) return;
      // A carrier may have used the id again, for another message.
      const found = this.findByCarrierId(via, id);
      if (found?.sid === message.sid && found.part === index) this.unlinkCarrierId(via, id);
    });
  }

  /** A message between the two that has an unknown part with this carrier. */
  findUnknown(carrier: string, from: string, to: string): string | undefined {
    for (const sid of this.unknownsOf(carrier, from, to)) return sid;
    return undefined;
  }

  /** The messages between the two that have an unknown part with this carrier, in no order that a replay keeps. */
  unknownsOf(carrier: string, from: string, to: string): Iterable<string> {
    return this.unknownByPair.get(pairKey(carrier, from, to)) ?? [];
  }

  /** Those of `sids` with an unknown part that may adopt a receipt that is held. Looks once at each of both. */
  withHeldReceipt(sids: ReadonlySet<string>): ReadonlySet<string> {
    const byPair = new Map<string, string[]>();
    for (const sid of sids) {
      const message = this.messages.get(sid);
      for (const { state, via } of message?.parts ?? []) {
        if (message === undefined || state !== "unknown" || via === undefined) continue;
        const pair = pairKey(via, message.from, message.to);
        const known = byPair.get(pair);
        if (known === undefined) byPair.set(pair, [sid]);
        else known.push(sid);
      }
    }
    const found = new Set<string>();
    for (const { carrier, receipt } of this.heldReceipts.values()) {
      const pair = pairKey(carrier, receipt.from, receipt.to);
      for (const sid of byPair.get(pair) ?? []) found.add(sid);
      // Thousands of receipts may be between the same two.
      byPair.delete(pair);
      if (byPair.size === 0) break;
    }
    return found;
  }

  /** Messages with an attempt whose outcome is not known. */
  get unknownCount(): number {
    let count = 0;
    for (const sids of this.unknownByPair.values()) count += sids.size;
    return count;
  }

  /** Messages with an unknown outcome, about in the order in which they got it. */
  *unknownSids(): IterableIterator<string> {
    for (const sids of this.unknownByPair.values()) yield* sids;
  }

  /** Messages that wait in the database alone. */
  get parkedCount(): number {
    let count = 0;
    for (const flow of this.parkedFlows.values()) count += flow.messages;
    return count;
  }

  /** The number of the latest health snapshot. */
  get healthVersion(): number {
    return this.latestHealthVersion;
  }

  /** Keeps what a snapshot says of a carrier. For reducers only. */
  keepHealth(record: HealthRecord): void {
    this.healthRecords.put(healthKey(record.version, record.carrier), record);
    this.noteHealthVersion(record.version);
  }

  private noteHealthVersion(version: number): void {
    if (version > this.latestHealthVersion) this.latestHealthVersion = version;
  }

  /** Keeps a receipt for later; the oldest give way when there are too many. Of several with one id the first counts. */
  hold(key: string, held: HeldReceipt): void {
    if (this.heldReceipts.has(key) || this.settledIds.has(key)) return;
    this.heldReceipts.put(key, held);
    if (this.heldReceipts.size > MAX_HELD_RECEIPTS) dropOldest(this.heldReceipts, MAX_HELD_RECEIPTS / 100);
  }

  keepPartial(key: string, partial: PartialText): void {
    this.partialTexts.put(key, partial);
    if (this.partialTexts.size > MAX_PARTIAL_TEXTS) dropOldest(this.partialTexts, MAX_PARTIAL_TEXTS / 100);
  }
}

/** The key of a carrier's health from a version on. */
function healthKey(version: number, carrier: string): string {
  return `${version}|${carrier}`;
}

/** What makes a flow: the lane, the account and the sender. */
export interface Flow {
  readonly trafficClass?: TrafficClass;
  readonly accountSid: string;
  readonly from: string;
}

/** It waits for its turn, and not for a time. */
function isWaiting(message: Readonly<Message>): boolean {
  return message.status === "queued" && message.dueMs === undefined;
}

/** The key of a flow in the tables. */
export function flowKey(flow: Flow): string {
  return `${flow.trafficClass ?? "transactional"}|${flow.accountSid}|${flow.from}`;
}

const SID_LENGTH = 34;

/** Several at once, because finding the first key of a map is slow where many were deleted before it. */
function dropOldest<V extends object>(table: StateTable<V>, count: number): void {
  let left = count;
  for (const key of table.keys()) {
    if (left <= 0) return;
    table.delete(key);
    left -= 1;
  }
}

/** Addresses are compared by their digits, because carriers differ in the leading plus. */
function pairKey(carrier: string, from: string, to: string): string {
  return `${carrier}|${bareAddress(from)}|${bareAddress(to)}`;
}
