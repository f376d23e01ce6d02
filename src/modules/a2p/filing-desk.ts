import type { Clock, Database, Logger, Timer } from "../../platform/ports.ts";
import { applyStanding, type Applied } from "./apply-standing.ts";
import {
  dueFilings,
  hastenFiling,
  lockFiling,
  markFiled,
  markHeard,
  postponeFilings,
  removeFiling,
  type OpenFiling,
} from "./filing.store.ts";
import { addNotice, oldestNotices, removeNotice, type Notice } from "./notice.ts";
import type { RegistrationBook } from "./registration-book.ts";
import { MAX_REFS, type CampaignRegistry, type RegistryStanding } from "./registry.ts";

/** What the desk works with. */
export interface DeskOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: CampaignRegistry;
  readonly book: RegistrationBook;
  /** Tells an account; what rejects is told again later. */
  readonly tell: (notice: Notice) => Promise<void>;
  /** How often it looks whether there is something to do. */
  readonly tickMs: number;
  /** How often it asks about what was filed a moment ago; grows to {@link WATCH_MS}. */
  readonly pollMs: number;
}

/** How often it asks about what is decided, and may still be suspended. */
export const WATCH_MS = 60_000;
const MAX_BACKOFF_MS = 5 * 60_000;
const MAX_NOTICES = 100;
/** Rounds of one look: what is more waits for the next tick. */
const MAX_ROUNDS = 50;

/**
 * Hands over to the registry what is to be filed, and takes in what it decides. Each step is
 * committed before the next; what a crash interrupts is done again under the same id, which
 * the registry knows.
 */
export class FilingDesk {
  private readonly options: DeskOptions;
  private timer: Timer | undefined;
  private isStarted = false;
  private running: Promise<void> | undefined;
  private isAsked = false;
  private unsubscribe: (() => void) | undefined;

  constructor(options: DeskOptions) {
    this.options = options;
  }

  /** Looks from now on. */
  start(): void {
    if (this.isStarted) return;
    this.isStarted = true;
    this.unsubscribe = this.options.registry.onChange?.((ref) => void this.hasten(ref));
    this.schedule(0);
  }

  /** Looks no more; resolves when the look under way has ended. */
  async stop(): Promise<void> {
    this.isStarted = false;
    this.unsubscribe?.();
    this.timer?.cancel();
    this.timer = undefined;
    await this.running;
  }

  /** Looks at once: something was added. */
  wake(): void {
    if (!this.isStarted) return;
    if (this.running !== undefined) this.isAsked = true;
    else this.schedule(0);
  }

  /** Does what is due; one look at a time. */
  run(): Promise<void> {
    this.running ??= this.look().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private schedule(delayMs: number): void {
    this.timer?.cancel();
    this.timer = this.options.clock.after(delayMs, () => {
      void this.run().then(() => {
        if (!this.isStarted) return;
        const nextMs = this.isAsked ? 0 : this.options.tickMs;
        this.isAsked = false;
        this.schedule(nextMs);
      });
    });
  }

  private async hasten(ref: string): Promise<void> {
    try {
      await hastenFiling(this.options.database, ref, this.options.clock.nowMs());
      this.wake();
    } catch (error) {
      this.options.logger.warn("a2p.hasten-failed", { reason: String(error) });
    }
  }

  private async look(): Promise<void> {
    try {
      for (let round = 0; round < MAX_ROUNDS; round += 1) {
        const due = await dueFilings(this.options.database, this.options.clock.nowMs(), MAX_REFS);
        for (const filing of due) if (filing.ref === undefined) await this.file(filing);
        await this.ask(due.filter(({ ref }) => ref !== undefined));
        if (due.length < MAX_REFS) break;
      }
      await this.tellAll();
    } catch (error) {
      this.options.logger.warn("a2p.desk-failed", { reason: String(error) });
    }
  }

  private async file(filing: OpenFiling): Promise<void> {
    const { database, clock, logger, registry, pollMs } = this.options;
    const { id, accountSid, body } = filing;
    let ref: string;
    try {
      ({ ref } = await registry.file({ id, accountSid, body }));
    } catch (error) {
      logger.warn("a2p.filing-failed", { id, attempts: filing.attempts + 1, reason: String(error) });
      await postponeFilings(database, [id], clock.nowMs() + backoffMs(filing.attempts, pollMs, MAX_BACKOFF_MS));
      return;
    }
    await markFiled(database, id, ref, clock.nowMs() + pollMs);
  }

  private async ask(filings: readonly OpenFiling[]): Promise<void> {
    if (filings.length === 0) return;
    const { database, clock, logger, registry, pollMs } = this.options;
    const standings = new Map<string, RegistryStanding>();
    try {
      const refs = filings.map(({ ref }) => ref ?? "");
      for (const standing of await registry.standings(refs)) standings.set(standing.ref, standing);
    } catch (error) {
      logger.warn("a2p.asking-failed", { registry: registry.name, reason: String(error) });
    }
    for (const filing of filings) {
      const standing = standings.get(filing.ref ?? "");
      if (standing !== undefined && standing.sequence > filing.sequence) await this.hear(filing.id, standing);
      else if (standing?.isFinal === true) await removeFiling(database, filing.id);
      else await postponeFilings(database, [filing.id], clock.nowMs() + backoffMs(filing.attempts, pollMs, WATCH_MS));
    }
  }

  private async hear(id: string, standing: RegistryStanding): Promise<void> {
    const { database, clock, book, logger, pollMs } = this.options;
    const atMs = clock.nowMs();
    const applied = await database.transaction(async (tx): Promise<Applied | undefined> => {
      const filing = await lockFiling(tx, id);
      if (filing === undefined || filing.sequence >= standing.sequence) return undefined;
      const change = await applyStanding({ tx, filing, standing, atMs });
      if (change.notice !== undefined) await addNotice(tx, change.notice);
      if (standing.isFinal || change.isStale === true) await removeFiling(tx, id);
      else await markHeard(tx, id, { sequence: standing.sequence, attempts: 0, nextMs: atMs + pollMs });
      return change;
    });
    if (applied === undefined) return;
    if (applied.brand !== undefined) book.putBrand(applied.brand);
    if (applied.campaign !== undefined) book.putCampaign(applied.campaign);
    if (applied.verification !== undefined) book.putVerification(applied.verification);
    const { notice } = applied;
    if (notice !== undefined) logger.info("a2p.status", { resource: notice.resourceSid, status: notice.status });
  }

  private async tellAll(): Promise<void> {
    const { database, tell } = this.options;
    const notices = await oldestNotices(database, MAX_NOTICES);
    for (const notice of notices) {
      await tell(notice);
      await removeNotice(database, notice.id);
    }
  }
}

function backoffMs(attempts: number, baseMs: number, mostMs: number): number {
  return Math.min(mostMs, baseMs * 2 ** Math.min(attempts, 16));
}
