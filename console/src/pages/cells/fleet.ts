/** How a cell does, as it says itself. */
export interface CellLoad {
  readonly ready: boolean;
  readonly requestsPerSecond: number;
  readonly cpuPercent: number;
  readonly openMessages: number;
  readonly unprojected: number;
  readonly carriersUp: number;
  readonly carriers: number;
}

/** A cell of `GET /trunkline/v1/Fleet`. */
export interface FleetCell {
  readonly name: string;
  readonly number: number;
  readonly type: string;
  readonly tier: string;
  readonly region: string;
  readonly state: "open" | "draining" | "removed";
  readonly health: "up" | "suspect" | "down";
  readonly ageMs: number | null;
  /** When its process began, by its own clock. */
  readonly startedMs: number | null;
  readonly accounts: number | null;
  readonly capacity: number | null;
  readonly load: CellLoad | null;
  /** Where its settings differ from those of control. */
  readonly drift: string | null;
}

/** A process that is no cell. */
export interface FleetNode {
  readonly name: string;
  readonly role: string;
  readonly region: string;
  readonly status: string;
  readonly drift: string | null;
}

/** What there is. */
export interface Fleet {
  readonly cells: readonly FleetCell[];
  readonly nodes: readonly FleetNode[];
}

/** Something that was seen to happen to a cell or a process. */
export interface FleetEvent {
  readonly id: number;
  readonly atMs: number;
  readonly name: string;
  readonly text: string;
  readonly tone: "good" | "warn" | "bad" | "info";
}

/** What is remembered while the page is open. */
export interface FleetMemory {
  readonly fleet: Fleet | undefined;
  /** Requests a second, by cell, the newest last. */
  readonly rates: ReadonlyMap<string, readonly number[]>;
  /** The newest first. */
  readonly events: readonly FleetEvent[];
  /** Since when cells are not up. */
  readonly awaySince: ReadonlyMap<string, number>;
  /** Cells that were killed from this page and have not been heard of anew. */
  readonly killed: ReadonlyMap<string, Killed>;
  readonly nextId: number;
}

/** The process that was killed, and when. */
interface Killed {
  readonly startedMs: number | null;
  readonly atMs: number;
}

export const NOTHING_YET: FleetMemory = {
  fleet: undefined,
  rates: new Map(),
  events: [],
  awaySince: new Map(),
  killed: new Map(),
  nextId: 1,
};

const MAX_RATES = 60;
const MAX_EVENTS = 100;
/** After so long without a new process the fleet's own word holds again. */
const KILL_TOLD_MS = 30_000;

/** Regions in the order of their first cell, each with what is in it. */
export interface RegionShown {
  readonly region: string;
  readonly edges: readonly FleetNode[];
  readonly cells: readonly FleetCell[];
}

/**
 * The memory after a cell was killed from here. The fleet needs seconds to be sure that somebody is silent, in which
 * the cell may be back already; who killed it knows at once.
 */
export function noteKill(memory: FleetMemory, name: string, atMs: number): FleetMemory {
  const { fleet } = memory;
  const cell = fleet?.cells.find((one) => one.name === name);
  if (fleet === undefined || cell === undefined) return memory;
  const killed = new Map(memory.killed).set(name, { startedMs: cell.startedMs, atMs });
  return remember({ ...memory, killed }, fleet, atMs);
}

/** What is still away of what was killed. */
function stillKilled({ killed }: FleetMemory, fleet: Fleet, atMs: number): ReadonlyMap<string, Killed> {
  const isAway = (name: string, kill: Killed): boolean => {
    const cell = fleet.cells.find((one) => one.name === name);
    const isAnew = cell?.startedMs !== kill.startedMs && cell?.load !== null;
    return cell !== undefined && !isAnew && atMs - kill.atMs < KILL_TOLD_MS;
  };
  return new Map([...killed].filter(([name, kill]) => isAway(name, kill)));
}

/** The memory with one more picture of the fleet. */
export function remember(memory: FleetMemory, fleet: Fleet, atMs: number): FleetMemory {
  const killed = stillKilled(memory, fleet, atMs);
  const before = new Map(memory.fleet?.cells.map((cell) => [cell.name, cell]));
  const rates = new Map(memory.rates);
  const awaySince = new Map(memory.awaySince);
  const found: Omit<FleetEvent, "id" | "atMs">[] = [];
  const cells = fleet.cells.map((cell) => {
    const full = keepOccupancy(cell, before.get(cell.name));
    return killed.has(cell.name) ? { ...full, health: "down" as const } : full;
  });
  for (const cell of cells) {
    const { name, health, load } = cell;
    rates.set(
      name,
      [...(rates.get(name) ?? []), health === "up" ? (load?.requestsPerSecond ?? 0) : 0].slice(-MAX_RATES),
    );
    const last = before.get(name);
    if (health === "up" && awaySince.has(name)) {
      const awayMs = atMs - (awaySince.get(name) ?? atMs);
      found.push({
        name,
        tone: "good",
        text: `is back after ${(awayMs / 1_000).toFixed(1)} s, with everything it had accepted`,
      });
      awaySince.delete(name);
    }
    if (health !== "up" && !awaySince.has(name)) awaySince.set(name, atMs);
    if (last === undefined) {
      if ((memory.fleet?.cells.length ?? 0) > 0) found.push({ name, tone: "info", text: "is new" });
      continue;
    }
    if (last.health === "up" && health === "up" && last.startedMs !== cell.startedMs)
      found.push({ name, tone: "good", text: "was started again, with everything it had accepted" });
    if (last.health !== health && health === "suspect")
      found.push({ name, tone: "warn", text: "has not been heard of for a moment" });
    if (last.health !== health && health === "down")
      found.push({ name, tone: "bad", text: "is down; accounts of other cells notice nothing" });
    if (last.state !== cell.state)
      found.push({ name, tone: "info", text: cell.state === "open" ? "takes accounts again" : `is ${cell.state}` });
    if (last.drift === null && cell.drift !== null)
      found.push({ name, tone: "warn", text: `has other settings than control: ${cell.drift}` });
  }
  for (const { name } of before.values()) {
    if (!fleet.cells.some((cell) => cell.name === name)) found.push({ name, tone: "info", text: "was removed" });
  }
  const events = found.map((event, index) => ({ ...event, atMs, id: memory.nextId + index }));
  return {
    fleet: { ...fleet, cells },
    rates,
    awaySince,
    killed,
    events: [...events.toReversed(), ...memory.events].slice(0, MAX_EVENTS),
    nextId: memory.nextId + events.length,
  };
}

/** How full cells are only control knows: what edges tell comes without it. */
function keepOccupancy(cell: FleetCell, last: FleetCell | undefined): FleetCell {
  if (cell.accounts !== null || last === undefined) return cell;
  return { ...cell, accounts: last.accounts, capacity: last.capacity };
}

/** What is in each region. Processes without a cell in their region stand in one of their own. */
export function regionsOf({ cells, nodes }: Fleet): readonly RegionShown[] {
  const edges = nodes.filter(({ role }) => role === "edge");
  const names = new Set([...cells.map(({ region }) => region), ...edges.map(({ region }) => region)]);
  return [...names].map((region) => ({
    region,
    edges: edges.filter((edge) => edge.region === region),
    cells: cells.filter((cell) => cell.region === region),
  }));
}
