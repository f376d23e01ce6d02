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
  readonly step: string;
  readonly reason?: string | null;
  /** What the old cell still works at. */
  readonly left?: number | null;
}

/** One line that says how far a move has come. */
export function moveText({ account_sid, from, to, step, reason, left }: ShownMove): string {
  const why = reason === undefined || reason === null || reason === "" ? "" : `: ${reason}`;
  const rest = step === "tail" && typeof left === "number" && left > 0 ? `, ${left} left in ${from}` : "";
  return `${account_sid}  ${from} → ${to}  ${step}${rest}${why}`;
}

/** Whether a move has come to its end, and to which: `undefined` while it goes on. */
export function endOfMove({ step }: Pick<ShownMove, "step">): "done" | "failed" | undefined {
  if (step === "done") return "done";
  return step === "failed" || step === "canceled" ? "failed" : undefined;
}
