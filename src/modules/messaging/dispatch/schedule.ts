import type { Cell } from "../../../platform/cell/index.ts";
import type { Clock, Database, Logger, Timer } from "../../../platform/ports.ts";
import { DueList } from "../../../platform/queue/index.ts";
import { findDue, findDueFairly, type DueRow } from "../due.store.ts";
import { NEAR_MS } from "../due-index.ts";
import { isFinal, type Message } from "../message.ts";
import type { MessageState } from "../message-state.ts";
import type { MessagesParked, MessagesReleased, Release } from "../records.ts";
import type { Parking } from "./parking.ts";

/** How messages that wait for a time are kept. */
export interface ScheduleLimits {
  /** Those in memory whose time has come or is about to. */
  readonly messagesInMemory: number;
}

export const scheduleDefaults: ScheduleLimits = { messagesInMemory: 8_000 };

const TICK_MS = 250;
/** Messages are brought into memory so long before their time. */
const LOOK_AHEAD_MS = 3_000;
/** Everything that is due is looked at again after so many ticks, also what should be known. */
const LOOK_BACK_TICKS = 20;
const BATCH = 500;
/** Of one account in one look, while very many are due. */
const PER_ACCOUNT = 1_000;
/** Messages that are judged and priced in one turn. */
const RELEASE_BATCH = 100;
/** A message that was brought back to be changed, and was not, waits so long in memory. */
const KEPT_MS = 5_000;
const RETRY_MS = 500;
/** With more than this behind, the rows are given time to follow. */
const MAX_BEHIND = 20_000;

export interface ScheduleOptions {
  readonly state: MessageState;
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly cell: () => Cell;
  readonly parking: Parking;
  readonly limits: ScheduleLimits;
  /** What becomes of messages whose time has come. */
  readonly decide: (messages: readonly Readonly<Message>[]) => Promise<{
    readonly releases: readonly Release[];
    /** Called when they were committed, or could not be: what is set aside in memory alone is free again. */
    readonly cancel: () => void;
  }>;
  /** Whether messages of an account are this cell's to send. */
  readonly isHome: (accountSid: string) => boolean;
}

/**
 * Messages that wait for a time. All of them are in the log and, as soon as they are
 * projected, in the database alone; those of the next seconds are brought into memory, where
 * a timing wheel waits for the rest, so that a million of them cost no more memory than a few.
 */
export class Schedule {
  private readonly options: ScheduleOptions;
  private readonly wheel: DueList;
  /** What is in memory: in the wheel, or due. */
  private readonly inMemory = new Set<string>();
  /** What was brought back of late. */
  private readonly broughtBack = new Set<string>();
  private due: string[] = [];
  private isReleasing = false;
  private releasing: Promise<void> = Promise.resolve();
  private timer: Timer | undefined;
  private isStarted = false;
  private isClosed = false;
  private ticks = 0;
  /** Rows before this time were brought back. */
  private lookedUntilMs = 0;
  private isFailing = false;

  constructor(options: ScheduleOptions) {
    this.options = options;
    this.wheel = new DueList(options.clock, (sids) => this.come(sids));
  }

  /** Messages in memory whose time is near. */
  get size(): number {
    return this.inMemory.size;
  }

  /** A message in memory waits for its time. */
  enter({ sid, dueMs, parked }: Readonly<Message>): void {
    if (dueMs === undefined || parked === true || this.inMemory.has(sid)) return;
    this.inMemory.add(sid);
    const nowMs = this.options.clock.nowMs();
    this.wheel.add(sid, dueMs - nowMs > NEAR_MS ? nowMs + KEPT_MS : dueMs);
  }

  start(): void {
    this.isStarted = true;
    this.arm();
    this.releaseNext();
  }

  private arm(): void {
    if (!this.isStarted || this.isClosed) return;
    this.timer = this.options.clock.after(TICK_MS, () => {
      void this.look().finally(() => this.arm());
    });
  }

