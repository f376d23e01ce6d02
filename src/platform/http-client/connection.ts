import type { Buffer } from "node:buffer";
import { Http1Error, ResponseParser } from "../../protocols/http1/index.ts";
import type { HeaderFields, Oversize } from "../../protocols/http1/index.ts";
import type { Clock, Connection } from "../ports.ts";
import { Deadline } from "./deadline.ts";
import { reasonOf } from "./errors.ts";
import type { HttpStage } from "./errors.ts";

/** Shorter than the 5 s after which Node's and many other servers hang up, so that we leave first. */
const MAX_IDLE_MS = 4_000;
/** A server that names its own limit is left this long before it. */
const IDLE_MARGIN_MS = 1_000;

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: HeaderFields;
  readonly body: Buffer;
  readonly truncated: boolean;
  readonly remoteAddress: string;
}

/** How an exchange on a connection ended without an answer. */
export interface Failure {
  readonly stage: HttpStage;
  readonly reason: string;
  readonly cause?: unknown;
  /** The connection had carried a request before and broke before any octet of this answer. */
  readonly stale: boolean;
  /** The whole request was handed to the system, so that the server may have all of it. */
  readonly flushed: boolean;
}

/** One request on its way over a connection; exactly one of the two functions is called, once. */
export interface Task {
  readonly method: string;
  /** Head and body. */
  readonly wire: Buffer;
  readonly maxBodyOctets: number;
  readonly oversize: Oversize;
  /** Longest silence while the answer is awaited or arrives. */
  readonly readMs: number;
  /** When time is up, on the monotonic clock. */
  readonly totalAtMs: number;
  answered(answer: Answer): void;
  failed(failure: Failure): void;
}

/** Whoever keeps connections. */
export interface ConnectionOwner {
  /** The connection is ready for the next request. */
  idle(connection: HttpConnection): void;
  /** The connection is gone; called once. */
  closed(connection: HttpConnection): void;
}

/**
 * A connection that carries one request after the other. Listeners, parser and timer are
 * made once for the connection, so that a request costs no more than its own octets.
 */
export class HttpConnection {
  /** The address it is pinned to. */
  readonly address: string;
  /** Where it belongs, see the pool. */
  readonly origin: string;
  readonly #clock: Clock;
  readonly #stream: Connection;
  readonly #owner: ConnectionOwner;
  readonly #parser = new ResponseParser();
  readonly #deadline: Deadline;
  readonly #written: (error?: Error | null) => void;
  #task: Task | undefined;
  #uses = 0;
  #flushed = false;
  #heard = false;
  #isClosed = false;

  constructor(options: { clock: Clock; stream: Connection; owner: ConnectionOwner; origin: string; address: string }) {
    this.address = options.address;
    this.origin = options.origin;
    this.#clock = options.clock;
    this.#owner = options.owner;
    this.#stream = options.stream;
    this.#deadline = new Deadline(options.clock, () => this.#timedOut());
    this.#written = (error) => {
      if (error === undefined || error === null) this.#flushed = true;
    };
    options.stream.on("data", (chunk: Buffer) => this.#read(chunk));
    options.stream.on("end", () => this.#ended());
    options.stream.on("error", (error) => this.#broke(reasonOf(error), error));
    options.stream.on("close", () => this.#broke("closed"));
  }

  /** Sends a request; only while idle. */
  send(task: Task): void {
    this.#task = task;
    this.#uses += 1;
    this.#flushed = false;
    this.#heard = false;
    this.#parser.start(task);
    this.#awaitOctets(task);
    if (this.#isClosed || !this.#stream.writable) this.#broke("closed");
    else this.#stream.write(task.wire, this.#written);
  }

  /** Closes it, whatever it is doing; a request under way fails. */
  destroy(stage: HttpStage = "closed"): void {
    this.#fail({ stage, reason: "closed" });
  }

  #awaitOctets(task: Task): void {
    this.#deadline.set(Math.min(this.#clock.monotonicMs() + task.readMs, task.totalAtMs));
  }

  #read(chunk: Buffer): void {
    const task = this.#task;
    if (task === undefined) {
      // Nothing was asked: the answer to a later request must not be taken from this.
      this.#close();
      return;
    }
    this.#heard = true;
    if (this.#parse(() => this.#parser.push(chunk))) this.#complete(task);
    else if (this.#task !== undefined) this.#awaitOctets(task);
  }

  /** True when the answer is complete; on an error the request has failed. */
  #parse(step: () => boolean): boolean {
    try {
      return step();
    } catch (error) {
      if (!(error instanceof Http1Error)) throw error;
      const stage = STAGE_OF_REASON[error.reason] ?? "protocol";
      this.#fail({ stage, reason: error.reason, cause: error });
      return false;
    }
  }

  #ended(): void {
    const task = this.#task;
    if (task === undefined) this.#close();
    else if (!this.#heard) this.#broke("closed");
    else if (this.#parse(() => this.#endOfStream())) this.#complete(task);
  }

  #endOfStream(): boolean {
    this.#parser.end();
    return true;
  }

  #complete(task: Task): void {
    const parser = this.#parser;
    this.#task = undefined;
    const answer = {
      status: parser.status,
      headers: parser.headers,
      body: parser.body,
      truncated: parser.truncated,
      remoteAddress: this.address,
    };
    // An answer that came before the request had left says that the server stopped reading.
    const idleMs = parser.keepAlive && this.#flushed ? idleTimeOf(parser.headers) : 0;
    if (idleMs > 0) {
      this.#deadline.set(this.#clock.monotonicMs() + idleMs);
      // First, so that the caller's next request finds it.
      this.#owner.idle(this);
    } else this.#close();
    task.answered(answer);
  }

  #timedOut(): void {
    const task = this.#task;
    if (task === undefined) this.#close();
    else if (this.#clock.monotonicMs() >= task.totalAtMs) this.#fail({ stage: "total", reason: "timeout" });
    else this.#fail({ stage: this.#flushed ? "read" : "write", reason: "timeout" });
  }

  #broke(reason: string, cause?: unknown): void {
    const stale = this.#uses > 1 && !this.#heard;
    this.#fail({ stage: this.#flushed ? "read" : "write", reason, cause, stale });
  }

  #fail(failure: { stage: HttpStage; reason: string; cause?: unknown; stale?: boolean }): void {
    const task = this.#task;
    this.#task = undefined;
    this.#close();
    task?.failed({ stale: false, flushed: this.#flushed, ...failure });
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#deadline.stop();
    this.#stream.destroy();
    this.#owner.closed(this);
  }
}

/** Reasons of the reader that are no fault of the answer's grammar. */
const STAGE_OF_REASON: Readonly<Record<string, HttpStage>> = {
  "body-too-large": "too-large",
  "incomplete-message": "read",
};

/** What `Keep-Alive: timeout=5` leaves, or the default (RFC 2068 §19.7.1.1). Not positive: do not keep. */
function idleTimeOf(headers: HeaderFields): number {
  const named = /(?:^|[\s,])timeout=(\d{1,6})/i.exec(headers.get("keep-alive") ?? "")?.[1];
  return named === undefined ? MAX_IDLE_MS : Math.min(MAX_IDLE_MS, Number(named) * 1_000 - IDLE_MARGIN_MS);
}
