import type { RequestUrl } from "../../protocols/http1/index.ts";
import type { Clock, Net, Timer } from "../ports.ts";
import { HttpConnection } from "./connection.ts";
import type { ConnectionOwner } from "./connection.ts";
import { dialAdmitted } from "./dial.ts";
import { HttpClientError } from "./errors.ts";

/** Waiting requests that are looked at for one that may use a connection just released. */
const MAX_WAITERS_MATCHED = 8;

/** Bounds of the pool. */
export interface PoolLimits {
  /** Connections to one scheme, host and port. */
  readonly maxPerHost: number;
  /** Connections in all. */
  readonly maxConnections: number;
  /** Requests in all that wait for a connection. */
  readonly maxWaiting: number;
}

/** What is needed to get a connection. */
export interface Wanted {
  readonly target: RequestUrl;
  /** `scheme://host:port`. */
  readonly origin: string;
  readonly addresses: readonly string[];
  readonly connectMs: number;
  readonly totalAtMs: number;
}

interface Waiter {
  readonly addresses: readonly string[];
  /** With a connection, or without one when there is room to dial. */
  readonly grant: (connection: HttpConnection | undefined) => void;
  readonly refuse: (error: HttpClientError) => void;
}

interface Origin {
  readonly key: string;
  /** Open or being dialled. */
  open: number;
  /** Last used last. */
  readonly idle: HttpConnection[];
  readonly waiting: Set<Waiter>;
}

export interface PoolOptions {
  readonly net: Pick<Net, "dial">;
  readonly clock: Clock;
  readonly limits: PoolLimits;
  readonly ca?: string | undefined;
}

/**
 * Keeps connections for reuse, by scheme, host and port, each pinned to the address it
 * was dialled to: a request gets one only if its own guard admits that address. Bounded
 * for each host and in all; beyond that requests wait, in order for each host.
 */
export class ConnectionPool implements ConnectionOwner {
  readonly #options: PoolOptions;
  readonly #origins = new Map<string, Origin>();
  /** All idle connections, longest idle first. */
  readonly #idle = new Set<HttpConnection>();
  /** Everything open, so that it can be closed. */
  readonly #connections = new Set<HttpConnection>();
  /** Origins with waiting requests. */
  readonly #starving = new Set<Origin>();
  /** Open or being dialled, everywhere. */
  #open = 0;
  #waiting = 0;
  #isClosed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Connections open or being dialled. */
  get size(): number {
    return this.#open;
  }

  /** Takes an idle connection to one of the addresses, the one used last. */
  take(origin: string, addresses: readonly string[]): HttpConnection | undefined {
    const idle = this.#origins.get(origin)?.idle;
    if (idle === undefined) return undefined;
    for (let index = idle.length - 1; index >= 0; index -= 1) {
      const connection = idle[index];
      if (connection === undefined || !addresses.includes(connection.address)) continue;
      if (index === idle.length - 1) idle.pop();
      else idle.splice(index, 1);
      this.#idle.delete(connection);
      return connection;
    }
    return undefined;
  }

