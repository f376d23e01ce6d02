/** Runs a benchmark by name: `npm run bench -- <name> [options]`, `npm run bench -- --list`. */
import { describeMachine } from "./machine.ts";

/** Above this, other work takes a share of the cores that changes every figure. */
const QUIET_LOAD = 1;

interface Benchmark {
  readonly summary: string;
  readonly load: () => Promise<{ run(args: string[]): Promise<void> }>;
}

/** One file and one line each. */
const benchmarks: Readonly<Record<string, Benchmark>> = {
  cache: { summary: "the cache beside lru-cache and Redis: CPU, hit ratios", load: () => import("./cache.ts") },
  edge: {
    summary: "the edge, every stage on, beside its bare pass-through, haproxy and nginx",
    load: () => import("./edge.ts"),
  },
  gossip: {
    summary: "gossip over loopback: CPU, octets and time to all, by members",
    load: () => import("./gossip.ts"),
  },
  http: { summary: "the HTTP server alone, beside a bare node:http", load: () => import("./http.ts") },
  http2: { summary: "HTTP/2 beside HTTP/1.1 and a bare node:http2", load: () => import("./http2.ts") },
  insights: {
    summary: "analytics: a fold, a chart of a day beside DuckDB and PostgreSQL, errors, totals after kills",
    load: () => import("./insights.ts"),
  },
  ledger: {
    summary: "the ledger beside a hot account in PostgreSQL and batched SQL: transfers/s, CPU",
    load: () => import("./ledger.ts"),
  },
  "ledger-proof": {
    summary: "millions of random operations and crashes, beside a naive ledger",
    load: () => import("./ledger-proof.ts"),
  },
  limiter: {
    summary: "the limiter beside Redis and rate-limiter-flexible; accuracy across regions",
    load: () => import("./limiter.ts"),
  },
  links: { summary: "a redirect with 10 million links beside bare node:http; bulk", load: () => import("./links.ts") },
  live: { summary: "from an event in a cell to a browser's socket: latency, CPU", load: () => import("./live.ts") },
  log: { summary: "the cell's log alone: records a second, by how many wait", load: () => import("./log.ts") },
  queue: {
    summary: "the fair queue alone beside a bare one: CPU an item, by accounts",
    load: () => import("./queue.ts"),
  },
  router: {
    summary: "which cell: in memory, through Redis, through the table, assigned",
    load: () => import("./router.ts"),
  },
  routing: {
    summary: "which carrier: a decision, compiling and swapping a table",
    load: () => import("./routing.ts"),
  },
  scheduled: {
    summary: "a million scheduled messages: memory, lateness at a peak, a start with a backlog",
    load: () => import("./scheduled.ts"),
  },
  spam: {
    summary: "the spam check: CPU beside exact duplicates, precision and recall",
    load: () => import("./spam.ts"),
  },
  sms: { summary: "accept → durable → SMPP → receipt → callback; `sms --help`", load: () => import("./sms.ts") },
};

const [name = "--list", ...args] = process.argv.slice(2);
if (name === "--list") {
  for (const [key, { summary }] of Object.entries(benchmarks)) console.log(`${key.padEnd(8)} ${summary}`);
} else {
  const benchmark = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;
  if (benchmark === undefined) {
    console.error(`There is no benchmark “${name}”; there are: ${Object.keys(benchmarks).join(", ")}.`);
    process.exitCode = 2;
  } else {
    const { cores, model, node, loadAverage } = describeMachine();
    console.log(`${cores} cores (${model}), Node ${node}, load average ${loadAverage}`);
    if (loadAverage > QUIET_LOAD) {
      console.log(
        `WARNING: the machine is not quiet (over ${QUIET_LOAD} in the last minute): do not trust these figures.`,
      );
    }
    await (await benchmark.load()).run(args);
  }
}
