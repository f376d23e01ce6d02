import { lookup } from "node:dns/promises";
import * as net from "node:net";
import * as tls from "node:tls";
import type { Connection, DialTarget, ListenAddress, ListenTls, Listener, Net } from "../../platform/ports.ts";

/** A connection beyond this many on one listener is closed as soon as it is accepted. */
const MAX_CONNECTIONS_PER_LISTENER = 10_000;
/** An honest peer is done within a second or two, however far away it is. */
const DEFAULT_HANDSHAKE_TIMEOUT_MS = 10_000;

/**
 * The system's TCP, TLS and name resolution. Errors are Node's own, with their
 * `code` (`ECONNREFUSED`, `ETIMEDOUT`, `CERT_HAS_EXPIRED` …).
 */
export const systemNet: Net = { dial, listen, resolve };

function dial(target: DialTarget): Promise<Connection> {
  return new Promise((accept, reject) => {
    const secure = target.tls !== undefined;
    const socket = secure
      ? tls.connect(tlsOptions(target, target.tls))
      : net.connect({ host: target.host, port: target.port });
    const name = `${target.host}:${target.port}`;
    // The limit covers name resolution, TCP and the TLS handshake together, which `socket.setTimeout` would not.
    const limit = setTimeout(() => {
      const error: NodeJS.ErrnoException = new Error(`no connection to ${name} within ${target.connectTimeoutMs} ms`);
      error.code = "ETIMEDOUT";
      socket.destroy(error);
    }, target.connectTimeoutMs);
    const failed = (error: Error): void => {
      clearTimeout(limit);
      reject(error);
    };
    const closed = (): void => failed(new Error(`${name} closed the connection before it was ready`));
    socket.once("error", failed);
    socket.once("close", closed);
    socket.once(secure ? "secureConnect" : "connect", () => {
      clearTimeout(limit);
      socket.off("error", failed);
      socket.off("close", closed);
      socket.setNoDelay(true);
      accept(socket);
    });
  });
}

function tlsOptions(target: DialTarget, secure: NonNullable<DialTarget["tls"]>): tls.ConnectionOptions {
  const { serverName, ca, rejectUnauthorized } = secure;
  return {
    host: target.host,
    port: target.port,
    // RFC 6066 §3 forbids IP addresses as server names; the check below still uses it.
    ...(net.isIP(serverName) === 0 ? { servername: serverName } : {}),
    checkServerIdentity: (_host, certificate) => tls.checkServerIdentity(serverName, certificate),
    ...(ca === undefined ? {} : { ca: [...defaultCertificates(), ca] }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
  };
}

/** Naming a `ca` replaces the built-in list, so it has to be repeated. */
function defaultCertificates(): readonly string[] {
  // Newer Node can also name what NODE_EXTRA_CA_CERTS added.
  const { getCACertificates } = tls as { getCACertificates?: (type: "default") => string[] };
  return getCACertificates?.("default") ?? tls.rootCertificates;
}

async function listen(
  address: ListenAddress,
  onConnection: (connection: Connection, peer: string) => void,
): Promise<Listener> {
  const open = new Set<net.Socket>();
  const keep = (socket: net.Socket): void => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  };
  const give = (socket: net.Socket): void => {
    keep(socket);
    onConnection(socket, peerOf(socket));
  };
  const server = address.tls === undefined ? net.createServer({ noDelay: true }, give) : tlsServer(address.tls, give);
  // A connection whose handshake is not done must not keep the listener open either.
  if (address.tls !== undefined) server.on("connection", keep);
  server.maxConnections = MAX_CONNECTIONS_PER_LISTENER;
  return new Promise((accept, reject) => {
    server.once("error", reject);
    server.listen(address.port, address.host, () => {
      server.off("error", reject);
      const bound = server.address() as net.AddressInfo;
      accept({ host: bound.address, port: bound.port, close: () => closeServer(server, open) });
    });
  });
}

/** A TLS server that asks for its certificate before every handshake. Throws where the first one cannot be used. */
function tlsServer(secure: ListenTls, onSecure: (socket: tls.TLSSocket) => void): tls.Server {
  const { certificate, minVersion = "TLSv1.2", handshakeTimeoutMs = DEFAULT_HANDSHAKE_TIMEOUT_MS } = secure;
  const ask = typeof certificate === "function" ? certificate : () => certificate;
  let shown = ask();
  const { key, cert } = shown;
  const server = tls.createServer({ key, cert, minVersion, handshakeTimeout: handshakeTimeoutMs, noDelay: true });
  server.on("secureConnection", onSecure);
  // Node leaves a connection open whose handshake took too long.
  server.on("tlsClientError", (_error, socket) => socket.destroy());
  // Before Node's own listener, which starts the handshake.
  server.prependListener("connection", () => {
    try {
      const wanted = ask();
      if (wanted === shown) return;
      server.setSecureContext({ key: wanted.key, cert: wanted.cert, minVersion });
      shown = wanted;
    } catch {
      // Half of a renewed pair, perhaps: the next connection asks again, and this one gets what is there.
    }
  });
  return server;
}

function closeServer(server: net.Server, open: Set<net.Socket>): Promise<void> {
  return new Promise((done) => {
    // Closing twice reports an error that means the same as success.
    server.close(() => done());
    for (const socket of open) socket.destroy();
  });
}

/** `192.0.2.1:4711` or `[2001:db8::1]:4711`. */
function peerOf(socket: net.Socket): string {
  const address = socket.remoteAddress ?? "unknown";
  return socket.remoteFamily === "IPv6" ? `[${address}]:${socket.remotePort}` : `${address}:${socket.remotePort}`;
}

/** Asks as `getaddrinfo` does, so that the hosts file counts too. */
async function resolve(name: string): Promise<string[]> {
  const found = await lookup(name, { all: true, verbatim: true });
  return found.map((entry) => entry.address);
}
