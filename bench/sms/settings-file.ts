import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { SENDER, accountOf } from "./addresses.ts";
import type { Callbacks } from "./door.ts";

export const ACCOUNT_SID = accountOf(0);
export const AUTH_TOKEN = "bench0000000000000000000000token";

/** How the system under test is set up. */
export interface SystemSetup {
  /** The carrier to bind to. */
  readonly smscPort: number;
  readonly binds: number;
  readonly window: number;
  /** Which status changes are called back, where a callback is asked for. */
  readonly callbacks: Callbacks;
  /** Where it listens for customers' SMPP clients. */
  readonly smppPort?: number;
}

const STATUS_CALLBACKS: Readonly<Record<Callbacks, string>> = {
  none: "final",
  final: "final",
  two: "sent-and-final",
  all: "all",
};

/** Writes the configuration and returns the environment that goes with it. */
export async function writeSettings(folder: string, setup: SystemSetup): Promise<NodeJS.ProcessEnv> {
  const config = join(folder, "trunkline.yaml");
  const content = {
    carriers: [
      {
        name: "bench",
        type: "smpp",
        url: `smpp://bench:secret@127.0.0.1:${setup.smscPort}`,
        bind: "transceiver",
        binds: setup.binds,
        window: setup.window,
      },
    ],
    // British mobiles: see addresses.ts.
    compliance: { countries: ["GB"] },
    numbers: [{ number: SENDER }],
    messaging: { statusCallbacks: STATUS_CALLBACKS[setup.callbacks] },
    log: { level: "warn", format: "json" },
    ...(setup.smppPort === undefined ? {} : { smpp: { port: setup.smppPort } }),
  };
  await writeFile(config, stringify(content));
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("TRUNKLINE_"));
  return {
    ...Object.fromEntries(inherited),
    TRUNKLINE_CONFIG: config,
    TRUNKLINE_DATA: join(folder, "data"),
    TRUNKLINE_ACCOUNT_SID: ACCOUNT_SID,
    TRUNKLINE_AUTH_TOKEN: AUTH_TOKEN,
  };
}
