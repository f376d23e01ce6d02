/** HAProxy on loopback, with a configuration made for one test. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { freePorts, isListening, missingPrograms, startProgram, stopProgram } from "./programs.ts";
import { waitFor } from "./wait-for.ts";

const INSTALL = "RUNLEVEL=1 apt-get install -y --no-install-recommends haproxy";

/** Why tests with HAProxy are skipped here, or false. */
export const withoutHaproxy: string | false = missingPrograms(["haproxy"], INSTALL) ?? false;

/**
 * Starts HAProxy before a server, with nothing set that would make it laxer or stricter
 * than it is by itself. Each request goes on over a connection of its own, so that what it
 * took for one request can be told from what it took for two. Resolves to its port.
 */
export async function startHaproxy(t: TestContext, backendPort: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "trunkline-haproxy-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const [port = 0] = await freePorts(1);
  const file = join(folder, "haproxy.cfg");
  await writeFile(
    file,
    `global
  maxconn 500
defaults
  mode http
  option http-server-close
  http-reuse never
  timeout connect 2s
  timeout client 2s
  timeout server 2s
  timeout http-request 2s
frontend clients
  bind 127.0.0.1:${port}
  default_backend recorder
backend recorder
  server recorder 127.0.0.1:${backendPort}
`,
  );
  const child = startProgram("haproxy", ["-db", "-f", file], folder);
  t.after(() => stopProgram(child));
  await waitFor("HAProxy", () => {
    if (child.exitCode !== null) throw new Error(`HAProxy ended with ${child.exitCode}`);
    return isListening(port);
  });
  return port;
}
