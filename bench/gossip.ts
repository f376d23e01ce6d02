/**
 * Gossip over real sockets on the loopback: CPU and octets of a member, and how long one
 * update takes to all, beside members that each tell everybody everything they say at
 * every interval. `node dist/bench/run.js gossip [seconds a run] [updates]`.
 *
 * Members of one size run in one process, whose CPU is divided among them; ten more run
 * as processes of their own, beside ten that do nothing.
 */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createHmac, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { systemClock, systemDatagrams } from "../src/adapters/system/index.ts";
import { GossipNode } from "../src/platform/gossip/index.ts";
import type { DatagramAddress, DatagramSocket, Logger } from "../src/platform/ports.ts";
import type { GossipCost, GossipOrder } from "./gossip-process.ts";

const SIZES = [3, 16, 64];
const PROCESSES = 10;
const INTERVAL_MS = 100;
const KEY = new Uint8Array(32).fill(1);
/** Code that runs as seldom as this is compiled late; what a process costs is looked at once it is. */
const WARM_UP_MS = 30_000;
const JOIN_LIMIT_MS = 60_000;
const HERE = { host: "127.0.0.1", port: 0 };

const ignore = (): void => undefined;
const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore, child: () => logger };

/** Members of either kind, as the benchmark needs them. */
interface System {
  octets(): number;
  isJoined(): boolean;
  /** One member says something; resolves with how long it took to each, in milliseconds. */
  update(value: string): Promise<number[]>;
  stop(): Promise<void>;
}

/** Prints two tables. Arguments: seconds a run (5), updates (20). */
export async function run(args: string[]): Promise<void> {
  const [seconds = 5, updates = 20] = args.map(Number);
  const rows: Record<string, string | number>[] = [];
  for (const size of SIZES) {
    for (const [what, start] of [
      ["gossip", startGossip],
      ["everybody tells everybody", startPlain],
    ] as const) {
      const system = await start(size);
      await waitFor(() => system.isJoined());
      rows.push({ what, members: size, ...(await measure(system, size, { seconds, updates })) });
      await system.stop();
    }
  }
  console.table(rows);
  console.table(await measureProcesses(seconds));
}

async function measure(
  system: System,
  size: number,
  { seconds, updates }: { seconds: number; updates: number },
): Promise<Record<string, number>> {
  const octets = system.octets();
  const startCpu = process.cpuUsage();
  await sleep(seconds * 1_000);
  const { user, system: kernel } = process.cpuUsage(startCpu);
  const sent = system.octets() - octets;
  const last: number[] = [];
  const all: number[] = [];
  for (let at = 0; at < updates; at += 1) {
    const times = await system.update(`${size} ${at}`);
    all.push(...times);
    last.push(Math.max(...times));
    await sleep(Math.random() * INTERVAL_MS);
  }
  return {
    "CPU ms/s a member": round((user + kernel) / 1_000 / seconds / size),
    "KiB/s a member": round(sent / 1_024 / seconds / size),
    "to one, p50 ms": round(percentile(all, 0.5)),
    "to all, p50 ms": round(percentile(last, 0.5)),
    "to all, most ms": round(Math.max(...last)),
  };
}

async function startGossip(size: number): Promise<System> {
  const nodes: GossipNode[] = [];
  for (let at = 0; at < size; at += 1) {
    const node = new GossipNode(
      {
        id: `edge-${String(at).padStart(3, "0")}`,
        role: "edge",
        region: "us1",
        listen: HERE,
        keys: [KEY],
        seeds: nodes.slice(0, 1).flatMap(({ address }) => address ?? []),
        intervalMs: INTERVAL_MS,
      },
      { clock: systemClock, datagrams: systemDatagrams, logger },
    );
    nodes.push(node);
    await node.start();
    node.set("cell/load", "0.25");
  }
  const heard = new Arrivals(size - 1);
  for (const node of nodes.slice(1)) node.onChange("update", (_member, _key, value) => heard.note(value));
  return {
    octets: () => nodes.reduce((sum, node) => sum + node.stats().octetsOut, 0),
    isJoined: () => nodes.every((node) => node.stats().members.alive === size),
    update: (value) => {
      const arrived = heard.expect(value);
      nodes[0]?.set("update", value);
      return arrived;
    },
    stop: async () => {
      for (const node of nodes) await node.abandon();
    },
  };
}

