import { spawn } from "node:child_process";
import { mkdtempSync, realpathSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Reads what there will be to clean up, until its input ends, which it does when
 * this process ends, however it ends. Then it kills the programs that still run
 * and the database servers whose owner was killed, and removes the folders.
 */
const CLEANER = `
pids=" "; folders=
while read -r what value; do case $what in
  started) pids="$pids$value " ;;
  ended) pids=$(printf %s "$pids" | sed "s/ $value / /") ;;
  folder) folders="$folders$value
" ;;
esac; done
for pid in $pids; do kill -9 "$pid" 2>/dev/null; done
printf %s "$folders" | while read -r folder; do
  for file in "$folder"/postgres/data/postmaster.pid "$folder"/*/postgres/data/postmaster.pid; do
    pid=$(head -n 1 "$file" 2>/dev/null) || continue
    { readlink "/proc/$pid/cwd"; ps -o command= -p "$pid"; } 2>/dev/null | grep -qF "$folder" || continue
    kill -QUIT "$pid" 2>/dev/null; n=0
    while [ -e "$file" ] && kill -0 "$pid" 2>/dev/null && [ $n -lt 100 ]; do sleep 0.05; n=$((n+1)); done
  done
  rm -rf "$folder"
done`;

let input: Socket | undefined;

function tell(line: string): void {
  if (input === undefined) {
    const cleaner = spawn("/bin/sh", ["-c", CLEANER], { stdio: ["pipe", "ignore", "ignore"], detached: true });
    cleaner.unref();
    input = cleaner.stdin as Socket;
    input.unref();
  }
  input.write(`${line}\n`);
}

/** Has a program killed when this process ends before it; the result is to be called when the program has ended. */
export function killAtExit(pid: number): () => void {
  tell(`started ${pid}`);
  return () => tell(`ended ${pid}`);
}

/** A new folder that is removed when this process has ended, with the database servers that were left running in it. */
export function temporaryFolder(purpose: string): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `trunkline-${purpose}-`)));
  tell(`folder ${folder}`);
  return folder;
}
