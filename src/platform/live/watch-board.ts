import type { Clock, Timer } from "../ports.ts";
import type { LiveAsk, LiveReply } from "./asks.ts";
import { CellLane, type AskCell } from "./cell-lane.ts";
import { errorFrame, itemsFrame, lostFrame } from "./frames.ts";
import { CELLS_MS, FAILED_SOURCE_MS, MAX_ITEMS, MAX_QUESTIONS, MAX_QUESTIONS_CHARACTERS, TICK_MS } from "./limits.ts";
import { Watch, WatchLine, type Subscription, type WatchedQuestion } from "./watch.ts";

const AWAY = "it does not answer";
const UNKNOWN_HOME = "it is not known where the account is at home";
const NO_LONGER = "it is no longer asked";
/** Stands for the cell where none is known. */
const NOWHERE = "";

/** What a {@link WatchBoard} works with. */
export interface WatchBoardPorts {
  readonly clock: Clock;
  /** Which cells a subscription is about; must answer at once. */
  readonly cellsOf: (subscription: Subscription) => readonly string[];
  /** How a cell is asked. */
  readonly laneTo: (cell: string) => AskCell;
}

/** A line that may be asked now. */
interface DueLine {
  readonly watch: Watch;
  readonly line: WatchLine;
}

/** All that is watched: asks the cells while somebody looks, and passes on what they say. */
export class WatchBoard {
  private readonly ports: WatchBoardPorts;
  private readonly watches = new Map<string, Set<Watch>>();
  private readonly lanes = new Map<string, CellLane>();
  private timer: Timer | undefined = undefined;
  private isSoon = false;

  constructor(ports: WatchBoardPorts) {
    this.ports = ports;
  }

  /** How many different questions are asked. */
  get count(): number {
    let count = 0;
    for (const watches of this.watches.values()) count += watches.size;
    return count;
  }

  /** Cells that somebody looks at and that do not answer. */
  get lost(): readonly string[] {
    const cells = new Set<string>();
    for (const watches of this.watches.values()) {
      for (const watch of watches) for (const cell of watch.lines.keys()) cells.add(cell);
    }
    return [...cells].filter((cell) => this.lanes.get(cell)?.isAway === true);
  }

  /** Begins to ask a question for a subscription. */
  add(question: WatchedQuestion, from: Omit<Subscription, "watch">): Subscription {
    const watch = new Watch(question);
    const { id, socket, viewer, onEnd } = from;
    const subscription: Subscription = { id, socket, viewer, onEnd, watch };
    watch.subscribers.add(subscription);
    this.keep(watch);
    this.schedule(0);
    return subscription;
  }

  /** Stops to ask for a subscription. */
  remove(subscription: Subscription): void {
    const { watch } = subscription;
    watch.subscribers.delete(subscription);
    if (watch.subscribers.size === 0) this.drop(watch);
    if (this.watches.size > 0) return;
    this.timer?.cancel();
    this.timer = undefined;
  }

  private keep(watch: Watch): void {
    const others = this.watches.get(watch.key);
    if (others === undefined) this.watches.set(watch.key, new Set([watch]));
    else others.add(watch);
  }

  private drop(watch: Watch): void {
    const others = this.watches.get(watch.key);
    others?.delete(watch);
    if (others?.size === 0) this.watches.delete(watch.key);
  }

  /** Sees to it that the next look comes within `delayMs`. */
  private schedule(delayMs: number): void {
    const isSoon = delayMs === 0;
    if (this.timer !== undefined) {
      if (!isSoon || this.isSoon) return;
      this.timer.cancel();
    }
    this.isSoon = isSoon;
    this.timer = this.ports.clock.after(delayMs, () => {
      this.timer = undefined;
      this.look();
      if (this.watches.size > 0) this.schedule(TICK_MS);
    });
  }

  /** Asks every cell that is free what is due there. */
  private look(): void {
    const nowMs = this.ports.clock.monotonicMs();
    const due = new Map<string, DueLine[]>();
    for (const watches of this.watches.values()) {
      for (const watch of watches) this.gather(watch, due, nowMs);
    }
    for (const [cell, lines] of due) {
      const lane = this.laneTo(cell);
      if (lane.isReady(nowMs)) void this.ask(lane, lines);
      else if (lane.isAway) for (const { watch, line } of lines) this.tellLost(watch, line, cell, AWAY);
    }
  }

  private gather(watch: Watch, due: Map<string, DueLine[]>, nowMs: number): void {
    if (nowMs >= watch.cellsDueMs) this.findCells(watch, nowMs);
    // Whoever has no room is not asked for: what is new waits in the sources until he has.
    if (!this.partSlow(watch)) return;
    for (const [cell, line] of watch.lines) {
      if (cell === NOWHERE || line.dueMs > nowMs) continue;
      const lines = due.get(cell);
      if (lines === undefined) due.set(cell, [{ watch, line }]);
      else lines.push({ watch, line });
    }
  }

