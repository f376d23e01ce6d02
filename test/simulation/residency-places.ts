import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { Redis } from "ioredis";
import { openDatabase, type PooledDatabase } from "../../src/adapters/postgres/index.ts";
import { systemClock, systemDatagrams } from "../../src/adapters/system/index.ts";
import type { FleetKey } from "../../src/platform/fleet/index.ts";
import { GossipNode } from "../../src/platform/gossip/index.ts";
import { silentLogger } from "../kit/silent-logger.ts";

/** Something that was written down, with where. */
export interface Place {
  readonly name: string;
  readonly content: Buffer;
}

const MAX_GOSSIP_WAIT_MS = 10_000;

/** Every file below a folder but those whose path, relative to it, `excludes` has. */
export async function filesBelow(folder: string, excludes: (path: string) => boolean = () => false): Promise<Place[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const places: Place[] = [];
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path);
    if (!entry.isFile() || excludes(name)) continue;
    // What is gone by now is a file of which a newer one took the place; that one is read.
    const content = await readFile(path).catch(() => undefined);
    if (content !== undefined) places.push({ name, content });
  }
  return places;
}

/** Every row of every table of every database of a server, as text. */
export async function rowsOf(serverUrl: string): Promise<Map<string, Place[]>> {
  const names = await query(serverUrl, "select datname::text as name from pg_database where datallowconn");
  const places = new Map<string, Place[]>();
  for (const { name } of names as { name: string }[]) {
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    const database = openDatabase({ url: String(url), poolSize: 1 });
    try {
      places.set(name, await tablesOf(database, name));
    } finally {
      await database.close();
    }
  }
  return places;
}

async function tablesOf(database: PooledDatabase, name: string): Promise<Place[]> {
  const tables = await database.query<{ table: string }>(
    `select format('%I.%I', n.nspname, c.relname) as "table"
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'm', 'p') and n.nspname not in ('pg_catalog', 'information_schema')`,
  );
  const places: Place[] = [];
  for (const { table } of tables) {
    const rows = await database.query<{ row: string }>(`select t::text as row from ${table} t`);
    places.push({ name: `${name} ${table}`, content: Buffer.from(rows.map(({ row }) => row).join("\n")) });
  }
  return places;
}

async function query(url: string, sql: string): Promise<readonly object[]> {
  const database = openDatabase({ url, poolSize: 1 });
  try {
    return await database.query(sql);
  } finally {
    await database.close();
  }
}

/**
 * The server's own files, after it has written all that it had in memory: everything but the
 * folder of the one database that may have the data, and the journal (`pg_wal`). The journal
 * is one for all databases of a server, and cannot be told apart by them; regions that must
 * not share it have servers of their own.
 */
export async function serverFiles(
  { url, folder }: { readonly url: string; readonly folder: string },
  ownDatabase: string,
): Promise<{ foreign: Place[]; own: Place[] }> {
  await query(url, "checkpoint");
  const [found] = await query(url, `select oid::text from pg_database where datname = '${ownDatabase}'`);
  const { oid } = found as { oid: string };
  const ownFolder = join("data", "base", oid);
  const shared = join("data", "pg_wal");
  const foreign = await filesBelow(folder, (path) => dirname(path) === ownFolder || dirname(path) === shared);
  return { foreign, own: await filesBelow(join(folder, ownFolder)) };
}

/** Every key and value of a Redis, and what it was asked for. */
export async function keysOf(redisUrl: string): Promise<{ places: Place[]; commands: string }> {
  const redis = new Redis(redisUrl);
  try {
    const keys = await redis.keys("*");
    const values = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
    const places = keys.map((key, index) => ({
      name: `Redis ${key}`,
      content: Buffer.concat([Buffer.from(`${key} `), values[index] ?? Buffer.alloc(0)]),
    }));
    return { places, commands: await redis.info("commandstats") };
  } finally {
    redis.disconnect();
  }
}

/** What members say by gossip, as one more member hears it, once it has heard of all of them. */
export async function gossipOf(fleetKey: FleetKey, seedPort: number, members: readonly string[]): Promise<Place[]> {
  const node = new GossipNode(
    {
      id: "observer",
      role: "control",
      region: "us1",
      listen: { host: "127.0.0.1", port: 0 },
      keys: [fleetKey.derive("gossip", 32)],
      seeds: [{ host: "127.0.0.1", port: seedPort }],
    },
    { clock: systemClock, datagrams: systemDatagrams, logger: silentLogger },
  );
  await node.start();
  try {
    const endMs = performance.now() + MAX_GOSSIP_WAIT_MS;
    const isComplete = (): boolean =>
      members.every((id) => node.entries("").some(({ member }) => member.id === id) || performance.now() > endMs);
    while (!isComplete()) await new Promise((resolve) => setTimeout(resolve, 50));
    return node.entries("").map(({ member, key, value }) => {
      return { name: `gossip of ${member.id}: ${key}`, content: Buffer.from(`${key} ${value}`) };
    });
  } finally {
    await node.stop();
  }
}
