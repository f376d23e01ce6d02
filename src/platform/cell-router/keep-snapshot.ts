import type { Clock, Logger, Timer } from "../ports.ts";
import type { SnapshotFolder } from "./snapshot-folder.ts";
import type { SnapshotContent } from "./snapshot-text.ts";

/** Snapshots are at least this far apart. */
const MIN_INTERVAL_MS = 1_000;
/** And this many times as far apart as the last one took, so that a large one does not go on all the time. */
const PAUSE_FACTOR = 10;

/** Writes snapshots when something changed, at most every second. */
export class SnapshotKeeper {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #folder: SnapshotFolder;
  readonly #content: () => SnapshotContent;
  #isChanged = false;
  #isStopped = false;
  #failed = false;
  #timer: Timer | undefined;
  #writing: Promise<void> | undefined;
  #pauseMs = MIN_INTERVAL_MS;
  #lastEndMs = Number.NEGATIVE_INFINITY;

  constructor(parts: { clock: Clock; logger: Logger; folder: SnapshotFolder; content: () => SnapshotContent }) {
    this.#clock = parts.clock;
    this.#logger = parts.logger;
    this.#folder = parts.folder;
    this.#content = parts.content;
  }

  /** Says that what is known changed. */
  touch(): void {
    this.#isChanged = true;
    if (this.#isStopped || this.#timer !== undefined || this.#writing !== undefined) return;
    const waitMs = Math.max(0, this.#lastEndMs + this.#pauseMs - this.#clock.monotonicMs());
    this.#timer = this.#clock.after(waitMs, () => {
      this.#timer = undefined;
      void this.#write();
    });
  }

  /** Writes what is not yet written, and nothing after that. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    await this.#writing;
    if (this.#isChanged) await this.#write();
  }

  #write(): Promise<void> {
    this.#writing = this.#writeOnce().finally(() => {
      this.#writing = undefined;
      if (this.#isChanged && !this.#isStopped) this.touch();
    });
    return this.#writing;
  }

  async #writeOnce(): Promise<void> {
    const startMs = this.#clock.monotonicMs();
    this.#isChanged = false;
    try {
      await this.#folder.write(this.#content());
      if (this.#failed) this.#logger.info("routes.snapshot-written-again");
      this.#failed = false;
    } catch (error) {
      this.#isChanged = true;
      if (!this.#failed) this.#logger.warn("routes.snapshot-failed", { reason: String(error) });
      this.#failed = true;
    }
    this.#lastEndMs = this.#clock.monotonicMs();
    this.#pauseMs = Math.max(MIN_INTERVAL_MS, PAUSE_FACTOR * (this.#lastEndMs - startMs));
  }
}