/** As one would write it first: each sends all that it says to all others, signed, at every interval. */
async function startPlain(size: number): Promise<System> {
  const sockets: DatagramSocket[] = [];
  const said = Array.from({ length: size }, () => ({ load: "0.25", update: "" }));
  const known = Array.from({ length: size }, () => new Map<number, string>());
  const heard = new Arrivals(size - 1);
  let octets = 0;
  const sign = (body: Buffer): Buffer => createHmac("sha256", KEY).update(body).digest();
  for (let at = 0; at < size; at += 1) {
    const receive = (payload: Uint8Array): void => {
      const body = Buffer.from(payload.subarray(32));
      if (!timingSafeEqual(sign(body), payload.subarray(0, 32))) return;
      const { from, update } = JSON.parse(body.toString()) as { from: number; update: string };
      if (known[at]?.get(from) === update) return;
      known[at]?.set(from, update);
      if (from === 0) heard.note(update);
    };
    sockets.push(await systemDatagrams.bind(HERE, receive));
  }
  const timers = sockets.map((socket, at) => {
    return setInterval(() => {
      const body = Buffer.from(JSON.stringify({ from: at, generation: Date.now(), ...said[at] }));
      const packet = Buffer.concat([sign(body), body]);
      for (const other of sockets) if (other !== socket) socket.send(packet, other);
      octets += packet.length * (size - 1);
    }, INTERVAL_MS);
  });
  return {
    octets: () => octets,
    isJoined: () => known.every((others) => others.size === size - 1),
    update: (value) => {
      const arrived = heard.expect(value);
      const [first] = said;
      if (first !== undefined) first.update = value;
      return arrived;
    },
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      for (const socket of sockets) await socket.close();
    },
  };
}

/** Notes when an update arrives at each of so many. */
class Arrivals {
  private readonly count: number;
  private value = "";
  private startMs = 0;
  private times: number[] = [];
  private done: (times: number[]) => void = () => {};

  constructor(count: number) {
    this.count = count;
  }

  expect(value: string): Promise<number[]> {
    this.value = value;
    this.startMs = performance.now();
    this.times = [];
    return new Promise((resolve) => {
      this.done = resolve;
    });
  }

  note(value: string | undefined): void {
    if (value !== this.value) return;
    this.times.push(performance.now() - this.startMs);
    if (this.times.length === this.count) this.done(this.times);
  }
}

/** Ten processes that gossip, and ten that do nothing: what gossip costs each. */
async function measureProcesses(seconds: number): Promise<Record<string, string | number>[]> {
  const program = fileURLToPath(new URL("gossip-process.js", import.meta.url));
  const rows: Record<string, string | number>[] = [];
  for (const what of ["a process that does nothing", "a process that gossips"]) {
    const children = Array.from({ length: PROCESSES }, () => fork(program));
    const gossips = what.endsWith("gossips");
    let seed: DatagramAddress | undefined;
    for (const [at, child] of children.entries()) {
      const order: GossipOrder = !gossips ? "idle" : { join: at, ...(seed === undefined ? {} : { seed }) };
      const answer = await ask(child, order);
      if (gossips) seed ??= answer as DatagramAddress;
    }
    await sleep(gossips ? WARM_UP_MS : WARM_UP_MS / 6);
    const before = (await Promise.all(children.map((child) => ask(child, "tell")))) as GossipCost[];
    await sleep(seconds * 1_000);
    const after = (await Promise.all(children.map((child) => ask(child, "tell")))) as GossipCost[];
    const spent = (of: "cpuMicros" | "octets"): number =>
      after.reduce((sum, cost, at) => sum + cost[of] - (before[at]?.[of] ?? 0), 0) / PROCESSES / seconds;
    rows.push({
      what,
      processes: PROCESSES,
      "members known": Math.min(...after.map(({ members }) => members)),
      "CPU ms/s each": round(spent("cpuMicros") / 1_000),
      "% of a core": round(spent("cpuMicros") / 10_000),
      "KiB/s each": round(spent("octets") / 1_024),
    });
    for (const child of children) {
      child.kill();
      await once(child, "exit");
    }
  }
  return rows;
}

async function ask(child: ChildProcess, order: GossipOrder): Promise<unknown> {
  const answer = once(child, "message");
  child.send(order);
  return (await answer)[0];
}

async function waitFor(holds: () => boolean): Promise<void> {
  const endMs = performance.now() + JOIN_LIMIT_MS;
  while (!holds()) {
    if (performance.now() > endMs) throw new Error("the members did not find each other");
    await sleep(20);
  }
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
