/** One edge of the measured fleet: its part as JSON in its argument, its counts as a line of JSON at the end. */
import { systemClock, systemDatagrams } from "../../src/adapters/system/index.ts";
import { GossipNode } from "../../src/platform/gossip/index.ts";
import { Limiter } from "../../src/platform/limits/index.ts";
import type { DatagramAddress, Datagrams, Logger } from "../../src/platform/ports.ts";

/** A stretch of time, in milliseconds since the fleet's start. */
export interface FleetStretch {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What an edge is told. */
export interface FleetPart {
  readonly id: string;
  readonly region: string;
  readonly port: number;
  readonly seed: DatagramAddress;
  readonly processes: number;
  readonly limitPerSecond: number;
  /** When the fleet's time is 0, in milliseconds since 1970. */
  readonly startMs: number;
  readonly endMs: number;
  readonly offered: readonly (FleetStretch & { readonly perSecond: number })[];
  readonly cut: FleetStretch | undefined;
  readonly delayMs: number;
  readonly loss: number;
}

/** What an edge has counted. */
export interface FleetCounts {
  /** Admitted in each tenth of a second of the fleet's time. */
  readonly admitted: readonly number[];
  readonly offered: number;
  /** All that this process did, gossip included. */
  readonly cpuMs: number;
}

const STEP_MS = 5;
const TENTH_MS = 100;
const part = JSON.parse(process.argv[2] ?? "") as FleetPart;
const nothing = (): void => undefined;
const silent: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => silent };
const fleetMs = (): number => performance.timeOrigin + performance.now() - part.startMs;
const within = (stretch: FleetStretch | undefined, atMs: number): boolean =>
  stretch !== undefined && atMs >= stretch.fromMs && atMs < stretch.untilMs;

/** UDP that takes its time and loses some; a region that is cut off loses all. */
const farDatagrams: Datagrams = {
  bind: async (address, onDatagram) => {
    const socket = await systemDatagrams.bind(address, (payload, from) => {
      if (!within(part.cut, fleetMs())) onDatagram(payload, from);
    });
    return {
      host: socket.host,
      port: socket.port,
      close: () => socket.close(),
      send: (payload, to) => {
        if (Math.random() < part.loss || within(part.cut, fleetMs())) return;
        setTimeout(() => socket.send(payload, to), part.delayMs).unref();
      },
    };
  },
};

const gossip = new GossipNode(
  {
    id: part.id,
    role: "edge",
    region: part.region,
    listen: { host: "127.0.0.1", port: part.port },
    keys: [new Uint8Array(32).fill(1)],
    seeds: [part.seed],
  },
  { clock: systemClock, datagrams: farDatagrams, logger: silent },
);
const limiter = new Limiter({
  key: new Uint8Array(32).fill(1),
  clock: systemClock,
  settings: {
    rules: [{ name: "api", subject: "account", scope: "fleet", rate: { count: part.limitPerSecond, burst: 20 } }],
  },
  fleet: { gossip, delayMs: part.delayMs, expectedProcesses: part.processes },
});
await gossip.start();
limiter.start();

const admitted = Array.from({ length: Math.ceil(part.endMs / TENTH_MS) }, () => 0);
let offered = 0;
let nextMs = 0;
const request = { routeClass: "messages.create", accountSid: "AC00000000000000000000000000000001" };
for (;;) {
  const atMs = fleetMs();
  if (atMs >= part.endMs) break;
  const perSecond = part.offered.find((stretch) => within(stretch, atMs))?.perSecond ?? 0;
  if (perSecond === 0) nextMs = atMs;
  while (nextMs < atMs) {
    offered += 1;
    if (limiter.decide({ ...request, nowMs: systemClock.monotonicMs() }).admitted) {
      const tenth = Math.floor(atMs / TENTH_MS);
      admitted[tenth] = (admitted[tenth] ?? 0) + 1;
    }
    nextMs += (-Math.log(1 - Math.random()) * 1_000) / perSecond;
  }
  await new Promise((resolve) => setTimeout(resolve, STEP_MS));
}
limiter.stop();
await gossip.stop();
const { user, system } = process.cpuUsage();
process.stdout.write(
  `${JSON.stringify({ admitted, offered, cpuMs: (user + system) / 1_000 } satisfies FleetCounts)}\n`,
);
process.exit(0);
