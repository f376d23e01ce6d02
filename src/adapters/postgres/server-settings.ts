/** `throwaway` is for tests: a power cut may lose everything. */
export type Durability = "durable" | "throwaway";

/** Connections the embedded server admits; pools together have to stay below. */
export const MAX_SERVER_CONNECTIONS = 200;

/**
 * The server's settings as `name=value`. They go on the command line, so that
 * they follow the program's version and not the data folder's age, and so that
 * a server that still runs can be compared by its command line.
 */
export function serverSettings(durability: Durability, socketFolder: string, clusterName: string): string[] {
  const settings: Record<string, string | number> = {
    listen_addresses: "",
    unix_socket_directories: socketFolder,
    unix_socket_permissions: "0700",
    cluster_name: clusterName,
    max_connections: MAX_SERVER_CONNECTIONS,
    superuser_reserved_connections: 1,
    // A backend whose client was killed would otherwise hold its locks until its statement ends.
    client_connection_check_interval: "1s",
    timezone: "UTC",
    log_timezone: "UTC",
    // Projections insert many small batches; compilation costs more than it saves on their queries.
    jit: "off",
    max_parallel_workers_per_gather: 0,
    // Rows carry people's messages: failing statements and their values stay out of the log.
    log_min_messages: "log",
    log_min_error_statement: "panic",
    log_error_verbosity: "terse",
    log_checkpoints: "off",
    ...(durability === "durable" ? DURABLE : THROWAWAY),
  };
  return Object.entries(settings).map(([name, value]) => `${name}=${value}`);
}

const DURABLE = {
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  shared_buffers: "128MB",
  wal_compression: "on",
  wal_buffers: "16MB",
  max_wal_size: "1GB",
  min_wal_size: "80MB",
  checkpoint_timeout: "10min",
  checkpoint_completion_target: 0.9,
};

const THROWAWAY = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  shared_buffers: "32MB",
  wal_level: "minimal",
  max_wal_senders: 0,
  max_wal_size: "256MB",
};
