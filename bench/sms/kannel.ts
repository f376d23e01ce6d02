import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findProgram, freePorts, isListening, startProgram, stopProgram } from "../../test/kit/programs.ts";
import type { Cleanup } from "./cleanup.ts";
import { scratchFolder } from "./scratch-folder.ts";
import { waitFor, type HttpSystem } from "./system.ts";

const INSTALL = "RUNLEVEL=1 apt-get install -y --no-install-recommends kannel";
const START_LIMIT_MS = 20_000;

/** How Kannel is set up: `none` keeps nothing, `spool` keeps messages and receipts in files. */
export interface KannelOptions {
  readonly parentFolder: string;
  readonly smscPort: number;
  readonly window: number;
  readonly store: "none" | "spool";
  readonly callbacks: boolean;
}

/** Fails with how to install it where Kannel is not there. */
export function requireKannel(): void {
  const missing = ["bearerbox", "smsbox"].filter((name) => findProgram(name) === undefined);
  if (missing.length > 0) throw new Error(`${missing.join(" and ")} not found; install with: ${INSTALL}`);
}

/** Starts Kannel's bearerbox and smsbox, bound to the carrier. */
export async function startKannel(options: KannelOptions, cleanup: Cleanup): Promise<HttpSystem> {
  const folder = await scratchFolder(options.parentFolder, cleanup);
  const [adminPort = 0, boxPort = 0, sendPort = 0] = await freePorts(3);
  const conf = join(folder, "kannel.conf");
  await mkdir(join(folder, "messages"));
  await mkdir(join(folder, "receipts"));
  await writeFile(conf, configuration({ ...options, adminPort, boxPort, sendPort, folder }));
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

interface Places extends KannelOptions {
  readonly adminPort: number;
  readonly boxPort: number;
  readonly sendPort: number;
  readonly folder: string;
}

function configuration(at: Places): string {
  const store =
    at.store === "none"
      ? "dlr-storage = internal"
      : `store-type = spool
store-location = ${join(at.folder, "messages")}
dlr-storage = spool
dlr-spool = ${join(at.folder, "receipts")}`;
  return `
group = core
admin-port = ${at.adminPort}
admin-interface = 127.0.0.1
admin-password = test
smsbox-port = ${at.boxPort}
box-allow-ip = 127.0.0.1
log-file = ${join(at.folder, "bearerbox.log")}
log-level = 3
${store}

group = smsc
smsc = smpp
smsc-id = bench
host = 127.0.0.1
port = ${at.smscPort}
transceiver-mode = true
smsc-username = kannel
smsc-password = secret
system-type = VMA
interface-version = 34
source-addr-ton = 1
source-addr-npi = 1
dest-addr-ton = 1
dest-addr-npi = 1
enquire-link-interval = 30
reconnect-delay = 1
max-pending-submits = ${at.window}

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = ${at.boxPort}
sendsms-port = ${at.sendPort}
sendsms-interface = 127.0.0.1
log-file = ${join(at.folder, "smsbox.log")}
log-level = 3

group = sendsms-user
username = test
password = test
concatenation = true
max-messages = 10
`;
}
