import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { AppError } from "../../kernel/errors.ts";
import { upgradeMount, type HttpRequest, type HttpResponse, type Mount, type MountCall } from "../http/index.ts";
import type { Clock, Timer } from "../ports.ts";
import { webSocketErrors } from "./errors.ts";
import { checkHandshake, isOtherVersion, isOwnOrigin, WEBSOCKET_VERSION } from "./handshake.ts";
import { CLOSE_CODES, DEFAULT_LIMITS, type WebSocketLimits } from "./limits.ts";
import { ServerSocket, type TextSocket } from "./server-socket.ts";

/** How often the sockets are looked at. */
const CHECK_INTERVAL_MS = 1_000;
/** A message of a client comes in so many pieces at most. */
const MAX_FRAGMENTS = 16;
const MAX_CHUNKS = 1_024;

/** Who opens a socket. */
export interface Admitted<Who> {
  /** Of whom there may be only so many sockets: a session. */
  readonly key: string;
  readonly who: Who;
}

/** One path at which WebSockets are opened. */
export interface WebSocketPath<Who> {
  /** For example `/console/live`. */
  readonly path: string;
  /** Decides who it is, by a cookie for example; `undefined` is nobody, who is answered 401. May throw, or reject with, an `AppError`. */
  readonly admit: (call: MountCall) => Admitted<Who> | undefined | Promise<Admitted<Who> | undefined>;
  /** Takes an open socket. What the client sends waits until the end of this call. */
  readonly onSocket: (socket: TextSocket, who: Who) => void;
  /** Whether the origin of the page is allowed; by default one whose host is that of the request. */
  readonly isAllowedOrigin?: (request: HttpRequest) => boolean;
}

export interface WebSocketDoorOptions {
  readonly clock: Clock;
  readonly limits?: WebSocketLimits;
}

/**
 * Opens WebSockets (RFC 6455, version 13, without extensions and subprotocols) on connections of our own HTTP
 * server, and holds them to their limits.
 */
export class WebSocketDoor {
  private readonly clock: Clock;
  private readonly limits: Required<WebSocketLimits>;
  private readonly server: WebSocketServer;
  private readonly sockets = new Set<ServerSocket>();
  private readonly perKey = new Map<string, number>();
  private nextCheck: Timer | undefined = undefined;
  private isClosing = false;
  private onEmpty: (() => void) | undefined = undefined;

  constructor({ clock, limits }: WebSocketDoorOptions) {
    this.clock = clock;
    this.limits = { ...DEFAULT_LIMITS, ...limits };
    const options = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      skipUTF8Validation: false,
      maxPayload: this.limits.maxMessageOctets,
      maxFragments: MAX_FRAGMENTS,
      maxBufferedChunks: MAX_CHUNKS,
      closeTimeout: this.limits.closeTimeoutMs,
      handleProtocols: () => false as const,
    };
    this.server = new WebSocketServer(options);
  }

  /** How many sockets are open. */
  get count(): number {
    return this.sockets.size;
  }

  /** The mount of a path. */
  mount<Who>(path: WebSocketPath<Who>): Mount {
    const { isAllowedOrigin = isOwnOrigin } = path;
    return upgradeMount({
      path: path.path,
      protocol: "websocket",
      run: async (call, take) => {
        const { request } = call;
        if (isOtherVersion(request)) return otherVersion();
        checkHandshake(request);
        if (!isAllowedOrigin(request)) throw new AppError(webSocketErrors.foreignOrigin);
        const admitted = await path.admit(call);
        if (admitted === undefined) throw new AppError(webSocketErrors.nobody);
        const { key, who } = admitted;
        this.checkRoom(key);
        return take((connection, head) => this.open({ request, connection, head, key, path, who }));
      },
    });
  }

  /** Opens no more, tells all that it goes away (1001), and resolves when they are gone, 2 s later at most. */
  async close(): Promise<void> {
    this.isClosing = true;
    const gone = new Promise<void>((resolve) => (this.onEmpty = resolve));
    for (const socket of this.sockets) socket.close(CLOSE_CODES.goingAway, "this process stops");
    if (this.sockets.size > 0) await gone;
    this.nextCheck?.cancel();
  }

  private checkRoom(key: string): void {
    const { maxSockets, maxSocketsPerKey } = this.limits;
    if (this.isClosing || this.sockets.size >= maxSockets) throw new AppError(webSocketErrors.full);
    if ((this.perKey.get(key) ?? 0) >= maxSocketsPerKey) {
      throw new AppError(webSocketErrors.perKey, { max: maxSocketsPerKey });
    }
  }

  private open<Who>(input: OpenInput<Who>): void {
    const { request, connection, head, key, path, who } = input;
    try {
      // Others may have come in while it was found out who this is.
      this.checkRoom(key);
    } catch {
      connection.destroy();
      return;
    }
    // It looks at these two only.
    const message = { method: request.method, headers: request.headers } as unknown as IncomingMessage;
    this.server.handleUpgrade(message, connection, head, (ws) => {
      const socket = new ServerSocket({ ws, connection, clock: this.clock, limits: this.limits });
      this.enter(socket, key);
      path.onSocket(socket, who);
      ws.on("close", () => this.leave(socket, key));
    });
  }

  private enter(socket: ServerSocket, key: string): void {
    this.sockets.add(socket);
    this.perKey.set(key, (this.perKey.get(key) ?? 0) + 1);
    if (this.nextCheck === undefined) this.checkLater();
  }

  private leave(socket: ServerSocket, key: string): void {
    if (!this.sockets.delete(socket)) return;
    const left = (this.perKey.get(key) ?? 1) - 1;
    if (left === 0) this.perKey.delete(key);
    else this.perKey.set(key, left);
    if (this.sockets.size > 0) return;
    this.nextCheck?.cancel();
    this.nextCheck = undefined;
    this.onEmpty?.();
  }

  private checkLater(): void {
    this.nextCheck = this.clock.after(CHECK_INTERVAL_MS, () => {
      const nowMs = this.clock.monotonicMs();
      for (const socket of this.sockets) socket.check(nowMs);
      this.nextCheck = undefined;
      if (this.sockets.size > 0) this.checkLater();
    });
  }
}

/** What becomes of a connection that was handed over. */
interface OpenInput<Who> {
  readonly request: HttpRequest;
  readonly connection: Duplex;
  readonly head: Buffer;
  readonly key: string;
  readonly path: WebSocketPath<Who>;
  readonly who: Who;
}

function otherVersion(): HttpResponse {
  return {
    status: 426,
    headers: ["Connection", "upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", WEBSOCKET_VERSION].concat([
      "Content-Type",
      "text/plain; charset=utf-8",
      "Cache-Control",
      "no-store",
    ]),
    body: `Version ${WEBSOCKET_VERSION} of WebSocket is spoken here.\n`,
  };
}
