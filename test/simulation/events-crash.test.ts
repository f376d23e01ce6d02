import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { it } from "node:test";
import { fileURLToPath } from "node:url";
import { sidOf } from "../kit/event-cell.ts";
import { seeded, seedOf } from "../kit/memory-log.ts";

/** How often the process is killed; `KILLS` for a longer run. */
const KILLS = Number(process.env["KILLS"] ?? 8);
const CHECK_EVERY = 4;
const CHILD = fileURLToPath(new URL("event-cell-child.js", import.meta.url));

interface Line {
  readonly ready?: true;
  readonly done?: number;
  readonly changes?: number;
  readonly found?: readonly unknown[];
}

interface Process {
  readonly child: ChildProcess;
  /** The last change that it was answered for. */
  done: number;
  /** What it found before it went on. */
  check: Line | undefined;
}

async function startCell(folder: string, mode: "check" | "go"): Promise<Process> {
  const child = spawn(process.execPath, [CHILD, folder, mode], { stdio: ["pipe", "pipe", "inherit"] });
  const started: Process = { child, done: 0, check: undefined };
  await new Promise<void>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`it ended with ${code}`)));
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (text) => {
      const line = JSON.parse(text) as Line;
      if (line.done !== undefined) started.done = line.done;
      if (line.changes !== undefined) started.check = line;
      if (line.ready === true) resolve();
    });
  });
  return started;
}

async function kill({ child }: Process): Promise<void> {
  child.kill("SIGKILL");
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

it("a cell that is killed again and again has every event once", async (t) => {
  const seed = seedOf(1);
  t.diagnostic(`seed ${seed}`);
  const random = seeded(seed);
  const folder = await mkdtemp(join(tmpdir(), "trunkline-events-crash-"));
  let cell = await startCell(folder, "go");
  t.after(async () => {
    await kill(cell);
    await rm(folder, { recursive: true, force: true });
  });
  let answered = 0;
  for (let round = 1; round <= KILLS; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100 + random() * 500));
    await kill(cell);
    answered = Math.max(answered, cell.done);
    const isCheck = round % CHECK_EVERY === 0 || round === KILLS;
    cell = await startCell(folder, isCheck ? "check" : "go");
    if (!isCheck) continue;
    const { changes = 0, found } = cell.check ?? {};
    assert.ok(changes >= answered, `${changes} in the log, ${answered} answered, seed ${seed}`);
    assert.deepEqual(found, [changes, changes, sidOf(0), sidOf(changes - 1)], `seed ${seed}, after kill ${round}`);
  }
  const files = (await readdir(join(folder, "events"), { recursive: true })).filter((name) =>
    name.endsWith(".parquet"),
  );
  t.diagnostic(JSON.stringify({ kills: KILLS, events: cell.check?.changes, files: files.length }));
  assert.ok(answered > 100 && files.length > 1, "there was something to lose");
});
