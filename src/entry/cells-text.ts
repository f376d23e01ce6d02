import { columns } from "./columns.ts";
import type { FleetStatus, ShownCell, ShownNode } from "./fleet/fleet-status.ts";

/** The cells and the other processes of a system, for a terminal. */
export function cellsText({ cells, nodes }: FleetStatus): string {
  const headings = [
    "CELL",
    "TYPE",
    "TIER",
    "REGION",
    "STATE",
    "HEALTH",
    "ACCOUNTS",
    "REQ/S",
    "OPEN",
    "CPU",
    "CARRIERS",
  ];
  return `${columns(headings, cells.map(cellRow))}\n${columns(["PROCESS", "ROLE", "REGION", "HEALTH"], nodes.map(nodeRow))}`;
}

function cellRow({ name, type, tier, region, state, health, accounts, capacity, load }: ShownCell): string[] {
  const isUp = health === "up" && load !== null;
  return [
    name,
    type,
    tier,
    region,
    state,
    health === "up" && load?.ready === false ? "full" : health,
    accounts === null ? "?" : `${accounts}${capacity === null ? "" : `/${capacity}`}`,
    isUp ? String(load.requestsPerSecond) : "-",
    isUp ? String(load.openMessages) : "-",
    isUp ? `${load.cpuPercent}%` : "-",
    isUp ? `${load.carriersUp}/${load.carriers}` : "-",
  ];
}

function nodeRow({ name, role, region, status }: ShownNode): string[] {
  return [name, role, region, status === "alive" ? "up" : status === "dead" ? "down" : status];
}

/** A move as far as a person reads it. */
export interface ShownMove {
  readonly sid: string;
  readonly account_sid: string;
  readonly from: string;
  readonly to: string;
  readonly status: string;
  readonly step: string;
  readonly reason?: string | null;
}

/** One line that says how far a move has come. */
export function moveText({ account_sid, from, to, status, step, reason }: ShownMove): string {
  const why = reason === undefined || reason === null || reason === "" ? "" : `: ${reason}`;
  return `${account_sid}  ${from} → ${to}  ${status === "running" ? step : status}${why}`;
}
