import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts } from "../../test/kit/programs.ts";
import type { Cleanup } from "./cleanup.ts";
import { endPostgres, postgresPid, scratchFolder } from "./scratch-folder.ts";
import { ACCOUNT_SID, AUTH_TOKEN, writeSettings, type SystemSetup } from "./settings-file.ts";
import type { SmppDoor } from "./door.ts";
import { waitFor, type ProgramSystem } from "./system.ts";

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const PROGRAM = join(FOLDER, "bin/trunkline.js");
/** The same before it was joined in few files: a profile is read by the files of the source. */
const IN_PARTS = join(FOLDER, "dist/src/entry/cli.js");
const START_LIMIT_MS = 90_000;
const STOP_LIMIT_MS = 25_000;
const SETTLE_LIMIT_MS = 60_000;

const MAX_PER_SECOND = 10_000;

export interface TrunklineOptions extends SystemSetup {
  readonly parentFolder: string;
  /** Has messages come in by SMPP, over so many binds. */
  readonly customerBinds?: number;
  readonly customerWindow: number;
  /** Where a CPU profile is written when it stops. */
  readonly profileFolder?: string;
}

/** Starts the whole program as an operator would, in a folder of its own, and waits until it is ready. */
export async function startTrunkline(options: TrunklineOptions, cleanup: Cleanup): Promise<ProgramSystem> {
  const folder = await scratchFolder(options.parentFolder, cleanup);
  const [port = 0, smppPort = 0] = await freePorts(2);
  const { customerBinds, customerWindow: window, callbacks, profileFolder } = options;
  const env = await writeSettings(folder, customerBinds === undefined ? options : { ...options, smppPort });
  const flags = profileFolder === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profileFolder}`];
  const child = spawn(
    process.execPath,
    [...flags, profileFolder === undefined ? PROGRAM : IN_PARTS, "up", "--port", String(port)],
    {
      env,
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
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
  const isSettled = async (): Promise<boolean> => {
    const metrics = await read(`${base}/metrics`);
    return (
      /^trunkline_projection_waiting 0$/m.test(metrics) && !/^trunkline_smpp_deliveries_waiting [1-9]/m.test(metrics)
    );
  };
  const door =
    customerBinds === undefined
      ? ({ kind: "trunkline", port, accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN, callbacks } as const)
      : await smppDoor({ base, port: smppPort, window, binds: customerBinds });
  return {
    name: "trunkline",
    door,
    watched: [
      { name: "trunkline", pid: child.pid ?? -1, withThreads: true },
      { name: "postgres", pid: postgres, withChildren: true },
    ],
    settle: () => waitFor("the projection has caught up", isSettled, SETTLE_LIMIT_MS),
    stop,
  };
}

/** Makes credentials by the API: one for each bind, because one is limited to 10,000 messages a second. */
async function smppDoor(at: { base: string; port: number; window: number; binds: number }): Promise<SmppDoor> {
  const { base, port, window, binds } = at;
  const authorization = `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString("base64")}`;
  const body = new URLSearchParams({
    MaxBinds: "1",
    Window: String(window),
    MessagesPerSecond: String(MAX_PER_SECOND),
  }).toString();
  const headers = { authorization, "content-type": "application/x-www-form-urlencoded" };
  const credentials: { systemId: string; password: string }[] = [];
  for (let made = 0; made < binds; made += 1) {
    const answer = await fetch(`${base}/trunkline/v1/Smpp/Credentials`, { method: "POST", headers, body });
    const text = await answer.text();
    if (answer.status !== 201) throw new Error(`no SMPP credential was made: ${text}`);
    const { system_id: systemId, password } = JSON.parse(text) as { system_id: string; password: string };
    credentials.push({ systemId, password });
  }
  return { kind: "smpp", port, window, credentials };
}

async function read(url: string): Promise<string> {
  try {
    return await (await fetch(url)).text();
  } catch {
    return "";
  }
}
