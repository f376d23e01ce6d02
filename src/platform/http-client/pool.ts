import type { Clock, DialTarget, Net } from "../ports.ts";
import { ClientConnection } from "./connection.ts";
import type { ConnectionOwner } from "./connection.ts";
import { codeOf } from "./error.ts";
import type { HttpClientStage } from "./error.ts";
import type { Exchange, ExchangePlan } from "./exchange.ts";
import type { HttpClientLimits } from "./limits.ts";
import type { Sweeper } from "./sweeper.ts";

/** The connections to one server at one address, and the requests that wait for one. */
interface Origin {
  readonly key: string;
  /** Connections that exist or are being opened. */
  open: number;
  /** Unused ones, the last used at the end, where it is taken from: the others may then run out. */
  readonly idle: ClientConnection[];
  /** In order of arrival. A set, because a request that gives up leaves from the middle. */
  readonly waiting: Set<Exchange>;
}

/**
 * Keeps connections for reuse, opens new ones within the bounds, and lets requests
 * wait where a bound is reached: in order for each server, in turn between servers.
 */
export class ConnectionPool implements ConnectionOwner {
  readonly #net: Net;
  readonly #clock: Clock;
  readonly #limits: HttpClientLimits;
  readonly #sweeper: Sweeper;
  readonly #ca: string | undefined;
  readonly #origins = new Map<string, Origin>();
  readonly #connections = new Set<ClientConnection>();
  /** Servers with waiting requests that could have one more connection of their own, but there is no room in all. */
  readonly #starved = new Set<Origin>();
  #open = 0;
  #waiting = 0;
  #closed = false;

  constructor(options: {
    readonly net: Net;
    readonly clock: Clock;
    readonly limits: HttpClientLimits;
    readonly sweeper: Sweeper;
    readonly ca: string | undefined;
  }) {
    this.#net = options.net;
    this.#clock = options.clock;
    this.#limits = options.limits;
    this.#sweeper = options.sweeper;
    this.#ca = options.ca;
  }

  nowMs(): number {
    return this.#clock.monotonicMs();
  }

