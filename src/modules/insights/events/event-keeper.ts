import type { Cell } from "../../../platform/cell/index.ts";
import type { EventFile, EventFiles } from "../../../platform/event-files/index.ts";
import type { Clock, Logger, Timer } from "../../../platform/ports.ts";
import type { EventBatch, EventsFiled, EventState } from "./event-machine.ts";
import { overlaid, sortFiles } from "./file-ranges.ts";

/** When what is done with files. */
export interface KeeperPace {
  /** How often it is looked whether there is something to write. */
  readonly lookMs: number;
  /** So many rows are worth a file at once … */
  readonly rowsWorthFile: number;
  /** … and fewer when the oldest of them is as old as this. */
  readonly maxWaitMs: number;
  /** The most rows of one file, before it is merged. */
  readonly maxRowsPerFile: number;
  /** How often it is looked what can be merged and what is too old. */
  readonly tidyMs: number;
  /** After this a stretch of time is over: its files are merged. */
  readonly mergeAfterMs: number;
}

/** The usual pace. */
export const USUAL_PACE: KeeperPace = {
  lookMs: 2_000,
  rowsWorthFile: 50_000,
  maxWaitMs: 60_000,
  maxRowsPerFile: 100_000,
  tidyMs: 5 * 60_000,
  mergeAfterMs: 3_600_000 + 10 * 60_000,
};

/** What the keeper works with. */
export interface KeeperOptions {
  readonly state: EventState;
  readonly files: EventFiles;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly cell: () => Cell;
  readonly keepMs: number;
  readonly pace?: Partial<KeeperPace>;
}

const FIRST_RETRY_MS = 5_000;
const MAX_RETRY_MS = 60_000;
/** Files that become one in one go; more of them in the next. */
const MAX_MERGED_FILES = 500;

/**
 * Brings rows from the cell's state into files: writes a file, and then commits that its rows
 * are in it. A file that was written and never committed is not one of ours, so that after a
 * crash no row is there twice. It never holds up the cell, whatever happens to the disk.
 */
export class EventKeeper {
  private readonly options: KeeperOptions;
  private readonly pace: KeeperPace;
  /** Files that the log knows of. */
  private known: EventFile[] = [];
  private isOpen = false;
  private isStopped = false;
  private timer: Timer | undefined;
  private tidyTimer: Timer | undefined;
  private working: Promise<void> = Promise.resolve();
  /** Readers of files and those who remove some have their turns. */
  private turn: Promise<unknown> = Promise.resolve();
  private failures = 0;
  private toldDropped = 0;

  constructor(options: KeeperOptions) {
    this.options = options;
    this.pace = { ...USUAL_PACE, ...options.pace };
  }

  /** For the operator. */
  get status(): { readonly files: number; readonly octets: number; readonly isFailing: boolean } {
    const octets = this.known.reduce((sum, file) => sum + file.octets, 0);
    return { files: this.known.length, octets, isFailing: this.failures > 0 };
  }

  /** Looks at the files that are there and goes on writing. The cell must have recovered. Never rejects. */
  async start(): Promise<void> {
    this.toldDropped = this.options.state.droppedRows;
    this.scheduleTidying();
    this.working = this.work();
    await this.working;
  }

  /** What the log knows nothing of goes: it was written for rows that still wait, or in a life that is not remembered. */
  private async open(): Promise<void> {
    const { files, state, logger } = this.options;
    const found = sortFiles(await files.list());
    const { firstWaiting } = state;
    const isKnown = (file: EventFile): boolean => file.to < firstWaiting;
    const { whole, inOthers } = overlaid(found.filter(isKnown));
    const unknown = found.filter((file) => !isKnown(file));
    // One file can have been written and not committed: it begins where the state goes on.
    const unfinished = unknown.filter((file) => file.from === firstWaiting);
    const strange = unknown.filter((file) => file.from !== firstWaiting);
    await files.remove([...inOthers, ...unfinished]);
    await files.setAside(strange);
    if (strange.length > 0) logger.warn("insights.event-files-set-aside", { files: strange.length });
    this.known = whole;
    this.isOpen = true;
  }

  /** Files to ask, together with the rows beside them; `undefined` before {@link start}. Until `use` ends none is removed. */
  read<T>(
    use: (files: readonly EventFile[], recent: ReturnType<EventState["snapshot"]>) => Promise<T>,
  ): Promise<T> | undefined {
    if (!this.isOpen) return undefined;
    // Both are of one moment: what is filed from here on is in neither.
    return this.alone(() => use(this.known, this.options.state.snapshot()));
  }

