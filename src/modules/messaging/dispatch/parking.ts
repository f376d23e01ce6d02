import type { Cell } from "../../../platform/cell/index.ts";
import type { Clock, Database, Logger, Timer } from "../../../platform/ports.ts";
import { TRAFFIC_CLASSES } from "../../routing/index.ts";
import type { Message } from "../message.ts";
import { flowKey, type Flow, type MessageState, type ParkedFlow } from "../message-state.ts";
import { findParked, findParkedExpired, readParked } from "../message.store.ts";
import type { MessagesParked, MessagesUnparked } from "../records.ts";

/** When messages wait in the database instead of memory. */
export interface ParkingLimits {
  /** Below so many messages in memory, nobody is parked for being one of many. */
  readonly messagesInMemory: number;
  /** Messages of one lane of one sender that wait in memory while memory is short. */
  readonly messagesPerFlow: number;
}

export const parkingDefaults: ParkingLimits = { messagesInMemory: 200_000, messagesPerFlow: 20_000 };

/** A flow may have so many times its share in memory while memory is not short. */
const ROOMY_FACTOR = 4;
const TICK_MS = 200;
/** Messages brought back at once; they are read and journalled together. */
const BATCH = 500;
const PARK_BATCH = 2_000;
const EXPIRED_EVERY_TICKS = 25;
/** At most so many batches of expired ones at once, between which what can still be sent has its turn. */
const EXPIRED_BATCHES = 20;

/**
 * Keeps memory bounded when very many messages are queued: the ones at the end of a long
 * flow wait in the database alone, and come back a batch at a time when what is before
 * them has gone. Which messages are parked is in the log; what they are is in their rows.
 */
export class Parking {
  private readonly state: MessageState;
  private readonly database: Database;
  private readonly clock: Clock;
  private readonly logger: Logger;
  private readonly cell: () => Cell;
  private readonly limits: ParkingLimits;
  private readonly toPark: Readonly<Message>[] = [];
  /** The flows of what is not parked yet but will be: what comes after it must wait too. */
  private readonly flowsToPark = new Map<string, number>();
  private parkAsked = false;
  /** Up to where a flow was brought back, so that rows which still say `parked` are not read again and again. */
  private readonly cursors = new Map<string, string>();
  private timer: Timer | undefined;
  private isStarted = false;
  private ticks = 0;
  private lastUnpark: Promise<unknown> = Promise.resolve();
  private failing = false;

  constructor(options: {
    state: MessageState;
    database: Database;
    clock: Clock;
    logger: Logger;
    cell: () => Cell;
    limits: ParkingLimits;
  }) {
    this.state = options.state;
    this.database = options.database;
    this.clock = options.clock;
    this.logger = options.logger;
    this.cell = options.cell;
    this.limits = options.limits;
  }

  /** Goes on where an earlier life left off. */
  start(): void {
    this.isStarted = true;
    this.schedule();
  }

  /** Looks again after a while, as long as anything is parked. */
  private schedule(): void {
    if (!this.isStarted || this.timer !== undefined) return;
    if (this.state.parkedFlows.size === 0 && this.flowsToPark.size === 0) return;
    this.timer = this.clock.after(TICK_MS, () => {
      void this.look().finally(() => {
        this.timer = undefined;
        this.schedule();
      });
    });
  }

  /** Parks the message if its flow is too long for memory. True if it is taken care of. */
  takes(message: Readonly<Message>): boolean {
    if (message.parked === true) return true;
    // What was attempted or has media goes on: its row has not all that it needs.
    if (message.status !== "queued" || message.media !== undefined || message.mediaUrls !== undefined) return false;
    const { parkedFlows, messages } = this.state;
    // The usual case first: nothing is parked and memory is roomy.
    const { messagesInMemory, messagesPerFlow } = this.limits;
    const isShort = messages.size >= messagesInMemory;
    if (!isShort && parkedFlows.size === 0 && messages.size <= messagesPerFlow * ROOMY_FACTOR) return false;
    const key = flowKey(message);
    const parked = (parkedFlows.get(key)?.messages ?? 0) + (this.flowsToPark.get(key) ?? 0);
    if (parked === 0) {
      const inMemory = this.state.waitingOf(message).messages;
      if (inMemory <= messagesPerFlow * (isShort ? 1 : ROOMY_FACTOR)) return false;
    }
    this.toPark.push(message);
    this.flowsToPark.set(key, (this.flowsToPark.get(key) ?? 0) + 1);
    this.askPark();
    return true;
  }

