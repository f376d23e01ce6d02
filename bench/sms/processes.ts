/** What processes cost, from /proc (Linux alone). */
import { readdirSync, readFileSync } from "node:fs";

/** The kernel's USER_HZ, which is 100 on every platform that Node runs on. */
const MS_PER_TICK = 10;

/** One line of a result: a process, or a process with everything it started. */
export interface Watched {
  readonly name: string;
  readonly pid: number;
  /** Counts its children too, those that have ended included. For PostgreSQL, which is many processes. */
  readonly withChildren?: boolean;
  /** Tells of its threads too. For a process of Node. */
  readonly withThreads?: boolean;
}

/** CPU time used so far and the most memory ever resident, by name. */
export interface Usage {
  readonly cpuMs: number;
  readonly peakRssMiB: number;
  readonly rssMiB: number;
  /** CPU time by kind of thread. */
  readonly threads?: ReadonlyMap<string, number>;
}

interface Stat {
  readonly parent: number;
  readonly ticks: number;
  readonly childTicks: number;
}

/** proc(5): the name in field 2 may contain anything, so fields are counted from its closing bracket. */
function readStat(pid: number | string): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = text
      .slice(text.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const [, parent = 0] = fields;
    const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15);
    return { parent, ticks: user + system, childTicks: childUser + childSystem };
  } catch {
    return undefined;
  }
}

function descendants(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    const stat = Number.isInteger(pid) ? readStat(pid) : undefined;
    if (stat !== undefined) parents.set(pid, stat.parent);
  }
  const found = [root];
  for (const parent of found) for (const [pid, of] of parents) if (of === parent) found.push(pid);
  return found;
}

/** Reads what every watched process has used so far. */
export function readUsage(watched: readonly Watched[]): Map<string, Usage> {
  return new Map(watched.map((each) => [each.name, usageOf(each)]));
}

function usageOf({ pid, withChildren, withThreads }: Watched): Usage {
  if (withChildren !== true) {
    const usage = { cpuMs: (readStat(pid)?.ticks ?? 0) * MS_PER_TICK, ...memoryOf(pid) };
    return withThreads === true ? { ...usage, threads: threadsOf(pid) } : usage;
  }
  let ticks = 0;
  let memory = { peakRssMiB: 0, rssMiB: 0 };
  for (const each of descendants(pid)) {
    const stat = readStat(each);
    ticks += (stat?.ticks ?? 0) + (stat?.childTicks ?? 0);
    const of = memoryOf(each);
    // Shared memory is counted once for each process; this is an upper bound.
    memory = { peakRssMiB: memory.peakRssMiB + of.peakRssMiB, rssMiB: memory.rssMiB + of.rssMiB };
  }
  return { cpuMs: ticks * MS_PER_TICK, ...memory };
}

function memoryOf(pid: number): { peakRssMiB: number; rssMiB: number } {
  let text = "";
  try {
    text = readFileSync(`/proc/${pid}/status`, "latin1");
  } catch {
    return { peakRssMiB: 0, rssMiB: 0 };
  }
  const kib = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0);
  return { peakRssMiB: Math.round(kib("VmHWM") / 1024), rssMiB: Math.round(kib("VmRSS") / 1024) };
}

/** Threads that Node starts with, after the main one: V8's for compilation and collection, and one timer's. */
const V8_THREADS = 5;

/**
 * CPU time by kind of thread. Node 20 gives all threads one name, so they are told apart by their order and by
 * what they wait for: a worker waits for events, one of libuv's pool for a lock. To be asked while nothing is done.
 */
function threadsOf(pid: number): Map<string, number> {
  const found = new Map<string, number>();
  const tids = listOf(`/proc/${pid}/task`)
    .map(Number)
    .toSorted((a, b) => a - b);
  for (const [at, tid] of tids.entries()) {
    const path = `${pid}/task/${tid}`;
    const kind = at === 0 ? "main" : at <= V8_THREADS ? "V8" : waitsForEvents(path) ? "worker" : "libuv";
    found.set(kind, (found.get(kind) ?? 0) + (readStat(path)?.ticks ?? 0) * MS_PER_TICK);
  }
  return found;
}

function waitsForEvents(path: string): boolean {
  try {
    return readFileSync(`/proc/${path}/wchan`, "latin1").includes("poll");
  } catch {
    return false;
  }
}

function listOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
