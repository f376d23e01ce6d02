import type { Clock } from "../ports.ts";
import { Fifo } from "../queue/index.ts";

/** Consecutive failures after which a host is left alone. */
const FAILURES_TO_OPEN = 50;
const OPEN_MS = 10_000;
/** Hosts remembered for their failures; beyond this, idle ones are forgotten. */
const MAX_HOSTS = 10_000;

interface Host {
  active: number;
  failures: number;
  openUntilMs: number;
  readonly waiting: Fifo;
}

/**
 * Lets a bounded number of requests through to each host and in all, in order for each
 * host and in turn between hosts; and refuses at once while a host has failed many times
 * in a row, so that a dead host delays nobody and its queue does not grow.
 */
export class HostGate {
  private readonly clock: Clock;
  private readonly limits: { readonly maxInFlight: number; readonly maxInFlightPerHost: number };
  private readonly run: (host: string, item: string) => void;
  private readonly hosts = new Map<string, Host>();
  /** Hosts that something waits for and that have room, in the order of their turns. */
  private readonly line = new Map<string, Host>();
  private active = 0;
  private closed = false;

  constructor(options: {
    clock: Clock;
    maxInFlight: number;
    maxInFlightPerHost: number;
    run: (host: string, item: string) => void;
  }) {
    this.clock = options.clock;
    this.limits = options;
    this.run = options.run;
  }

  /** Requests under way. */
  get inFlight(): number {
    return this.active;
  }

  /** True while the host is left alone. One request in each period is let through to see whether it is back. */
  isOpen(name: string): boolean {
    const host = this.hosts.get(name);
    if (host === undefined || host.failures < FAILURES_TO_OPEN) return false;
    if (this.clock.monotonicMs() < host.openUntilMs) return true;
    host.openUntilMs = this.clock.monotonicMs() + OPEN_MS;
    return false;
  }

  /** Runs the item now, or when its turn comes. */
  enter(name: string, item: string): void {
    if (this.closed) return;
    if (this.hosts.size > MAX_HOSTS) this.forgetIdle();
    const host = this.hosts.get(name) ?? { active: 0, failures: 0, openUntilMs: 0, waiting: new Fifo() };
    this.hosts.set(name, host);
    if (host.waiting.length > 0 || !this.hasRoom(host)) {
      host.waiting.push(item);
      this.lineUp(name, host);
    } else {
      this.begin(name, host, item);
    }
  }

  /** Gives the host a place in the line, at its end, unless it has one or no use for it. */
  private lineUp(name: string, host: Host): void {
    if (host.waiting.length > 0 && host.active < this.limits.maxInFlightPerHost) this.line.set(name, host);
  }

  private forgetIdle(): void {
    for (const [name, host] of this.hosts) if (host.active === 0 && host.waiting.length === 0) this.hosts.delete(name);
  }

  private hasRoom(host: Host): boolean {
    return this.active < this.limits.maxInFlight && host.active < this.limits.maxInFlightPerHost;
  }

  private begin(name: string, host: Host, item: string): void {
    host.active += 1;
    this.active += 1;
    this.run(name, item);
  }

  /**
   * Ends a request that {@link enter} ran: the host answered, or nobody did, or it was
   * not asked, which says nothing about it.
   */
  leave(name: string, host: "up" | "down" | "not-asked"): void {
    const known = this.hosts.get(name);
    if (known === undefined) return;
    known.active -= 1;
    this.active -= 1;
    if (host === "up") known.failures = 0;
    if (host === "down") {
      known.failures += 1;
      if (known.failures === FAILURES_TO_OPEN) known.openUntilMs = this.clock.monotonicMs() + OPEN_MS;
    }
    if (known.active === 0 && known.waiting.length === 0 && known.failures === 0) this.hosts.delete(name);
    this.lineUp(name, known);
    this.next();
  }

  /** Lets nothing more through, and forgets what waits. */
  close(): void {
    this.closed = true;
    for (const { waiting } of this.hosts.values()) waiting.drain();
    this.line.clear();
  }

  /** One has left, so at most one may come: the first in the line, which then goes to its end. */
  private next(): void {
    if (this.closed || this.active >= this.limits.maxInFlight) return;
    for (const [name, host] of this.line) {
      this.line.delete(name);
      const item = host.waiting.shift();
      if (item === undefined) continue;
      this.begin(name, host, item);
      this.lineUp(name, host);
      return;
    }
  }
}
