/**
 * What HTTP/2 costs: the same null route of this server over HTTP/1.1 and over HTTP/2, and
 * a bare `node:http2`. `node dist/bench/run.js http2 [seconds a run] [rounds]`.
 *
 * CPU is that of the serving thread, from the kernel's books, because rates depend on who
 * else uses the cores; the clients run in processes of their own.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer as createHttp2Server } from "node:http2";
import { createServer, type AddressInfo, type Server } from "node:net";
import { fileURLToPath } from "node:url";
import { systemClock } from "../src/adapters/system/index.ts";
import { Http2Server } from "../src/platform/http2/index.ts";
import { healthRoutes, HttpServer } from "../src/platform/http/index.ts";
import type { Logger } from "../src/platform/ports.ts";

const HTTP1_CLIENT = fileURLToPath(new URL("http-client-process.js", import.meta.url));
const HTTP2_CLIENT = fileURLToPath(new URL("http2-client-process.js", import.meta.url));
const ANSWER = "ok\n";

const ignore = (): void => undefined;
const logger: Logger = { debug: ignore, info: ignore, warn: console.warn, error: console.error, child: () => logger };

/** Runs each case in turn, several rounds, and prints a table. Arguments: seconds a run (3), rounds (3). */
export async function run(args: string[]): Promise<void> {
  const seconds = args[0] ?? "3";
  const rounds = Number(args[1] ?? 3);
  const api = ownServer();
  const http2 = new Http2Server({ clock: systemClock, logger, answerer: api.answerer });
  const [http1Port, http2Port] = [
    await listen(createServer({ noDelay: true, allowHalfOpen: true }, (socket) => api.handleConnection(socket))),
    await listen(createServer({ noDelay: true }, (socket) => http2.handleConnection(socket, "http"))),
  ];
  const bare = createHttp2Server();
  bare.on("stream", (stream) => {
    stream.respond({ ":status": 200, "content-type": "text/plain" });
    stream.end(ANSWER);
  });
  const barePort = await listen(bare);
  const over2 = (port: number, sessions: number, streams: number): string[] =>
    [HTTP2_CLIENT, port, sessions, streams, seconds].map(String);
  const cases: readonly (readonly [string, string[]])[] = [
    ["HTTP/1.1, 64 connections", [HTTP1_CLIENT, String(http1Port), "null", seconds]],
    ["HTTP/2, 4 sessions of 16 streams", over2(http2Port, 4, 16)],
    ["HTTP/2, 64 sessions of 1 stream", over2(http2Port, 64, 1)],
    ["bare node:http2, 4 sessions of 16 streams", over2(barePort, 4, 16)],
    ["bare node:http2, 64 sessions of 1 stream", over2(barePort, 64, 1)],
  ];
  const rows: Record<string, string | number>[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    for (const [what, client] of cases) rows.push({ round, what, ...(await measure(client, Number(seconds))) });
  }
  console.table(rows);
  process.exit();
}

async function measure(client: readonly string[], seconds: number): Promise<Record<string, number>> {
  const startUs = threadCpuUs();
  const child = spawn(process.execPath, client, { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await once(child, "exit");
  const { answers, failures } = JSON.parse(output) as { answers: number; failures: number };
  const cpuUs = threadCpuUs() - startUs;
  return {
    "requests/s": Math.round(answers / seconds),
    "CPU µs/request": Math.round((cpuUs / answers) * 10) / 10,
    failures,
  };
}

/** What the main thread has used, in microseconds; the first number of `schedstat` is nanoseconds on a CPU. */
function threadCpuUs(): number {
  const [ns] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ");
  return Number(ns) / 1_000;
}

function ownServer(): HttpServer {
  return new HttpServer({
    clock: systemClock,
    logger,
    minter: { mint: (prefix) => `${prefix}${"0".repeat(32)}` },
    authenticator: { authenticate: () => Promise.resolve(undefined) },
    routes: [],
    mounts: healthRoutes({ ready: () => [] }),
  });
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
