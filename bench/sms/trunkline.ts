import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts } from "../../test/kit/programs.ts";
import type { Cleanup } from "./cleanup.ts";
import { endPostgres, postgresPid, scratchFolder } from "./scratch-folder.ts";
import { ACCOUNT_SID, AUTH_TOKEN, writeSettings, type SystemSetup } from "./settings-file.ts";
import { waitFor, type HttpSystem } from "./system.ts";

const PROGRAM = join(dirname(fileURLToPath(import.meta.url)), "../../../bin/trunkline.js");
const START_LIMIT_MS = 90_000;
const STOP_LIMIT_MS = 25_000;
const SETTLE_LIMIT_MS = 60_000;

export interface TrunklineOptions extends SystemSetup {
  readonly parentFolder: string;
  readonly callbacks: boolean;
  /** Where a CPU profile is written when it stops. */
  readonly profileFolder?: string;
}

/** Starts the whole program as an operator would, in a folder of its own, and waits until it is ready. */
export async function startTrunkline(options: TrunklineOptions, cleanup: Cleanup): Promise<HttpSystem> {
  const folder = await scratchFolder(options.parentFolder, cleanup);
  const [port = 0] = await freePorts(1);
  const env = await writeSettings(folder, options);
  const flags = options.profileFolder === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${options.profileFolder}`];
  const child = spawn(process.execPath, [...flags, PROGRAM, "up", "--port", String(port)], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let tail = "";
  child.stderr.on("data", (chunk: Buffer) => {
    tail = (tail + chunk.toString("utf8")).slice(-4_000);
  });
  const gone = once(child, "exit");
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    const force = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
    await gone;
    clearTimeout(force);
    await endPostgres(join(folder, "data"));
    for (const line of tail.split("\n")) if (/"level":"(warn|error)"|\b(WARN|ERROR)\b/.test(line)) console.error(line);
  };
  cleanup.add(stop);
  const base = `http://127.0.0.1:${port}`;
  const isReady = async (): Promise<boolean> => {
    if (child.exitCode !== null) throw new Error(`Trunkline did not start:\n${tail}`);
    return (await read(`${base}/metrics`)).includes('trunkline_carrier_up{carrier="bench"} 1');
  };
  await waitFor("Trunkline is ready", isReady, START_LIMIT_MS);
  const postgres = await postgresPid(join(folder, "data"));
  const isSettled = async (): Promise<boolean> =>
    /^trunkline_projection_waiting 0$/m.test(await read(`${base}/metrics`));
  return {
    name: "trunkline",
    door: { kind: "trunkline", port, accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN, callbacks: options.callbacks },
    watched: [
      { name: "trunkline", pid: child.pid ?? -1 },
      { name: "postgres", pid: postgres, withChildren: true },
    ],
    settle: () => waitFor("the projection has caught up", isSettled, SETTLE_LIMIT_MS),
    stop,
  };
}

async function read(url: string): Promise<string> {
  try {
    return await (await fetch(url)).text();
  } catch {
    return "";
  }
}
