/**
 * The queue in front of a carrier alone: pushes and takes of the fair queue beside those of a
 * bare Fifo, by how many accounts share it and with blocked senders in it; and the timing
 * wheel. `node dist/bench/run.js queue [items]`.
 */
import { FairQueue, Fifo, TimingWheel } from "../src/platform/queue/index.ts";
import type { Clock } from "../src/platform/ports.ts";

const BLOCKED_SENDERS = 100_000;
const SENDERS_PER_ACCOUNT = 4;
/** Items that wait while others come and go. */
const BACKLOG = 20_000;

const clock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs).unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

type Figures = Record<string, string | number>;

/** Runs the cases three times, alternating, and prints a table of the medians. Argument: items (500,000). */
export async function run(args: string[]): Promise<void> {
  const items = Number(args[0] ?? 500_000);
  const names = Array.from({ length: items }, (_, n) => `SM${String(n).padStart(32, "0")}`);
  const cases: readonly { what: string; accounts?: number; blocked?: number; measure: () => number }[] = [
    { what: "bare Fifo", measure: () => bareFifo(names) },
    ...[1, 100, 10_000].map((accounts) => ({
      what: "fair queue",
      accounts,
      measure: () => fairQueue(names, { accounts, blocked: 0 }),
    })),
    {
      what: "fair queue",
      accounts: 100,
      blocked: BLOCKED_SENDERS,
      measure: () => fairQueue(names, { accounts: 100, blocked: BLOCKED_SENDERS }),
    },
    { what: "wheel, add and cancel", measure: () => wheel(names) },
  ];
  const seen = cases.map((): number[] => []);
  for (let round = 0; round < 3; round += 1) {
    for (const [n, { measure }] of cases.entries()) {
      seen[n]?.push(measure());
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  const rows = cases.map(({ what, accounts, blocked }, n): Figures => {
    const cpuMicros = (seen[n] ?? []).toSorted((a, b) => a - b)[1] ?? 0;
    return {
      what,
      accounts: accounts ?? "",
      "blocked senders": blocked ?? "",
      "CPU µs/item": Math.round(cpuMicros * 1_000) / 1_000,
      "items/CPU s": Math.round(1e6 / cpuMicros),
    };
  });
  console.table(rows);
}

/** CPU time in microseconds that one of `count` items took. */
function cpuOf(count: number, work: () => void): number {
  const start = process.cpuUsage();
  work();
  const cpu = process.cpuUsage(start);
  return (cpu.user + cpu.system) / count;
}

function bareFifo(names: readonly string[]): number {
  const fifo = new Fifo();
  for (let n = 0; n < BACKLOG; n += 1) fifo.push("backlog");
  return cpuOf(names.length, () => {
    for (const name of names) {
      fifo.push(name);
      fifo.shift();
    }
  });
}

function fairQueue(names: readonly string[], { accounts, blocked }: { accounts: number; blocked: number }): number {
  const queue = new FairQueue({
    clock,
    lanes: 3,
    gate: ({ lane }) => (lane === 2 ? 3_600_000 : 0),
    onReady: () => undefined,
  });
  for (let n = 0; n < blocked; n += 1) {
    queue.push("blocked", { lane: 2, account: `account ${n % accounts}`, sender: `blocked ${n}` }, 1);
  }
  const flows = Array.from({ length: accounts * SENDERS_PER_ACCOUNT }, (_, n) => ({
    lane: n % 2,
    account: `account ${n % accounts}`,
    sender: `sender ${n}`,
  }));
  const flow = (n: number): (typeof flows)[number] => flows[n % flows.length] as (typeof flows)[number];
  for (let n = 0; n < BACKLOG; n += 1) queue.push("backlog", flow(n), 1);
  // The blocked ones are put aside by the first looks.
  for (let n = 0; n < BACKLOG / 2; n += 1) if (queue.peek() !== undefined) queue.take();
  const cpuMicros = cpuOf(names.length, () => {
    let n = 0;
    for (const name of names) {
      queue.push(name, flow(n), 1 + (n % 2));
      n += 1;
      if (queue.peek() !== undefined) queue.take();
    }
  });
  queue.close();
  return cpuMicros;
}

function wheel(names: readonly string[]): number {
  const timers = new TimingWheel<string>({ clock, onDue: () => undefined });
  const handles = new Float64Array(BACKLOG);
  const started = clock.nowMs() + 60_000;
  const cpuMicros = cpuOf(names.length, () => {
    let n = 0;
    for (const name of names) {
      const place = n % BACKLOG;
      if (n >= BACKLOG) timers.cancel(handles[place] as number);
      handles[place] = timers.add(name, started + ((n * 7_919) % 3_600_000));
      n += 1;
    }
  });
  timers.close();
  return cpuMicros;
}
