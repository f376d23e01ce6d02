/** A front with both servers behind it, as the program has them, before an API of a few mounts. */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { systemClock } from "../../src/adapters/system/index.ts";
import {
  openAuthority,
  openFront,
  type Authority,
  type Front,
  type FrontOptions,
} from "../../src/platform/front/index.ts";
import { Http2Server, type Http2Limits } from "../../src/platform/http2/index.ts";
import {
  healthRoutes,
  HttpServer,
  type HttpRequest,
  type HttpResponse,
  type Mount,
  type ServerLimits,
} from "../../src/platform/http/index.ts";
import type { Logger } from "../../src/platform/ports.ts";

export interface FrontWorldOptions {
  readonly front?: Partial<FrontOptions>;
  readonly http1?: ServerLimits;
  readonly http2?: Http2Limits;
  /** Beside the usual ones. */
  readonly mounts?: readonly Mount[];
}

/** Everything runs until the test ends. */
export interface FrontWorld {
  readonly front: Front;
  readonly authority: Authority;
  readonly port: number;
  readonly server: HttpServer;
  readonly http2: Http2Server;
  /** Paths of the requests that reached a mount, in order; those of `/healthz` do not count. */
  readonly reached: string[];
  /** Lets the requests to `/hold` be answered. */
  readonly release: () => void;
  /** For what sessions of HTTP/2 were ended. */
  readonly offences: string[];
}

export const LONG_OCTETS = 262_144;
const LONG_BODY = "x".repeat(LONG_OCTETS);
const MAX_ECHO_OCTETS = 65_536;

/** Mounts: `/healthz`, `/long` (256 KiB), `POST /echo` (at most 64 KiB), `/scheme`, and `/hold`, which waits. */
export async function startFrontWorld(t: TestContext, options: FrontWorldOptions = {}): Promise<FrontWorld> {
  const folder = await mkdtemp(join(tmpdir(), "trunkline-front-"));
  const authority = await openAuthority({ folder, clock: systemClock });
  const reached: string[] = [];
  const offences: string[] = [];
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const logger: Logger = {
    debug() {},
    info: (event, fields) => void (event === "http2.offence" && offences.push(String(fields?.["offence"]))),
    warn() {},
    error() {},
    child: () => logger,
  };
  const mount = (method: Mount["method"], path: string, run: (request: HttpRequest) => Promise<string>): Mount => ({
    method,
    path,
    access: "public",
    run: async ({ request }): Promise<HttpResponse> => {
      reached.push(path);
      return { status: 200, headers: ["Content-Type", "text/plain"], body: await run(request) };
    },
  });
  const server = new HttpServer({
    clock: systemClock,
    logger,
    minter: { mint: (prefix) => `${prefix}1` },
    authenticator: { authenticate: () => Promise.resolve(undefined) },
    routes: [],
    mounts: [
      ...healthRoutes({ ready: () => [] }),
      mount("GET", "/long", () => Promise.resolve(LONG_BODY)),
      mount("POST", "/echo", async (request) => String(await request.readBody(MAX_ECHO_OCTETS))),
      mount("GET", "/hold", () => released.then(() => "held")),
      mount("GET", "/scheme", (request) => Promise.resolve(`${request.scheme} ${String(request.headers["host"])}`)),
      ...(options.mounts ?? []),
    ],
    ...(options.http1 === undefined ? {} : { limits: options.http1 }),
  });
  const http2 = new Http2Server({
    clock: systemClock,
    logger,
    answerer: server.answerer,
    ...(options.http2 === undefined ? {} : { limits: options.http2 }),
  });
  const front = await openFront({
    addresses: [{ host: "127.0.0.1", port: 0 }],
    authority,
    logger,
    onHttpConnection: (socket, scheme) => server.handleConnection(socket, scheme),
    onHttp2Connection: (socket, scheme) => http2.handleConnection(socket, scheme),
    ...options.front,
  });
  t.after(async () => {
    release();
    await Promise.all([server.close(0), http2.close(0)]);
    await front.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { front, authority, port: front.addresses[0]?.port ?? 0, server, http2, reached, release, offences };
}

/** A connection from an address of this machine; 127.0.0.2 is another client than 127.0.0.1. */
export async function dial(port: number, localAddress = "127.0.0.1"): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", localAddress });
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

/** Octets in use after everything unused was collected. */
export function usedOctets(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}

/** Asks for `/healthz` over a new connection and resolves to the whole answer. */
export async function askHealth(port: number, localAddress?: string): Promise<string> {
  const socket = await dial(port, localAddress);
  socket.write("GET /healthz HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
  let received = "";
  for await (const chunk of socket) received += String(chunk);
  return received;
}
