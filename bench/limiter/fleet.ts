import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { join } from "node:path";
import type { FleetCounts, FleetPart, FleetStretch } from "./fleet-process.ts";

const LIMIT = 100;
const DELAY_MS = 60;
const LOSS = 0.01;
const REGIONS = ["us1", "ie1", "au1"] as const;
/** Processes start, and find each other. */
const JOIN_MS = 1_500;
/** Not counted after each change: a window and the news of it. */
const SETTLE_MS = 1_200;

interface Phase extends FleetStretch {
  readonly name: string;
  readonly perSecond: readonly [number, number, number];
  readonly isCut: boolean;
}

/** One phase, measured. */
export interface FleetRow {
  readonly phase: string;
  /** Admitted by all together, of the limit. */
  readonly "average %": number;
  readonly "worst second %": number;
}

/** Three edges as processes, gossiping by UDP through a delay of 60 ms with 1 % loss, offered three times the limit. */
export async function measureFleet(scale: number): Promise<FleetRow[]> {
  const phases = phasesOf(scale);
  const endMs = phases.at(-1)?.untilMs ?? 0;
  const ports = await Promise.all(REGIONS.map(freePort));
  const startMs = performance.timeOrigin + performance.now() + JOIN_MS;
  const cutPhase = phases.find(({ isCut }) => isCut);
  const all = await Promise.all(
    REGIONS.map((region, at) => {
      const part: FleetPart = {
        id: `edge-${region}-1`,
        region,
        port: ports[at] ?? 0,
        seed: { host: "127.0.0.1", port: ports[0] ?? 0 },
        processes: REGIONS.length,
        limitPerSecond: LIMIT,
        startMs,
        endMs,
        offered: phases.map(({ fromMs, untilMs, perSecond }) => ({ fromMs, untilMs, perSecond: perSecond[at] ?? 0 })),
        // Cut a little before it is measured, as the phase before ends.
        cut: at === 2 && cutPhase !== undefined ? cutPhase : undefined,
        delayMs: DELAY_MS,
        loss: LOSS,
      };
      return runPart(part);
    }),
  );
  return phases.map((phase) => rowOf(phase, all));
}

function phasesOf(scale: number): Phase[] {
  const kinds = [
    { name: "even demand 100/100/100", perSecond: [100, 100, 100], isCut: false },
    { name: "one hot region 0/300/0", perSecond: [0, 300, 0], isCut: false },
    { name: "skewed demand 240/30/30", perSecond: [240, 30, 30], isCut: false },
    { name: "one region cut off, even", perSecond: [100, 100, 100], isCut: true },
  ] as const;
  const lengthMs = SETTLE_MS + 2_000 * scale;
  return kinds.map((kind, at) => ({ ...kind, fromMs: at * lengthMs, untilMs: (at + 1) * lengthMs }));
}

async function runPart(part: FleetPart): Promise<FleetCounts> {
  const program = join(import.meta.dirname, "fleet-process.js");
  const child = spawn(process.execPath, [program, JSON.stringify(part)], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (more: string) => (text += more));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${part.id} ended with ${code}`);
  return JSON.parse(text) as FleetCounts;
}

function rowOf(phase: Phase, all: readonly FleetCounts[]): FleetRow {
  const first = Math.ceil((phase.fromMs + SETTLE_MS) / 100);
  const last = Math.floor(phase.untilMs / 100);
  const tenths = Array.from({ length: last - first }, (_, at) =>
    all.reduce((sum, { admitted }) => sum + (admitted[first + at] ?? 0), 0),
  );
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
  const seconds = Array.from({ length: Math.max(1, tenths.length - 9) }, (_, at) => sum(tenths.slice(at, at + 10)));
  return {
    phase: phase.name,
    "average %": Math.round((sum(tenths) / ((tenths.length / 10) * LIMIT)) * 1_000) / 10,
    "worst second %": Math.round((Math.max(...seconds) / LIMIT) * 100),
  };
}

async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((bound) => socket.bind(0, "127.0.0.1", bound));
  const { port } = socket.address();
  await new Promise<void>((closed) => socket.close(closed));
  return port;
}
