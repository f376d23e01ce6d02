import { constants, performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { Duplex } from "node:stream";
import type { RequestAnswerer, Scheme } from "../http/index.ts";
import { ControlBudget } from "./control-budget.ts";
import { Http2Stream, type StreamHost } from "./http2-stream.ts";
import { MAX_HEADER_FIELDS, type Http2Limits } from "./limits.ts";

/** What a session needs of the server that it belongs to. */
export interface SessionHost {
  readonly limits: Required<Http2Limits>;
  readonly answerer: RequestAnswerer;
  nowMs(): number;
  date(): string;
  /** A session that was ended because of what its client did. */
  onOffence(peer: string, offence: string): void;
  onClosed(session: Http2Session): void;
}

/** How much of all bodies together a client may send before somebody reads them. */
const SESSION_WINDOW_OCTETS = 262_144;
const STREAM_WINDOW_OCTETS = 65_535;
/** For the whole of a session, as nghttp2 and Node count it. */
const MAX_SESSION_MEGABYTES = 8;
const MAX_INVALID_FRAMES = 100;
/** How long a session may take to end after it said so and has no streams. */
const MAX_FAREWELL_MS = 1_000;

/** One HTTP/2 connection of a client. */
export class Http2Session implements StreamHost {
  readonly scheme: Scheme;
  readonly peer: string;
  private readonly socket: Duplex;
  private readonly host: SessionHost;
  private readonly session: ServerHttp2Session;
  private readonly budget: ControlBudget;
  private readonly streams = new Set<Http2Stream>();
  /** Requests that are not answered yet, those of streams that were reset included. */
  private active = 0;
  private readonly startedMs: number;
  private hasSettings = false;
  private idleSinceMs: number;
  private endsAtMs = Number.POSITIVE_INFINITY;

  constructor(socket: Duplex, scheme: Scheme, host: SessionHost) {
    this.socket = socket;
    this.scheme = scheme;
    this.host = host;
    this.peer = "remoteAddress" in socket && typeof socket.remoteAddress === "string" ? socket.remoteAddress : "";
    this.startedMs = host.nowMs();
    this.idleSinceMs = this.startedMs;
    this.budget = new ControlBudget(host.limits, this.startedMs);
    this.session = performServerHandshake(socket, optionsOf(host.limits));
    this.session.setLocalWindowSize(SESSION_WINDOW_OCTETS);
    this.listen();
  }

  get limits(): Required<Http2Limits> {
    return this.host.limits;
  }

  get answerer(): RequestAnswerer {
    return this.host.answerer;
  }

  nowMs(): number {
    return this.host.nowMs();
  }

  date(): string {
    return this.host.date();
  }

  /** Takes no more streams and ends after those that are open. */
  close(): void {
    if (this.session.closed || this.session.destroyed) return;
    if (this.streams.size === 0) this.endsAtMs = this.nowMs() + MAX_FAREWELL_MS;
    this.session.close();
  }

  /** Ends it at once. */
  destroy(): void {
    if (!this.session.destroyed) this.session.destroy();
    this.socket.destroy();
  }

  /** Looks at the time limits and at what came. Called every so often. */
  check(nowMs: number): void {
    const { limits } = this;
    if (nowMs >= this.endsAtMs) return this.destroy();
    if (!this.hasSettings && nowMs - this.startedMs >= limits.headersTimeoutMs) return this.destroy();
    if (!this.budget.settle(nowMs, octetsOf(this.socket))) return this.expel("control frames");
    for (const stream of this.streams) if (!stream.check(nowMs)) return this.destroy();
    if (this.streams.size === 0 && nowMs - this.idleSinceMs >= limits.keepAliveTimeoutMs) this.close();
  }

  private listen(): void {
    const { session, socket } = this;
    session.on("stream", (stream, _headers, _flags, lines) => this.begin(stream, lines));
    session.on("remoteSettings", () => {
      this.hasSettings = true;
      this.spend("settings");
    });
    session.on("ping", () => this.spend("pings"));
    // A broken session ends, and its client knows why; nghttp2 has judged it.
    session.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ERR_HTTP2_ERROR" || error.code === "ERR_HTTP2_TOO_MANY_INVALID_FRAMES") {
        this.host.onOffence(this.peer, error.message);
      }
    });
    session.once("close", () => this.leave());
    // Who will send no more is not waited for, but gets the answers that are owed.
    socket.once("end", () => this.close());
  }

  private begin(stream: ServerHttp2Stream, lines: readonly string[]): void {
    this.budget.allowStream();
    const request = new Http2Stream(stream, lines, this);
    this.streams.add(request);
    this.active += 1;
    stream.once("close", () => {
      this.streams.delete(request);
      this.budget.allowBody(request.bodyOctets);
      request.leave();
      if (this.streams.size === 0) this.idleSinceMs = this.nowMs();
      if (!request.isAnswered) this.spend("resets");
    });
    void request.answer(this.active).finally(() => {
      this.active -= 1;
    });
  }

  private spend(kind: string): void {
    if (!this.budget.spendFrame(this.nowMs())) this.expel(kind);
  }

  /** Ends the session at once, and says why. */
  private expel(offence: string): void {
    const { session } = this;
    if (session.destroyed) return;
    this.host.onOffence(this.peer, offence);
    // Given as an error, the code is what its GOAWAY says.
    session.destroy(constants.NGHTTP2_ENHANCE_YOUR_CALM as unknown as Error);
    this.endsAtMs = this.nowMs() + MAX_FAREWELL_MS;
  }

  private leave(): void {
    for (const stream of this.streams) stream.leave();
    this.streams.clear();
    this.socket.destroy();
    this.host.onClosed(this);
  }
}

function optionsOf(limits: Required<Http2Limits>): Parameters<typeof performServerHandshake>[1] {
  return {
    maxSessionMemory: MAX_SESSION_MEGABYTES,
    maxSessionInvalidFrames: MAX_INVALID_FRAMES,
    maxSessionRejectedStreams: limits.controlBurst,
    // A few more than are answered, so that what is a little too much is told so.
    maxHeaderListPairs: MAX_HEADER_FIELDS + 8,
    settings: {
      enablePush: false,
      maxConcurrentStreams: limits.maxStreams,
      maxHeaderListSize: limits.maxHeaderOctets * 2,
      initialWindowSize: STREAM_WINDOW_OCTETS,
    },
  };
}

/** What went over a socket so far. */
function octetsOf(socket: Duplex): { read: number; written: number } {
  const { bytesRead = 0, bytesWritten = 0 } = socket as { bytesRead?: number; bytesWritten?: number };
  return { read: bytesRead, written: bytesWritten };
}
