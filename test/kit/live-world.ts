/** A live hub with cells in the same process, and sockets in memory. */
import { ManualClock } from "../../src/adapters/memory/index.ts";
import type { TextSocket } from "../../src/platform/websocket/index.ts";
import {
  LiveAnswerer,
  LiveHub,
  RecentRing,
  ringSource,
  type LiveAsk,
  type LiveSource,
  type LiveViewer,
} from "../../src/platform/live/index.ts";
import { silentLogger } from "./silent-logger.ts";

export const OWN = `AC${"1".repeat(32)}`;
export const OTHER = `AC${"2".repeat(32)}`;
export const CHILD = `AC${"3".repeat(32)}`;

/** A socket in memory, whose reader can be made slow. */
export class MemorySocket implements TextSocket {
  hasRoom = true;
  closedWith: string | undefined = undefined;
  private texts: string[] = [];
  private listener: ((text: string) => void) | undefined = undefined;
  private closed: (() => void) | undefined = undefined;

  send(text: string): boolean {
    if (!this.hasRoom || this.closedWith !== undefined) return false;
    this.texts.push(text);
    return true;
  }

  onText(listener: (text: string) => void): void {
    this.listener = listener;
  }

  onClose(listener: () => void): void {
    this.closed = listener;
  }

  close(code: number, reason: string): void {
    if (this.closedWith !== undefined) return;
    this.closedWith = `${code} ${reason}`;
    this.closed?.();
  }

  /** The browser says something. */
  say(frame: unknown): void {
    this.listener?.(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /** What came since the last time. */
  read(): Record<string, unknown>[] {
    const { texts } = this;
    this.texts = [];
    return texts.map((text) => JSON.parse(text) as Record<string, unknown>);
  }
}

/** A cell of which every request is noted, and which can be away. */
export class SampleCell {
  readonly ring = new RecentRing<number>({ capacity: 1_000, life: "a" });
  readonly requests: (readonly LiveAsk[])[] = [];
  isAway = false;
  answerer: LiveAnswerer;

  constructor(clock: ManualClock, more: readonly LiveSource[] = []) {
    const filter = (query: unknown): ((item: number) => boolean) | undefined =>
      query === "odd" ? (item) => item % 2 === 1 : undefined;
    const sources = [ringSource("numbers", this.ring, { filter, recall: 3 }), ...more];
    const canAccess = (main: string, other: string): Promise<boolean> =>
      Promise.resolve(main === OWN && other === CHILD);
    this.answerer = new LiveAnswerer({ sources, clock, logger: silentLogger, canAccess });
  }

  add(...items: number[]): void {
    for (const item of items) this.ring.add(OWN, item);
  }
}

export interface World {
  readonly clock: ManualClock;
  readonly cells: Map<string, SampleCell>;
  readonly hub: LiveHub<LiveViewer>;
  /** Which cells the account is in. */
  home: string[];
  /** What a recheck says; rejects where it throws. */
  recheck: (viewer: LiveViewer) => LiveViewer | undefined;
  /** Topics that may not be watched. */
  readonly forbidden: Set<string>;
  /** A cell, made when it is first named. */
  cell(name: string): SampleCell;
  connect(viewer?: Partial<LiveViewer>): MemorySocket;
  /** Lets time pass, and everything that follows from it. */
  pass(ms: number): Promise<void>;
}

/** A hub named `edge-1` whose cells `one` and `two` have the topic `numbers`, and whatever sources are given. */
export function liveWorld(more: readonly LiveSource[] = [], ownSources: readonly LiveSource[] = []): World {
  const clock = new ManualClock();
  const cells = new Map<string, SampleCell>();
  const world: World = {
    clock,
    cells,
    home: ["one"],
    recheck: (viewer) => viewer,
    forbidden: new Set(),
    hub: undefined as unknown as LiveHub<LiveViewer>,
    cell: (name) => {
      const known = cells.get(name) ?? new SampleCell(clock, more);
      cells.set(name, known);
      return known;
    },
    connect: (viewer = {}) => {
      const socket = new MemorySocket();
      const expiresAtMs = clock.nowMs() + 43_200_000;
      world.hub.attach(socket, { sessionSid: "CS1", accountSid: OWN, isOperator: false, expiresAtMs, ...viewer });
      return socket;
    },
    pass: async (ms) => {
      await settle();
      for (let left = ms; left > 0; left -= 125) {
        clock.advance(Math.min(left, 125));
        await settle();
      }
    },
  };
  const hub = new LiveHub<LiveViewer>({
    clock,
    logger: silentLogger,
    name: "edge-1",
    ownSources,
    cellTopics: ["numbers", ...more.map(({ topic }) => topic)],
    cellsOf: (_, all) => (all ? ["one", "two"] : world.home),
    askCell: (name, asks) => {
      const cell = world.cell(name);
      cell.requests.push(asks);
      if (cell.isAway) throw new Error("away");
      return cell.answerer.answer(asks);
    },
    mayWatch: (_, topic) => !world.forbidden.has(topic),
    recheck: async (viewer) => world.recheck(viewer),
  });
  return Object.assign(world, { hub });
}

/** Lets all promises go on that can. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
