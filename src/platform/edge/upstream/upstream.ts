import type { CellAddress } from "../../fleet/index.ts";
import type { Clock, Logger } from "../../ports.ts";
import { RetryBudget } from "../../queue/index.ts";
import { Breaker } from "./breaker.ts";
import type { EndOfTurn } from "./end-of-turn.ts";
import type { Exchange } from "./exchange.ts";
import { UpstreamFailure, type FailureKind } from "./failure.ts";
import type { UpstreamLimits } from "./limits.ts";
import { probe } from "./probe.ts";
import { UpstreamConnection, type UpstreamHost } from "./upstream-connection.ts";

/** What is open to a cell, for metrics. */
export interface UpstreamCounts {
  readonly open: number;
  readonly idle: number;
  readonly waiting: number;
  /** Whether nobody is sent there until a probe is answered. */
  readonly isBroken: boolean;
}

/** What the connections to one cell are made with. */
export interface UpstreamInput {
  readonly name: string;
  readonly address: CellAddress;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: UpstreamLimits;
  readonly endOfTurn: EndOfTurn;
}

/** The connections to one cell, the requests that wait for one, and whether it is asked at all. */
export class Upstream implements UpstreamHost {
  readonly answerTimeoutMs: number;
  readonly endOfTurn: EndOfTurn;
  readonly address: CellAddress;
  /** Retries are at most a tenth of the requests. */
  readonly retries: RetryBudget;
  private readonly name: string;
  private readonly clock: Clock;
  private readonly logger: Logger;
  private readonly limits: UpstreamLimits;
  private readonly breaker = new Breaker();
  private readonly connections = new Set<UpstreamConnection>();
  /** The last one used is the first one used again, so that what is not needed grows old. */
  private readonly idle: UpstreamConnection[] = [];
  /** In the order in which they came. */
  private readonly waiting = new Set<Exchange>();
  /** Connections that do not stand yet. */
  private readonly opening = new Set<UpstreamConnection>();
  private probeDelayMs: number;
  private isProbing = false;
  private isClosed = false;
  /** Whether an answer came since the time limits were last looked at, and since when none did although some are due. */
  private wasHeard = false;
  private quietSinceMs = 0;

  constructor(input: UpstreamInput) {
    this.endOfTurn = input.endOfTurn;
    this.name = input.name;
    this.address = input.address;
    this.clock = input.clock;
    this.logger = input.logger;
    this.limits = input.limits;
    this.answerTimeoutMs = input.limits.answerTimeoutMs;
    this.probeDelayMs = input.limits.probeMs;
    this.quietSinceMs = input.clock.monotonicMs();
    this.retries = new RetryBudget({}, input.clock.monotonicMs());
  }

  get counts(): UpstreamCounts {
    const { connections, idle, waiting, breaker } = this;
    return { open: connections.size, idle: idle.length, waiting: waiting.size, isBroken: breaker.isOpen };
  }

  nowMs(): number {
    return this.clock.monotonicMs();
  }

  /** Sends a request, over a connection that is free, or stands soon, or gets free. */
  send(exchange: Exchange): void {
    if (this.breaker.isOpen || this.isClosed) return exchange.failed(new UpstreamFailure("open", false));
    const connection = exchange.isFresh ? undefined : this.takeIdle();
    if (connection !== undefined) return this.carry(connection, exchange);
    if (this.waiting.size >= this.limits.maxWaiting) return exchange.failed(new UpstreamFailure("busy", false));
    exchange.deadlineMs = this.nowMs() + this.limits.connectTimeoutMs;
    this.waiting.add(exchange);
    if (exchange.isFresh && this.connections.size >= this.limits.maxConnections) this.closeIdle();
    if (this.opening.size < this.waiting.size && this.connections.size < this.limits.maxConnections) this.dial();
  }

  onFree(connection: UpstreamConnection): void {
    this.opening.delete(connection);
    if (this.isClosed) return connection.close("lost", undefined);
    const next = this.takeWaiting();
    if (next !== undefined) return this.carry(connection, next);
    connection.deadlineMs = this.nowMs() + this.limits.idleMs;
    this.idle.push(connection);
  }

