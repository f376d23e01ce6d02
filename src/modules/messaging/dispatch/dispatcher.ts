import { assert } from "../../../kernel/assert.ts";
import type { Cell } from "../../../platform/cell/index.ts";
import type { Clock, Logger } from "../../../platform/ports.ts";
import { DueList, Reports } from "../../../platform/queue/index.ts";
import type { Carrier, CarrierStatus } from "../carriers/carrier.ts";
import type { MessageEffects } from "../effects.ts";
import { hasPendingPart, isFinal, sentText, type Message } from "../message.ts";
import type { MessageState } from "../message-state.ts";
import type { MessagesAttempted, SubmitAnswer, SubmitOutcome, SubmitsAnswered } from "../records.ts";
import { Lane } from "./lane.ts";
import { route } from "./route.ts";

/** At most so many messages share one journal entry. */
const BATCH = 200;
/** After the cell refused a record the same work is tried again this much later. */
const REFUSED_PAUSE_MS = 500;

export interface DispatcherOptions {
  readonly state: MessageState;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly carriers: readonly Carrier[];
  /** Fetches the media of a message and commits what came of it. */
  readonly fetchMedia: (message: Readonly<Message>) => void;
}

/**
 * Moves messages from queued to handed over: routes, waits for room, journals the
 * attempts, submits, and journals the answers. Holds nothing that the cell's state does
 * not hold too; after a crash it is filled from there.
 */
export class Dispatcher implements MessageEffects {
  private readonly options: DispatcherOptions;
  private readonly lanes = new Map<string, Lane>();
  private readonly retries: DueList;
  private readonly answers: Reports<SubmitAnswer>;
  private cell: Cell | undefined;
  private pumpAsked = false;
  private stopped = false;
  /** Journal entries that are not durable yet. */
  private journals = 0;
  private journalsIdle: (() => void) | undefined;

