import { openDatabase } from "../../adapters/postgres/index.ts";
import { systemNet } from "../../adapters/system/index.ts";
import { isLoopback } from "../../platform/config/index.ts";
import type { ProgramSettings } from "../carriers.ts";
import { doubtful, good, wrong, type Finding } from "./finding.ts";

const DATABASE_TIMEOUT_MS = 5_000;

/** Whether what a start would listen on is free. */
export async function checkPorts(settings: ProgramSettings): Promise<Finding[]> {
  const { host, port, tlsPort, simulator } = settings;
  const wanted = [
    { host, port, setting: "port" },
    ...(tlsPort === undefined ? [] : [{ host, port: tlsPort, setting: "tlsPort" }]),
    ...(simulator.enabled ? [{ host: "127.0.0.1", port: simulator.port, setting: "simulator.port" }] : []),
  ];
  return Promise.all(wanted.filter((one) => one.port !== 0).map(checkPort));
}

async function checkPort({ host, port, setting }: { host: string; port: number; setting: string }): Promise<Finding> {
  const name = `port ${port}`;
  try {
    const listener = await systemNet.listen({ host, port }, (connection) => connection.destroy());
    await listener.close();
    return good(name, "free");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    if (code === "EADDRINUSE") {
      const fix = `Stop the program that has it (ss -ltnp 'sport = :${port}'), or choose another with the setting ${setting}.`;
      return wrong(name, "taken by another program", fix);
    }
    if (code === "EACCES") {
      return wrong(name, "needs more rights than this user has", `Choose one above 1023 with the setting ${setting}.`);
    }
    return wrong(name, `${host} cannot be listened on: ${code}`, "Set host to an address of this machine.");
  }
}

/** Whether the operator's own database server can be used. */
export async function checkDatabase(url: string): Promise<Finding> {
  const { host, pathname } = new URL(url);
  const shown = `${host}${pathname}`;
  const database = openDatabase({ url, poolSize: 1, connectTimeoutMs: DATABASE_TIMEOUT_MS });
  try {
    const [row] = await database.query<{ version: string }>("select current_setting('server_version') as version");
    return good("database", `${shown}, PostgreSQL ${row?.version ?? "of unknown version"}`);
  } catch (error) {
    const fix = "See that the server runs and databaseUrl (TRUNKLINE_DATABASE_URL) is right: user, password, name.";
    return wrong("database", `${shown} cannot be used: ${reasonOf(error)}`, fix);
  } finally {
    await database.close();
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/** Whether webhooks reach what they are meant to, and nothing else. */
export function checkWebhooks({ host, webhooks }: ProgramSettings): Finding {
  const name = "webhooks";
  const { allowPrivateNetworks } = webhooks;
  if (isLoopback(host)) {
    if (allowPrivateNetworks) return good(name, "may go to this machine and to private networks");
    const fix = "Set webhooks.allowPrivateNetworks to true if your program runs on this machine.";
    return doubtful(name, "may not go to this machine or to private networks", fix);
  }
  if (!allowPrivateNetworks) return good(name, "go to public addresses only");
  const fix = "Set webhooks.allowPrivateNetworks to false unless all who have an account are trusted.";
  return doubtful(name, `${host} is public, and webhooks may go to private networks`, fix);
}
