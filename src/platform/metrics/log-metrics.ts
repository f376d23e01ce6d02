import type { AppendDone, Files, Log, OpenFile } from "../log/index.ts";
import type { Histogram } from "./instruments.ts";
import type { Metrics } from "./metrics.ts";

/** Of disks: a good one syncs in half a millisecond, a sick one in seconds. */
const DISK_BUCKETS: readonly number[] = [
  0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
];

/** Measures how long the disk takes to make the log durable. */
export function watchFiles(metrics: Metrics, files: Files, nowMs: () => number): Files {
  const seconds = metrics.histogram(
    { name: "trunkline_log_sync_seconds", help: "Time of one fdatasync of the cell's log, or of a checkpoint." },
    DISK_BUCKETS,
  );
  return new WatchedFiles(files, seconds, nowMs);
}

class WatchedFiles implements Files {
  private readonly files: Files;
  private readonly seconds: Histogram;
  private readonly nowMs: () => number;

  constructor(files: Files, seconds: Histogram, nowMs: () => number) {
    this.files = files;
    this.seconds = seconds;
    this.nowMs = nowMs;
  }

  async open(path: string, mode: "create" | "modify" | "read"): Promise<OpenFile> {
    const file = await this.files.open(path, mode);
    if (mode === "read") return file;
    const { nowMs } = this;
    const series = this.seconds.with({});
    const sync = file.sync.bind(file);
    // One more property of the file, in place of one that passes everything on: it is written to thousands of times a second.
    file.sync = async (): Promise<void> => {
      const startMs = nowMs();
      await sync();
      series.observe((nowMs() - startMs) / 1_000);
    };
    return file;
  }

  list(directory: string): Promise<string[]> {
    return this.files.list(directory);
  }

  makeDirectory(directory: string): Promise<void> {
    return this.files.makeDirectory(directory);
  }

  rename(from: string, to: string): Promise<void> {
    return this.files.rename(from, to);
  }

  remove(path: string): Promise<void> {
    return this.files.remove(path);
  }

  syncDirectory(directory: string): Promise<void> {
    return this.files.syncDirectory(directory);
  }

  freeOctets(directory: string): Promise<number | undefined> {
    return this.files.freeOctets(directory);
  }

  lock(directory: string): Promise<() => Promise<void>> {
    return this.files.lock(directory);
  }
}

/** Of the appends one in so many is timed: they come tens of thousands a second, and are much alike. */
const TIMED_ONE_IN = 16;

/** Measures how long a record takes from being handed over to being durable. Changes `log` in place. */
export function watchLog(metrics: Metrics, log: Log, nowMs: () => number): Log {
  const seconds = metrics.histogram(
    {
      name: "trunkline_log_commit_seconds",
      help: `From handing a record to the log to its being durable, of one record in ${TIMED_ONE_IN}.`,
    },
    DISK_BUCKETS,
  );
  const series = seconds.with({});
  const append = log.append.bind(log);
  let count = 0;
  log.append = (kind, payload, done): void => {
    count += 1;
    if (count % TIMED_ONE_IN !== 1) return append(kind, payload, done);
    const startMs = nowMs();
    const timed: AppendDone = (error, offset, next) => {
      if (error === undefined) series.observe((nowMs() - startMs) / 1_000);
      done(error, offset, next);
    };
    append(kind, payload, timed);
  };
  return log;
}
