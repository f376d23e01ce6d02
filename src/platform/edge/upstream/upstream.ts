import type { CellAddress } from "../../fleet/index.ts";
import type { Clock, Logger } from "../../ports.ts";
import { RetryBudget } from "../../queue/index.ts";
import { Breaker } from "./breaker.ts";
import type { EndOfTurn } from "./end-of-turn.ts";
import type { Exchange } from "./exchange.ts";
import { UpstreamFailure, type FailureKind } from "./failure.ts";
import type { UpstreamLimits } from "./limits.ts";
import { probeOf } from "./probe.ts";
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
  private isClosed = false;

  constructor(input: UpstreamInput) {
    this.endOfTurn = input.endOfTurn;
    this.name = input.name;
    this.address = input.address;
    this.clock = input.clock;
    this.logger = input.logger;
    this.limits = input.limits;
    this.answerTimeoutMs = input.limits.answerTimeoutMs;
    this.probeDelayMs = input.limits.probeMs;
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
      this.breaker.answered();
    } else if (this.breaker.failed(failure)) {
      this.logger.warn("edge.cell-down", { cell: this.name, reason: failure });
      this.probeDelayMs = this.limits.probeMs;
      this.probeLater();
    }
  }

  /** Looks at the time limits. */
  check(nowMs: number): void {
    for (const connection of this.connections) {
      if (nowMs < connection.deadlineMs) continue;
      if (this.idle.includes(connection)) connection.close("lost", undefined);
      else connection.expire();
    }
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

  private probeLater(): void {
    this.clock.after(this.probeDelayMs, () => {
      if (!this.breaker.isOpen || this.isClosed) return;
      this.probeDelayMs = Math.min(this.limits.maxProbeMs, this.probeDelayMs * 2);
      this.probe();
    });
  }

  /** Asks the cell for its health over a connection of its own; customers' requests are not risked for that. */
  private probe(): void {
    const again = (): void => {
      if (this.breaker.isOpen) this.probeLater();
    };
    const host: UpstreamHost = {
      answerTimeoutMs: this.limits.connectTimeoutMs,
      endOfTurn: this.endOfTurn,
      nowMs: () => this.nowMs(),
      onFree: (connection) => {
        if (connection === probing && !isSent) {
          isSent = true;
          connection.deadlineMs = this.nowMs() + this.limits.connectTimeoutMs;
          connection.carry(
            probeOf(this.address, connection.deadlineMs, (isWell) => {
              if (!isWell) return again();
              this.breaker.answered();
              this.logger.info("edge.cell-up", { cell: this.name });
            }),
          );
          return;
        }
        connection.close("lost", undefined);
      },
      onGone: (connection, failure) => {
        this.connections.delete(connection);
        if (failure !== undefined) again();
      },
      onOutcome: () => undefined,
    };
    let isSent = false;
    const probing = new UpstreamConnection(this.address, this.nowMs() + this.limits.connectTimeoutMs, host);
    this.connections.add(probing);
  }
}
