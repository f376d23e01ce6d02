import type { Buffer } from "node:buffer";
import type { HeaderFields, RequestUrl } from "../../protocols/http1/index.ts";
import { HttpClientError } from "./error.ts";
import type { HttpClientStage } from "./error.ts";
import type { Sweepable } from "./sweeper.ts";

/** Milliseconds allowed: until a connection stands, between octets of the answer, and for everything. */
export interface RequestTimeouts {
  readonly connectMs: number;
  readonly readMs: number;
  readonly totalMs: number;
}

/** One request as it goes over one connection. */
export interface ExchangePlan {
  readonly target: RequestUrl;
  /** The address that the guard admitted. */
  readonly address: string;
  readonly verifyTls: boolean;
  readonly method: string;
  /** Head and body. */
  readonly octets: Buffer;
  readonly maxBodyOctets: number;
  readonly timeouts: RequestTimeouts;
  /** On the monotonic clock. */
  readonly connectDeadlineMs: number;
  readonly totalDeadlineMs: number;
  /** Do not use a connection that has carried a request before. */
  readonly fresh: boolean;
}

/** What came back, before redirects and credentials are considered. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: HeaderFields;
  readonly body: Buffer;
}

/** The connection that an exchange runs on. */
export interface Carrier {
  /** Gives the exchange up and closes. */
  abandon(): void;
}

/** The state of one request on its way: waiting, connecting, sent, settled. Settles exactly once. */
export class Exchange implements Sweepable {
  readonly plan: ExchangePlan;
  readonly answer: Promise<RawAnswer>;
  deadlineMs: number;
  /** Whether octets were handed to a connection. */
  bytesSent = false;
  /** Whether it stands in a pool's line. */
  waiting = false;
  /** A connection used before died under it before the first octet of an answer (RFC 9112 §9.3.1). */
  stale = false;
  settled = false;
  readonly #call: { bytesSent: boolean };
  readonly #onSettled: (exchange: Exchange) => void;
  #carrier: Carrier | undefined;
  #accept: (answer: RawAnswer) => void = () => {};
  #reject: (error: HttpClientError) => void = () => {};

  /** `call` learns when octets were sent. */
  constructor(plan: ExchangePlan, call: { bytesSent: boolean }, onSettled: (exchange: Exchange) => void) {
    this.plan = plan;
    this.#call = call;
    this.#onSettled = onSettled;
    this.deadlineMs = Math.min(plan.connectDeadlineMs, plan.totalDeadlineMs);
    this.answer = new Promise((accept, reject) => {
      this.#accept = accept;
      this.#reject = reject;
    });
  }

  /** The request is being written to `carrier`. */
  sentOver(carrier: Carrier, nowMs: number): void {
    this.#carrier = carrier;
    this.bytesSent = true;
    this.#call.bytesSent = true;
    this.heard(nowMs);
  }

  /** Octets arrived: the read time-out begins anew. */
  heard(nowMs: number): void {
    this.deadlineMs = Math.min(nowMs + this.plan.timeouts.readMs, this.plan.totalDeadlineMs);
  }

  complete(answer: RawAnswer): void {
    if (this.#settle()) this.#accept(answer);
  }

  fail(stage: HttpClientStage, code: string | undefined): void {
    const { bytesSent } = this;
    if (this.#settle()) this.#reject(new HttpClientError(stage, { bytesSent, code }));
  }

  expire(nowMs: number): void {
    const phase = this.bytesSent ? "read" : "connect";
    this.abort(nowMs >= this.plan.totalDeadlineMs ? "total" : phase, "ETIMEDOUT");
  }

  /** Fails, and closes the connection that the answer would have come on. */
  abort(stage: HttpClientStage, code: string): void {
    const carrier = this.#carrier;
    this.fail(stage, code);
    carrier?.abandon();
  }

  #settle(): boolean {
    if (this.settled) return false;
    this.settled = true;
    this.#carrier = undefined;
    this.#onSettled(this);
    return true;
  }
}
