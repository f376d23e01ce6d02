import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { open, type RootDatabase } from "lmdb";
import type { LinkIndex, LinkIndexChange } from "../../platform/links/index.ts";

const FILE = "links.mdb";
/** Sorts before all links; their keys begin with 1 and 2. */
const IDENTITY_KEY = Buffer.from([0]);
/** Changes in one transaction; other readers and the event loop have their turn between. */
const MAX_CHANGES = 5_000;

/**
 * Opens the index of a folder, or makes it. LMDB: a B+tree in one file that is mapped into
 * memory, so what is in it takes the page cache and none of the heap. A crash leaves the last
 * transaction that was complete.
 */
export async function openLinkIndex(folder: string): Promise<LinkIndex> {
  await mkdir(folder, { recursive: true });
  const database = open<string, Buffer>({
    path: join(folder, FILE),
    noSubdir: true,
    encoding: "string",
    keyEncoding: "binary",
  });
  return new LmdbLinkIndex(database);
}

class LmdbLinkIndex implements LinkIndex {
  private readonly database: RootDatabase<string, Buffer>;

  constructor(database: RootDatabase<string, Buffer>) {
    this.database = database;
  }

  get identity(): string | undefined {
    return this.database.get(IDENTITY_KEY);
  }

  get size(): number {
    const { entryCount } = this.database.getStats() as { entryCount: number };
    return entryCount - (this.identity === undefined ? 0 : 1);
  }

  get(key: Uint8Array): string | undefined {
    return this.database.get(key as Buffer);
  }

  async write(changes: readonly LinkIndexChange[]): Promise<void> {
    const { database } = this;
    for (let at = 0; at < changes.length; at += MAX_CHANGES) {
      const some = changes.slice(at, at + MAX_CHANGES);
      // What a change in here gives is settled with the transaction.
      await database.transaction(() => {
        for (const [key, value] of some) {
          if (value === undefined) void database.remove(key as Buffer);
          else void database.put(key as Buffer, value);
        }
      });
    }
    await database.flushed;
  }

  async clear(): Promise<void> {
    await this.database.clearAsync();
    await this.database.flushed;
  }

  async begin(identity: string): Promise<void> {
    await this.database.put(IDENTITY_KEY, identity);
    await this.database.flushed;
  }

  async close(): Promise<void> {
    await this.database.close();
  }
}
