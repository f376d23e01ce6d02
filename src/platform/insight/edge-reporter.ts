import type { Clock, Logger, Timer } from "../ports.ts";
import { EDGE_BIN_MS, type EdgeBinsRecord, type EdgeCounts } from "./edge-counts.ts";

/** What hands over the counts of an edge. */
export interface EdgeReporterOptions {
  readonly counts: EdgeCounts;
  readonly edge: string;
  /** Unique to this start of the process. */
  readonly life: string;
  /** Makes bins durable in the operator's cell, or rejects. */
  readonly send: (report: Omit<EdgeBinsRecord, "kind">) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Hands over an edge's bins every ten seconds, each until somebody has it: who takes them drops what came before. */
export class EdgeReporter {
  private readonly options: EdgeReporterOptions;
  private timer: Timer | undefined;
  private isStopped = false;
  private failures = 0;

  constructor(options: EdgeReporterOptions) {
    this.options = options;
  }

  start(): void {
    this.schedule();
  }

  private schedule(): void {
    if (this.isStopped) return;
    this.timer = this.options.clock.after(EDGE_BIN_MS, () => void this.report().then(() => this.schedule()));
  }

  /** Hands over what is closed now. Never rejects. */
  async report(): Promise<void> {
    await this.hand(this.options.counts.closed());
  }

  /** Stops, and hands over all that was counted. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.timer?.cancel();
    await this.hand(this.options.counts.all());
  }

  private async hand(bins: EdgeBinsRecord["bins"]): Promise<void> {
    const last = bins.at(-1);
    if (last === undefined) return;
    const { counts, edge, life, send, logger } = this.options;
    try {
      await send({ edge, life, bins });
      counts.settle(last.startMs);
      this.failures = 0;
    } catch (error) {
      this.failures += 1;
      // Once, not every ten seconds: the cell is away, and somebody else says so.
      if (this.failures === 1) logger.warn("insights.edge-bins-wait", { edge, reason: String(error) });
    }
  }
}
