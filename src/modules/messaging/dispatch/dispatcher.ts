import { assert } from "../../../kernel/assert.ts";
import type { Cell } from "../../../platform/cell/index.ts";
import type { Clock, Logger } from "../../../platform/ports.ts";
import { DueList, Reports, type QueuedItem } from "../../../platform/queue/index.ts";
import type { Compliance } from "../../compliance/index.ts";
import type { Router } from "../../routing/index.ts";
import type { ServiceDirectory } from "../../services/index.ts";
import type { Carrier, CarrierStatus, Submission } from "../carriers/index.ts";
import type { MessageEffects } from "../effects.ts";
import {
  hasPendingPart,
  hasSubmittedPart,
  isFinal,
  isUntouched,
  sentText,
  type DltIds,
  type Message,
} from "../message.ts";
import type { MessageState } from "../message-state.ts";
import { PERMISSIVE_COMPLIANCE } from "../neighbour-defaults.ts";
import type { SubmitAnswer, SubmitOutcome, SubmitsAnswered } from "../records.ts";
import { BatchMaker, recordOf, type Batch } from "./batch-maker.ts";
import { Budgets } from "./budgets.ts";
import { Conversations } from "./conversations.ts";
import { Lane, type LaneLook } from "./lane.ts";
import type { Parking } from "./parking.ts";
import { flowOf, inTurns, pendingCount, sidOf } from "./queue-items.ts";
import type { Rates } from "./rates.ts";
import type { RouteChooser } from "./route-chooser.ts";
import { SetAside } from "./set-aside.ts";
import { senderOfLine, TrafficLimits } from "./traffic-limits.ts";

/** After the cell refused a record the same work is tried again this much later. */
const REFUSED_PAUSE_MS = 500;
/** A retry without budget is looked at again this much later, or up to twice as much. */
const BUDGET_PAUSE_MS = 1_000;
const BUDGET_PAUSE_STEPS = 100;
/** A message that waits longer than this for its retry holds up its conversation no longer. */
const CONVERSATION_PATIENCE_MS = 5_000;
/** Messages that are moved to other lanes in one go when a carrier is lost. */
const REBALANCE_SLICE = 1_000;

export interface DispatcherOptions {
  readonly state: MessageState;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly carriers: readonly Carrier[];
  readonly chooser: RouteChooser;
  readonly rates: Rates;
  readonly parking: Parking;
  /** What is asked about a message again before it goes. */
  readonly rules: {
    readonly compliance: Compliance;
    readonly services: ServiceDirectory;
    readonly router: Router;
  };
  /** Takes care of a message that waits for its time. */
  readonly waits: (message: Readonly<Message>) => void;
  /** Fetches the media of a message and commits what came of it. */
  readonly fetchMedia: (message: Readonly<Message>) => void;
}

/** A carrier's lane as the operator is shown it. */
export type LaneStatus = CarrierStatus & LaneLook & { readonly queued: number };

/**
 * Moves messages from queued to handed over: routes, waits for room, journals the
 * attempts, submits, and journals the answers. Holds nothing that the cell's state does
 * not hold too; after a crash it is filled from there.
 */
export class Dispatcher implements MessageEffects {
  private readonly options: DispatcherOptions;
  private readonly lanes = new Map<string, Lane>();
  /** Carriers that were taken away and finish what is under way. */
  private readonly retiring = new Set<Promise<void>>();
  /**
   * The lanes in which something may have become possible. Of hundreds of carriers, and with
   * very many senders that wait for their rate, it is few at one moment.
   */
  private readonly toPump = new Set<Lane>();
  private readonly retries: DueList;
  /** Messages that no carrier could be found for; they are looked at again when that changes. */
  private readonly stranded = new Set<string>();
  private readonly answers: Reports<SubmitAnswer>;
  private readonly conversations = new Conversations();
  private readonly budgets: Budgets;
  private readonly limits: TrafficLimits;
  private readonly setAside: SetAside;
  private readonly batches: BatchMaker;
  private cell: Cell | undefined;
  private budgetPauses = 0;
  /** The table and the carriers that may take messages, when the lanes were rebalanced last. */
  private balancedFor = "";
  private pumpAsked = false;
  private stopped = false;
  /** Journal entries that are not durable yet. */
  private journals = 0;
  private journalsIdle: (() => void) | undefined;

