import type { Duplex } from "node:stream";
import type { RawData, WebSocket } from "ws";
import type { Clock, Timer } from "../ports.ts";
import { CLOSE_CODES, type WebSocketLimits } from "./limits.ts";
import { OctetBudget } from "./octet-budget.ts";

/** An open WebSocket of a client, for text. */
export interface TextSocket {
  /** Whether something that is sent now is taken. */
  readonly hasRoom: boolean;
  /**
   * Sends a text. False where it was not taken, because the socket ends or as much as may wait for the
   * client waits already; the caller counts what he left out.
   */
  send(text: string): boolean;
  /** Who hears of each text of the client; one listener. It must not throw. */
  onText(listener: (text: string) => void): void;
  /** Who hears, once, that the socket is gone, whoever ended it. It must not throw. */
  onClose(listener: () => void): void;
  /** Ends it with a code (RFC 6455 §7.4) and a reason of at most 123 octets. Twice does nothing. */
  close(code: number, reason: string): void;
}

/** What a socket is made of. */
export interface ServerSocketParts {
  readonly ws: WebSocket;
  readonly connection: Duplex;
  readonly clock: Clock;
  readonly limits: Required<WebSocketLimits>;
}

/** One open socket, held to its limits. The door calls {@link ServerSocket.check} once a second. */
export class ServerSocket implements TextSocket {
  private readonly ws: WebSocket;
  private readonly clock: Clock;
  private readonly limits: Required<WebSocketLimits>;
  private readonly octets: OctetBudget;
  private readonly messages: OctetBudget;
  private text: ((text: string) => void) | undefined = undefined;
  private closed: (() => void) | undefined = undefined;
  private isEnding = false;
  private isGone = false;
  private fullSinceMs: number | undefined = undefined;
  private nextPingMs: number;
  private missedPings = 0;
  private lastMoment: Timer | undefined = undefined;

  constructor({ ws, connection, clock, limits }: ServerSocketParts) {
    const nowMs = clock.monotonicMs();
    this.ws = ws;
    this.clock = clock;
    this.limits = limits;
    this.octets = new OctetBudget({ burst: limits.burstOctets, perSecond: limits.octetsPerSecond, nowMs });
    this.messages = new OctetBudget({ burst: limits.burstMessages, perSecond: limits.messagesPerSecond, nowMs });
    this.nextPingMs = nowMs + limits.pingIntervalMs;
    connection.on("data", (chunk: Buffer) => this.count(chunk.length));
    ws.on("message", (data, isBinary) => this.take(data, isBinary));
    // What the client does wrong ends the socket with a code of its own; there is nothing else to do about it.
    ws.on("error", () => this.letGo());
    ws.on("close", () => this.leave());
  }

  get hasRoom(): boolean {
    return !this.isEnding && this.ws.bufferedAmount <= this.limits.maxBufferedOctets;
  }

  send(text: string): boolean {
    if (!this.hasRoom) return false;
    this.ws.send(text);
    return true;
  }

  onText(listener: (text: string) => void): void {
    this.text = listener;
  }

  onClose(listener: () => void): void {
    if (this.isGone) listener();
    else this.closed = listener;
  }

  close(code: number, reason: string): void {
    if (this.isEnding) return;
    this.ws.close(code, reason);
    this.letGo();
  }

  /** Looks at what takes time: whether the client is there, and whether it reads. */
  check(nowMs: number): void {
    if (this.isEnding) return;
    const { maxBufferedOctets, maxFullMs, maxMissedPings, pingIntervalMs } = this.limits;
    if (this.ws.bufferedAmount <= maxBufferedOctets) this.fullSinceMs = undefined;
    else this.fullSinceMs ??= nowMs;
    if (this.fullSinceMs !== undefined && nowMs - this.fullSinceMs >= maxFullMs) {
      return this.cutOff(CLOSE_CODES.tryAgainLater, "you read too slowly");
    }
    if (nowMs < this.nextPingMs) return;
    // Nobody is there to read why it ends.
    if (this.missedPings >= maxMissedPings) return this.ws.terminate();
    this.missedPings += 1;
    this.nextPingMs = nowMs + pingIntervalMs;
    this.ws.ping();
  }

  /** Ends it at once. */
  destroy(): void {
    this.ws.terminate();
  }

  /** Any octet says that the client is there. */
  private count(octets: number): void {
    this.missedPings = 0;
    if (this.isEnding || this.octets.spend(octets, this.clock.monotonicMs())) return;
    this.cutOff(CLOSE_CODES.policy, "you send too much");
  }

  private take(data: RawData, isBinary: boolean): void {
    if (this.isEnding) return;
    if (isBinary) return this.close(CLOSE_CODES.unsupportedData, "text is understood here");
    if (!this.messages.spend(1, this.clock.monotonicMs())) {
      return this.cutOff(CLOSE_CODES.policy, "you send too much");
    }
    this.text?.(textOf(data));
  }

  /** Ends it without reading any more: what the client still sends would cost us, and tell us nothing. */
  private cutOff(code: number, reason: string): void {
    this.close(code, reason);
    this.ws.pause();
  }

  /** Nothing goes either way any more; who does not answer the close frame in time is cut off. */
  private letGo(): void {
    if (this.isEnding) return;
    this.isEnding = true;
    this.lastMoment = this.clock.after(this.limits.closeTimeoutMs, () => this.ws.terminate());
  }

  private leave(): void {
    if (this.isGone) return;
    this.isEnding = true;
    this.isGone = true;
    this.lastMoment?.cancel();
    this.closed?.();
  }
}

function textOf(data: RawData): string {
  if (Buffer.isBuffer(data)) return data.toString("utf8");
  return Array.isArray(data) ? Buffer.concat(data).toString("utf8") : Buffer.from(data).toString("utf8");
}
