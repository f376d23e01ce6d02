/**
 * The HTTP server alone: a null route, and a form with credentials and parameters, beside
 * a bare `node:http`. `node dist/bench/run.js http [seconds a run] [rounds]`.
 *
 * CPU is that of the serving thread, from the kernel's books, because rates depend on who
 * else uses the cores; the client runs in a process of its own.
 */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { SidMinter } from "../src/kernel/ids.ts";
import { defineRoute, healthRoutes, HttpServer, phone, text, url, type Principal } from "../src/platform/http/index.ts";
import type { Clock, Logger } from "../src/platform/ports.ts";

const ACCOUNT = `AC${"a".repeat(32)}`;
const CLIENT = fileURLToPath(new URL("http-client-process.js", import.meta.url));
const ANSWER = JSON.stringify({ sid: `SM${"0".repeat(32)}`, status: "queued" });

const clock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs).unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
const ignore = (): void => undefined;
const logger: Logger = { debug: ignore, info: ignore, warn: console.warn, error: console.error, child: () => logger };
const principal: Principal = {
  accountSid: ACCOUNT,
  status: "active",
  credential: "token",
  canAccess: () => Promise.resolve(true),
};

/** What is asked for: a GET without anything, or a form with credentials. */
type Kind = "null" | "form";

/** Runs each case in turn, several rounds, and prints a table. Arguments: seconds a run (3), rounds (3). */
export async function run(args: string[]): Promise<void> {
  const seconds = Number(args[0] ?? 3);
  const rounds = Number(args[1] ?? 3);
  const own = ownServer();
  const { port } = await own.listen({ host: "127.0.0.1", port: 0 });
  const bare = bareServer();
  bare.listen(0, "127.0.0.1");
  await once(bare, "listening");
  const cases = [
    { what: "bare node:http", port: (bare.address() as AddressInfo).port },
    { what: "this server, with its framework", port },
  ];
  const rows: Record<string, string | number>[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    for (const kind of ["null", "form"] as const) {
      for (const each of cases) rows.push({ round, request: kind, ...(await measure(each, kind, seconds)) });
    }
  }
  await own.close(0);
  bare.closeAllConnections();
  bare.close();
  console.table(rows);
}

async function measure(
  server: { what: string; port: number },
  kind: Kind,
  seconds: number,
): Promise<Record<string, string | number>> {
  const startUs = threadCpuUs();
  const client = spawn(process.execPath, [CLIENT, String(server.port), kind, String(seconds), ACCOUNT], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  client.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await once(client, "exit");
  const { answers, failures } = JSON.parse(output) as { answers: number; failures: number };
  const cpuUs = threadCpuUs() - startUs;
  return {
    server: server.what,
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
  const route = defineRoute({
    product: "api",
    tag: "Bench",
    access: "account",
    method: "POST",
    path: "/2010-04-01/Accounts/{AccountSid}/Messages",
    operationId: "Create",
    summary: "Nothing",
    success: 201,
    parameters: {
      To: phone({ required: true }),
      From: phone({}),
      Body: text({ maxCharacters: 1_600 }),
      StatusCallback: url({}),
    },
    run: (call) => call.params,
    view: ({ To, From, Body }) => ({ sid: `SM${"0".repeat(32)}`, to: To, from: From, body: Body, status: "queued" }),
  });
  return new HttpServer({
    clock,
    logger,
    minter: new SidMinter(() => Date.now(), randomBytes),
    authenticator: { authenticate: () => Promise.resolve(principal) },
    routes: [route],
    mounts: healthRoutes({ ready: () => [] }),
  });
}

function bareServer(): ReturnType<typeof createServer> {
  return createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      response.writeHead(200, { "Content-Type": "application/json", "Content-Length": ANSWER.length });
      response.end(ANSWER);
    });
  });
}
