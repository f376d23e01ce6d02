import { backoffMs } from "./backoff.ts";

/** What came for a subscription. */
export interface LiveBatch {
  /** The cell, or the edge for what it knows itself. */
  readonly from: string;
  readonly items: readonly unknown[];
  /** How many were left out. */
  readonly skipped: number;
}

/** What one subscription asks for. */
export interface LiveSubscription {
  readonly topic: string;
  readonly query?: unknown;
  /** For operators: of all accounts, from all cells. */
  readonly all?: boolean | undefined;
  readonly rateMs?: number | undefined;
  /** A subaccount. */
  readonly account?: string | undefined;
  readonly onItems: (batch: LiveBatch) => void;
  /** A cell is away (`why`) or back (`undefined`). */
  readonly onCell?: (from: string, why: string | undefined) => void;
  readonly onError?: (error: { code: number; message: string }) => void;
}

/** Whether the socket is open. */
export type LiveState = "connecting" | "open" | "waiting" | "closed";

/** What the client needs of a WebSocket. */
export interface LiveSocket {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number }) => void) | null;
  send(text: string): void;
  close(): void;
}

/** What the client needs of the world. */
export interface LiveWorld {
  readonly open: () => LiveSocket;
  readonly after: (delayMs: number, run: () => void) => () => void;
  readonly random: () => number;
  /** The server has closed the socket because the session has ended. */
  readonly onSessionEnded?: () => void;
}

interface Open {
  readonly id: string;
  readonly subscription: LiveSubscription;
  readonly lost: Set<string>;
}

/** After this long without a frame the connection is dead, whatever the browser thinks. The server pings far more often. */
const SILENCE_MS = 45_000;
/** The socket is closed so long after the last subscription went, because pages change in between. */
const LINGER_MS = 2_000;
/** What the server closes with when the session has ended. */
const SESSION_ENDED = 4401;

/**
 * One WebSocket for all that a page watches. It is opened with the first subscription, comes back by
 * itself with every subscription, and is closed when nothing is watched any more.
 */
export class LiveClient {
  private readonly world: LiveWorld;
  private readonly open = new Map<string, Open>();
  private readonly watchers = new Set<() => void>();
  private socket: LiveSocket | undefined;
  private isOpen = false;
  private attempt = 0;
  private lastId = 0;
  private cancelTimer: () => void = () => {};
  private cancelSilence: () => void = () => {};
  state: LiveState = "closed";

  constructor(world: LiveWorld) {
    this.world = world;
  }

  /** Watches a topic until the function that is returned is called. */
  subscribe(subscription: LiveSubscription): () => void {
    const id = `s${++this.lastId}`;
    const open: Open = { id, subscription, lost: new Set() };
    this.open.set(id, open);
    if (this.isOpen) this.sendSubscribe(open);
    else if (this.socket === undefined && this.state !== "waiting") this.connect();
    return () => this.unsubscribe(id);
  }

  /** Tries at once instead of when the wait is over: the browser is online again. */
  retryNow(): void {
    if (this.state !== "waiting") return;
    this.cancelTimer();
    this.attempt = 0;
    this.connect();
  }

  /** Calls `run` whenever `state` has changed. */
  watch(run: () => void): () => void {
    this.watchers.add(run);
    return () => this.watchers.delete(run);
  }

  private unsubscribe(id: string): void {
    if (!this.open.delete(id)) return;
    if (this.isOpen) this.socket?.send(JSON.stringify({ unsubscribe: id }));
    if (this.open.size > 0) return;
    this.cancelTimer();
    this.cancelTimer = this.world.after(LINGER_MS, () => {
      if (this.open.size === 0) this.closeSocket("closed");
    });
  }

  private connect(): void {
    this.setState("connecting");
    const socket = this.world.open();
    this.socket = socket;
    socket.onopen = () => {
      this.isOpen = true;
      this.setState("open");
      for (const open of this.open.values()) this.sendSubscribe(open);
      this.hearSomething();
    };
    socket.onmessage = ({ data }) => {
      this.attempt = 0;
      this.hearSomething();
      if (typeof data === "string") this.read(data);
    };
    socket.onclose = ({ code }) => {
      if (this.socket !== socket) return;
      if (code === SESSION_ENDED) this.world.onSessionEnded?.();
      this.lose();
    };
    this.hearSomething();
  }

  private lose(): void {
    this.closeSocket("closed");
    if (this.open.size === 0) return;
    this.setState("waiting");
    this.cancelTimer();
    this.cancelTimer = this.world.after(backoffMs(this.attempt, this.world.random()), () => this.connect());
    this.attempt += 1;
  }

  private closeSocket(state: LiveState): void {
    const { socket } = this;
    this.socket = undefined;
    this.isOpen = false;
    this.cancelSilence();
    if (socket !== undefined) {
      socket.onclose = null;
      socket.onmessage = null;
      socket.close();
    }
    this.setState(state);
  }

  private hearSomething(): void {
    this.cancelSilence();
    this.cancelSilence = this.world.after(SILENCE_MS, () => this.lose());
  }

  private sendSubscribe({ id, subscription }: Open): void {
    const { topic, query, all, rateMs, account } = subscription;
    this.socket?.send(JSON.stringify({ subscribe: { id, topic, query: query ?? {}, all, rateMs, account } }));
  }

  private read(text: string): void {
    const frame = parse(text);
    const open = typeof frame["id"] === "string" ? this.open.get(frame["id"]) : undefined;
    if (open === undefined) {
      if (frame["ping"] !== undefined) this.socket?.send(JSON.stringify({ pong: frame["ping"] }));
      return;
    }
    const { subscription } = open;
    const from = typeof frame["from"] === "string" ? frame["from"] : "";
    if (isError(frame["error"])) subscription.onError?.(frame["error"]);
    if (typeof frame["lost"] === "string") {
      open.lost.add(from);
      subscription.onCell?.(from, frame["lost"]);
    }
    if (!Array.isArray(frame["items"])) return;
    if (open.lost.delete(from)) subscription.onCell?.(from, undefined);
    const skipped = typeof frame["skipped"] === "number" ? frame["skipped"] : 0;
    subscription.onItems({ from, items: frame["items"] as unknown[], skipped });
  }

  private setState(state: LiveState): void {
    if (this.state === state) return;
    this.state = state;
    for (const run of this.watchers) run();
  }
}

/** The fields of a frame; none for what is no JSON object. */
function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function isError(value: unknown): value is { code: number; message: string } {
  return typeof value === "object" && value !== null && "message" in value;
}
