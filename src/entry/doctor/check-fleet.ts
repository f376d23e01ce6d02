import { authorization, callForJson } from "../call-api.ts";
import type { RunningHere } from "../find-running.ts";
import type { FleetStatus, ShownCell, ShownNode } from "../fleet/fleet-status.ts";
import { doubtful, good, wrong, type Finding } from "./finding.ts";

const SEE_LOG = "See in the log why it ended. It is started again by itself, later each time.";

/** How the processes of a system of several do. Nothing where there is one process only. */
export async function checkFleet(run: RunningHere): Promise<Finding[]> {
  if (run.supervisorUrl === null) return [];
  let status: FleetStatus;
  try {
    const headers = { Authorization: authorization(run) };
    status = (await callForJson(`${run.baseUrl}/trunkline/v1/Fleet`, { headers })) as FleetStatus;
  } catch (error) {
    const detail = `does not say which cells there are: ${error instanceof Error ? error.message : String(error)}`;
    return [wrong("control", detail, `${SEE_LOG} Cells and edges go on without it.`)];
  }
  return [...status.nodes.map(judgeNode), ...status.cells.map(judgeCell)];
}

const SAME_SETTINGS = "Give it the settings that control has, or the other way round, and start it again.";

function judgeNode({ name, region, status, ageMs, drift }: ShownNode): Finding {
  if (status !== "alive") return wrong(name, silence(ageMs), SEE_LOG);
  return drift === null ? good(name, `${region}, up`) : doubtful(name, `other settings: ${drift}`, SAME_SETTINGS);
}

/** What one cell says of itself, or what its silence says. */
export function judgeCell(cell: ShownCell): Finding {
  const { name, region, state, health, ageMs, accounts, capacity, load } = cell;
  if (health !== "up" || load === null) {
    return wrong(name, `${silence(ageMs)}; its accounts are answered 503 until it is back`, SEE_LOG);
  }
  if (!load.ready) {
    return wrong(name, "takes no new work", "Free space on the disk and see that its folder can be written to.");
  }
  if (load.carriersUp < load.carriers) {
    const detail = `${load.carriers - load.carriersUp} of ${load.carriers} carriers down`;
    return wrong(name, detail, "See in its log why they do not bind.");
  }
  const room = accounts === null || capacity === null ? "" : `, ${accounts} of ${capacity} accounts`;
  if (accounts !== null && capacity !== null && accounts >= capacity) {
    return doubtful(name, `is full${room}`, `Add a cell: npx trunkline cells add --region ${region}`);
  }
  if (state === "draining") {
    const fix = `Let it take accounts again with: npx trunkline cells open ${name}`;
    return doubtful(name, `${region}, up, takes no more accounts${room}`, fix);
  }
  if (cell.drift !== null) return doubtful(name, `other settings: ${cell.drift}`, SAME_SETTINGS);
  return good(name, `${region}, up${room}`);
}

function silence(ageMs: number | null): string {
  return ageMs === null ? "was never heard of" : `is silent since ${Math.ceil(ageMs / 1_000)} s`;
}
