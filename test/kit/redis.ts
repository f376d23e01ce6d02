import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts, isListening, missingPrograms, startProgram, stopProgram } from "./programs.ts";

const INSTALL = "RUNLEVEL=1 apt-get install -y --no-install-recommends redis-server";
const START_LIMIT_MS = 10_000;

/** Why tests with Redis are skipped here, or false. */
export const withoutRedis: string | false = missingPrograms(["redis-server"], INSTALL) ?? false;

/** A redis-server of one test, without anything on disk. */
export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** Stops and continues the process, so that it holds its connections and says nothing. */
  readonly process: ChildProcess;
  /** Ends it; what it had is gone. */
  stop(): Promise<void>;
}

/** Starts a redis-server on a port of 127.0.0.1, a free one unless told. */
export async function startTestRedis(port?: number): Promise<TestRedis> {
  const [free = 0] = port === undefined ? await freePorts(1) : [port];
  const folder = await mkdtemp(join(tmpdir(), "trunkline-redis-"));
  const options = ["--port", String(free), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const child = startProgram("redis-server", [...options, "--dir", folder], folder);
  const stop = async (): Promise<void> => {
    child.kill("SIGCONT");
    await stopProgram(child);
    await rm(folder, { recursive: true, force: true });
  };
  const endMs = Date.now() + START_LIMIT_MS;
  while (!(await isListening(free))) {
    if (child.exitCode !== null || Date.now() > endMs) {
      await stop();
      assert.fail(`redis-server did not start on port ${free}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return { url: `redis://127.0.0.1:${free}`, port: free, process: child, stop };
}
