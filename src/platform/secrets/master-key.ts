import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { MASTER_KEY_OCTETS } from "./secret-box.ts";

const FILE = "master.key";
const OWNER_ONLY = 0o600;
const FOLDER_OWNER_ONLY = 0o700;
/** A group may read it, because Kubernetes gives volumes to one; others may not. */
const OTHERS = 0o007;
const CONTENT = /^[0-9a-f]{64}\s*$/;

/** The file of the master key is there but cannot be used; the message tells the operator why. */
export class MasterKeyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "MasterKeyError";
  }
}

/**
 * The master key of a data folder: 32 octets, kept in its `master.key` as hex.
 * The first call makes folder and file, readable for the owner only. Of several
 * programs that start at once one makes the key and all use it; a crash leaves
 * the whole file or none. Throws {@link MasterKeyError}.
 */
export async function loadMasterKey(dataFolder: string): Promise<Uint8Array> {
  const path = join(dataFolder, FILE);
  return (await readKey(path)) ?? makeKey(dataFolder, path);
}

/** The master key in a file of its own, which several processes share. Throws {@link MasterKeyError} where there is none. */
export async function loadMasterKeyFile(path: string): Promise<Uint8Array> {
  const key = await readKey(path);
  if (key === undefined) throw new MasterKeyError(`There is no master key at ${path}.`);
  return key;
}

async function readKey(path: string): Promise<Uint8Array | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
  if (!CONTENT.test(text)) {
    throw new MasterKeyError(
      `${path} holds no master key (64 hexadecimal digits). Restore it from a backup: the auth tokens in the database cannot be read without it.`,
    );
  }
  const { mode } = await stat(path);
  if (process.platform !== "win32" && (mode & OTHERS) !== 0) {
    throw new MasterKeyError(`${path} can be read by every user of this machine. Run: chmod 600 ${path}`);
  }
  return Buffer.from(text.trim(), "hex");
}

async function makeKey(dataFolder: string, path: string): Promise<Uint8Array> {
  await mkdir(dataFolder, { recursive: true, mode: FOLDER_OWNER_ONLY });
  const draft = `${path}.${randomBytes(8).toString("hex")}`;
  try {
    const file = await open(draft, "wx", OWNER_ONLY);
    try {
      await file.writeFile(`${randomBytes(MASTER_KEY_OCTETS).toString("hex")}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    // Unlike a rename, a link never replaces the key that another program made first.
    await link(draft, path).catch((error: unknown) => {
      if (!hasCode(error, "EEXIST")) throw error;
    });
  } finally {
    await unlink(draft).catch((error: unknown) => {
      if (!hasCode(error, "ENOENT")) throw error;
    });
  }
  await syncFolder(dataFolder);
  const key = await readKey(path);
  if (key === undefined) throw new MasterKeyError(`${path} was removed while it was made.`);
  return key;
}

async function syncFolder(folder: string): Promise<void> {
  // Windows has no such thing as a folder that can be opened.
  if (process.platform === "win32") return;
  const file = await open(folder, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}
