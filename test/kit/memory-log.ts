import { openLog, type Log, type LogOptions } from "../../src/platform/log/index.ts";
import { seeded } from "../../src/platform/log/log-fixture.ts";
import { SimulatedFiles } from "../../src/platform/log/simulated-files.ts";
import type { Clock } from "../../src/platform/ports.ts";
import { silentLogger } from "./silent-logger.ts";

export { seeded, SimulatedFiles };

/** A disk in memory, on which a log survives the cell that wrote it. */
export function memoryDisk(seed = 1): SimulatedFiles {
  return new SimulatedFiles(seeded(seed));
}

/** The cell log of a test, on a disk in memory and with segments so small that there are many. */
export function openMemoryLog(files: SimulatedFiles, clock: Clock, options: Partial<LogOptions> = {}): Promise<Log> {
  return openLog({ directory: "/log", logger: silentLogger, clock, files, segmentOctets: 32 * 1024, ...options });
}

/** Lets everything come to rest that waits for neither a clock nor a socket. */
export async function settle(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** The seed of a test: the one given in the environment, to repeat a failure, or the usual one. */
export function seedOf(usual: number): number {
  return Number(process.env["TRUNKLINE_SEED"] ?? process.env["SEED"] ?? usual);
}
