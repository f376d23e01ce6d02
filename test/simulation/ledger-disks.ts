/** Disks for the ledger's world: one in memory that loses power, one that is a folder and is torn. */
import { appendFile, cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLog, type Log } from "../../src/platform/log/index.ts";
import { openMemoryLog, settle, SimulatedFiles } from "../kit/memory-log.ts";
import { silentLogger } from "../kit/silent-logger.ts";
import type { ManualClock } from "../../src/adapters/memory/index.ts";
import type { WorldDisk } from "./ledger-world.ts";

/** A disk in memory. It fails in the middle of an operation, and forgets what was not synced, or keeps a part of it. */
export class PowerCutDisk implements WorldDisk {
  private files: SimulatedFiles;
  private readonly random: () => number;

  constructor(random: () => number) {
    this.random = random;
    this.files = new SimulatedFiles(random);
  }

  open(clock: ManualClock): Promise<Log> {
    return openMemoryLog(this.files, clock, { segmentOctets: 256 * 1024 });
  }

  arm(): void {
    const at = this.files.operations + 50 + Math.floor(this.random() * 3_000);
    this.files.plan = ({ number }) => (number === at ? "crash" : undefined);
  }

  get hasCrashed(): boolean {
    return this.files.crashed;
  }

  async restart(): Promise<void> {
    const { files } = this;
    // Whatever the former life still tries to write fails.
    files.crashed = true;
    await settle(3);
    this.files = this.random() < 0.5 ? files.afterPowerCut() : files.afterKill();
  }
}

/** A folder. A life ends by going on with a copy that was made while it wrote, with torn octets at its end. */
export class TornFolderDisk implements WorldDisk {
  readonly hasCrashed = false;
  private readonly random: () => number;
  private readonly folders: string[] = [];
  private readonly logs: Log[] = [];

  /** `folder` is what another process left; a new one where absent. */
  constructor(random: () => number, folder?: string) {
    this.random = random;
    if (folder !== undefined) this.folders.push(folder);
  }

  async open(clock: ManualClock): Promise<Log> {
    if (this.folders.length === 0) this.folders.push(await mkdtemp(join(tmpdir(), "trunkline-ledger-")));
    const log = await openLog({ directory: this.folders.at(-1) ?? "", logger: silentLogger, clock, reserveOctets: 0 });
    this.logs.push(log);
    return log;
  }

  arm(): void {
    // It is torn in `restart`.
  }

  async restart(): Promise<void> {
    const from = this.folders.at(-1) ?? "";
    const to = await mkdtemp(join(tmpdir(), "trunkline-ledger-"));
    await cp(from, to, { recursive: true, filter: (path) => !path.endsWith("lock") });
    const segments = (await readdir(to)).filter((name) => name.endsWith(".log")).toSorted();
    const last = segments.at(-1);
    const torn = Buffer.from(
      Array.from({ length: Math.floor(this.random() * 200) }, () => Math.floor(this.random() * 256)),
    );
    if (last !== undefined && torn.length > 0) await appendFile(join(to, last), torn);
    this.folders.push(to);
    await this.logs.at(-1)?.close();
  }

  async remove(): Promise<void> {
    for (const folder of this.folders) await rm(folder, { recursive: true, force: true });
  }
}
