import { Buffer } from "node:buffer";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo, Server as TcpServer, Socket } from "node:net";
import type { TestContext } from "node:test";
import { ManualClock } from "../../src/adapters/memory/index.ts";
import { systemClock, systemNet } from "../../src/adapters/system/index.ts";
import type { Clock, Net } from "../../src/platform/ports.ts";
import { createAddressGuard } from "../../src/platform/http-client/address-guard.ts";
import { HttpClient } from "../../src/platform/http-client/client.ts";
import type { HttpClientRequest } from "../../src/platform/http-client/client.ts";
import type { HttpClientLimits } from "../../src/platform/http-client/limits.ts";

/** Servers and clients for the tests of this folder. Not part of the product. */

export const TIMEOUTS = { connectMs: 5_000, readMs: 5_000, totalMs: 10_000 };

/** A client with what a request needs beside a URL. */
export interface Rig {
  readonly client: HttpClient;
  readonly clock: Clock;
  request(change: Partial<HttpClientRequest> & { readonly url: string }): ReturnType<HttpClient["request"]>;
}

export interface RigOptions {
  readonly clock?: Clock;
  readonly net?: Net;
  readonly limits?: Partial<HttpClientLimits>;
  readonly ca?: string;
}

/** A client that may go to loopback. Closed after the test. */
export function openRig(t: TestContext, options: RigOptions = {}): Rig {
  const { clock = systemClock, net = systemNet, limits, ca } = options;
  const client = new HttpClient({
    net,
    clock,
    ...(limits === undefined ? {} : { limits }),
    ...(ca === undefined ? {} : { ca }),
  });
  const guard = createAddressGuard({ net, clock, allowPrivateNetworks: true });
  t.after(() => client.close());
  return {
    client,
    clock,
    request: (change) => client.request({ method: "GET", timeouts: TIMEOUTS, maxBodyOctets: 10_000, guard, ...change }),
  };
}

/** A rig whose time the test moves. */
export function openManualRig(t: TestContext, options: RigOptions = {}): Rig & { readonly clock: ManualClock } {
  const clock = new ManualClock();
  return { ...openRig(t, { ...options, clock }), clock };
}

/** The system's network with names of the test's own. */
export function netWithNames(names: Readonly<Record<string, readonly string[]>>): Net {
  return { ...systemNet, resolve: async (name) => [...(names[name] ?? [])] };
}

export function portOf(server: Server | TcpServer): number {
  return (server.address() as AddressInfo).port;
}

/** Starts a server on loopback and closes it, and all its connections, after the test. */
export async function startServer<S extends Server | TcpServer>(t: TestContext, server: S): Promise<S> {
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => open.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(async () => {
    for (const socket of open) socket.destroy();
    server.close();
    if (server.listening) await once(server, "close");
  });
  return server;
}

/** An HTTP server of Node's. The URL has no path. */
export async function startHttp(
  t: TestContext,
  answer: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<{ url: string; server: Server }> {
  const server = await startServer(
    t,
    createServer((request, response) => void answer(request, response)),
  );
  return { server, url: `http://127.0.0.1:${portOf(server)}` };
}

/**
 * A TCP server that runs `onRequest` for each arrival of octets, with the number of the
 * connection and of the arrival on it, both from 1.
 */
export async function startRaw(
  t: TestContext,
  onRequest: (socket: Socket, connection: number, arrival: number, text: string) => void,
): Promise<{ url: string; connections: () => number }> {
  let connections = 0;
  const server = createTcpServer((socket) => {
    const connection = (connections += 1);
    let arrivals = 0;
    socket.on("data", (chunk: Buffer) => onRequest(socket, connection, (arrivals += 1), chunk.toString("latin1")));
  });
  await startServer(t, server);
  return { url: `http://127.0.0.1:${portOf(server)}`, connections: () => connections };
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** A promise that the test settles. */
export function signal(): { readonly done: Promise<void>; readonly fire: () => void } {
  let fire = (): void => {};
  const done = new Promise<void>((accept) => {
    fire = accept;
  });
  return { done, fire: () => fire() };
}
