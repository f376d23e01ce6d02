import { availableParallelism, cpus, loadavg, release, totalmem } from "node:os";

/** What a result depends on beside the code. */
export interface Machine {
  readonly cores: number;
  readonly model: string;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  /** Of the last minute, when this was asked: other work on the machine makes every number worse. */
  readonly loadAverage: number;
}

/** Describes this machine as it is now. */
export function describeMachine(): Machine {
  return {
    cores: availableParallelism(),
    model: cpus()[0]?.model.trim() ?? "unknown",
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    loadAverage: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}
