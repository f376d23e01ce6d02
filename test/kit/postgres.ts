import { randomBytes } from "node:crypto";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase, startEmbeddedPostgres } from "../../src/adapters/postgres/index.ts";
import type { EmbeddedPostgres, PooledDatabase } from "../../src/adapters/postgres/index.ts";

/** A fresh, empty database for one test file. */
export interface TestPostgres {
  readonly url: string;
  readonly database: PooledDatabase;
  /** Where the server keeps what it has: its log, and below `data` its files. */
  readonly folder: string;
  /** Closes `database`. The server ends by itself when the test process ends, however it ends. */
  stop(): Promise<void>;
}

interface Server {
  readonly running: EmbeddedPostgres;
  readonly folder: string;
}

let server: Promise<Server> | undefined;

/**
 * A new database on this process's own throw-away server, which the first call
 * starts (under a second) and the others share (about 30 ms). It runs without
 * fsync, and its folder is gone when the process is.
 */
export async function startTestPostgres(): Promise<TestPostgres> {
  server ??= startServer();
  const { running, folder } = await server;
  const url = await running.database(`test_${randomBytes(6).toString("hex")}`);
  const database = openDatabase({ url, poolSize: 5 });
  return { url, database, folder, stop: () => database.close() };
}

async function startServer(): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), "trunkline-postgres-"));
  return { folder, running: await startEmbeddedPostgres({ folder, durability: "throwaway", removeAtExit: true }) };
}
