/** A gossip member of the benchmark as a process of its own: told who it is by its parent, tells it what it cost. */
import { systemClock, systemDatagrams } from "../src/adapters/system/index.ts";
import { GossipNode } from "../src/platform/gossip/index.ts";
import type { DatagramAddress, Logger } from "../src/platform/ports.ts";

const ignore = (): void => undefined;
const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore, child: () => logger };

/** What the parent says: join by this address, or do nothing, which shows what a bare process costs; or tell. */
export type GossipOrder = { readonly join: number; readonly seed?: DatagramAddress } | "idle" | "tell";

/** CPU in microseconds and octets sent since the start, and how many members are known. */
export interface GossipCost {
  readonly cpuMicros: number;
  readonly octets: number;
  readonly members: number;
}

let node: GossipNode | undefined;

process.on("message", (order: GossipOrder) => {
  if (typeof order === "object") return void join(order.join, order.seed);
  const { user, system } = process.cpuUsage();
  const stats = node?.stats();
  const cost: GossipCost = {
    cpuMicros: user + system,
    octets: stats?.octetsOut ?? 0,
    members: stats?.members.alive ?? 0,
  };
  process.send?.(order === "idle" ? "idle" : cost);
});

async function join(number: number, seed: DatagramAddress | undefined): Promise<void> {
  node = new GossipNode(
    {
      id: `edge-${String(number).padStart(3, "0")}`,
      role: "edge",
      region: "us1",
      listen: { host: "127.0.0.1", port: 0 },
      keys: [new Uint8Array(32).fill(1)],
      seeds: seed === undefined ? [] : [seed],
    },
    { clock: systemClock, datagrams: systemDatagrams, logger },
  );
  await node.start();
  node.set("cell/load", "0.25");
  process.send?.(node.address);
}