  /** Brings into memory what is due soon. */
  async look(): Promise<void> {
    const { state, clock, logger, limits } = this.options;
    const untilMs = clock.nowMs() + LOOK_AHEAD_MS;
    const room = limits.messagesInMemory - this.inMemory.size;
    if (room <= 0) return;
    try {
      // What is not projected yet has no row that would be found.
      await this.bringBack(state.due.until(untilMs, room).filter((sid) => this.isOurs(sid)));
      await this.lookAtRows(untilMs);
      if (this.isFailing) logger.info("schedule.recovered");
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) logger.error("schedule.cannot-read", { reason: String(error) });
      this.isFailing = true;
    }
  }

  private isOurs(sid: string): boolean {
    const message = this.options.state.messages.get(sid);
    return message !== undefined && this.options.isHome(message.accountSid);
  }

  private async lookAtRows(untilMs: number): Promise<void> {
    const { database, limits } = this.options;
    this.ticks += 1;
    if (this.ticks % LOOK_BACK_TICKS === 0) {
      this.lookedUntilMs = 0;
      this.behind();
    }
    const without: string[] = [];
    for (;;) {
      const room = limits.messagesInMemory - this.inMemory.size;
      if (room <= 0 || this.isClosed) return;
      const range = { fromMs: this.lookedUntilMs, untilMs, without, limit: Math.max(room, BATCH) };
      const rows = await findDue(database, range);
      if (this.foreign(rows, without)) continue;
      const found = this.waiting(rows);
      if (rows.length < range.limit && found.length <= room) {
        await this.bringBack(found);
        // A frozen account may be ours again later: then its rows are found by looking back.
        this.lookedUntilMs = untilMs;
        return;
      }
      // More are due than fit: nobody shall wait until all of another one's are gone.
      const known = this.behind();
      if (known.length > MAX_BEHIND) return;
      const fair = { untilMs, without, limit: room, perAccount: PER_ACCOUNT, known };
      const next = this.waiting(await findDueFairly(database, fair));
      if (next.length === 0) return;
      await this.bringBack(next);
    }
  }

  /** Messages that were brought back and whose rows do not say so yet. */
  private behind(): string[] {
    const { messages } = this.options.state;
    for (const sid of this.broughtBack) if (!messages.isDirty(sid)) this.broughtBack.delete(sid);
    return [...this.broughtBack];
  }

  /** Notes the accounts that are not at home here now; true where there are any that were not known. */
  private foreign(rows: readonly DueRow[], without: string[]): boolean {
    const before = without.length;
    for (const { accountSid } of rows) {
      if (!without.includes(accountSid) && !this.options.isHome(accountSid)) without.push(accountSid);
    }
    return without.length > before;
  }

  /** Those of the rows that are not in memory already: a row may be behind. */
  private waiting(rows: readonly DueRow[]): string[] {
    const { state, isHome } = this.options;
    const sids: string[] = [];
    for (const { sid, accountSid } of rows) {
      const known = state.messages.get(sid);
      if ((known === undefined || known.parked === true) && isHome(accountSid)) sids.push(sid);
    }
    return sids;
  }

  private async bringBack(sids: readonly string[]): Promise<void> {
    for (let at = 0; at < sids.length && !this.isClosed; at += BATCH) {
      const batch = sids.slice(at, at + BATCH);
      await this.options.parking.unpark(batch);
      for (const sid of batch) this.broughtBack.add(sid);
    }
  }

  /** The wheel says that their time has come, or that they were here for long enough. */
  private come(sids: readonly string[]): void {
    const { state, clock } = this.options;
    const nowMs = clock.nowMs();
    const far: string[] = [];
    for (const sid of sids) {
      const message = state.messages.get(sid);
      if (message?.dueMs === undefined || isFinal(message.status) || message.parked === true) {
        this.inMemory.delete(sid);
      } else if (message.dueMs - nowMs > NEAR_MS) far.push(sid);
      else if (message.dueMs > nowMs) this.wheel.add(sid, message.dueMs);
      else this.due.push(sid);
    }
    if (far.length > 0) this.putBack(far);
    this.releaseNext();
  }

  private putBack(sids: readonly string[]): void {
    const record: MessagesParked = { kind: "message.parked", sids };
    this.options.cell().commitThen(record, "progress", (error) => {
      for (const sid of sids) {
        this.inMemory.delete(sid);
        const message = this.options.state.messages.get(sid);
        if (error !== undefined && message !== undefined) this.enter(message);
      }
    });
  }

  private releaseNext(): void {
    if (!this.isStarted || this.isClosed || this.isReleasing || this.due.length === 0) return;
    this.isReleasing = true;
    this.releasing = this.release(this.due.splice(0, RELEASE_BATCH)).then((isDone) => {
      this.isReleasing = false;
      if (isDone) this.releaseNext();
      else this.options.clock.after(RETRY_MS, () => this.releaseNext());
    });
  }

  /** Decides what becomes of messages and makes it durable. Resolves to false where it could not be. */
  private async release(sids: string[]): Promise<boolean> {
    const { state, decide, cell, logger } = this.options;
    const messages: Readonly<Message>[] = [];
    for (const sid of sids) {
      const message = state.messages.get(sid);
      if (message?.dueMs !== undefined && !isFinal(message.status) && message.parked !== true) messages.push(message);
      else this.inMemory.delete(sid);
    }
    if (messages.length === 0) return true;
    const { releases, cancel } = await decide(messages);
    const record: MessagesReleased = { kind: "message.released", releases };
    try {
      await new Promise<void>((resolve, reject) =>
        cell().commitThen(record, "progress", (error) => {
          if (error !== undefined) return reject(error);
          // Before the effects, by which those that wait on enter again.
          for (const { sid } of messages) this.inMemory.delete(sid);
          // What was held meanwhile is known by its hold; what was canceled meanwhile needs nothing.
          cancel();
          resolve();
        }),
      );
      return true;
    } catch (error) {
      cancel();
      logger.warn("schedule.not-released", { count: messages.length, reason: String(error) });
      this.due.unshift(...messages.map(({ sid }) => sid));
      return false;
    }
  }

  /** Releases nothing more. What is due goes after the next start. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.timer?.cancel();
    this.wheel.close();
    await this.releasing;
  }
}
