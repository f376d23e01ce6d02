import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { SENDER } from "./addresses.ts";

export const ACCOUNT_SID = "ACbe0c0000000000000000000000000001";
export const AUTH_TOKEN = "bench0000000000000000000000token";

/** How the system under test is set up. */
export interface SystemSetup {
  readonly smscPort: number;
  readonly binds: number;
  readonly window: number;
  /** Which status changes are called back, where a callback is asked for. */
  readonly statusCallbacks: "all" | "final";
}

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
    numbers: [{ number: SENDER }],
    messaging: { statusCallbacks: setup.statusCallbacks },
    log: { level: "warn", format: "json" },
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