  constructor(options: DispatcherOptions) {
    this.options = options;
    const { clock, carriers, state } = options;
    this.budgets = new Budgets(clock);
    this.limits = new TrafficLimits({ clock, dayCount: (key) => state.dayCounts.get(key) });
    this.setAside = new SetAside({
      clock,
      cell: () => this.useCell(),
      later: (message, atMs) => this.retry(message, atMs),
    });
    this.batches = new BatchMaker({
      ...options,
      limits: this.limits,
      budgets: this.budgets,
      setAside: this.setAside,
      isMoved: (lane, message, item) => this.isMoved(lane, message, item),
    });
    for (const carrier of carriers) this.addCarrier(carrier);
    this.retries = new DueList(clock, (sids) => this.retryDue(sids));
    this.answers = new Reports({
      clock,
      retryMs: REFUSED_PAUSE_MS,
      commit: (carrier, answers, done) => {
        const record: SubmitsAnswered = { kind: "message.answered", carrier, answers };
        this.useCell().commitThen(record, "progress", (error) => done(error === undefined));
      },
    });
  }

  /** There is one more carrier. Its name is not that of another one. */
  addCarrier(carrier: Carrier): void {
    assert(!this.lanes.has(carrier.name), `one carrier is called ${carrier.name}`);
    const { clock, rates, chooser } = this.options;
    const lane: Lane = new Lane({
      carrier,
      clock,
      gate: ({ account, sender: line }, cost) => {
        const waitMs = rates.waitMs({ accountSid: account, from: senderOfLine(line) }, cost);
        return Math.max(waitMs, this.limits.waitMs(line, cost));
      },
      onReady: () => this.askPump(lane),
      allows: (name) => chooser.allows(name),
    });
    this.lanes.set(carrier.name, lane);
  }

  /**
   * Takes a carrier away: what waits for it goes elsewhere, what it was given is waited for within
   * its limit, and it is closed. The router must not name it any more. Its name is free again when
   * this resolves. What is journalled for it and was not handed over yet comes back as not sent.
   * A successor of the same name has its place at once, and is to be started when this resolves.
   */
  removeCarrier(name: string, successor?: Carrier): Promise<void> {
    const lane = this.lanes.get(name);
    if (lane === undefined) return Promise.resolve();
    this.lanes.delete(name);
    this.toPump.delete(lane);
    const waiting = inTurns(lane.queue.drain());
    lane.close();
    if (successor !== undefined) this.addCarrier(successor);
    this.moveOn(waiting, 0);
    const retired = lane.journalled().then(() => lane.carrier.close());
    this.retiring.add(retired);
    return retired.finally(() => this.retiring.delete(retired));
  }

  /** The cell exists only after the machines it is made of. */
  attach(cell: Cell): void {
    this.cell = cell;
  }

  private useCell(): Cell {
    assert(this.cell !== undefined, "the dispatcher is attached to its cell");
    return this.cell;
  }

  /** What waits in front of each carrier, for the operator. */
  status(): readonly LaneStatus[] {
    return [...this.lanes.values()].map(statusOfLane);
  }

  /** The same of one carrier; `undefined` where there is none of that name. */
  statusOf(name: string): LaneStatus | undefined {
    const lane = this.lanes.get(name);
    return lane === undefined ? undefined : statusOfLane(lane);
  }

  /** Goes on where the log left off: in flight without an answer is unknown, the rest is queued again. */
  recovered(): void {
    const lost: Map<string, SubmitAnswer[]> = new Map();
    // A checkpoint does not keep the order of the table; the SIDs tell it.
    const open = [...this.options.state.messages.values()].filter(
      (message) => (!isFinal(message.status) || hasSubmittedPart(message)) && message.parked !== true,
    );
    open.sort((a, b) => (a.sid.slice(2) < b.sid.slice(2) ? -1 : 1));
    for (const message of open) {
      message.parts.forEach((part, index) => {
        if (part.state !== "submitted" || part.via === undefined) return;
        const answer: SubmitAnswer = { sid: message.sid, part: index, outcome: { kind: "unknown", reason: "restart" } };
        const sofar = lost.get(part.via);
        if (sofar === undefined) lost.set(part.via, [answer]);
        else sofar.push(answer);
      });
      if (isFinal(message.status)) continue;
      if (message.dueMs !== undefined) this.waits(message);
      else if (message.mediaUrls !== undefined) this.fetchMedia(message);
      else if (message.retryAtMs === undefined) this.ready(message);
      else {
        // What follows in its conversation waits for it as before.
        this.conversations.enter(message);
        this.retry(message, message.retryAtMs);
      }
    }
    for (const [carrier, answers] of lost) {
      this.options.logger.warn("dispatch.unknown-after-restart", { carrier, count: answers.length });
      for (const answer of answers) this.answers.add(carrier, answer);
    }
  }

