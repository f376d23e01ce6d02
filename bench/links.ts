/**
 * Short links: redirects with all links in the index, beside a bare `node:http` that answers the
 * same, and links made a thousand at a time. `node dist/bench/run.js links [links] [seconds a run] [rounds]`.
 *
 * CPU is that of the serving process's main thread, from the kernel's books, and of the whole
 * process, which adds what writes and syncs the log. Visitors ask from a process of their own.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startEmbeddedPostgres } from "../src/adapters/postgres/index.ts";
import { LINK_ACCOUNT, linkIndexFolder, openLinkCell } from "../test/kit/link-cell.ts";
import { DOMAIN, fillIndex, someCodes } from "./links/fill.ts";

const SERVER = fileURLToPath(new URL("links-server-process.js", import.meta.url));
const CLIENT = fileURLToPath(new URL("links-client-process.js", import.meta.url));
const CODES = 400_000;
const BATCH = 1_000;

interface Server {
  readonly what: string;
  readonly port: number;
  readonly child: ChildProcess;
  readonly lines: Interface;
}

interface Seen {
  readonly answers: number;
  readonly failures: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

type Row = Record<string, string | number>;

/** Runs all cases and prints tables. Arguments: links (10,000,000), seconds a run (5), rounds (3). */
export async function run(args: string[]): Promise<void> {
  const links = Number(args[0] ?? 10_000_000);
  const seconds = Number(args[1] ?? 5);
  const rounds = Number(args[2] ?? 3);
  const folder = await mkdtemp(join(tmpdir(), "trunkline-bench-links-"));
  const postgres = await startEmbeddedPostgres({
    folder: join(folder, "postgres"),
    durability: "throwaway",
    removeAtExit: true,
  });
  try {
    const databaseUrl = await postgres.database("links");
    await prepare({ folder, databaseUrl, links });
    const codes = join(folder, "codes.txt");
    await writeFile(codes, someCodes(CODES, links).join("\n"));
    const bare = await start("bare node:http", ["bare"]);
    const cases = [bare];
    for (const durability of ["sync", "async"]) {
      // One process has a log and an index at a time.
      const server = await start(`links, ${durability}`, ["links", folder, databaseUrl, durability]);
      const rows: Row[] = [];
      for (let round = 1; round <= rounds; round += 1) {
        for (const each of [...cases, server]) rows.push(await fullLoad(each, { codes, seconds, round }));
      }
      console.table(rows);
      const rate = Math.round(
        median(rows.filter((row) => row["server"] === server.what).map((row) => Number(row["requests/s"]))) / 2,
      );
      const half: Row[] = [];
      for (let round = 1; round <= rounds; round += 1) half.push(await fixedLoad(server, { codes, seconds, rate }));
      console.table(half);
      if (durability === "sync") console.table([await makeBatches(server)]);
      await stop(server);
    }
    await stop(bare);
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The domain in the database, the links in the index. */
async function prepare(input: { folder: string; databaseUrl: string; links: number }): Promise<void> {
  const { folder, databaseUrl, links } = input;
  const cell = await openLinkCell({ folder, databaseUrl, durability: "sync" });
  await post(cell.port, "/trunkline/v1/LinkDomains", `DomainName=${DOMAIN}`);
  await cell.close();
  const { seconds, cpuUs } = await fillIndex(folder, links);
  const { size } = await stat(join(linkIndexFolder(folder), "links.mdb"));
  console.table([
    {
      links,
      "filled/s": Math.round(links / seconds),
      "CPU µs each": round2(cpuUs),
      "octets each": Math.round(size / links),
    },
  ]);
}

async function start(what: string, args: readonly string[]): Promise<Server> {
  const child = spawn(process.execPath, [SERVER, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  const [port] = (await once(lines, "line")) as [string];
  return { what, port: Number(port), child, lines };
}

async function stop({ child }: Server): Promise<void> {
  child.stdin?.end();
  await once(child, "exit");
}

async function usage({
  child,
  lines,
}: Server): Promise<{ threadUs: number; processUs: number; rss: number; heapUsed: number }> {
  child.stdin?.write("?\n");
  const [line] = (await once(lines, "line")) as [string];
  return JSON.parse(line) as { threadUs: number; processUs: number; rss: number; heapUsed: number };
}

async function visit(server: Server, input: { codes: string; seconds: number; rate: number }): Promise<Seen> {
  const args = [CLIENT, server.port, input.seconds, input.rate, input.codes, DOMAIN].map(String);
  const client = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  client.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await once(client, "exit");
  return JSON.parse(output) as Seen;
}

async function fullLoad(server: Server, input: { codes: string; seconds: number; round: number }): Promise<Row> {
  const before = await usage(server);
  const seen = await visit(server, { ...input, rate: 0 });
  const after = await usage(server);
  return {
    round: input.round,
    server: server.what,
    "requests/s": Math.round(seen.answers / input.seconds),
    "CPU µs/request": round2((after.threadUs - before.threadUs) / seen.answers),
    "whole process": round2((after.processUs - before.processUs) / seen.answers),
    "heap MB": Math.round(after.heapUsed / 1e6),
    failures: seen.failures,
  };
}

async function fixedLoad(server: Server, input: { codes: string; seconds: number; rate: number }): Promise<Row> {
  const seen = await visit(server, input);
  return {
    server: server.what,
    "offered/s": input.rate,
    "answered/s": Math.round(seen.answers / input.seconds),
    "p50 ms": seen.p50,
    "p99 ms": seen.p99,
    "p99.9 ms": seen.p999,
    failures: seen.failures,
  };
}

/** Batches of a thousand over HTTP, until they are durable and answered. */
async function makeBatches({ port, what }: Server): Promise<Row> {
  const links = Array.from({ length: BATCH }, (_, n) => ({
    target_url: `https://shop.example/campaigns/autumn/offer?customer=${n}`,
  }));
  const body = JSON.stringify({ links });
  const times: number[] = [];
  for (let n = 0; n < 40; n += 1) {
    const started = performance.now();
    await post(port, "/trunkline/v1/Links/Bulk", body);
    times.push(performance.now() - started);
    // The projection has its turn, as between the batches of one customer.
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const sorted = times.slice(5).toSorted((a, b) => a - b);
  const at = (share: number): number => round2(sorted[Math.floor(sorted.length * share)] ?? 0);
  return { server: what, batch: BATCH, "median ms": at(0.5), "p90 ms": at(0.9), "least ms": at(0) };
}

async function post(port: number, path: string, body: string): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: "POST",
    body,
    headers: {
      "Content-Type": body.startsWith("{") ? "application/json" : "application/x-www-form-urlencoded",
      Authorization: `Basic ${Buffer.from(`${LINK_ACCOUNT}:x`).toString("base64")}`,
    },
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text.slice(0, 200)}`);
  return text;
}

const round2 = (value: number): number => Math.round(value * 100) / 100;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
