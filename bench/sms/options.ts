import { tmpdir } from "node:os";
import { parseArgs } from "node:util";
import type { Callbacks } from "./door.ts";

/** What a benchmark run was asked for, complete. */
export interface BenchOptions {
  readonly door: "http" | "module" | "smpp";
  readonly messages: number;
  readonly connections: number;
  readonly customerBinds: number;
  readonly customerWindow: number;
  readonly inFlight: number;
  readonly callbacks: Callbacks;
  readonly binds: number;
  readonly window: number;
  readonly receiptDelayMs: number;
  readonly rounds: number;
  readonly rate: number | undefined;
  readonly seconds: number;
  readonly memory: boolean;
  /** Percentages of what can be reached. */
  readonly latency: readonly number[] | undefined;
  readonly linear: boolean;
  readonly blocked: number;
  /** Of --linear, the base case and those whose name has this in it. */
  readonly only: string | undefined;
  /** So many queued before a carrier that is away. */
  readonly queue: number | undefined;
  readonly drain: number;
  readonly inMemory: number | undefined;
  readonly inMemoryPerFlow: number | undefined;
  readonly profile: boolean;
  readonly kannel: boolean;
  readonly save: boolean;
  readonly folder: string;
}

export const HELP = `npm run bench -- sms [options]

Accept → durable → SMPP → receipt → callback, with the carrier, the callback sink and the
load generator in one process beside the system under test, so that one clock sees all.

  --door http|smpp|module
                        over HTTP (default) or SMPP through the whole program, or by the module's own door
  --messages N          messages in a run (default 30,000 over HTTP, 200,000 over SMPP and by the module,
                        1,000,000 for --memory, 100,000 a case for --linear)
  --connections N       HTTP connections, each with one request at a time (default 64)
  --customer-binds N, --customer-window N
                        binds of customers over SMPP, each with a credential of its own (8), and their windows (500)
  --in-flight N         messages between their submission and their receipt: by the module's door (2,000), over SMPP (8,000)
  --callbacks WHICH     final (default: one a message), two (sent and the final one), all, none
  --binds N, --window N the carrier's binds (2) and the window of each (500)
  --receipt-delay MS    from submit_sm to its receipt (20)
  --rounds N            runs, each on a system started anew (2; 3 with --vs)
  --latency [LIST]      an open loop at each of these percentages (50,70,90) of what a first run reaches,
                        or of --rate, for --seconds (20) each; with any door
  --linear              CPU a message at 1 to 1,000 accounts, 1 to 500 carriers, and with --blocked senders
                        (100,000) waiting for their rate, beside the base case; null carriers, the module's door
  --only TEXT           of --linear the base case and those with this in their name, such as "500 carriers"
  --queue [N]           so many messages (10,000,000) queued before a carrier that is away, kill -9, recovery, then
                        the carrier comes and takes the first --drain (100,000)
  --in-memory N, --in-memory-per-flow N
                        with --queue: how many wait in memory, in all and of one sender, before others wait in rows
  --memory              a million messages queued before a carrier that is away, then kill -9 and recovery,
                        with and without a checkpoint
  --vs kannel           runs Kannel in turn with ours: without a store, and with its spool; over HTTP
  --profile             (also with --linear) a CPU profile of the system under test, and where the time goes
  --folder PATH         where data folders are made (the system's temporary folder)
  --save                adds the results to bench/results/sms.jsonl
`;

/** Options that may stand alone, and what they are then. */
const ALONE: Readonly<Record<string, string>> = { "--latency": "50,70,90", "--queue": "10000000" };

const DEFAULT_MESSAGES = { http: 30_000, smpp: 200_000, module: 200_000 };

/** Reads the options; `undefined` where help was asked for. Throws a sentence. */
export function readOptions(args: string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: args.flatMap((arg, at) => {
      const alone = ALONE[arg];
      return alone === undefined || /^\d/.test(args[at + 1] ?? "") ? [arg] : [arg, alone];
    }),
    options: {
      door: { type: "string" },
      messages: { type: "string" },
      connections: { type: "string", default: "64" },
      "customer-binds": { type: "string", default: "8" },
      "customer-window": { type: "string", default: "500" },
      "in-flight": { type: "string" },
      callbacks: { type: "string", default: "final" },
      binds: { type: "string", default: "2" },
      window: { type: "string", default: "500" },
      "receipt-delay": { type: "string", default: "20" },
      rounds: { type: "string" },
      rate: { type: "string" },
      seconds: { type: "string", default: "20" },
      memory: { type: "boolean", default: false },
      latency: { type: "string" },
      linear: { type: "boolean", default: false },
      only: { type: "string" },
      blocked: { type: "string", default: "100000" },
      queue: { type: "string" },
      drain: { type: "string", default: "100000" },
      "in-memory": { type: "string" },
      "in-memory-per-flow": { type: "string" },
      profile: { type: "boolean", default: false },
      vs: { type: "string" },
      save: { type: "boolean", default: false },
      folder: { type: "string", default: tmpdir() },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  if (values.vs !== undefined && values.vs !== "kannel") throw new Error("--vs knows kannel alone");
  const door = choose("--door", values.door ?? "http", ["http", "smpp", "module"] as const);
  if (values.vs !== undefined && door !== "http") throw new Error("--vs kannel is over HTTP");
  const usual = values.memory ? 1_000_000 : values.linear ? 100_000 : DEFAULT_MESSAGES[door];
  return {
    door,
    messages: count("--messages", values.messages ?? String(usual)),
    connections: count("--connections", values.connections),
    customerBinds: count("--customer-binds", values["customer-binds"]),
    customerWindow: count("--customer-window", values["customer-window"]),
    inFlight: count("--in-flight", values["in-flight"] ?? (door === "smpp" ? "8000" : "2000")),
    callbacks: choose("--callbacks", values.callbacks, ["final", "two", "all", "none"] as const),
    binds: count("--binds", values.binds),
    window: count("--window", values.window),
    receiptDelayMs: count("--receipt-delay", values["receipt-delay"]),
    rounds: count("--rounds", values.rounds ?? (values.vs === undefined ? "2" : "3")),
    rate: optionalCount("--rate", values.rate),
    seconds: count("--seconds", values.seconds),
    memory: values.memory,
    latency: values.latency?.split(",").map((load) => count("--latency", load)),
    linear: values.linear,
    blocked: count("--blocked", values.blocked),
    only: values.only,
    queue: optionalCount("--queue", values.queue),
    drain: count("--drain", values.drain),
    inMemory: optionalCount("--in-memory", values["in-memory"]),
    inMemoryPerFlow: optionalCount("--in-memory-per-flow", values["in-memory-per-flow"]),
    profile: values.profile,
    kannel: values.vs === "kannel",
    save: values.save,
    folder: values.folder,
  };
}

function optionalCount(name: string, value: string | undefined): number | undefined {
  return value === undefined ? undefined : count(name, value);
}

function count(name: string, value: string): number {
  const number = Number(value.replaceAll(/[_,]/g, ""));
  if (!Number.isInteger(number) || number < 0) throw new Error(`${name} wants a number, not ${value}`);
  return number;
}

function choose<T extends string>(name: string, value: string, known: readonly T[]): T {
  const found = known.find((each) => each === value);
  if (found === undefined) throw new Error(`${name} wants ${known.join(" or ")}, not ${value}`);
  return found;
}