  private askPark(): void {
    if (this.parkAsked) return;
    this.parkAsked = true;
    queueMicrotask(() => {
      this.parkAsked = false;
      const messages = this.toPark.splice(0);
      for (let at = 0; at < messages.length; at += PARK_BATCH) this.park(messages.slice(at, at + PARK_BATCH));
    });
  }

  private park(messages: readonly Readonly<Message>[]): void {
    const record: MessagesParked = { kind: "message.parked", sids: messages.map(({ sid }) => sid) };
    this.cell().commitThen(record, "progress", (error) => {
      // They are in no queue, so that nothing but this would bring them back.
      if (error !== undefined) {
        if (this.isStarted) this.clock.after(TICK_MS, () => this.park(messages));
        return;
      }
      for (const message of messages) this.isParked(flowKey(message));
      queueMicrotask(() => this.schedule());
    });
  }

  /** One more of a flow is counted by the state now. */
  private isParked(flow: string): void {
    const left = (this.flowsToPark.get(flow) ?? 0) - 1;
    if (left > 0) this.flowsToPark.set(flow, left);
    else this.flowsToPark.delete(flow);
  }

  /** Brings back what has room in memory again. */
  async look(): Promise<void> {
    const { parkedFlows } = this.state;
    if (parkedFlows.size === 0) {
      this.cursors.clear();
      return;
    }
    for (const flow of this.cursors.keys()) if (!parkedFlows.has(flow)) this.cursors.delete(flow);
    try {
      this.ticks += 1;
      if (this.ticks % EXPIRED_EVERY_TICKS === 0) await this.expire();
      for (const flow of this.hungry()) await this.refill(flow);
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.logger.error("parking.cannot-read", { reason: String(error) });
      this.failing = true;
    }
  }

  /** Brings back what has expired, so that it fails and its customers are told. */
  private async expire(): Promise<void> {
    for (let batch = 0; batch < EXPIRED_BATCHES; batch += 1) {
      const sids = await findParkedExpired(this.database, this.clock.nowMs(), BATCH);
      if (sids.length > 0) await this.unpark(sids);
      if (sids.length < BATCH) return;
    }
  }

  /** The flows that have room in memory again, most urgent first. */
  private hungry(): ParkedFlow[] {
    const low = this.limits.messagesPerFlow / 2;
    const flows = [...this.state.parkedFlows.values()].filter(
      (flow) => this.state.waitingOf(flow).messages - flow.messages < low,
    );
    const rank = (flow: Readonly<ParkedFlow>): number => TRAFFIC_CLASSES.indexOf(flow.trafficClass);
    return flows.toSorted((a, b) => rank(a) - rank(b));
  }

  private async refill(flow: Required<Flow>): Promise<void> {
    const key = flowKey(flow);
    for (let room = this.limits.messagesPerFlow; room > 0; room -= BATCH) {
      const after = this.cursors.get(key);
      const sids = await findParked(this.database, flow, { after, limit: BATCH });
      const last = sids.at(-1);
      if (last === undefined) {
        // The rest is not projected yet, or came in another order than its SIDs.
        this.cursors.delete(key);
        return;
      }
      await this.unpark(sids);
      this.cursors.set(key, last);
      if (sids.length < BATCH) return;
    }
  }

  /**
   * Brings parked messages back into memory; those that are not parked stay as they are.
   * One call at a time, and each looks at the rows after it has looked at memory: a row
   * that is behind can so never bring back a message that has gone on meanwhile.
   */
  unpark(sids: readonly string[]): Promise<void> {
    const next = this.lastUnpark.then(() => this.bringBack(sids));
    this.lastUnpark = next.catch(() => undefined);
    return next;
  }

  private async bringBack(sids: readonly string[]): Promise<void> {
    const { messages } = this.state;
    const inMemory = sids.map((sid) => messages.get(sid)).filter((one) => one?.parked === true);
    const gone = sids.filter((sid) => !messages.has(sid));
    const rows = gone.length === 0 ? [] : await readParked(this.database, gone);
    const back = [...inMemory, ...rows] as Message[];
    if (back.length === 0) return;
    back.sort((a, b) => (a.sid.slice(2) < b.sid.slice(2) ? -1 : 1));
    const record: MessagesUnparked = { kind: "message.unparked", messages: back };
    await this.cell().commit(record, "progress");
  }

  close(): void {
    this.isStarted = false;
    this.timer?.cancel();
    this.timer = undefined;
  }
}
