import { INTERNAL_PREFIX, type CellDescriptor } from "../../platform/fleet/index.ts";
import { readToldSites, type LinkSites, type SiteSnapshot, type ToldSite } from "../../platform/links/index.ts";
import { errorFields } from "../../platform/logging/index.ts";
import type { Clock, Logger, Timer } from "../../platform/ports.ts";
import type { SignedAnswer, SignedCall } from "./signed-call.ts";

/** How often each cell is asked; by a fifth sooner or later, so that edges do not ask all at once. */
const ROUND_MS = 5_000;
const JITTER = 0.2;
const CALL_TIMEOUT_MS = 10_000;
/** Cells asked at once. */
const MAX_ASKED_AT_ONCE = 8;
/** Half a million domains of one cell. */
const MAX_PAGES = 1_000;

export interface LinkSiteFollowerOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sites: LinkSites;
  readonly snapshot: SiteSnapshot;
  /** What is known of the cells now. */
  readonly cells: () => readonly CellDescriptor[];
  readonly call: (cell: CellDescriptor, call: SignedCall) => Promise<SignedAnswer>;
  /** At least 0, below 1. */
  readonly random: () => number;
}

/**
 * Learns from every messaging cell which link domains it has, and goes on with what it knew
 * while one is away. What changed is written to the snapshot.
 */
export class LinkSiteFollower {
  private readonly options: LinkSiteFollowerOptions;
  private readonly asked = new Set<string>();
  /** Cells that do not answer, which the log was told of. */
  private readonly silent = new Set<string>();
  private waiting: (() => void)[] = [];
  private timer: Timer | undefined;
  private isDirty = false;
  private isStopped = false;
  private saving: Promise<void> = Promise.resolve();

  constructor(options: LinkSiteFollowerOptions) {
    this.options = options;
  }

  /** Takes in what was known before. */
  async open(): Promise<void> {
    for (const [cell, known] of await this.options.snapshot.read()) this.options.sites.replace(cell, known);
  }

  /** Asks all cells now, and again and again from then on. Resolves when each of them has answered once, or failed to. */
  start(): Promise<void> {
    const first = this.round();
    this.later();
    return first;
  }

  /** Asks a cell at once: it has just come, or is somewhere else now. */
  notice(name: string): void {
    const cell = this.options.cells().find((each) => each.name === name);
    if (cell !== undefined) void this.ask(cell).then(() => this.save());
  }

  /** Ends, with what is known on disk. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.timer?.cancel();
    await this.save();
  }

  private later(): void {
    const { clock, random } = this.options;
    if (this.isStopped) return;
    this.timer = clock.after(ROUND_MS * (1 - JITTER + 2 * JITTER * random()), () => {
      void this.round();
      this.later();
    });
  }

  private async round(): Promise<void> {
    const { sites, cells } = this.options;
    const known = cells();
    for (const { name, state } of known) {
      if (state !== "removed" || sites.revisionOf(name) === undefined) continue;
      sites.forget(name);
      this.isDirty = true;
    }
    await Promise.all(known.map((cell) => this.ask(cell)));
    await this.save();
  }

  /** Never rejects. A cell that is being asked is not asked again. */
  private async ask(cell: CellDescriptor): Promise<void> {
    const { name, type, state } = cell;
    if (type !== "messaging" || state === "removed" || this.asked.has(name) || this.isStopped) return;
    this.asked.add(name);
    if (this.asked.size > MAX_ASKED_AT_ONCE) await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      await this.learn(cell);
      this.silent.delete(name);
    } catch (error) {
      if (!this.silent.has(name))
        this.options.logger.warn("links.sites-unknown", { cell: name, ...errorFields(error) });
      this.silent.add(name);
    } finally {
      this.asked.delete(name);
      this.waiting.shift()?.();
    }
  }

  private async learn(cell: CellDescriptor): Promise<void> {
    const { sites } = this.options;
    const first = await this.page(cell, `after=${encodeURIComponent(sites.revisionOf(cell.name) ?? "")}`);
    if (first.sites === undefined) return;
    const all: ToldSite[] = [...first.sites];
    let { next } = first;
    for (let pages = 1; next !== undefined && pages < MAX_PAGES; pages += 1) {
      const page = await this.page(cell, `from=${encodeURIComponent(next)}`);
      all.push(...(page.sites ?? []));
      next = page.next;
    }
    // What changed while the pages came has another revision, and is asked for in the next round.
    sites.replace(cell.name, { revision: first.revision, sites: all });
    this.isDirty = true;
  }

  private async page(cell: CellDescriptor, query: string): Promise<ReturnType<typeof readToldSites>> {
    const target = `${INTERNAL_PREFIX}/link-sites?${query}`;
    const { status, json } = await this.options.call(cell, { method: "GET", target, timeoutMs: CALL_TIMEOUT_MS });
    if (status !== 200) throw new Error(`${cell.name} answers ${status}`);
    return readToldSites(json);
  }

  /** Writes what changed; one write at a time. A disk that does not take it is tried again in the next round. */
  private save(): Promise<void> {
    this.saving = this.saving.then(async () => {
      if (!this.isDirty) return;
      this.isDirty = false;
      try {
        await this.options.snapshot.write(this.options.sites.cells());
      } catch (error) {
        this.isDirty = true;
        this.options.logger.warn("links.snapshot-not-written", errorFields(error));
      }
    });
    return this.saving;
  }
}
