import { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm, unlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { BlobInfo, BlobStore } from "../../platform/ports.ts";
import { checkBlobKey } from "./blob-key.ts";

/** `~` appears in no key, so neither name can collide with an object's folder. */
const OBJECT_SUFFIX = "~";
const INCOMING_FOLDER = "incoming~";

/** First octets of every file: a magic and a version. */
const MAGIC = Buffer.from("TLB1", "latin1");
const MAX_CONTENT_TYPE_OCTETS = 1024;

/**
 * Opens (and creates) object storage in a local folder. One file an object: the
 * content type goes in front of the content, so that one rename replaces both.
 * An object is durable when `put` resolves, and is never seen half written.
 * What a crash left unfinished is removed here.
 */
export async function openBlobFolder(folder: string): Promise<BlobStore> {
  const root = resolve(folder);
  const incoming = join(root, INCOMING_FOLDER);
  await rm(incoming, { recursive: true, force: true });
  await mkdir(incoming, { recursive: true });
  return new BlobFolder(root, incoming);
}

class BlobFolder implements BlobStore {
  readonly #root: string;
  readonly #incoming: string;

  constructor(root: string, incoming: string) {
    this.#root = root;
    this.#incoming = incoming;
  }

  async put(key: string, content: Uint8Array, contentType: string): Promise<void> {
    const path = this.#pathOf(key);
    const temporary = join(this.#incoming, randomUUID());
    try {
      await writeDurably(temporary, [encodeHeader(contentType), content]);
      await makeFolder(dirname(path));
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await syncFolder(dirname(path));
  }

  async get(key: string): Promise<{ info: BlobInfo; content: Uint8Array } | undefined> {
    const path = this.#pathOf(key);
    const stored = await readFile(path).catch(ignoreMissing);
    if (stored === undefined) return undefined;
    const { contentType, contentAt } = decodeHeader(stored, path);
    const content = stored.subarray(contentAt);
    return { info: { contentType, octets: content.length }, content };
  }

  async remove(key: string): Promise<void> {
    await unlink(this.#pathOf(key)).catch(ignoreMissing);
  }

  #pathOf(key: string): string {
    checkBlobKey(key);
    return join(this.#root, key + OBJECT_SUFFIX);
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
  return undefined;
}

/** Magic, length of the content type in two octets, content type in UTF-8. */
function encodeHeader(contentType: string): Uint8Array {
  const type = Buffer.from(contentType, "utf8");
  if (type.length > MAX_CONTENT_TYPE_OCTETS)
    throw new RangeError(`a content type of ${type.length} octets is too long`);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(type.length);
  return Buffer.concat([MAGIC, length, type]);
}

function decodeHeader(stored: Buffer, path: string): { contentType: string; contentAt: number } {
  const typeAt = MAGIC.length + 2;
  const typeOctets = stored.length < typeAt ? 0 : stored.readUInt16BE(MAGIC.length);
  const contentAt = typeAt + typeOctets;
  if (!stored.subarray(0, MAGIC.length).equals(MAGIC) || stored.length < contentAt) {
    throw new Error(`${path} is not an object that this program stored, or it is damaged`);
  }
  return { contentType: stored.toString("utf8", typeAt, contentAt), contentAt };
}

async function writeDurably(path: string, parts: Uint8Array[]): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    // Unlike `writev`, this goes on after a short write.
    for (const part of parts) await file.writeFile(part);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Creates a folder and makes the names on the way to it durable. */
async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let at = dirname(path); at.length >= dirname(first).length; at = dirname(at)) {
    await syncFolder(at);
    if (at === dirname(at)) return;
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
