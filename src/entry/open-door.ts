import { join } from "node:path";
import { systemClock } from "../adapters/system/index.ts";
import { openAuthority, openFront, type Authority, type Front } from "../platform/front/index.ts";
import { Http2Server } from "../platform/http2/index.ts";
import type { CertificateContexts } from "../platform/certificates/index.ts";
import type { HttpServer } from "../platform/http/index.ts";
import type { Logger } from "../platform/ports.ts";
import type { ProgramSettings } from "./carriers.ts";
import type { Shutdown } from "./shutdown.ts";
import { StartFailure } from "./start-failure.ts";

const STOP_GRACE_MS = 2_000;
/** Programs on this machine are not counted as one client. */
const LOOPBACK = ["127.0.0.0/8", "::1"];

export interface DoorOptions {
  readonly settings: ProgramSettings;
  readonly logger: Logger;
  readonly server: HttpServer;
  /** Of link domains, shown by SNI before those of the local authority. */
  readonly certificates: CertificateContexts;
  readonly shutdown: Shutdown;
}

/** The door for clients: plain HTTP, TLS and CONNECT on one port, TLS alone on another, HTTP/1.1 and HTTP/2. */
export interface Door {
  readonly authority: Authority;
  /** As programs on this machine reach it. */
  readonly baseUrl: string;
  readonly tlsUrl: string | undefined;
  readonly isEverywhere: boolean;
}

/** Opens the door; throws {@link StartFailure} where a port cannot be had. */
export async function openDoor(options: DoorOptions): Promise<Door> {
  const { settings, logger, server, shutdown } = options;
  const authority = await openAuthority({ folder: join(settings.data, "ca"), clock: systemClock });
  const http2 = new Http2Server({ clock: systemClock, logger, answerer: server.answerer });
  const front = await listen(options, authority, http2);
  // What came last goes first: no new requests, then the requests under way, then everything they need.
  shutdown.add("API", async () => {
    front.stopAccepting();
    await Promise.all([server.close(STOP_GRACE_MS), http2.close(STOP_GRACE_MS)]);
    await front.close();
  });
  const [plain, tls] = front.addresses;
  const bound = plain?.host ?? settings.host;
  const isEverywhere = ["0.0.0.0", "::"].includes(bound);
  if (isEverywhere && settings.publicUrl === undefined) {
    logger.warn("api.no-public-url", { fix: "set publicUrl, so that links to media work from outside" });
  }
  const host = isEverywhere ? "127.0.0.1" : bound.includes(":") ? `[${bound}]` : bound;
  const tlsUrl = tls === undefined ? undefined : `https://${host}:${tls.port}`;
  return { authority, baseUrl: `http://${host}:${plain?.port}`, tlsUrl, isEverywhere };
}

async function listen(
  { settings, logger, server, certificates }: DoorOptions,
  authority: Authority,
  http2: Http2Server,
): Promise<Front> {
  const { host, port, tlsPort, limits } = settings;
  const tls = tlsPort === undefined ? [] : [{ host, port: tlsPort, tlsOnly: true }];
  try {
    return await openFront({
      addresses: [{ host, port }, ...tls],
      authority,
      certificates,
      logger,
      onHttpConnection: (socket, scheme) => server.handleConnection(socket, scheme),
      ...(settings.http2 ? { onHttp2Connection: (socket, scheme) => http2.handleConnection(socket, scheme) } : {}),
      limits: { maxConnectionsPerPeer: limits.connectionsPerAddress },
      unlimitedPeers: [...LOOPBACK, ...limits.unlimitedAddresses],
    });
  } catch (error) {
    throw StartFailure.ofListen(error, { port, setting: "port" });
  }
}
