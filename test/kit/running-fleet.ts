import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { NodeStatus } from "../../src/entry/fleet/supervisor.ts";
import { signedCall, type SignedAnswer, type SignedCall } from "../../src/entry/fleet/signed-call.ts";
import { readRunFile } from "../../src/entry/run-file.ts";
import { FleetKey, INTERNAL_PREFIX } from "../../src/platform/fleet/index.ts";
import { loadMasterKey } from "../../src/platform/secrets/index.ts";
import { startTrunkline, type RunningCommand } from "./command-line.ts";
import { temporaryFolder } from "./leftovers.ts";

/** Several processes start, and the first start makes a database cluster. */
const START_LIMIT_MS = 90_000;
const STOP_LIMIT_MS = 40_000;
const WELCOMED = "Ctrl-C stops everything.";
const POLL_MS = 50;

export interface FleetProcessOptions {
  /** For example `messaging=2`. */
  readonly cells: string;
  /** For example `us1,ie1`. */
  readonly regions?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The content of `trunkline.yaml`. */
  readonly config?: object;
  /** Without it, a new folder that is removed when this process ends. Give that of a stopped fleet to start it again. */
  readonly dataFolder?: string;
}

/** An account of its own, with its credentials. */
export interface FleetAccount {
  readonly accountSid: string;
  readonly authToken: string;
  readonly cell: string;
}

/** A system of several processes: a supervisor, edges, cells, control and a simulated carrier. */
export interface FleetProcess {
  /** Of the edge of the first region. */
  readonly baseUrl: string;
  /** Of every edge, by region. */
  readonly edges: ReadonlyMap<string, string>;
  /** The operator, who is at home in `messaging-1`. */
  readonly operator: { readonly accountSid: string; readonly authToken: string };
  /** A number of the operator. */
  readonly from: string;
  readonly phonesUrl: string;
  readonly dataFolder: string;
  readonly pid: number;
  readonly fleetKey: FleetKey;
  /** The processes below the supervisor. */
  nodes(): Promise<readonly NodeStatus[]>;
  /** Ends a process as a crash does; it is started again. Gives its pid. */
  kill(name: string): Promise<number>;
  /** Resolves once a process of this name runs again, with more restarts than `restarts`. */
  restarted(name: string, restarts: number): Promise<void>;
  /** Makes a main account in a region. */
  createAccount(region: string): Promise<FleetAccount>;
  /** A request as the operator; gives status and JSON. */
  ask(method: "GET" | "POST", path: string, form?: Readonly<Record<string, string>>): Promise<SignedAnswer>;
  /** A signed request to the supervisor, below the internal prefix. */
  supervise(call: SignedCall): Promise<SignedAnswer>;
  stdout(): string;
  stderr(): string;
  /** Stops it as Ctrl-C does and gives its exit code. The data folder stays. */
  stop(): Promise<number | null>;
  /** Kills the supervisor; the others end by themselves. */
  kill9(): Promise<void>;
}

/** Starts `trunkline up --cells …` on free ports and waits until it welcomes. Rejects with what it wrote when it ends before. */
export async function startFleetProcess(options: FleetProcessOptions): Promise<FleetProcess> {
  const cwd = temporaryFolder("fleet");
  const dataFolder = options.dataFolder ?? join(cwd, "data");
  if (options.config !== undefined) await writeFile(join(cwd, "trunkline.yaml"), stringify(options.config));
  const env = {
    TRUNKLINE_PORT: "0",
    TRUNKLINE_SIMULATOR_PORT: "0",
    TRUNKLINE_DATA: dataFolder,
    TRUNKLINE_CELLS: options.cells,
    TRUNKLINE_REGIONS: options.regions ?? "us1",
    ...options.env,
  };
  const command = startTrunkline(["up"], { env, cwd });
  await within(START_LIMIT_MS, welcomed(command), command, "started");
  const run = await readRunFile(dataFolder);
  if (run === undefined || run.supervisorUrl === null)
    throw new Error(`no fleet in ${dataFolder}: ${command.stderr()}`);
  const { supervisorUrl, baseUrl, accountSid, authToken } = run;
  const fleetKey = new FleetKey(await loadMasterKey(dataFolder));
  const supervise = (call: SignedCall): Promise<SignedAnswer> =>
    signedCall(supervisorUrl, fleetKey, { ...call, target: `${INTERNAL_PREFIX}${call.target}` });
  const nodes = async (): Promise<readonly NodeStatus[]> =>
    ((await supervise({ method: "GET", target: "/nodes" })).json as { nodes: readonly NodeStatus[] }).nodes;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`;
  const ask: FleetProcess["ask"] = async (method, path, form) => {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: { Authorization: authorization },
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    });
    return { status: response.status, json: await response.json() };
  };
  return {
    baseUrl,
    edges: edgesIn(command.stdout(), baseUrl, options.regions ?? "us1"),
    operator: { accountSid, authToken },
    from: run.from ?? "",
    phonesUrl: run.phonesUrl ?? "",
    dataFolder,
    pid: run.pid,
    fleetKey,
    nodes,
    supervise,
    ask,
    kill: async (name) => {
      const { json } = await supervise({ method: "POST", target: `/nodes/${name}/kill` });
      return (json as { pid: number }).pid;
    },
    restarted: async (name, restarts) => {
      const deadline = performance.now() + START_LIMIT_MS;
      for (;;) {
        const node = (await nodes()).find((one) => one.name === name);
        if (node !== undefined && node.restarts > restarts && node.state === "running") return;
        if (performance.now() > deadline) throw new Error(`${name} has not started again: ${command.stderr()}`);
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    },
    createAccount: async (region) => {
      const { status, json } = await ask("POST", "/trunkline/v1/Accounts", { Region: region });
      if (status !== 201) throw new Error(`no account: ${status} ${JSON.stringify(json)}`);
      const made = json as { sid: string; auth_token: string; cell: string };
      return { accountSid: made.sid, authToken: made.auth_token, cell: made.cell };
    },
    stdout: () => command.stdout(),
    stderr: () => command.stderr(),
    stop: async () => {
      command.child.kill("SIGINT");
      return (await within(STOP_LIMIT_MS, command.ended, command, "ended")).code;
    },
    kill9: async () => {
      command.child.kill("SIGKILL");
      await command.ended;
    },
  };
}

/** The welcome names every edge: the first as the API, the others by name. */
function edgesIn(welcome: string, baseUrl: string, regions: string): ReadonlyMap<string, string> {
  const edges = new Map([[regions.split(",")[0] ?? "", baseUrl]]);
  for (const [, region = "", url = ""] of welcome.matchAll(/^ {2}edge-(\S+) +(http:\S+)$/gm)) edges.set(region, url);
  return edges;
}

function welcomed(command: RunningCommand): Promise<void> {
  const isWelcomed = new Promise<void>((resolve) => {
    command.child.stdout?.on("data", () => {
      if (command.stdout().includes(WELCOMED)) resolve();
    });
  });
  const isOver = command.ended.then(({ code, stderr }) => {
    throw new Error(`trunkline up ended with ${code}:\n${stderr}`);
  });
  return Promise.race([isWelcomed, isOver]);
}

/** Ends the process when what is waited for does not come. */
async function within<T>(limitMs: number, wanted: Promise<T>, command: RunningCommand, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      command.child.kill("SIGKILL");
      reject(new Error(`the fleet has not ${what} after ${limitMs} ms:\n${command.stderr()}`));
    }, limitMs);
  });
  try {
    return await Promise.race([wanted, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
