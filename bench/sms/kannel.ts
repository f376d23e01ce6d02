import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findProgram, freePorts, isListening, startProgram, stopProgram } from "../../test/kit/programs.ts";
import type { Cleanup } from "./cleanup.ts";
import type { Callbacks } from "./door.ts";
import { scratchFolder } from "./scratch-folder.ts";
import { waitFor, type ProgramSystem } from "./system.ts";
import { kannelConfig } from "../../test/kit/kannel-config.ts";

const INSTALL = "RUNLEVEL=1 apt-get install -y --no-install-recommends kannel";
const START_LIMIT_MS = 20_000;

/** How Kannel is set up: `none` keeps nothing, `spool` keeps messages and receipts in files. */
export interface KannelOptions {
  readonly parentFolder: string;
  readonly smscPort: number;
  readonly window: number;
  readonly store: "none" | "spool";
  readonly callbacks: Callbacks;
}

/** Fails with how to install it where Kannel is not there. */
export function requireKannel(): void {
  const missing = ["bearerbox", "smsbox"].filter((name) => findProgram(name) === undefined);
  if (missing.length > 0) throw new Error(`${missing.join(" and ")} not found; install with: ${INSTALL}`);
}

/** Starts Kannel's bearerbox and smsbox, bound to the carrier. */
export async function startKannel(options: KannelOptions, cleanup: Cleanup): Promise<ProgramSystem> {
  const folder = await scratchFolder(options.parentFolder, cleanup);
  const [adminPort = 0, boxPort = 0, sendPort = 0] = await freePorts(3);
  const conf = join(folder, "kannel.conf");
  await mkdir(join(folder, "messages"));
  await mkdir(join(folder, "receipts"));
  await writeFile(
    conf,
    kannelConfig({
      folder,
      adminPort,
      boxPort,
      sendPort,
      smscPort: options.smscPort,
      smscId: "bench",
      window: options.window,
      enquireLinkSeconds: 30,
      logLevel: 3,
      core: stores(options.store, folder),
    }),
  );
  const stops: (() => Promise<void>)[] = [];
  const start = async (name: string, port: number): Promise<number> => {
    const child = startProgram(name, ["--verbosity", "4", conf], folder);
    stops.unshift(() => stopProgram(child));
    cleanup.add(() => stopProgram(child));
    const isUp = async (): Promise<boolean> => {
      if (child.exitCode === null) return isListening(port);
      const log = await readFile(join(folder, `${name}.log`), "utf8").catch(() => "no log");
      throw new Error(`${name} did not start: ${log.slice(-2_000)}`);
    };
    await waitFor(`${name} listens`, isUp, START_LIMIT_MS);
    return child.pid ?? -1;
  };
  const bearerbox = await start("bearerbox", boxPort);
  const smsbox = await start("smsbox", sendPort);
  return {
    name: options.store === "none" ? "kannel" : "kannel-spool",
    door: { kind: "kannel", port: sendPort, callbacks: options.callbacks },
    watched: [
      { name: "bearerbox", pid: bearerbox },
      { name: "smsbox", pid: smsbox },
    ],
    settle: () => Promise.resolve(),
    stop: async () => {
      for (const stop of stops) await stop();
    },
  };
}

/** Kannel's stores for messages and receipts. */
function stores(store: KannelOptions["store"], folder: string): string {
  if (store === "none") return "dlr-storage = internal";
  return `store-type = spool
store-location = ${join(folder, "messages")}
dlr-storage = spool
dlr-spool = ${join(folder, "receipts")}`;
}