  onGone(connection: UpstreamConnection, failure: FailureKind | undefined): void {
    this.opening.delete(connection);
    this.connections.delete(connection);
    const index = this.idle.indexOf(connection);
    if (index >= 0) this.idle.splice(index, 1);
    if (failure !== undefined) this.onOutcome(failure);
    if (this.waiting.size === 0 || this.isClosed) return;
    // Nobody will get free for those who wait.
    if (this.breaker.isOpen && this.connections.size === 0) this.refuseWaiting("refused");
    else if (!this.breaker.isOpen && this.opening.size < this.waiting.size) this.dial();
  }

  onOutcome(failure: FailureKind | undefined): void {
    if (failure === undefined) {
      this.wasHeard = true;
      this.breaker.answered();
    } else if (this.breaker.failed(failure)) {
      this.noteDown(failure);
    }
  }

  /** Looks at the time limits. */
  check(nowMs: number): void {
    for (const connection of this.connections) {
      if (nowMs < connection.deadlineMs) continue;
      if (this.idle.includes(connection)) connection.close("lost", undefined);
      else connection.expire();
    }
    this.watch(nowMs);
    // In line all have the same patience, so the first is the first that is late.
    for (const next of this.waiting) {
      if (nowMs < next.deadlineMs) break;
      this.waiting.delete(next);
      next.failed(new UpstreamFailure("busy", false));
    }
  }

  /** Ends all connections. What is under way fails. */
  close(): void {
    this.isClosed = true;
    this.refuseWaiting("open");
    for (const connection of this.connections) connection.close("lost", undefined);
  }

  /** Takes no more, and ends when what is under way has. */
  retire(): void {
    this.isClosed = true;
    this.refuseWaiting("open");
    this.closeIdle();
  }

  private carry(connection: UpstreamConnection, exchange: Exchange): void {
    this.retries.fresh();
    exchange.deadlineMs = this.nowMs() + this.limits.answerTimeoutMs;
    connection.carry(exchange);
  }

  private takeIdle(): UpstreamConnection | undefined {
    for (;;) {
      const connection = this.idle.pop();
      if (connection === undefined || connection.isUsable) return connection;
      connection.close("lost", undefined);
    }
  }

  private closeIdle(): void {
    for (const connection of this.idle.splice(0)) connection.close("lost", undefined);
  }

  private dial(): void {
    const connection = new UpstreamConnection(this.address, this.nowMs() + this.limits.connectTimeoutMs, this);
    this.opening.add(connection);
    this.connections.add(connection);
  }

  private takeWaiting(): Exchange | undefined {
    for (const next of this.waiting) {
      this.waiting.delete(next);
      return next;
    }
    return undefined;
  }

  private refuseWaiting(kind: FailureKind): void {
    for (let next = this.takeWaiting(); next !== undefined; next = this.takeWaiting()) {
      next.failed(new UpstreamFailure(kind, false));
    }
  }

  /** Whoever has requests and says nothing at all is asked how it is, long before those are late. */
  private watch(nowMs: number): void {
    const isBusy = this.connections.size > this.idle.length + this.opening.size;
    if (this.wasHeard || !isBusy) this.quietSinceMs = nowMs;
    this.wasHeard = false;
    if (nowMs - this.quietSinceMs >= this.limits.maxQuietMs && !this.breaker.isOpen && !this.isProbing) this.probe();
  }

  private noteDown(reason: string): void {
    this.logger.warn("edge.cell-down", { cell: this.name, reason });
    this.probeDelayMs = this.limits.probeMs;
    if (!this.isProbing) this.probeLater();
  }

  private probeLater(): void {
    this.clock.after(this.probeDelayMs, () => {
      if (!this.breaker.isOpen || this.isClosed || this.isProbing) return;
      this.probeDelayMs = Math.min(this.limits.maxProbeMs, this.probeDelayMs * 2);
      this.probe();
    });
  }

  private probe(): void {
    this.isProbing = true;
    probe({
      address: this.address,
      timeoutMs: this.limits.connectTimeoutMs,
      endOfTurn: this.endOfTurn,
      nowMs: () => this.nowMs(),
      connections: this.connections,
      tell: (isWell) => this.probed(isWell),
    });
  }

  private probed(isWell: boolean): void {
    this.isProbing = false;
    if (isWell) {
      this.quietSinceMs = this.nowMs();
      if (this.breaker.isOpen) this.logger.info("edge.cell-up", { cell: this.name });
      this.breaker.answered();
    } else if (this.breaker.isOpen) {
      this.probeLater();
    } else {
      this.breaker.open();
      this.noteDown("quiet");
    }
  }
}
