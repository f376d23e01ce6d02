import { join } from "node:path";
import { Child } from "./child.ts";
import type { Cleanup } from "./cleanup.ts";
import type { CellSize, ModuleDoorCalls, ModuleOpenInput, StoredSize } from "./module-door.ts";
import type { ModuleLoad, ModuleLoadInput } from "./module-load.ts";
import type { Watched } from "./processes.ts";
import { endPostgres, postgresPid, scratchFolder } from "./scratch-folder.ts";
import { writeSettings, type SystemSetup } from "./settings-file.ts";
import { waitFor } from "./system.ts";

const SETTLE_LIMIT_MS = 300_000;

/** A cell that is called without HTTP, in a folder in which it can be started again. */
export class ModuleSystem {
  private readonly folder: string;
  private readonly env: NodeJS.ProcessEnv;
  private child: Child<ModuleDoorCalls> | undefined;

  private constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.folder = folder;
    this.env = env;
  }

  static async prepare(setup: SystemSetup & { parentFolder: string }, cleanup: Cleanup): Promise<ModuleSystem> {
    const folder = await scratchFolder(setup.parentFolder, cleanup);
    const system = new ModuleSystem(folder, await writeSettings(folder, setup));
    cleanup.add(async () => {
      await system.kill();
      await endPostgres(join(folder, "data"));
    });
    return system;
  }

  private get running(): Child<ModuleDoorCalls> {
    if (this.child === undefined) throw new Error("the cell does not run");
    return this.child;
  }

  /** Starts the process and opens the cell. */
  async start(
    options: Partial<ModuleOpenInput> & { profileFolder?: string },
  ): Promise<{ recoverMs: number; replayedMiB: number }> {
    const { profileFolder, ...open } = options;
    const execArgv = profileFolder === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profileFolder}`];
    this.child = new Child<ModuleDoorCalls>("./module-door.js", { env: this.env, execArgv });
    return this.child.call("open", { checkpoints: true, ...open });
  }

  async watched(): Promise<Watched[]> {
    const postgres = await postgresPid(join(this.folder, "data"));
    return [
      { name: "cell", pid: this.running.pid, withThreads: true },
      { name: "postgres", pid: postgres, withChildren: true },
    ];
  }

  load(input: ModuleLoadInput): Promise<ModuleLoad> {
    return this.running.call("load", input);
  }

  size(): Promise<CellSize> {
    return this.running.call("size", undefined);
  }

  stored(): Promise<StoredSize> {
    return this.running.call("stored", undefined);
  }

  checkpoint(): Promise<{ tookMs: number }> {
    return this.running.call("checkpoint", undefined);
  }

  /** Resolves when PostgreSQL has everything. */
  settle(limitMs = SETTLE_LIMIT_MS): Promise<void> {
    return waitFor("the projection has caught up", async () => (await this.size()).unprojected === 0, limitMs);
  }

  /** As a power cut would, as far as the process goes. */
  async kill(): Promise<void> {
    await this.child?.end("SIGKILL");
    this.child = undefined;
  }

  async stop(): Promise<void> {
    await this.running.call("stop", undefined);
    await this.running.release();
    this.child = undefined;
  }
}
