import type { GossipView } from "../../platform/gossip/index.ts";
import type { Clock, Timer } from "../../platform/ports.ts";
import type { MessagingCell } from "../messaging-cell.ts";

/** The key under which a cell says how it does. */
export const LOAD_KEY = "cell/load";

const INTERVAL_MS = 1_000;

/** How a cell does, as it says itself. */
export interface CellLoad {
  /** Whether its log takes new work. */
  readonly ready: boolean;
  /** API requests a second, over the last second. */
  readonly requestsPerSecond: number;
  /** Of one processor, over the last second, in percent. */
  readonly cpuPercent: number;
  /** Messages in memory: not done, or not in the database yet. */
  readonly openMessages: number;
  readonly unprojected: number;
  readonly carriersUp: number;
  readonly carriers: number;
}

/** Tells the other processes every second how this cell does. */
export class LoadTeller {
  private readonly gossip: GossipView;
  private readonly clock: Clock;
  private readonly cell: MessagingCell | undefined;
  private answers = 0;
  private lastMs: number;
  private lastCpu = process.cpuUsage();
  private timer: Timer | undefined;

  constructor(gossip: GossipView, clock: Clock, cell: MessagingCell | undefined) {
    this.gossip = gossip;
    this.clock = clock;
    this.cell = cell;
    this.lastMs = clock.monotonicMs();
  }

  /** To be called for every answer. */
  count(): void {
    this.answers += 1;
  }

  start(): void {
    this.tell();
    this.timer = this.clock.after(INTERVAL_MS, () => this.start());
  }

  stop(): void {
    this.timer?.cancel();
  }

  private tell(): void {
    const nowMs = this.clock.monotonicMs();
    const elapsedMs = Math.max(1, nowMs - this.lastMs);
    const cpu = process.cpuUsage(this.lastCpu);
    const load: CellLoad = {
      ...stateOf(this.cell),
      requestsPerSecond: Math.round((this.answers * 1_000) / elapsedMs),
      cpuPercent: Math.round((cpu.user + cpu.system) / 10 / elapsedMs),
    };
    this.answers = 0;
    this.lastMs = nowMs;
    this.lastCpu = process.cpuUsage();
    this.gossip.set(LOAD_KEY, JSON.stringify(load));
  }
}

function stateOf(cell: MessagingCell | undefined): Omit<CellLoad, "requestsPerSecond" | "cpuPercent"> {
  if (cell === undefined) return { ready: true, openMessages: 0, unprojected: 0, carriersUp: 0, carriers: 0 };
  const { messages, carriers } = cell.messaging.status();
  return {
    ready: cell.cell.logStatus().acceptsNewWork,
    openMessages: messages,
    unprojected: cell.cell.unprojected(),
    carriersUp: carriers.filter(({ up }) => up).length,
    carriers: carriers.length,
  };
}

/** What a cell said of its load; `undefined` for what is no such thing. */
export function readLoad(text: string | undefined): CellLoad | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as CellLoad;
  } catch {
    return undefined;
  }
}
