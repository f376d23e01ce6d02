import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, chown, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { OperatingUser } from "./operating-user.ts";
import type { Programs } from "./programs.ts";
import type { Durability } from "./server-settings.ts";

/** The one role of an embedded server. It has a password even though only a socket leads to it. */
export const ROLE = "trunkline";

const INITDB_LIMIT_MS = 60_000;

/** What is created once in a folder: the server's files and the password. */
export interface Cluster {
  readonly dataFolder: string;
  readonly password: string;
}

/** True once {@link prepareCluster} has finished in this folder. */
export async function hasCluster(folder: string): Promise<boolean> {
  return (await readVersion(folder)) !== undefined;
}

/**
 * Creates the cluster where there is none, and checks the one that is there.
 * A creation that was cut short leaves nothing that counts: the folder gets its
 * name when it is complete.
 */
export async function prepareCluster(input: {
  readonly folder: string;
  readonly programs: Programs;
  readonly user: OperatingUser;
  readonly durability: Durability;
}): Promise<Cluster> {
  const { folder, programs } = input;
  const dataFolder = join(folder, "data");
  const version = await readVersion(folder);
  if (version === undefined) return { dataFolder, password: await createCluster(input, dataFolder) };
  const major = programs.version.split(".")[0];
  if (version !== major) {
    throw new Error(
      `${dataFolder} was made by PostgreSQL ${version}, and this program brings ${major}. Dump it with the older one, or use another data folder.`,
    );
  }
  const password = (await readFile(join(folder, "password"), "utf8")).trim();
  return { dataFolder, password };
}

async function createCluster(input: Parameters<typeof prepareCluster>[0], dataFolder: string): Promise<string> {
  const { folder, programs, user, durability } = input;
  const password = randomBytes(24).toString("base64url");
  const unfinished = `${dataFolder}.unfinished`;
  const passwordForInitdb = join(folder, "password.initdb");
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  await writeFile(passwordForInitdb, `${password}\n`, { mode: 0o600 });
  try {
    if (user.uid !== undefined) {
      await chown(unfinished, user.uid, user.ids.gid ?? user.uid);
      await chown(passwordForInitdb, user.uid, user.ids.gid ?? user.uid);
    }
    const options = ["--auth=scram-sha-256", `--username=${ROLE}`, "--pwfile=../password.initdb", "--encoding=UTF8"];
    // The built-in locale sorts by code point and is the same on every system, whatever is installed.
    options.push("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions");
    if (durability === "throwaway") options.push("--no-sync");
    await promisify(execFile)(programs.initdb, ["-D", pathForServer(unfinished, user), ...options], {
      cwd: unfinished,
      env: serverEnvironment(),
      timeout: INITDB_LIMIT_MS,
      ...user.ids,
    });
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    throw new Error(`The database could not be created in ${folder}: ${stderr?.trim() || message}`, { cause: error });
  } finally {
    await rm(passwordForInitdb, { force: true });
  }
  await writeFile(join(folder, "password"), `${password}\n`, { mode: 0o600 });
  await chmod(join(folder, "password"), 0o600);
  await rename(unfinished, dataFolder);
  return password;
}

/**
 * The path of a folder for a process that is started in it. As root on Linux
 * the server's user may not pass the folders above (`/root` is closed to
 * others), but a working directory that root chose stays open to it, and this
 * name leads there without a look at what is above.
 */
export function pathForServer(folder: string, user: OperatingUser): string {
  return user.uid !== undefined && process.platform === "linux" ? "/proc/self/cwd" : folder;
}

/** Nothing of ours leaks into the server, and messages come in the language that we look for. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };
}

async function readVersion(folder: string): Promise<string | undefined> {
  try {
    return (await readFile(join(folder, "data", "PG_VERSION"), "utf8")).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
