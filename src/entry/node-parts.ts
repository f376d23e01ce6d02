import { join } from "node:path";
import { systemClock, systemRandomBytes } from "../adapters/system/index.ts";
import { CellHints } from "../kernel/cell-hints.ts";
import { SidMinter } from "../kernel/ids.ts";
import { FleetKey } from "../platform/fleet/index.ts";
import { addProcessMetrics, Metrics } from "../platform/metrics/index.ts";
import { loadMasterKey, loadMasterKeyFile, SecretBox } from "../platform/secrets/index.ts";
import { observe, type Observing } from "./observability.ts";
import type { RoleStart, Running } from "./role-command.ts";
import { Shutdown } from "./shutdown.ts";
import { StartFailure } from "./start-failure.ts";

/** What a process has whatever its role. */
export interface NodeParts {
  readonly name: string;
  readonly secrets: SecretBox;
  readonly fleetKey: FleetKey;
  readonly hints: CellHints;
  /** Mints for the cell of `cellNumber`; 0 for a process that is no cell. */
  readonly minter: SidMinter;
  readonly metrics: Metrics;
  readonly observing: Observing;
  readonly shutdown: Shutdown;
}

/** What a process is. */
export interface NodePlace {
  readonly kind: "edge" | "cell" | "control";
  /** 0 for what is no cell. */
  readonly cellNumber: number;
}

const HINT_KEY_OCTETS = 16;

/** Opens what every process needs. Throws {@link StartFailure} where it has no name. */
async function openNodeParts(role: RoleStart, { kind, cellNumber }: NodePlace): Promise<NodeParts> {
  const { settings, logger } = role;
  const { name, masterKeyFile, data } = settings;
  if (name === undefined) {
    throw new StartFailure("This process needs a name that no other one has: give it with --name or TRUNKLINE_NAME.");
  }
  const masterKey = await (masterKeyFile === undefined ? loadMasterKey(data) : loadMasterKeyFile(masterKeyFile));
  const parts = partsOfKey(masterKey, cellNumber);
  const metrics = new Metrics();
  const shutdown = new Shutdown(logger);
  const own = addProcessMetrics(metrics);
  shutdown.add("metrics", () => own.stop());
  const observing = observe({ settings, logger, shutdown, metrics, name, role: kind });
  return { name, ...parts, metrics, observing, shutdown };
}

/** Starts a role with its parts. What was started already is stopped again where it rejects. */
export async function startWithParts(
  role: RoleStart,
  place: NodePlace,
  start: (role: RoleStart, parts: NodeParts) => Promise<Running>,
): Promise<Running> {
  const parts = await openNodeParts(role, place);
  try {
    return await start(role, parts);
  } catch (error) {
    await parts.shutdown.run();
    throw error;
  }
}

/** What follows from the master key. */
export function partsOfKey(
  masterKey: Uint8Array,
  cellNumber: number,
): Pick<NodeParts, "secrets" | "fleetKey" | "hints" | "minter"> {
  const fleetKey = new FleetKey(masterKey);
  const hints = new CellHints(fleetKey.derive("cell hints", HINT_KEY_OCTETS));
  const now = (): number => systemClock.nowMs();
  const minter =
    cellNumber === 0
      ? new SidMinter(now, systemRandomBytes)
      : new SidMinter(now, systemRandomBytes, { cellNumber, hints });
  return { secrets: new SecretBox(masterKey), fleetKey, hints, minter };
}

/** Where a cell keeps media. The first one has the folder of a system of one process. */
export function mediaFolder(dataFolder: string, cell: string, isFirst: boolean): string {
  return isFirst ? join(dataFolder, "media") : join(dataFolder, "cells", cell, "media");
}
