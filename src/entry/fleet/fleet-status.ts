import { parseDescriptor, GOSSIP_DESCRIPTOR } from "../../platform/cell-router/index.ts";
import { GOSSIP_CONFIG_DRIFT } from "../../platform/drift/index.ts";
import type { CellDescriptor } from "../../platform/fleet/index.ts";
import type { GossipView } from "../../platform/gossip/index.ts";
import { LOAD_KEY, readLoad, type CellLoad } from "./cell-load.ts";

/** A cell as the operator sees it. */
export interface ShownCell extends CellDescriptor {
  /** `up` and heard of; `suspect`; `down`: not heard of for long, or never. */
  readonly health: "up" | "suspect" | "down";
  /** How old the newest word of it is, in milliseconds; null for one that was never heard of. */
  readonly ageMs: number | null;
  /** When its process began, by its own clock, so that a restart between two looks is seen; null where it was never heard of. */
  readonly startedMs: number | null;
  /** Accounts at home there, and how many it takes; null where the routing table cannot be asked. */
  readonly accounts: number | null;
  readonly capacity: number | null;
  readonly load: CellLoad | null;
  /** Where its settings differ from those of control; null where they do not. */
  readonly drift: string | null;
}

/** A process that is no cell. */
export interface ShownNode {
  readonly name: string;
  readonly role: string;
  readonly region: string;
  readonly status: string;
  readonly ageMs: number;
  /** Where its settings differ from those of control; null where they do not. */
  readonly drift: string | null;
}

export interface FleetStatus {
  readonly cells: readonly ShownCell[];
  readonly nodes: readonly ShownNode[];
}

/** How full the cells are, by name. */
export type Occupancy = ReadonlyMap<string, { readonly accounts: number; readonly capacity: number }>;

const HEALTH = { alive: "up", suspect: "suspect", dead: "down" } as const;

/**
 * What there is, of the registry and of what processes say. A cell that only one of them knows is
 * shown too, but for one that the registry knows as removed, of which gossip tells for a while.
 */
export function fleetStatus(
  registered: readonly CellDescriptor[],
  gossip: GossipView,
  occupancy: Occupancy | undefined,
): FleetStatus {
  const members = new Map(gossip.members().map((member) => [member.id, member]));
  const cells = new Map(registered.map((cell) => [cell.name, cell]));
  for (const { value } of gossip.entries(GOSSIP_DESCRIPTOR)) {
    const said = parseDescriptor(value);
    if (said !== undefined && !cells.has(said.name)) cells.set(said.name, said);
  }
  const present = [...cells.values()].filter(({ state }) => state !== "removed");
  const shown = present.map((cell): ShownCell => {
    const member = members.get(cell.name);
    const full = occupancy?.get(cell.name);
    return {
      ...cell,
      health: member === undefined ? "down" : HEALTH[member.status],
      ageMs: member?.ageMs ?? null,
      startedMs: member?.generation ?? null,
      accounts: full?.accounts ?? null,
      capacity: full?.capacity ?? null,
      load: (member === undefined ? undefined : readLoad(gossip.get(cell.name, LOAD_KEY))) ?? null,
      drift: gossip.get(cell.name, GOSSIP_CONFIG_DRIFT) ?? null,
    };
  });
  const nodes = [...members.values()]
    .filter(({ role }) => role !== "cell")
    .map(({ id, role, region, status, ageMs }) => {
      const drift = gossip.get(id, GOSSIP_CONFIG_DRIFT) ?? null;
      return { name: id, role, region, status, ageMs, drift };
    });
  return { cells: shown.toSorted((left, right) => left.number - right.number), nodes };
}
