import type { Clock, Connection, DialTarget, Listener, Net, Timer } from "../../../platform/ports.ts";

/**
 * How a carrier is made to look broken, for tests. `blackhole`: connections stand and nothing
 * passes in either direction. `refuse`: connections break, and none comes about. `slow`: all that
 * it says comes late.
 */
export type ChaosMode = "blackhole" | "refuse" | "slow" | "none";

export const CHAOS_MODES: readonly ChaosMode[] = ["blackhole", "refuse", "slow", "none"];

/** What is done to a carrier, and until when, in epoch milliseconds. */
export interface ChaosState {
  readonly mode: Exclude<ChaosMode, "none">;
  readonly untilMs: number;
  /** For `slow`. */
  readonly delayMs: number;
}

/** The parts of a stream that are put in front of its own while it is disturbed. */
type Shadow = Partial<{ write: Connection["write"]; emit: Connection["emit"] }>;

/**
 * The network of one carrier, which can be made to fail on purpose. It ends by itself. While it
 * does nothing, connections are the network's own objects, so that it costs nothing.
 */
export class ChaosNet implements Net {
  private readonly net: Net;
  private readonly clock: Clock;
  private readonly onChange: () => void;
  private readonly open = new Set<Connection>();
  private current: ChaosState | undefined;
  private timer: Timer | undefined;

  constructor(options: { readonly net: Net; readonly clock: Clock; readonly onChange: () => void }) {
    this.net = options.net;
    this.clock = options.clock;
    this.onChange = options.onChange;
  }

  get state(): ChaosState | undefined {
    return this.current;
  }

  /** Begins, changes or ends it. */
  set(state: ChaosState | undefined): void {
    const before = this.current;
    this.timer?.cancel();
    this.timer = undefined;
    this.current = state;
    for (const connection of this.open) this.disturb(connection, before?.mode);
    if (state !== undefined) {
      this.timer = this.clock.after(Math.max(0, state.untilMs - this.clock.nowMs()), () => this.set(undefined));
    }
    this.onChange();
  }

  async dial(target: DialTarget): Promise<Connection> {
    if (this.current?.mode === "refuse") throw refused(target);
    if (this.current?.mode === "slow") await this.wait(this.current.delayMs);
    const connection = await this.net.dial(target);
    this.open.add(connection);
    connection.once("close", () => this.open.delete(connection));
    // It may have begun while the connection came about.
    if (this.stateNow()?.mode === "refuse") {
      connection.on("error", () => {});
      connection.destroy();
      throw refused(target);
    }
    if (this.current !== undefined) this.disturb(connection, undefined);
    return connection;
  }

  private stateNow(): ChaosState | undefined {
    return this.current;
  }

  private wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.clock.after(delayMs, resolve));
  }

  private disturb(connection: Connection, before: ChaosMode | undefined): void {
    const shadowed = connection as unknown as Shadow;
    delete shadowed.write;
    delete shadowed.emit;
    // What was swallowed never comes, so that the stream is broken for both ends: they begin anew.
    if (before === "blackhole" && this.current?.mode !== "blackhole") {
      connection.destroy(broken());
      return;
    }
    switch (this.current?.mode) {
      case "refuse":
        connection.destroy(broken());
        return;
      case "blackhole":
        shadowed.write = swallow as Connection["write"];
        shadowed.emit = dropData(connection);
        return;
      case "slow":
        shadowed.emit = this.delayData(connection, this.current.delayMs);
        return;
      case undefined:
        return;
    }
  }

  /** Everything that the connection tells comes later, in its order. */
  private delayData(connection: Connection, delayMs: number): Connection["emit"] {
    const emit = Object.getPrototypeOf(connection).emit as (...args: readonly unknown[]) => boolean;
    return ((event: string, ...args: readonly unknown[]): boolean => {
      if (event !== "data" && event !== "end") return emit.call(connection, event, ...args);
      this.clock.after(delayMs, () => {
        if (!connection.destroyed) emit.call(connection, event, ...args);
      });
      return true;
    }) as Connection["emit"];
  }

  listen(address: Parameters<Net["listen"]>[0], onConnection: Parameters<Net["listen"]>[1]): Promise<Listener> {
    return this.net.listen(address, onConnection);
  }

  resolve(name: string): Promise<string[]> {
    return this.net.resolve(name);
  }

  /** The carrier is gone. */
  close(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.current = undefined;
  }
}

/** Takes octets as the system would, and loses them. */
function swallow(_chunk: unknown, encoding?: unknown, done?: unknown): boolean {
  const callback = typeof encoding === "function" ? encoding : done;
  if (typeof callback === "function") queueMicrotask(callback as () => void);
  return true;
}

function dropData(connection: Connection): Connection["emit"] {
  const emit = Object.getPrototypeOf(connection).emit as (...args: readonly unknown[]) => boolean;
  return ((event: string, ...args: readonly unknown[]): boolean =>
    event === "data" ? true : emit.call(connection, event, ...args)) as Connection["emit"];
}

function broken(): Error {
  return Object.assign(new Error("the connection was broken on purpose"), { code: "ECONNRESET" });
}

function refused({ host, port }: DialTarget): Error {
  return Object.assign(new Error(`connect ECONNREFUSED ${host}:${port} (on purpose)`), { code: "ECONNREFUSED" });
}
