import { spawn } from "node:child_process";
import type { Socket } from "node:net";

/**
 * Ends a server when this process ends, however it ends, and then removes a
 * folder. The shell reads from a pipe that only we hold: when we are gone it
 * reads the end.
 */
export function endWithThisProcess(pid: number, folder: string): { dismiss(): void } {
  // Where nobody collects it, the server stays a zombie for as long as the system runs.
  const script = `cat >/dev/null; kill -QUIT "$1"; n=0
    while kill -0 "$1" 2>/dev/null && ! grep -qs '^State:.Z' "/proc/$1/status" && [ $n -lt 100 ]; do sleep 0.05; n=$((n+1)); done
    kill -9 "$1" 2>/dev/null; rm -rf "$2"`;
  const child = spawn("/bin/sh", ["-c", script, "watchdog", String(pid), folder], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  child.on("error", () => {});
  child.unref();
  (child.stdin as Socket).unref();
  return { dismiss: () => void child.kill("SIGKILL") };
}