  fetchMedia(message: Readonly<Message>): void {
    this.options.fetchMedia(message);
  }

  waits(message: Readonly<Message>): void {
    this.options.waits(message);
  }

  accepted(message: Readonly<Message>): void {
    if (!this.options.parking.takes(message)) this.ready(message);
  }

  ready(message: Readonly<Message>): void {
    if (!hasPendingPart(message) || isFinal(message.status) || message.dueMs !== undefined) return;
    if (!this.conversations.enter(message)) return;
    this.enqueue(message, this.chooseLane(message));
  }

  private enqueue(message: Readonly<Message>, lane: Lane | undefined): void {
    if (lane === undefined) {
      // The carriers were changed while it waited: it stays until its validity ends or they are changed again.
      this.options.logger.warn("dispatch.no-carrier", { sid: message.sid });
      this.stranded.add(message.sid);
      this.retries.add(message.sid, this.options.clock.nowMs() + 60_000);
      return;
    }
    lane.queue.push(
      message.sid + this.options.chooser.stamp,
      flowOf(message, this.lineOf(message)),
      pendingCount(message),
    );
    this.noticeSaturation(lane);
    this.askPump(lane);
  }

  /** The sender, with the limits of its registrations that hold for the recipient's network. */
  private lineOf({ accountSid, from, to }: Readonly<Message>): string {
    const { compliance, router } = this.options.rules;
    if (compliance === PERMISSIVE_COMPLIANCE) return from;
    return this.limits.lineOf(from, compliance.limits({ accountSid, from, to, network: router.networkOf(to) }));
  }

  /** With a single carrier there is nowhere else to go. */
  private noticeSaturation(lane: Lane): void {
    if (this.lanes.size < 2) return;
    const saturation = lane.noticeSaturation();
    if (saturation !== undefined) this.options.chooser.saturated(lane.carrier.name, saturation);
  }

  /** The lane of the first in the ranking. Parts that belong together were cut for one carrier and go by that one. */
  private chooseLane(message: Readonly<Message>): Lane | undefined {
    const begun = isUntouched(message) ? undefined : message.carrier;
    const name = begun ?? this.options.chooser.choose(message, (carrier) => this.hasRoom(carrier));
    return name === undefined ? undefined : this.lanes.get(name);
  }

  /** Whether a message could be given to a carrier at once. */
  private hasRoom(carrier: string): boolean {
    const lane = this.lanes.get(carrier);
    return lane !== undefined && lane.queue.length === 0 && lane.fits(1);
  }

  retry(message: Readonly<Message>, atMs: number): void {
    this.retries.add(message.sid, atMs);
    if (atMs - this.options.clock.nowMs() > CONVERSATION_PATIENCE_MS) this.handedOver(message);
  }

  receiptEntered(receipt: Parameters<MessageEffects["receiptEntered"]>[0]): void {
    this.options.chooser.receipt(receipt);
  }

  handedOver(message: Readonly<Message>): void {
    let next = this.conversations.leave(message);
    while (next !== undefined) {
      const following = this.options.state.messages.get(next);
      if (following !== undefined && !isFinal(following.status)) return this.ready(following);
      next = this.conversations.leave(following ?? { ...message, sid: next });
    }
  }

  private retryDue(sids: readonly string[]): void {
    for (const sid of sids) {
      this.stranded.delete(sid);
      const message = this.options.state.messages.get(sid);
      if (message === undefined || isFinal(message.status)) continue;
      if (this.mayRetry(message)) this.ready(message);
      else this.retries.add(sid, this.options.clock.nowMs() + this.budgetPauseMs());
    }
  }

  /** Spread, because of those that come at one moment a budget with nothing saved lets a single one through. */
  private budgetPauseMs(): number {
    this.budgetPauses = (this.budgetPauses + 1) % BUDGET_PAUSE_STEPS;
    return BUDGET_PAUSE_MS * (1 + this.budgetPauses / BUDGET_PAUSE_STEPS);
  }

