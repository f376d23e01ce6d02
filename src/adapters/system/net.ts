import { lookup } from "node:dns/promises";
import * as net from "node:net";
import * as tls from "node:tls";
import type { Connection, DialTarget, Listener, Net } from "../../platform/ports.ts";

/** A connection beyond this many on one listener is closed as soon as it is accepted. */
const MAX_CONNECTIONS_PER_LISTENER = 10_000;

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

function listen(
  address: { host: string; port: number },
  onConnection: (connection: Connection, peer: string) => void,
): Promise<Listener> {
  const open = new Set<net.Socket>();
  const server = net.createServer({ noDelay: true }, (socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    onConnection(socket, peerOf(socket));
  });
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
