import { open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { StartFailure } from "../start-failure.ts";
import type { PlannedCell } from "./plan.ts";

/** Where a process of the system listens on this machine, at every start. */
export interface NodePorts {
  /** HTTP. */
  readonly port: number;
  /** UDP. */
  readonly gossipPort: number;
}

/** What a system of several processes on one machine must find again at its next start. */
export interface FleetFile {
  readonly version: 1;
  readonly cells: readonly PlannedCell[];
  /** Cells that there were: their names and numbers are not given again. */
  readonly removed: readonly PlannedCell[];
  /** By name of the process. */
  readonly ports: Readonly<Record<string, NodePorts>>;
  /** The operator's account, once the first cell has made it. */
  readonly operatorSid: string | null;
}

const NAME = "fleet.json";
const EMPTY: FleetFile = { version: 1, cells: [], removed: [], ports: {}, operatorSid: null };

/** What was written last; an empty one where there is none. Throws {@link StartFailure} for what is no such file. */
export async function readFleetFile(dataFolder: string): Promise<FleetFile> {
  const path = join(dataFolder, NAME);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return EMPTY;
    throw error;
  }
  try {
    const content = JSON.parse(text) as FleetFile;
    if (content.version === 1 && Array.isArray(content.cells)) return { ...EMPTY, ...content };
  } catch {
    // Said below.
  }
  throw new StartFailure(`${path} cannot be read. Restore it from a backup: it says which cells there are.`);
}

/** Writes it so that a crash leaves the old one or the new one. */
export async function writeFleetFile(dataFolder: string, content: FleetFile): Promise<void> {
  const path = join(dataFolder, NAME);
  const file = await open(`${path}.new`, "w", 0o600);
  try {
    await file.writeFile(`${JSON.stringify(content, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}
