import { CommandFailure } from "../platform/cli/index.ts";
import { loadMasterKey } from "../platform/secrets/index.ts";
import { authorization, callApi, callForJson, readJson } from "./call-api.ts";
import type { RunningHere } from "./find-running.ts";
import type { FleetStatus } from "./fleet/fleet-status.ts";
import { partsOfKey } from "./node-parts.ts";

/** Answers of an edge that cannot reach the cell. */
const SILENT: ReadonlySet<number> = new Set([502, 503, 504]);

/**
 * Fetches from the operator's API what is in one cell, nobody knows in which: first from the cell that minted its
 * SID, then from the others, to which it may have been moved. Throws a CommandFailure where none has it.
 */
export async function askCells(run: RunningHere, path: string, sid: string): Promise<unknown> {
  const url = `${run.baseUrl}/trunkline/v1${path}`;
  const headers = { Authorization: authorization(run) };
  const silent: string[] = [];
  for (const cell of await cellsToAsk(run, sid)) {
    const answer = await callApi(url, { headers: { ...headers, "X-Trunkline-Cell": cell } });
    if (SILENT.has(answer.status)) silent.push(cell);
    else if (answer.status !== 404) return readJson(url, answer);
  }
  if (silent.length > 0) {
    throw new CommandFailure(`${sid} is in none of the cells that answer; ${silent.join(", ")} cannot be reached`);
  }
  return callForJson(url, { headers });
}

/** The cells of a system of several, the likeliest first. None where there is one process, or control is down. */
async function cellsToAsk(run: RunningHere, sid: string): Promise<readonly string[]> {
  if (run.supervisorUrl === null) return [];
  const url = `${run.baseUrl}/trunkline/v1/Fleet`;
  const answer = await callApi(url, { headers: { Authorization: authorization(run) } });
  if (SILENT.has(answer.status)) return [];
  const { cells } = readJson(url, answer) as FleetStatus;
  const minted = partsOfKey(await loadMasterKey(run.dataFolder), 0).hints.cellOf(sid);
  const likeliest = cells.filter(({ number }) => number === minted);
  const others = cells.filter(({ number, type }) => number !== minted && type === "messaging");
  return [...likeliest, ...others].map(({ name }) => name);
}