  /** Parts those who read slowly from the others. False where all do. */
  private partSlow(watch: Watch): boolean {
    const slow: Subscription[] = [];
    for (const subscription of watch.subscribers) if (!subscription.socket.hasRoom) slow.push(subscription);
    if (slow.length === watch.subscribers.size) return false;
    for (const subscription of slow) this.moveTo(watch.fork(), subscription);
    return true;
  }

  private moveTo(watch: Watch, subscription: Subscription): void {
    const before = subscription.watch;
    before.subscribers.delete(subscription);
    if (before.subscribers.size === 0) this.drop(before);
    if (watch.subscribers.size === 0) this.keep(watch);
    watch.subscribers.add(subscription);
    subscription.watch = watch;
  }

  private findCells(watch: Watch, nowMs: number): void {
    watch.cellsDueMs = nowMs + CELLS_MS;
    const [first] = watch.subscribers;
    if (first === undefined) return;
    const found = this.ports.cellsOf(first);
    const cells = new Set(found.length === 0 ? [NOWHERE] : found);
    for (const cell of watch.lines.keys()) {
      if (cells.has(cell)) continue;
      watch.lines.delete(cell);
      if (cell === NOWHERE) continue;
      for (const { id, socket } of watch.subscribers) socket.send(lostFrame(id, cell, NO_LONGER));
    }
    for (const cell of cells) {
      let line = watch.lines.get(cell);
      if (line === undefined) watch.lines.set(cell, (line = new WatchLine()));
      if (cell === NOWHERE) this.tellLost(watch, line, cell, UNKNOWN_HOME);
    }
  }

  private laneTo(cell: string): CellLane {
    const known = this.lanes.get(cell);
    if (known !== undefined) return known;
    const lane = new CellLane(cell, this.ports.laneTo(cell), this.ports.clock);
    this.lanes.set(cell, lane);
    return lane;
  }

  /** One request for as many lines as it may hold, those first that have waited for longest. */
  private async ask(lane: CellLane, due: DueLine[]): Promise<void> {
    due.sort((a, b) => a.line.dueMs - b.line.dueMs);
    const asks: LiveAsk[] = [];
    let characters = 0;
    for (const { watch, line } of due) {
      characters += watch.question.queryText.length;
      if (asks.length > 0 && (asks.length >= MAX_QUESTIONS || characters > MAX_QUESTIONS_CHARACTERS)) break;
      asks.push(watch.askOf(line, MAX_ITEMS));
    }
    const asked = due.slice(0, asks.length);
    const nowMs = this.ports.clock.monotonicMs();
    const replies = await lane.exchange(asks);
    for (const [index, { watch, line }] of asked.entries()) {
      // Nobody looks any more, or the cell is none of his any more.
      if (watch.subscribers.size === 0 || watch.lines.get(lane.name) !== line) continue;
      const reply = replies?.[index];
      if (reply !== undefined) this.take({ watch, line }, lane.name, reply, nowMs);
      else if (lane.isAway) this.tellLost(watch, line, lane.name, AWAY);
    }
    for (const { watch } of asked) this.join(watch);
  }

  private take({ watch, line }: DueLine, cell: string, reply: LiveReply, nowMs: number): void {
    if ("later" in reply) return;
    if ("error" in reply) {
      if (reply.isFinal) return this.end(watch, reply.error);
      line.dueMs = nowMs + FAILED_SOURCE_MS;
      return this.tellLost(watch, line, cell, reply.error.message);
    }
    const before = line.copy();
    line.cursor = reply.cursor;
    watch.postpone(line, nowMs, reply.count);
    if (reply.count === 0 && reply.skipped === 0 && !line.isFresh && !line.isLost) return;
    line.isFresh = false;
    line.isLost = false;
    for (const subscription of watch.subscribers) {
      if (subscription.socket.send(itemsFrame(subscription.id, cell, reply))) continue;
      // It did not fit. For him it was not asked yet.
      const fork = watch.fork();
      fork.lines.set(cell, before.copy());
      this.moveTo(fork, subscription);
    }
  }

  private end(watch: Watch, error: { readonly code: number; readonly message: string }): void {
    for (const subscription of watch.subscribers) {
      subscription.socket.send(errorFrame(subscription.id, error));
      subscription.onEnd();
    }
  }

  private tellLost(watch: Watch, line: WatchLine, cell: string, why: string): void {
    if (line.isLost) return;
    line.isLost = true;
    for (const { id, socket } of watch.subscribers) socket.send(lostFrame(id, cell, why));
  }

  /** Joins a watch to another one of the same question that is as far as it is. */
  private join(watch: Watch): void {
    const others = this.watches.get(watch.key);
    if (others === undefined || others.size < 2 || !others.has(watch)) return;
    for (const other of others) {
      if (other === watch || !other.isLevelWith(watch)) continue;
      for (const subscription of watch.subscribers) this.moveTo(other, subscription);
      return;
    }
  }
}
