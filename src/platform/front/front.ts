import * as net from "node:net";
import * as tls from "node:tls";
import { isVendorHost, normalizeHost } from "../hosts/index.ts";
import type { Logger } from "../ports.ts";
import { Admission, LOOPBACK_NETWORKS } from "./admission.ts";
import type { Refused } from "./admission.ts";
import type { Authority } from "./authority.ts";
import { awaitOpening } from "./first-octets.ts";
import type { Opening } from "./first-octets.ts";
import { isLoopback } from "./loopback.ts";
import { parseProxyRequest } from "./proxy-request.ts";
import type { ProxyRequest } from "./proxy-request.ts";
import { Tunnels } from "./tunnel.ts";

/** Where to listen. */
export interface FrontAddress {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Takes TLS only; for the port that a hosts file leads clients to. */
  readonly tlsOnly?: boolean;
}

/** Limits of a front. Every one has a default. */
export interface FrontLimits {
  /** From accepting a connection until it is clear what it begins with, and again inside a CONNECT; 10 s. */
  readonly openingTimeoutMs?: number;
  /** For the TLS handshake; 10 s. */
  readonly handshakeTimeoutMs?: number;
  /** Connections at once on each address; 10,000. One more is closed. */
  readonly maxConnections?: number;
  /** Connections at once of one client, which is an IPv4 address or an IPv6 network of 64 bits; 1,000. One more is closed. */
  readonly maxConnectionsPerPeer?: number;
  /** Connections at once that have not said what they are or are within a TLS handshake; 2,000. One more ends the one that has been so for longest. */
  readonly maxOpening?: number;
  /** Connections passed through to other hosts at once; 256. One more is answered 503. */
  readonly maxTunnels?: number;
}

export interface FrontOptions {
  readonly addresses: readonly FrontAddress[];
  readonly authority: Authority;
  /** Certificates for single names, shown before the authority's: those of link domains. Asked in every handshake that names a host. */
  readonly certificates?: { contextFor(name: string): tls.SecureContext | undefined };
  readonly logger: Logger;
  /** Takes a connection on which HTTP/1.1 is spoken, in the clear or with TLS already taken off. Time limits from here on are its own. */
  readonly onHttpConnection: (socket: net.Socket, scheme: "http" | "https") => void;
  /** The same for HTTP/2, chosen by ALPN (RFC 7301) or by its preface. Without it HTTP/2 is not offered. */
  readonly onHttp2Connection?: (socket: net.Socket, scheme: "http" | "https") => void;
  /** Names under which this installation is reached, beside `localhost`. */
  readonly names?: readonly string[];
  /** Addresses and networks whose connections are not counted by client, such as those of load balancers; loopback unless told. */
  readonly unlimitedPeers?: readonly string[];
  readonly limits?: FrontLimits;
}

/** The listening ports of an installation. */
export interface Front {
  /** Where it listens, in the order of `addresses`. */
  readonly addresses: readonly { readonly host: string; readonly port: number }[];
  /** Connections that were turned away since the start. */
  readonly refused: Refused;
  /** Accepts no more. What is connected goes on. */
  stopAccepting(): void;
  /** Accepts no more and destroys every connection that came through here. */
  close(): Promise<void>;
}

const DEFAULTS: Required<FrontLimits> = {
  openingTimeoutMs: 10_000,
  handshakeTimeoutMs: 10_000,
  maxConnections: 10_000,
  maxConnectionsPerPeer: 1_000,
  maxOpening: 2_000,
  maxTunnels: 256,
};

/** How often it is seen whether the certificate for clients that name no host has to be renewed. */
const RENEWAL_CHECK_MS = 86_400_000;

/**
 * Listens, and serves three kinds of clients on one port: plain HTTP, TLS with
 * certificates of the local authority, and proxy requests. CONNECT to a
 * vendor's host, or to this installation, is answered here as if we were that
 * host; other hosts are passed through only when both the address listened on
 * and the client are on this machine.
 *
 * A second CONNECT inside a CONNECT is the HTTP server's to refuse. Rejects
 * with Node's error when an address is taken; then it listens nowhere.
 */
export async function openFront(options: FrontOptions): Promise<Front> {
  const front = new ListeningFront(options);
  try {
    await front.listen();
  } catch (error) {
    await front.close();
    throw error;
  }
  return front;
}