  /** Sends the request over an unused connection, a new one, or the next that becomes free. */
  submit(exchange: Exchange): void {
    const origin = this.#originOf(exchange.plan);
    const connection = exchange.plan.fresh ? undefined : this.#takeIdle(origin);
    if (connection !== undefined) connection.carry(exchange);
    else if (this.#makeRoom(origin)) this.#dial(origin, exchange);
    else this.#wait(origin, exchange);
  }

  /** Forgets a request that settled while it waited. */
  withdraw(exchange: Exchange): void {
    const origin = this.#origins.get(keyOf(exchange.plan));
    if (origin?.waiting.delete(exchange) !== true) return;
    this.#waiting -= 1;
    if (origin.waiting.size === 0) this.#starved.delete(origin);
    this.#forgetUnused(origin);
  }

  /** Closes all connections, those being opened included. Those in use fail what they carry. */
  closeAll(): void {
    this.#closed = true;
    for (const connection of this.#connections) connection.close();
  }

  onFree(connection: ClientConnection): void {
    const origin = this.#origins.get(connection.originKey);
    if (origin === undefined || this.#closed) return connection.close();
    const next = this.#nextWaiting(origin);
    if (next === undefined) {
      connection.deadlineMs = this.nowMs() + Math.min(this.#limits.idleMs, connection.serverIdleMs);
      origin.idle.push(connection);
      if (this.#starved.size > 0) this.#feedStarved();
    } else if (next.plan.fresh) {
      connection.close();
      this.submit(next);
    } else {
      connection.carry(next);
    }
  }

  onGone(connection: ClientConnection): void {
    this.#connections.delete(connection);
    this.#sweeper.remove(connection);
    const origin = this.#origins.get(connection.originKey);
    if (origin === undefined) return;
    const index = origin.idle.indexOf(connection);
    if (index >= 0) origin.idle.splice(index, 1);
    this.#releaseSlot(origin);
  }

  #originOf(plan: ExchangePlan): Origin {
    const key = keyOf(plan);
    let origin = this.#origins.get(key);
    if (origin === undefined) {
      origin = { key, open: 0, idle: [], waiting: new Set() };
      this.#origins.set(key, origin);
    }
    return origin;
  }

  #takeIdle(origin: Origin): ClientConnection | undefined {
    for (;;) {
      const connection = origin.idle.pop();
      if (connection === undefined || connection.usable) return connection;
      connection.close();
    }
  }

  /** Whether a connection may be opened, after closing an unused one if that is what it takes. */
  #makeRoom(origin: Origin): boolean {
    if (origin.open >= this.#limits.maxConnectionsPerHost) {
      origin.idle[0]?.close();
      if (origin.open >= this.#limits.maxConnectionsPerHost) return false;
    }
    if (this.#open < this.#limits.maxConnections) return true;
    for (const other of this.#origins.values()) {
      const unused = other.idle[0];
      if (unused === undefined) continue;
      unused.close();
      break;
    }
    return this.#open < this.#limits.maxConnections;
  }

  #wait(origin: Origin, exchange: Exchange): void {
    if (this.#waiting >= this.#limits.maxWaiting) {
      exchange.fail("connect", "too-many-waiting");
      return;
    }
    this.#waiting += 1;
    exchange.waiting = true;
    this.#origins.set(origin.key, origin);
    origin.waiting.add(exchange);
    if (origin.open < this.#limits.maxConnectionsPerHost) this.#starved.add(origin);
  }

  #nextWaiting(origin: Origin): Exchange | undefined {
    for (const exchange of origin.waiting) {
      origin.waiting.delete(exchange);
      exchange.waiting = false;
      this.#waiting -= 1;
      if (origin.waiting.size === 0) this.#starved.delete(origin);
      return exchange;
    }
    return undefined;
  }

  #dial(origin: Origin, exchange: Exchange): void {
    // Closing its last connection to make room may have made the pool forget it.
    this.#origins.set(origin.key, origin);
    origin.open += 1;
    this.#open += 1;
    const { plan } = exchange;
    this.#net.dial(this.#dialTarget(plan)).then(
      (socket) => {
        const connection = new ClientConnection(origin.key, socket, this);
        this.#connections.add(connection);
        this.#sweeper.add(connection);
        // The request may have timed out in the same moment; the connection is good for another.
        if (exchange.settled) this.onFree(connection);
        else connection.carry(exchange);
      },
      (error: unknown) => {
        exchange.fail(stageOfDialError(plan, error), codeOf(error));
        this.#releaseSlot(origin);
      },
    );
  }

  #dialTarget(plan: ExchangePlan): DialTarget {
    const { target, address } = plan;
    const untilMs = Math.min(plan.connectDeadlineMs, plan.totalDeadlineMs);
    const plain = {
      host: address,
      port: target.port,
      connectTimeoutMs: Math.max(1, Math.ceil(untilMs - this.nowMs())),
    };
    if (target.scheme === "http") return plain;
    return {
      ...plain,
      tls: {
        // RFC 6066 §3: without the dot of a fully qualified name.
        serverName: target.host.replace(/\.$/, ""),
        rejectUnauthorized: plan.verifyTls,
        ...(this.#ca === undefined ? {} : { ca: this.#ca }),
      },
    };
  }

  #releaseSlot(origin: Origin): void {
    origin.open -= 1;
    this.#open -= 1;
    // At the end of the line: whoever is in it already has waited for a slot longer.
    if (origin.waiting.size > 0) this.#starved.add(origin);
    this.#feedStarved();
    this.#forgetUnused(origin);
  }

  #feedStarved(): void {
    for (const origin of this.#starved) {
      if (!this.#makeRoom(origin)) return;
      // To the end of the line, so that the servers take turns.
      this.#starved.delete(origin);
      this.#starved.add(origin);
      const next = this.#nextWaiting(origin);
      if (next !== undefined) this.#dial(origin, next);
      if (origin.open >= this.#limits.maxConnectionsPerHost) this.#starved.delete(origin);
      return;
    }
  }

  #forgetUnused(origin: Origin): void {
    if (origin.open === 0 && origin.waiting.size === 0) this.#origins.delete(origin.key);
  }
}

function keyOf(plan: ExchangePlan): string {
  const { target } = plan;
  return `${target.scheme} ${target.host} ${target.port} ${plan.address} ${plan.verifyTls}`;
}

/** An error of a system call other than `connect`, or of none at all, comes from the handshake. */
function stageOfDialError(plan: ExchangePlan, error: unknown): HttpClientStage {
  if (plan.target.scheme === "http") return "connect";
  const syscall = error instanceof Error && "syscall" in error ? error.syscall : undefined;
  return syscall === "connect" || codeOf(error) === "ETIMEDOUT" ? "connect" : "tls";
}