  /**
   * Opens a connection, or waits for room or for one that becomes free.
   * Rejects with {@link HttpClientError} of stage `connect`, `tls`, `total` or `closed`.
   */
  async open(wanted: Wanted): Promise<HttpConnection> {
    if (this.#isClosed) throw new HttpClientError("closed", "closed");
    const origin = this.#originOf(wanted.origin);
    if (origin.waiting.size === 0 && this.#hasRoom(origin)) this.#reserve(origin);
    else {
      const granted = await this.#wait(origin, wanted);
      if (granted !== undefined) return granted;
    }
    return this.#dial(origin, wanted);
  }

  /** Closes everything; requests under way and waiting fail with stage `closed`. */
  close(): void {
    this.#isClosed = true;
    for (const origin of this.#starving) {
      for (const waiter of origin.waiting) waiter.refuse(new HttpClientError("closed", "closed"));
    }
    for (const connection of this.#connections) connection.destroy();
  }

  idle(connection: HttpConnection): void {
    const origin = this.#originOf(connection.origin);
    if (this.#handOver(origin, connection)) return;
    origin.idle.push(connection);
    this.#idle.add(connection);
    if (this.#starving.size > 0) this.#grantRoom();
  }

  closed(connection: HttpConnection): void {
    if (!this.#forget(connection)) return;
    this.#grantRoom();
  }

  #originOf(key: string): Origin {
    const known = this.#origins.get(key);
    if (known !== undefined) return known;
    const origin = { key, open: 0, idle: [], waiting: new Set<Waiter>() };
    this.#origins.set(key, origin);
    return origin;
  }

  #reserve(origin: Origin): void {
    origin.open += 1;
    this.#open += 1;
  }

  #free(origin: Origin): void {
    origin.open -= 1;
    this.#open -= 1;
    this.#dropUnused(origin);
  }

  #dropUnused(origin: Origin): void {
    if (origin.open === 0 && origin.waiting.size === 0) this.#origins.delete(origin.key);
  }

  /** True for a connection that was still counted. */
  #forget(connection: HttpConnection): boolean {
    if (!this.#connections.delete(connection)) return false;
    const origin = this.#originOf(connection.origin);
    if (this.#idle.delete(connection)) origin.idle.splice(origin.idle.indexOf(connection), 1);
    this.#free(origin);
    return true;
  }

  /** Makes room where it can, by closing what has been idle longest. */
  #hasRoom(origin: Origin): boolean {
    const { maxPerHost, maxConnections } = this.#options.limits;
    if (origin.open >= maxPerHost) {
      // Idle ones of this very host are to addresses that the request may not use, or it would have taken one.
      const [unusable] = origin.idle;
      if (unusable === undefined) return false;
      this.#evict(unusable);
    }
    if (this.#open < maxConnections) return true;
    const [oldest] = this.#idle;
    if (oldest === undefined) return false;
    this.#evict(oldest);
    return true;
  }

  #evict(connection: HttpConnection): void {
    this.#forget(connection);
    connection.destroy();
  }

  #grantRoom(): void {
    for (const origin of this.#starving) {
      for (const waiter of origin.waiting) {
        if (!this.#hasRoom(origin)) break;
        this.#reserve(origin);
        this.#unqueue(origin, waiter);
        waiter.grant(undefined);
      }
      if (this.#open >= this.#options.limits.maxConnections && this.#idle.size === 0) return;
    }
  }

  #handOver(origin: Origin, connection: HttpConnection): boolean {
    let looked = 0;
    for (const waiter of origin.waiting) {
      if (waiter.addresses.includes(connection.address)) {
        this.#unqueue(origin, waiter);
        waiter.grant(connection);
        return true;
      }
      looked += 1;
      if (looked === MAX_WAITERS_MATCHED) return false;
    }
    return false;
  }

  #unqueue(origin: Origin, waiter: Waiter): void {
    if (!origin.waiting.delete(waiter)) return;
    this.#waiting -= 1;
    if (origin.waiting.size === 0) this.#starving.delete(origin);
  }

  #wait(origin: Origin, wanted: Wanted): Promise<HttpConnection | undefined> {
    const name = `${wanted.target.host}:${wanted.target.port}`;
    if (this.#waiting >= this.#options.limits.maxWaiting) {
      this.#dropUnused(origin);
      return Promise.reject(new HttpClientError("connect", "too-many-waiting", { origin: name }));
    }
    return new Promise((resolve, reject) => {
      let timer: Timer | undefined;
      const waiter: Waiter = {
        addresses: wanted.addresses,
        grant: (connection) => {
          timer?.cancel();
          resolve(connection);
        },
        refuse: (error) => {
          timer?.cancel();
          this.#unqueue(origin, waiter);
          this.#dropUnused(origin);
          reject(error);
        },
      };
      timer = this.#options.clock.after(Math.max(0, wanted.totalAtMs - this.#options.clock.monotonicMs()), () =>
        waiter.refuse(new HttpClientError("total", "pool-full", { origin: name })),
      );
      origin.waiting.add(waiter);
      this.#starving.add(origin);
      this.#waiting += 1;
    });
  }

  async #dial(origin: Origin, wanted: Wanted): Promise<HttpConnection> {
    const { clock, ca } = this.#options;
    try {
      const { stream, address } = await dialAdmitted(this.#options, { ...wanted, ca });
      const connection = new HttpConnection({ clock, stream, address, owner: this, origin: origin.key });
      this.#connections.add(connection);
      if (this.#isClosed) connection.destroy();
      return connection;
    } catch (error) {
      this.#free(origin);
      this.#grantRoom();
      throw error;
    }
  }
}
