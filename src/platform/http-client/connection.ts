import type { Buffer } from "node:buffer";
import { Http1Error, ResponseParser } from "../../protocols/http1/index.ts";
import type { Connection } from "../ports.ts";
import { codeOf } from "./error.ts";
import type { Carrier, Exchange } from "./exchange.ts";
import type { Sweepable } from "./sweeper.ts";

/** What a connection tells its pool. */
export interface ConnectionOwner {
  nowMs(): number;
  /** The connection is free for another request. */
  onFree(connection: ClientConnection): void;
  /** The connection is closed, or as good as. Called once. */
  onGone(connection: ClientConnection): void;
}

const KEEP_ALIVE_TIMEOUT = /(?:^|[,\s])timeout=([0-9]{1,6})/i;

/** A connection that carries one exchange at a time (no pipelining), many one after the other. */
export class ClientConnection implements Sweepable, Carrier {
  /** Names the pool entry that the connection belongs to. */
  readonly originKey: string;
  /** When an unused connection is closed; never while it is in use. */
  deadlineMs = Infinity;
  /** How long the server said it keeps an unused connection; `Infinity` where it said nothing. */
  serverIdleMs = Infinity;
  readonly #socket: Connection;
  readonly #owner: ConnectionOwner;
  readonly #parser = new ResponseParser();
  #exchange: Exchange | undefined;
  #completed = 0;
  #heardAnything = false;
  #gone = false;

  constructor(originKey: string, socket: Connection, owner: ConnectionOwner) {
    this.originKey = originKey;
    this.#socket = socket;
    this.#owner = owner;
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("end", () => this.#ended());
    socket.on("error", (error) => this.#failed(error));
    socket.on("close", () => this.#closed(undefined));
  }

  /** Whether a request can be written. The server may still have closed its side without our knowing. */
  get usable(): boolean {
    return !this.#gone && this.#socket.writable && this.#socket.readable;
  }

  /** Writes the request, head and body in one piece, and reads the answer to it. */
  carry(exchange: Exchange): void {
    this.#exchange = exchange;
    this.#heardAnything = false;
    this.deadlineMs = Infinity;
    this.#parser.start({
      method: exchange.plan.method,
      maxBodyOctets: exchange.plan.maxBodyOctets,
      oversize: "fail",
    });
    exchange.sentOver(this, this.#owner.nowMs());
    this.#socket.write(exchange.plan.octets);
  }

  abandon(): void {
    this.#exchange = undefined;
    this.close();
  }

  expire(): void {
    this.close();
  }

  /** Closes at once. An exchange under way fails with `read`. */
  close(): void {
    this.#socket.destroy();
    this.#closed(undefined);
  }

  #read(chunk: Buffer): void {
    const exchange = this.#exchange;
    // Octets that answer nothing: whatever follows could be taken for the answer to the next request.
    if (exchange === undefined) return this.close();
    this.#heardAnything = true;
    let complete: boolean;
    try {
      complete = this.#parser.push(chunk);
    } catch (error) {
      return this.#refuse(exchange, error);
    }
    if (complete) this.#finish(exchange);
    else exchange.heard(this.#owner.nowMs());
  }

  #refuse(exchange: Exchange, error: unknown): void {
    if (!(error instanceof Http1Error)) throw error;
    exchange.abort(error.reason === "body-too-large" ? "too-large" : "protocol", error.reason);
  }

  #finish(exchange: Exchange): void {
    const parser = this.#parser;
    this.#exchange = undefined;
    this.#completed += 1;
    // A server that answers before it has read the request does not mean to read the rest of it.
    const free = parser.keepAlive && this.#socket.writableLength === 0;
    if (free) this.#readServerIdle();
    exchange.complete({ status: parser.status, headers: parser.headers, body: parser.body });
    if (free) this.#owner.onFree(this);
    else this.close();
  }

  /** `Keep-Alive: timeout=5` of RFC 2068 §19.7.1.1, obsolete and everywhere. A second is left for the way. */
  #readServerIdle(): void {
    const field = this.#parser.headers.get("keep-alive");
    const seconds = field === undefined ? undefined : KEEP_ALIVE_TIMEOUT.exec(field)?.[1];
    if (seconds === undefined) return;
    const timeoutMs = Number(seconds) * 1_000;
    this.serverIdleMs = Math.max(timeoutMs - 1_000, timeoutMs / 2);
  }

  #ended(): void {
    const exchange = this.#exchange;
    if (exchange === undefined || !this.#heardAnything) return this.close();
    try {
      this.#parser.end();
    } catch (error) {
      return this.#refuse(exchange, error);
    }
    this.#finish(exchange);
  }

  #failed(error: Error): void {
    this.#socket.destroy();
    this.#closed(error);
  }

  #closed(error: Error | undefined): void {
    if (this.#gone) return;
    this.#gone = true;
    const exchange = this.#exchange;
    this.#exchange = undefined;
    if (exchange !== undefined) {
      exchange.stale = this.#completed > 0 && !this.#heardAnything;
      const writing = error !== undefined && "syscall" in error && error.syscall === "write";
      exchange.fail(writing ? "write" : "read", codeOf(error) ?? "ECONNRESET");
    }
    this.#owner.onGone(this);
  }
}
