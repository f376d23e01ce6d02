import { assert } from "../../kernel/assert.ts";
import type { Oversize, RequestUrl } from "../../protocols/http1/index.ts";
import type { Clock } from "../ports.ts";
import type { AddressGuard } from "./address-guard.ts";
import type { Answer, Failure, Task } from "./connection.ts";
import { HttpClientError } from "./errors.ts";
import type { ConnectionPool } from "./pool.ts";

/** One request as it goes over the wire, without redirects and authentication. */
export interface ExchangeRequest {
  readonly target: RequestUrl;
  /** `scheme://host:port`, the pool's key. */
  readonly origin: string;
  readonly method: string;
  readonly wire: Buffer;
  readonly connectMs: number;
  readonly readMs: number;
  readonly totalAtMs: number;
  readonly maxBodyOctets: number;
  readonly oversize: Oversize;
  readonly guard: AddressGuard;
  /** The request may reach the server twice. */
  readonly repeatable: boolean;
}

/**
 * Sends one request and resolves with its answer; rejects with {@link HttpClientError}.
 *
 * A connection from the pool may have been closed by the server just before the request
 * was written. The request is sent once more, on another connection, when the connection
 * broke without one octet of an answer and repeating cannot do harm: either the request is
 * repeatable (its method is idempotent, or the caller has made it so), or it had not left
 * completely, so that no server can have taken it for a whole request (RFC 9112 §9.3.1).
 * A silent server is no broken connection: after a time-out nothing is sent again.
 */
export function exchange(deps: { pool: ConnectionPool; clock: Clock }, request: ExchangeRequest): Promise<Answer> {
  return new Exchange(deps, request).run();
}

class Exchange implements Task {
  readonly method: string;
  readonly wire: Buffer;
  readonly maxBodyOctets: number;
  readonly oversize: Oversize;
  readonly readMs: number;
  readonly totalAtMs: number;
  readonly #deps: { pool: ConnectionPool; clock: Clock };
  readonly #request: ExchangeRequest;
  #addresses: readonly string[] = [];
  #resolve: ((answer: Answer) => void) | undefined;
  #reject: ((error: unknown) => void) | undefined;
  #isRepetition = false;

  constructor(deps: { pool: ConnectionPool; clock: Clock }, request: ExchangeRequest) {
    this.#deps = deps;
    this.#request = request;
    this.method = request.method;
    this.wire = request.wire;
    this.maxBodyOctets = request.maxBodyOctets;
    this.oversize = request.oversize;
    this.readMs = request.readMs;
    this.totalAtMs = request.totalAtMs;
  }

  run(): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      // What this throws rejects the promise.
      const admitted = this.#request.guard.admit(this.#request.target);
      if (admitted instanceof Promise) this.#awaitAddresses(admitted);
      else this.#connect(admitted);
    });
  }

  answered(answer: Answer): void {
    assert(this.#resolve !== undefined, "an exchange is run before it is answered");
    this.#resolve(answer);
  }

  failed(failure: Failure): void {
    const { repeatable } = this.#request;
    const hasTime = this.#deps.clock.monotonicMs() < this.totalAtMs;
    if (failure.stale && !this.#isRepetition && hasTime && (repeatable || !failure.flushed)) {
      this.#isRepetition = true;
      this.#open();
      return;
    }
    const { stage, reason, cause } = failure;
    this.#reject?.(new HttpClientError(stage, reason, { origin: this.#name(), bytesSent: true, cause }));
  }

  #awaitAddresses(admitted: Promise<readonly string[]>): void {
    const leftMs = this.totalAtMs - this.#deps.clock.monotonicMs();
    let isLate = false;
    const timer = this.#deps.clock.after(Math.max(0, Math.min(this.#request.connectMs, leftMs)), () => {
      isLate = true;
      const stage = leftMs <= this.#request.connectMs ? "total" : "resolve";
      this.#reject?.(new HttpClientError(stage, "timeout", { origin: this.#name() }));
    });
    admitted.then(
      (addresses) => {
        timer.cancel();
        if (!isLate) this.#connect(addresses);
      },
      (error: unknown) => {
        timer.cancel();
        this.#reject?.(error);
      },
    );
  }

  #connect(addresses: readonly string[]): void {
    this.#addresses = addresses;
    const connection = this.#deps.pool.take(this.#request.origin, addresses);
    if (connection === undefined) this.#open();
    else connection.send(this);
  }

  #open(): void {
    const { target, origin, connectMs } = this.#request;
    const wanted = { target, origin, connectMs, addresses: this.#addresses, totalAtMs: this.totalAtMs };
    this.#deps.pool.open(wanted).then(
      (connection) => connection.send(this),
      (error: unknown) => this.#reject?.(this.#isRepetition ? afterSending(error) : error),
    );
  }

  #name(): string {
    const { host, port } = this.#request.target;
    return `${host}:${port}`;
  }
}

/** The same failure of a later step: octets of the request have left before. */
export function afterSending(error: unknown): unknown {
  if (!(error instanceof HttpClientError) || error.bytesSent) return error;
  return new HttpClientError(error.stage, error.reason, { bytesSent: true, cause: error });
}
