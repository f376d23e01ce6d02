import { isIP } from "node:net";
import { systemClock, systemDatagrams, systemNet } from "../../adapters/system/index.ts";
import { GossipNode, type MemberRole } from "../../platform/gossip/index.ts";
import type { DatagramAddress } from "../../platform/ports.ts";
import type { NodeParts } from "../node-parts.ts";
import type { RoleStart } from "../role-command.ts";
import { watchGossip } from "./fleet-metrics.ts";
import { StartFailure } from "../start-failure.ts";

const KEY_OCTETS = 32;

/** Joins the gossip of the system, which needs nobody to be there yet. */
export async function joinGossip(role: RoleStart, parts: NodeParts, memberRole: MemberRole): Promise<GossipNode> {
  const { settings, logger } = role;
  const { host, advertise, region, gossip } = settings;
  const seeds = [...gossip.seeds, ...(gossip.seed === undefined ? [] : [gossip.seed])];
  const node = new GossipNode(
    {
      id: parts.name,
      role: memberRole,
      region,
      listen: { host: await addressOf(host), port: gossip.port },
      ...(advertise === undefined ? {} : { advertise: { host: await addressOf(advertise) } }),
      keys: [parts.fleetKey.derive("gossip", KEY_OCTETS)],
      seeds: await Promise.all(seeds.map(readSeed)),
    },
    { clock: systemClock, datagrams: systemDatagrams, logger },
  );
  try {
    await node.start();
  } catch (error) {
    throw StartFailure.ofListen(error, { port: gossip.port, setting: "gossip.port" });
  }
  watchGossip(parts.metrics, node);
  parts.shutdown.add("gossip", () => node.stop());
  return node;
}

async function readSeed(seed: string): Promise<DatagramAddress> {
  const colon = seed.lastIndexOf(":");
  return {
    host: await addressOf(seed.slice(0, colon).replace(/^\[(.*)\]$/, "$1")),
    port: Number(seed.slice(colon + 1)),
  };
}

/** Gossip goes to addresses; names are looked up once, at the start. */
async function addressOf(host: string): Promise<string> {
  if (isIP(host) !== 0) return host;
  const [first] = await systemNet.resolve(host).catch(() => []);
  if (first === undefined) throw new StartFailure(`The name ${host} has no address; it is named for gossip.`);
  return first;
}
