import type { CellRouter } from "../../platform/cell-router/index.ts";
import type { UpstreamPool } from "../../platform/edge/index.ts";
import type { GossipNode } from "../../platform/gossip/index.ts";
import type { Limiter } from "../../platform/limits/index.ts";
import type { Metrics } from "../../platform/metrics/index.ts";

/** What gossip knows and does, for every role. */
export function watchGossip(metrics: Metrics, gossip: GossipNode): void {
  const members = metrics.gauge(
    {
      name: "trunkline_gossip_members",
      help: "Processes of the system that this one knows, itself included.",
      labels: ["status"],
    },
    () => {
      const { alive, suspect, dead } = gossip.stats().members;
      members.with({ status: "alive" }).set(alive);
      members.with({ status: "suspect" }).set(suspect);
      members.with({ status: "dead" }).set(dead);
    },
  );
  const packets = metrics.gauge(
    {
      name: "trunkline_gossip_packets",
      help: "Packets since the start: sent, taken, and refused because nobody of this system signed them, they cannot be read, or one address sent too many.",
      labels: ["kind"],
    },
    () => {
      const { packetsIn, packetsOut, unauthenticated, malformed, limited, oversize } = gossip.stats();
      const counts = { in: packetsIn, out: packetsOut, unauthenticated, malformed, limited, oversize };
      for (const [kind, count] of Object.entries(counts)) packets.with({ kind }).set(count);
    },
  );
  const generations = metrics.gauge(
    {
      name: "trunkline_gossip_generations",
      help: "How often this process had to begin anew. While it grows, two processes have the same name.",
    },
    () => generations.with({}).set(gossip.stats().generations),
  );
}

/** Where an edge finds homes. */
export function watchRouter(metrics: Metrics, router: CellRouter): void {
  const lookUps = metrics.gauge(
    {
      name: "trunkline_router_lookups",
      help: "Look-ups of homes since the start, by what answered: memory, the SID itself, Redis, the table.",
      labels: ["from"],
    },
    () => {
      for (const [from, count] of Object.entries(router.counts)) lookUps.with({ from }).set(count);
    },
  );
  const age = metrics.gauge(
    {
      name: "trunkline_router_table_age_seconds",
      help: "How long ago the routing table was last seen; -1 for never since the start. Nothing stops while it grows.",
    },
    () => age.with({}).set(router.tableAgeMs === undefined ? -1 : router.tableAgeMs / 1_000),
  );
}

/** What an edge refuses, and how it stands with the cells. */
export function watchDoors(metrics: Metrics, limiter: Limiter, pool: UpstreamPool): void {
  const refused = metrics.gauge(
    {
      name: "trunkline_limit_refused",
      help: "Requests that a limit refused since the start, by its rule.",
      labels: ["rule"],
    },
    () => {
      for (const [rule, { refused: count }] of limiter.counts()) refused.with({ rule }).set(count);
    },
  );
  const open = metrics.gauge(
    { name: "trunkline_upstream_connections", help: "Connections of this edge to a cell.", labels: ["cell"] },
    () => {
      for (const [cell, counts] of pool.counts()) open.with({ cell }).set(counts.open);
    },
  );
  const broken = metrics.gauge(
    {
      name: "trunkline_upstream_broken",
      help: "1 while a cell does not answer this edge, which probes it and refuses requests for it with 503.",
      labels: ["cell"],
    },
    () => {
      for (const [cell, counts] of pool.counts()) broken.with({ cell }).set(counts.isBroken ? 1 : 0);
    },
  );
}