class ListeningFront implements Front {
  readonly addresses: { host: string; port: number }[] = [];
  readonly #options: FrontOptions;
  readonly #limits: Required<FrontLimits>;
  readonly #names: ReadonlySet<string>;
  readonly #servers: net.Server[] = [];
  readonly #sockets = new Set<net.Socket>();
  readonly #admission: Admission;
  readonly #tls: tls.Server;
  readonly #tunnels: Tunnels;
  readonly #renewal: NodeJS.Timeout;

  constructor(options: FrontOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULTS, ...options.limits };
    this.#names = new Set((options.names ?? []).map((name) => normalizeHost(name) ?? name));
    this.#admission = new Admission(this.#limits, options.unlimitedPeers ?? LOOPBACK_NETWORKS);
    this.#tunnels = new Tunnels(this.#limits.maxTunnels);
    this.#tls = this.#makeTlsServer();
    const renew = (): void => this.#tls.setSecureContext(options.authority.ownCertificate());
    this.#renewal = setInterval(renew, RENEWAL_CHECK_MS).unref();
  }

  get refused(): Refused {
    return this.#admission.refused;
  }

  async listen(): Promise<void> {
    for (const address of this.#options.addresses) {
      let isPublic = true;
      const server = net.createServer({ noDelay: true, allowHalfOpen: true }, (socket) =>
        this.#accept(socket, address, isPublic),
      );
      server.maxConnections = this.#limits.maxConnections;
      server.on("drop", () => this.#admission.noteFull());
      this.#servers.push(server);
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(address.port, address.host, () => {
          server.off("error", reject);
          resolve();
        });
      });
      const bound = server.address() as net.AddressInfo;
      isPublic = !isLoopback(bound.address);
      this.addresses.push({ host: bound.address, port: bound.port });
    }
  }

  stopAccepting(): void {
    for (const server of this.#servers) server.close();
  }

  async close(): Promise<void> {
    const closed = this.#servers.map((server) => new Promise((resolve) => server.close(resolve)));
    clearInterval(this.#renewal);
    this.#tunnels.close();
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  #accept(socket: net.Socket, address: FrontAddress, isPublic: boolean): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    // A peer that resets is no news, whoever has the socket at that moment.
    socket.on("error", () => {});
    if (!this.#admission.enter(socket)) return;
    const mayTunnel = !isPublic && isLoopback(socket.remoteAddress);
    awaitOpening(socket, this.#limits.openingTimeoutMs, (opening) => {
      if (opening.kind === "proxy" && address.tlsOnly !== true) this.#proxy(socket, opening.head, mayTunnel);
      else if (opening.kind !== "tls" && opening.kind !== "none" && address.tlsOnly === true)
        answer(socket, 400, "This port takes TLS only: begin the URL with https://.");
      else this.#serve(socket, opening);
    });
  }

  #serve(socket: net.Socket, opening: Opening): void {
    const { onHttpConnection, onHttp2Connection } = this.#options;
    if (opening.kind === "none") {
      socket.destroy();
      return;
    }
    if (opening.kind === "tls") {
      this.#tls.emit("connection", socket);
    } else {
      this.#admission.settle(socket);
      if (opening.kind === "http2" && onHttp2Connection !== undefined) onHttp2Connection(socket, "http");
      else onHttpConnection(socket, "http");
    }
    // What was put back into the stream flows once those who took it over listen.
    process.nextTick(() => socket.resume());
  }

  #proxy(socket: net.Socket, head: string, mayTunnel: boolean): void {
    const request = parseProxyRequest(head);
    const isConnect = head.startsWith("CONNECT ");
    if (request === undefined && isConnect) {
      answer(socket, 400, "CONNECT needs a host and a port, as in: CONNECT api.twilio.com:443 HTTP/1.1");
    } else if (request === undefined || (!isConnect && (this.#isOurs(request) || !mayTunnel))) {
      // An absolute target names the host as well as the Host field does; and what is no URL the HTTP server refuses.
      socket.unshift(Buffer.from(head, "latin1"));
      this.#serve(socket, { kind: "http" });
    } else if (this.#isOurs(request)) {
      socket.write(ESTABLISHED);
      awaitOpening(socket, this.#limits.openingTimeoutMs, (opening) => this.#serveInside(socket, opening));
      socket.resume();
    } else if (!mayTunnel) {
      this.#admission.settle(socket);
      answer(
        socket,
        403,
        `${request.host} is not one of the hosts that are answered here, and other hosts can be reached through this proxy only from the machine it runs on, when it listens on loopback.`,
      );
    } else {
      this.#tunnel(socket, request);
    }
  }

  /** Inside a CONNECT there is TLS or HTTP; a further proxy request is put back for the HTTP server to refuse. */
  #serveInside(socket: net.Socket, opening: Opening): void {
    if (opening.kind === "proxy") socket.unshift(Buffer.from(opening.head, "latin1"));
    this.#serve(socket, opening.kind === "proxy" ? { kind: "http" } : opening);
  }

  #tunnel(client: net.Socket, request: ProxyRequest): void {
    const { host, port, onward } = request;
    this.#admission.settle(client);
    if (this.#tunnels.isFull) {
      answer(client, 503, `There are ${this.#limits.maxTunnels} connections through this proxy already.`);
      return;
    }
    this.#tunnels.open({
      client,
      host,
      port,
      onward,
      onOpen: () => {
        if (onward === undefined) client.write(ESTABLISHED);
      },
      onUnreachable: (code) => {
        this.#options.logger.debug("front.unreachable", { host, port, code });
        answer(client, 502, `${host}:${port} cannot be reached: ${code}.`);
      },
    });
  }

  /** Whether requests for a host are answered here. Other ports of this machine belong to other programs. */
  #isOurs({ host, port }: { host: string; port: number }): boolean {
    if (isVendorHost(host)) return true;
    const isThisMachine = host === "localhost" || isLoopback(host) || this.#names.has(host);
    return isThisMachine && this.addresses.some((address) => address.port === port);
  }

  /** What was given for a name. Whatever is wrong with it, the handshake goes on with the authority's. */
  #givenContext(name: string): tls.SecureContext | undefined {
    const { certificates, logger } = this.#options;
    try {
      return certificates?.contextFor(name);
    } catch (error) {
      logger.warn("front.certificate", { name, reason: error instanceof Error ? error.message : String(error) });
      return undefined;
    }
  }

  #makeTlsServer(): tls.Server {
    const { authority, logger, onHttpConnection, onHttp2Connection } = this.#options;
    const server = tls.createServer({
      ALPNProtocols: onHttp2Connection === undefined ? ["http/1.1"] : ["h2", "http/1.1"],
      // For clients that name no host.
      ...authority.ownCertificate(),
      handshakeTimeout: this.#limits.handshakeTimeoutMs,
      SNICallback: (name, done) => done(null, this.#givenContext(name) ?? authority.contextFor(name)),
    });
    server.on("secureConnection", (socket) => {
      socket.on("error", () => {});
      this.#admission.settle(socket);
      if (socket.alpnProtocol === "h2" && onHttp2Connection !== undefined) onHttp2Connection(socket, "https");
      else onHttpConnection(socket, "https");
    });
    server.on("tlsClientError", (error: NodeJS.ErrnoException, socket) => {
      // A client that does not trust the authority yet ends up here; `doctor` and the log are where people look.
      logger.debug("front.tls", { error: error.code ?? error.message, name: String(socket.servername || "") });
      socket.destroy();
    });
    return server;
  }
}

const ESTABLISHED = "HTTP/1.1 200 Connection Established\r\n\r\n";

const REASONS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  403: "Forbidden",
  502: "Bad Gateway",
  503: "Service Unavailable",
};

/** How long a client may take to read a refusal and hang up. */
const FAREWELL_LIMIT_MS = 2_000;

/** Refuses in a sentence for people and closes. What the client still sends is read and dropped, or it would lose the answer to a reset. */
function answer(socket: net.Socket, status: number, sentence: string): void {
  if (socket.destroyed) return;
  const body = `${sentence}\n`;
  socket.end(
    `HTTP/1.1 ${status} ${REASONS[status]}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
  socket.setTimeout(FAREWELL_LIMIT_MS, () => socket.destroy());
  socket.resume();
}