  private alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => undefined);
    return done;
  }

  private schedule(delayMs: number): void {
    if (this.isStopped) return;
    this.timer = this.options.clock.after(delayMs, () => {
      this.working = this.work();
    });
  }

  private async work(): Promise<void> {
    this.tellDropped();
    let nextMs = this.pace.lookMs;
    try {
      if (!this.isOpen) await this.open();
      while (!this.isStopped && (await this.fileSome()));
      if (this.failures > 0) this.options.logger.info("insights.events-written-again");
      this.failures = 0;
    } catch (error) {
      if (this.isStopped) return;
      nextMs = Math.min(FIRST_RETRY_MS * 2 ** this.failures, MAX_RETRY_MS);
      const { logger, state } = this.options;
      // Once until it works again.
      if (this.failures === 0)
        logger.error("insights.events-not-written", { reason: String(error), rows: state.waitingRows });
      this.failures = Math.min(this.failures + 1, 10);
    }
    this.schedule(nextMs);
  }

  /** Writes one file if there are rows enough. Resolves to whether there may be more. */
  private async fileSome(): Promise<boolean> {
    const { state, clock } = this.options;
    const batch = state.batch(this.pace.maxRowsPerFile);
    if (batch === undefined) return false;
    const isWorth = batch.rowCount >= this.pace.rowsWorthFile || clock.nowMs() - batch.openedMs >= this.pace.maxWaitMs;
    if (!isWorth) return false;
    await this.file(batch);
    return true;
  }

  private async file({ startMs, from, to, pages }: EventBatch): Promise<void> {
    const { files, cell } = this.options;
    const file = await files.write({ startMs, from, to }, pages);
    const record: EventsFiled = { kind: "events.filed", to };
    await new Promise<void>((resolve, reject) => {
      cell().commitThen(record, "progress", (error) => {
        if (error !== undefined) return reject(error);
        // In the moment in which the rows leave the state, so that nobody sees them twice or not at all.
        this.known = [...this.known, file];
        return resolve();
      });
    });
  }

  private tellDropped(): void {
    const { state, logger } = this.options;
    const dropped = state.droppedRows - this.toldDropped;
    if (dropped <= 0) return;
    this.toldDropped = state.droppedRows;
    logger.error("insights.events-dropped", { rows: dropped, waiting: state.waitingRows });
  }

  private scheduleTidying(): void {
    if (this.isStopped) return;
    this.tidyTimer = this.options.clock.after(this.pace.tidyMs, () => {
      void this.tidy()
        .catch((error: unknown) => this.options.logger.warn("insights.events-not-tidied", { reason: String(error) }))
        .finally(() => this.scheduleTidying());
    });
  }

  /** Removes what is too old, and makes one file of those of a stretch of time that is over. */
  async tidy(): Promise<void> {
    const { clock, keepMs, files } = this.options;
    const nowMs = clock.nowMs();
    const old = this.known.filter((file) => file.startMs + this.pace.mergeAfterMs < nowMs - keepMs);
    if (old.length > 0) await this.replace(old, []);
    for (const parts of this.mergeable(nowMs)) {
      if (this.isStopped) return;
      await this.replace(parts, [await files.merge(parts)]);
    }
  }

  private mergeable(nowMs: number): EventFile[][] {
    const stretches = new Map<number, EventFile[]>();
    for (const file of sortFiles(this.known)) {
      const parts = stretches.get(file.startMs) ?? [];
      if (parts.length < MAX_MERGED_FILES) parts.push(file);
      stretches.set(file.startMs, parts);
    }
    const isOver = (startMs: number): boolean =>
      startMs + this.pace.mergeAfterMs <= nowMs && !this.options.state.hasRowsOf(startMs);
    return [...stretches].filter(([startMs, parts]) => parts.length > 1 && isOver(startMs)).map(([, parts]) => parts);
  }

  private async replace(gone: readonly EventFile[], come: readonly EventFile[]): Promise<void> {
    const out = new Set(gone);
    this.known = [...this.known.filter((file) => !out.has(file)), ...come];
    // Who reads now still reads the old ones.
    await this.alone(() => this.options.files.remove(gone));
  }

  /** Writes no more. What waits is in the cell's state. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.timer?.cancel();
    this.tidyTimer?.cancel();
    await this.options.files.close();
    await this.working;
  }
}
