import { tmpdir } from "node:os";
import { parseArgs } from "node:util";

/** What a benchmark run was asked for, complete. */
export interface BenchOptions {
  readonly door: "http" | "module";
  readonly messages: number;
  readonly connections: number;
  readonly inFlight: number;
  readonly callbacks: "final" | "all" | "none";
  readonly binds: number;
  readonly window: number;
  readonly receiptDelayMs: number;
  readonly rounds: number;
  readonly rate: number | undefined;
  readonly seconds: number;
  readonly memory: boolean;
  readonly latency: boolean;
  readonly profile: boolean;
  readonly kannel: boolean;
  readonly save: boolean;
  readonly folder: string;
}

export const HELP = `npm run bench -- sms [options]

Accept → durable → SMPP → receipt → callback, with the carrier, the callback sink and the
load generator in one process beside the system under test, so that one clock sees all.

  --door http|module    over HTTP through the whole program (default), or by the module's own door
  --messages N          messages in a run (default 30,000 over HTTP, 200,000 by the module, 1,000,000 for --memory)
  --connections N       HTTP connections, each with one request at a time (default 64)
  --in-flight N         messages between their acceptance and their receipt, by the module's door (2,000)
  --callbacks WHICH     final (default: one a message), all, none
  --binds N, --window N the carrier's binds (2) and the window of each (500)
  --receipt-delay MS    from submit_sm to its receipt (20)
  --rounds N            runs, each on a system started anew (2)
  --latency             an open loop at 70 % of what a first run reaches, or at --rate, for --seconds (20)
  --memory              so many messages queued before a carrier that is away, then kill -9 and recovery
  --vs kannel           runs Kannel in turn with ours: without a store, and with its spool
  --profile             a CPU profile of the system under test, and where the time goes
  --folder PATH         where data folders are made (the system's temporary folder)
  --save                adds the results to bench/results/sms.jsonl
`;

/** Reads the options; `undefined` where help was asked for. Throws a sentence. */
export function readOptions(args: string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args,
    options: {
      door: { type: "string", default: "http" },
      messages: { type: "string" },
      connections: { type: "string", default: "64" },
      "in-flight": { type: "string", default: "2000" },
      callbacks: { type: "string", default: "final" },
      binds: { type: "string", default: "2" },
      window: { type: "string", default: "500" },
      "receipt-delay": { type: "string", default: "20" },
      rounds: { type: "string", default: "2" },
      rate: { type: "string" },
      seconds: { type: "string", default: "20" },
      memory: { type: "boolean", default: false },
      latency: { type: "boolean", default: false },
      profile: { type: "boolean", default: false },
      vs: { type: "string" },
      save: { type: "boolean", default: false },
      folder: { type: "string", default: tmpdir() },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  if (values.vs !== undefined && values.vs !== "kannel") throw new Error("--vs knows kannel alone");
  const door = choose("--door", values.door, ["http", "module"] as const);
  const usual = values.memory ? 1_000_000 : door === "http" ? 30_000 : 200_000;
  return {
    door,
    messages: count("--messages", values.messages ?? String(usual)),
    connections: count("--connections", values.connections),
    inFlight: count("--in-flight", values["in-flight"]),
    callbacks: choose("--callbacks", values.callbacks, ["final", "all", "none"] as const),
    binds: count("--binds", values.binds),
    window: count("--window", values.window),
    receiptDelayMs: count("--receipt-delay", values["receipt-delay"]),
    rounds: count("--rounds", values.rounds),
    rate: values.rate === undefined ? undefined : count("--rate", values.rate),
    seconds: count("--seconds", values.seconds),
    memory: values.memory,
    latency: values.latency,
    profile: values.profile,
    kannel: values.vs === "kannel",
    save: values.save,
    folder: values.folder,
  };
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
