export { startEmbeddedPostgres } from "./embedded.ts";
export type { EmbeddedPostgres, EmbeddedPostgresOptions } from "./embedded.ts";
export { migrate } from "./migrate.ts";
export { openDatabase } from "./pool.ts";
export type { DatabaseOptions, PooledDatabase } from "./pool.ts";
export { ensureDatabase } from "./ensure-database.ts";