  constructor(options: DispatcherOptions) {
    this.options = options;
    for (const carrier of options.carriers) this.lanes.set(carrier.name, new Lane(carrier, options.clock));
    this.retries = new DueList(options.clock, (sids) => this.retryDue(sids));
    this.answers = new Reports({
      clock: options.clock,
      retryMs: REFUSED_PAUSE_MS,
      commit: (carrier, answers, done) => {
        const record: SubmitsAnswered = { kind: "message.answered", carrier, answers };
        this.useCell().commitThen(record, "progress", (error) => done(error === undefined));
      },
    });
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
  status(): readonly (CarrierStatus & { readonly queued: number })[] {
    return [...this.lanes.values()].map((lane) => ({ ...lane.carrier.status(), queued: lane.queue.length }));
  }

  /** Goes on where the log left off: in flight without an answer is unknown, the rest is queued again. */
  recovered(): void {
    const lost: Map<string, SubmitAnswer[]> = new Map();
    // A checkpoint does not keep the order of the table; the SIDs tell it.
    const open = [...this.options.state.messages.values()].filter((message) => !isFinal(message.status));
    open.sort((a, b) => (a.sid.slice(2) < b.sid.slice(2) ? -1 : 1));
    for (const message of open) {
      message.parts.forEach((part, index) => {
        if (part.state !== "submitted" || part.via === undefined) return;
        const answer: SubmitAnswer = { sid: message.sid, part: index, outcome: { kind: "unknown", reason: "restart" } };
        const sofar = lost.get(part.via);
        if (sofar === undefined) lost.set(part.via, [answer]);
        else sofar.push(answer);
      });
      if (message.mediaUrls !== undefined) this.fetchMedia(message);
      else if (message.retryAtMs !== undefined) this.retry(message.sid, message.retryAtMs);
      else this.ready(message);
    }
    for (const [carrier, answers] of lost) {
      this.options.logger.warn("dispatch.unknown-after-restart", { carrier, count: answers.length });
      for (const answer of answers) this.answers.add(carrier, answer);
    }
  }

  fetchMedia(message: Readonly<Message>): void {
    this.options.fetchMedia(message);
  }

  ready(message: Readonly<Message>): void {
    if (!hasPendingPart(message)) return;
    // Parts that belong together were cut for one carrier and go by that one.
    const begun = message.parts.some((part) => part.state !== "pending") ? message.carrier : undefined;
    const name = begun ?? route(this.options.carriers, message.to, message.refusedBy)?.name;
    const lane = name === undefined ? undefined : this.lanes.get(name);
    if (lane === undefined) {
      // The carriers were changed while it waited: it stays until its validity ends or they are changed again.
      this.options.logger.warn("dispatch.no-carrier", { sid: message.sid });
      return;
    }
    lane.queue.push(message.sid);
    this.askPump();
  }

  retry(sid: string, atMs: number): void {
    this.retries.add(sid, atMs);
  }

  private retryDue(sids: readonly string[]): void {
    for (const sid of sids) {
      const message = this.options.state.messages.get(sid);
      if (message !== undefined && !isFinal(message.status)) this.ready(message);
    }
  }

  /** What waits at a carrier that is down goes to another one that is up. */
  private rebalance(): void {
    for (const lane of this.lanes.values()) {
      if (lane.carrier.up || lane.queue.length === 0) continue;
      for (const sid of lane.queue.drain()) {
        const message = this.options.state.messages.get(sid);
        if (message !== undefined && !isFinal(message.status)) this.ready(message);
      }
    }
    this.askPump();
  }

  /** One pump for everything that became ready in this turn. */
  private askPump(): void {
    if (this.pumpAsked) return;
    this.pumpAsked = true;
    queueMicrotask(() => {
      this.pumpAsked = false;
      this.pump();
    });
  }

  private pump(): void {
    if (this.stopped) return;
    for (const lane of this.lanes.values()) {
      while (lane.queue.length > 0 && this.pumpLane(lane));
    }
  }

  /** Journals one batch of attempts. Returns false when the lane has no room or nothing to send. */
  private pumpLane(lane: Lane): boolean {
    const now = this.options.clock.nowMs();
    let room = lane.room();
    const sids: string[] = [];
    const partCounts: Record<string, number> = {};
    let reserved = 0;
    while (room > 0 && sids.length < BATCH) {
      const sid = lane.queue.peek();
      if (sid === undefined) break;
      const message = this.options.state.messages.get(sid);
      // Canceled, expired or queued twice: the sweep deals with the expired.
      if (message === undefined || message.validUntilMs <= now || isFinal(message.status) || !hasPendingPart(message)) {
        lane.queue.shift();
        continue;
      }
      const total = lane.carrier.countParts(sid, sentText(message));
      const parts = total - message.parts.filter((part) => part.state !== "pending").length;
      // A long message waits for room for all of it, unless there will never be as much.
      if (sids.length > 0 ? parts > room : !lane.fits(parts)) break;
      lane.queue.shift();
      if (total !== message.segments) partCounts[sid] = total;
      sids.push(sid);
      reserved += parts;
      room -= parts;
    }
    if (sids.length === 0) {
      lane.whenRateAllows(() => this.askPump());
      return false;
    }
    lane.reserve(reserved);
    this.journal(lane, { kind: "message.attempted", carrier: lane.carrier.name, sids, partCounts }, reserved);
    return true;
  }

  private journal(lane: Lane, record: MessagesAttempted, reserved: number): void {
    const { sids } = record;
    this.journals += 1;
    this.useCell().commitThen(record, "progress", (error) => {
      lane.release(reserved);
      this.journals -= 1;
      // The effect of the record hands the parts over right after this.
      if (this.journals === 0 && this.stopped) queueMicrotask(() => this.journalsIdle?.());
      if (error === undefined) return;
      this.options.logger.warn("dispatch.journal-refused", { carrier: lane.carrier.name, count: sids.length });
      this.options.clock.after(REFUSED_PAUSE_MS, () => this.retryDue(sids));
    });
  }

  submit(carrierName: string, begun: readonly { message: Readonly<Message>; parts: readonly number[] }[]): void {
    const lane = this.lanes.get(carrierName);
    assert(lane !== undefined, `carrier ${carrierName} exists`);
    for (const { message, parts } of begun) {
      for (const part of parts) {
        const submission = {
          sid: message.sid,
          from: message.from,
          to: message.to,
          text: sentText(message),
          part,
          validUntilMs: message.validUntilMs,
        };
        lane.submitted();
        lane.carrier.submit(submission, (outcome) => {
          lane.answered(answerKind(outcome));
          this.answers.add(carrierName, { sid: message.sid, part, outcome });
          this.askPump();
        });
      }
    }
  }

  /** A carrier has room again, or went up or down. */
  carrierChanged(): void {
    let changed = false;
    for (const lane of this.lanes.values()) changed = lane.noticeUp() || changed;
    if (changed) this.rebalance();
    else this.askPump();
  }

  async close(): Promise<void> {
    this.stopped = true;
    this.retries.close();
    for (const lane of this.lanes.values()) lane.close();
    if (this.journals > 0) await new Promise<void>((resolve) => (this.journalsIdle = resolve));
    await Promise.all(this.options.carriers.map((carrier) => carrier.close()));
    await this.answers.drained();
  }
}

/** What an outcome says about the carrier's pace. */
function answerKind(outcome: SubmitOutcome): "accepted" | "throttled" | "other" {
  if (outcome.kind === "accepted") return "accepted";
  return outcome.kind === "refused" && outcome.verdict === "throttle" ? "throttled" : "other";
}