  /** A throttle was no attempt, so that its repetition costs no budget. */
  private mayRetry(message: Readonly<Message>): boolean {
    const last = message.tries?.at(-1);
    if (last === undefined || last.verdict === undefined || last.verdict === "throttle") return true;
    // It is the carrier that gets the retry which must be protected from too many of them.
    return this.budgets.trySpend(message.accountSid, this.options.chooser.first(message) ?? last.carrier);
  }

  /** Table or health have changed: what waits at carriers that may take nothing goes to others. */
  routesChanged(): void {
    if (this.stopped) return;
    const { chooser } = this.options;
    const lost = [...this.lanes.values()].filter(
      (lane) => chooser.allows(lane.carrier.name, { isLook: true }) === "none",
    );
    // Measurements alone send nothing that waits at a lost carrier elsewhere: there was nowhere to go before.
    const balance = [chooser.versions.table, ...lost.map((lane) => lane.carrier.name)].join("|");
    if (balance !== this.balancedFor) {
      this.balancedFor = balance;
      // Drained, because what waits for its sender's rate must leave too.
      for (const lane of lost) this.moveOn(inTurns(lane.queue.drain()), 0);
    }
    for (const lane of this.lanes.values()) this.askPump(lane);
  }

  /** There is a carrier more: what had nowhere to go may have now. */
  carriersChanged(): void {
    if (this.stopped || this.stranded.size === 0) return;
    const sids = [...this.stranded];
    this.stranded.clear();
    this.lookAgain(sids, 0);
  }

  private lookAgain(sids: readonly string[], from: number): void {
    if (this.stopped) return;
    const end = Math.min(sids.length, from + REBALANCE_SLICE);
    // Those that are not for now are in the list of retries still.
    this.retryDue(sids.slice(from, end));
    if (end < sids.length) this.options.clock.after(0, () => this.lookAgain(sids, end));
  }

  /** Queues again where it can go now what was taken out of a lane, a slice at a time. */
  private moveOn(entries: readonly QueuedItem[], from: number): void {
    if (this.stopped) return;
    const end = Math.min(entries.length, from + REBALANCE_SLICE);
    for (let at = from; at < end; at += 1) {
      const message = this.options.state.messages.get(sidOf((entries[at] as QueuedItem).item));
      if (message === undefined || isFinal(message.status) || !hasPendingPart(message)) continue;
      this.enqueue(message, this.chooseLane(message));
    }
    if (end < entries.length) this.options.clock.after(0, () => this.moveOn(entries, end));
  }

  /** One pump for everything that became possible in this turn. */
  private askPump(lane: Lane): void {
    if (lane.queue.length === 0) return;
    this.toPump.add(lane);
    if (this.pumpAsked) return;
    this.pumpAsked = true;
    queueMicrotask(() => {
      this.pumpAsked = false;
      this.pump();
    });
  }

  private pump(): void {
    if (this.stopped) return;
    for (const lane of this.toPump) {
      this.toPump.delete(lane);
      while (lane.queue.length > 0 && this.pumpLane(lane));
    }
  }

  /** Journals one batch of attempts. Returns false when the lane has no room or nothing to send. */
  private pumpLane(lane: Lane): boolean {
    const batch = this.batches.take(lane);
    if (batch.sids.length === 0) {
      // Others have the loop between two stretches of what is set aside.
      if (batch.isCut) this.options.clock.after(0, () => this.askPump(lane));
      lane.whenRateAllows(() => this.askPump(lane));
      return false;
    }
    this.noticeSaturation(lane);
    lane.reserve(batch.reserved);
    this.journal(lane, batch);
    return true;
  }

  /**
   * True where the message was routed by another table, or its carrier is not to be used any
   * more, and it goes elsewhere now. One that is merely ranked better by now comes too late:
   * the message is at the head of its queue here, and would be at the end there.
   */
  private isMoved(lane: Lane, message: Readonly<Message>, item: string): boolean {
    const { chooser } = this.options;
    if (item.endsWith(chooser.stamp)) return false;
    const isSameTable = chooser.versionsOf(item)[0] === chooser.versions.table;
    if (isSameTable && chooser.isUsable(lane.carrier.name)) return false;
    const better = this.chooseLane(message);
    if (better === lane || better === undefined) return false;
    lane.queue.drop();
    this.enqueue(message, better);
    return true;
  }

