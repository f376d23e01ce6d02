import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { accessSync, constants } from "node:fs";
import net from "node:net";
import type { AddressInfo } from "node:net";
import { delimiter, join } from "node:path";

const SYSTEM_FOLDERS = ["/usr/sbin", "/usr/local/sbin", "/sbin"];
const KILL_AFTER_MS = 3_000;

/** Where a program is, or `undefined` where it is not installed. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...SYSTEM_FOLDERS];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * What a test that needs programs from a package does without them: with `CI=true`
 * it fails, otherwise it is skipped with the sentence that this returns.
 */
export function missingPrograms(names: readonly string[], install: string): string | undefined {
  const missing = names.filter((name) => findProgram(name) === undefined);
  if (missing.length === 0) return undefined;
  const sentence = `${missing.join(" and ")} not found; install with: ${install}`;
  if (process.env["CI"] === "true") throw new Error(sentence);
  return sentence;
}

/** Starts a program without a terminal. */
export function startProgram(name: string, args: readonly string[], cwd: string): ChildProcess {
  return spawn(findProgram(name) ?? name, args, { cwd, stdio: "ignore" });
}

/** Ends a program, by force when it takes too long, and resolves when it is gone. */
export function stopProgram(child: ChildProcess): Promise<void> {
  return new Promise((gone) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return gone();
    const force = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
    child.once("exit", () => {
      clearTimeout(force);
      gone();
    });
    child.kill("SIGTERM");
  });
}

/** So many TCP ports of 127.0.0.1 that were free a moment ago, for programs that cannot choose one themselves. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<net.Server>((ready) => {
          const server = net.createServer();
          server.listen(0, "127.0.0.1", () => ready(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}

/** True once something listens on a port of 127.0.0.1. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const socket = net.connect({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      answer(true);
    });
    socket.once("error", () => answer(false));
  });
}
