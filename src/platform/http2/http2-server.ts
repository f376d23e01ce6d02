import type { Duplex } from "node:stream";
import type { RequestAnswerer, Scheme } from "../http/index.ts";
import type { Clock, Logger, Timer } from "../ports.ts";
import { Http2Session, type SessionHost } from "./http2-session.ts";
import { DEFAULTS, type Http2Limits } from "./limits.ts";

/** Everything the server needs. */
export interface Http2Options {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Answers the requests: the same that answers those of HTTP/1. */
  readonly answerer: RequestAnswerer;
  readonly limits?: Http2Limits;
}

/** HTTP/2 on connections that somebody else accepted, of which the preface (RFC 9113 §3.4) has not been read yet. */
export class Http2Server {
  private readonly clock: Clock;
  private readonly limits: Required<Http2Limits>;
  private readonly sessions = new Set<Http2Session>();
  private readonly host: SessionHost;
  private isClosing = false;
  private nextCheck: Timer | undefined = undefined;
  private onEmpty: (() => void) | undefined = undefined;
  private dateSecond = -1;
  private dateText = "";

  constructor(options: Http2Options) {
    const { clock, logger, answerer } = options;
    this.clock = clock;
    this.limits = { ...DEFAULTS, ...options.limits };
    this.host = {
      limits: this.limits,
      answerer,
      nowMs: () => clock.monotonicMs(),
      date: () => this.date(),
      onOffence: (peer, offence) => logger.info("http2.offence", { peer, offence }),
      onClosed: (session) => this.leave(session),
    };
  }

  /** How many sessions are open. */
  get sessionCount(): number {
    return this.sessions.size;
  }

  /** Serves a connection on which HTTP/2 was agreed on, by ALPN or by its first octets. */
  handleConnection(socket: Duplex, scheme: Scheme): void {
    if (this.isClosing || this.sessions.size >= this.limits.maxSessions) {
      socket.destroy();
      return;
    }
    this.sessions.add(new Http2Session(socket, scheme, this.host));
    if (this.nextCheck === undefined) this.checkLater();
  }

  /**
   * Stops: takes no more streams, which clients are told (GOAWAY, RFC 9113 §6.8), lets
   * requests in progress finish for `graceMs` (5 s by default), then ends what is left.
   */
  async close(graceMs = 5_000): Promise<void> {
    this.isClosing = true;
    for (const session of this.sessions) session.close();
    if (this.sessions.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = this.clock.after(graceMs, resolve);
        this.onEmpty = () => {
          timer.cancel();
          resolve();
        };
      });
    }
    for (const session of this.sessions) session.destroy();
    this.nextCheck?.cancel();
  }

  private leave(session: Http2Session): void {
    this.sessions.delete(session);
    if (this.sessions.size > 0) return;
    this.nextCheck?.cancel();
    this.nextCheck = undefined;
    this.onEmpty?.();
  }

  private checkLater(): void {
    this.nextCheck = this.clock.after(this.limits.checkIntervalMs, () => {
      const nowMs = this.clock.monotonicMs();
      for (const session of this.sessions) session.check(nowMs);
      this.nextCheck = undefined;
      if (this.sessions.size > 0) this.checkLater();
    });
  }

  private date(): string {
    const second = Math.floor(this.clock.nowMs() / 1_000);
    if (second !== this.dateSecond) {
      this.dateSecond = second;
      this.dateText = new Date(second * 1_000).toUTCString();
    }
    return this.dateText;
  }
}