  private journal(lane: Lane, batch: Batch): void {
    const { sids, reserved, days } = batch;
    const record = recordOf(batch, lane.carrier.name, this.options.chooser.versions);
    this.journals += 1;
    lane.journals += 1;
    this.useCell().commitThen(record, "progress", (error) => {
      lane.release(reserved);
      this.limits.settled(days);
      this.journals -= 1;
      lane.journalDone();
      // The effect of the record hands the parts over right after this.
      if (this.journals === 0 && this.stopped) queueMicrotask(() => this.journalsIdle?.());
      // Of what was called off meanwhile nothing is submitted, so that no answer would tell of the room.
      this.askPump(lane);
      if (error === undefined) return;
      this.options.logger.warn("dispatch.journal-refused", { carrier: lane.carrier.name, count: sids.length });
      this.options.clock.after(REFUSED_PAUSE_MS, () => this.readyAgain(sids));
    });
  }

  private readyAgain(sids: readonly string[]): void {
    for (const sid of sids) {
      const message = this.options.state.messages.get(sid);
      if (message !== undefined) this.ready(message);
    }
  }

  submit(carrierName: string, begun: readonly { message: Readonly<Message>; parts: readonly number[] }[]): void {
    const lane = this.lanes.get(carrierName);
    for (const { message, parts } of begun) {
      for (const part of parts) {
        if (lane === undefined) this.answers.add(carrierName, { sid: message.sid, part, outcome: CARRIER_GONE });
        else this.submitPart(lane, message, part);
      }
    }
  }

  private submitPart(lane: Lane, message: Readonly<Message>, part: number): void {
    const { chooser, clock } = this.options;
    const carrier = lane.carrier.name;
    const network = chooser.networkOf(message.to);
    const startedMs = clock.monotonicMs();
    const submission: { -readonly [K in keyof Submission]: Submission[K] } = {
      sid: message.sid,
      from: message.from,
      to: message.to,
      text: sentText(message),
      part,
      parts: message.parts.length,
      attempt: message.tries?.at(-1)?.number ?? 1,
      validUntilMs: message.validUntilMs,
    };
    const { tlvs, dlt } = message;
    if (tlvs !== undefined) submission.tlvs = tlvs;
    if (dlt !== undefined) submission.dlt = dlt;
    if (dlt !== undefined) submission.tlvs = { ...tlvs, ...this.registryTlvs(carrier, dlt) };
    lane.submitted();
    chooser.submitted(carrier, network);
    lane.carrier.submit(submission, (outcome) => {
      const latencyMs = clock.monotonicMs() - startedMs;
      lane.answered(answerKind(outcome), latencyMs);
      chooser.answered({ carrier, network, outcome, latencyMs });
      this.answers.add(carrier, { sid: message.sid, part, outcome });
      this.askPump(lane);
    });
  }

  /** What India's registries know a message by, as this carrier wants to be told. */
  private registryTlvs(carrier: string, { entityId, templateId }: DltIds): Readonly<Record<string, string>> {
    if (entityId === undefined || templateId === undefined) return {};
    return this.options.rules.compliance.carrierTlvs(carrier, { entityId, templateId });
  }

  /** A carrier has room again, or went up or down. */
  carrierChanged(carrier: string): void {
    const lane = this.lanes.get(carrier);
    if (lane === undefined) return;
    if (lane.noticeUp()) this.options.chooser.up(carrier, lane.carrier.up);
    this.askPump(lane);
  }

  async close(): Promise<void> {
    this.stopped = true;
    this.retries.close();
    for (const lane of this.lanes.values()) lane.close();
    if (this.journals > 0) await new Promise<void>((resolve) => (this.journalsIdle = resolve));
    await Promise.all([...[...this.lanes.values()].map(({ carrier }) => carrier.close()), ...this.retiring]);
    await this.answers.drained();
    await this.setAside.drained();
  }
}

/** It was taken away between the journal entry and the first octet. */
const CARRIER_GONE: SubmitOutcome = { kind: "not-sent", reason: "carrier-gone" };

function statusOfLane(lane: Lane): LaneStatus {
  return { ...lane.carrier.status(), ...lane.look(), queued: lane.queue.length };
}

/** What an outcome says about the carrier's pace. */
function answerKind(outcome: SubmitOutcome): "accepted" | "throttled" | "other" {
  if (outcome.kind === "accepted") return "accepted";
  return outcome.kind === "refused" && outcome.verdict === "throttle" ? "throttled" : "other";
}
