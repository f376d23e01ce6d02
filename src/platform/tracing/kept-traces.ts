import type { SignedEndpoint } from "../fleet/index.ts";
import type { Clock, Timer } from "../ports.ts";
import type { TailSampler } from "./tail-sampler.ts";

/** Asks a cell which traces it kept after the one numbered `after`; gives what {@link keptTracesEndpoint} answers. */
export type AskKept = (cell: string, after: number) => Promise<unknown>;

const PATH = "/traces/kept";
const INTERVAL_MS = 2_000;
const TRACE_ID = /^[0-9a-f]{32}$/;
/** As many as a cell remembers. */
const MAX_TOLD = 10_000;

/** Where an edge learns of the traces that a cell kept for how they went. */
export function keptTracesEndpoint(sampler: TailSampler): SignedEndpoint {
  return {
    method: "GET",
    path: PATH,
    run: ({ query }) => {
      const after = Number(new URLSearchParams(query).get("after") ?? "0");
      return sampler.keptAfter(Number.isSafeInteger(after) && after >= 0 ? after : 0);
    },
  };
}

/** The path and query below the internal prefix that asks for them. */
export function keptTracesTarget(after: number): string {
  return `${PATH}?after=${after}`;
}

/**
 * Keeps at an edge what the cells keep. A cell learns later than the edge how a message went; the
 * edge holds its own span until then. Cells that do not answer are asked again the next time.
 */
export class KeptTraces {
  private readonly sampler: TailSampler;
  private readonly clock: Clock;
  private readonly cells: () => readonly string[];
  private readonly ask: AskKept;
  private readonly seen = new Map<string, number>();
  private timer: Timer | undefined;
  private stopped = false;

  constructor(options: {
    readonly sampler: TailSampler;
    readonly clock: Clock;
    /** The cells that there are. */
    readonly cells: () => readonly string[];
    readonly ask: AskKept;
  }) {
    this.sampler = options.sampler;
    this.clock = options.clock;
    this.cells = options.cells;
    this.ask = options.ask;
  }

  start(): void {
    this.timer = this.clock.after(INTERVAL_MS, () => {
      void this.round().then(() => {
        if (!this.stopped) this.start();
      });
    });
  }

  stop(): void {
    this.stopped = true;
    this.timer?.cancel();
  }

  /** Asks every cell once. Never rejects. */
  async round(): Promise<void> {
    // Nothing is held, so nothing could be kept.
    if (this.sampler.waiting === 0) return;
    await Promise.all(this.cells().map((cell) => this.askOne(cell).catch(() => undefined)));
  }

  private async askOne(cell: string): Promise<void> {
    const answer = (await this.ask(cell, this.seen.get(cell) ?? 0)) as { next?: unknown; traceIds?: unknown } | null;
    if (typeof answer?.next !== "number" || !Array.isArray(answer.traceIds)) return;
    this.seen.set(cell, answer.next);
    for (const traceId of answer.traceIds.slice(0, MAX_TOLD) as unknown[]) {
      if (typeof traceId === "string" && TRACE_ID.test(traceId)) this.sampler.keep(traceId);
    }
  }
}
