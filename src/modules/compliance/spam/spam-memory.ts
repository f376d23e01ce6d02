import type { Clock, Database, Logger, Timer } from "../../../platform/ports.ts";
import { readBaselines, saveBaselines } from "./baseline.store.ts";
import { readEntries, type SpamEntry } from "./entry.store.ts";
import { spamLists } from "./reputation.ts";
import { readSignature } from "./signature.ts";
import type { SpamFilter } from "./spam-filter.ts";
import { insertVerdicts, pruneVerdicts, readLabels, type SpamVerdict } from "./verdict.store.ts";

const SAVE_EVERY_MS = 30_000;
const MAX_BASELINES_AT_ONCE = 1_000;
/** Verdicts that wait to be written; more are counted and left out. */
const MAX_WAITING = 2_000;
const MAX_VERDICTS = 50_000;
const RETENTION_MS = 30 * 86_400_000;
const PRUNE_EVERY_MS = 3_600_000;
/** An eighth of the templates, so that labels leave room. */
const MAX_LABELS = 4_096;

/** Carries what the filter knows to PostgreSQL and back. The filter never waits for it. */
export class SpamMemory {
  /** Verdicts that were not written because too many waited. */
  leftOut = 0;
  private readonly database: Database;
  private readonly clock: Clock;
  private readonly logger: Logger;
  private readonly filter: SpamFilter;
  private waiting: SpamVerdict[] = [];
  private saving: Promise<void> = Promise.resolve();
  private timer: Timer | undefined;
  private prunedMs = 0;
  private stopped = false;

  constructor(options: { database: Database; clock: Clock; logger: Logger; filter: SpamFilter }) {
    this.database = options.database;
    this.clock = options.clock;
    this.logger = options.logger;
    this.filter = options.filter;
  }

  note(verdict: SpamVerdict): void {
    if (this.waiting.length >= MAX_WAITING) this.leftOut += 1;
    else this.waiting.push(verdict);
  }

  /** Reads everything that was kept and begins to save from time to time. */
  async start(): Promise<void> {
    await this.readLists();
    await this.readLabels();
    await this.readAccounts();
    this.schedule();
  }

  /** Reads what was told of texts. */
  async readLabels(): Promise<void> {
    const nowMs = this.clock.nowMs();
    const labels = await readLabels(
      this.database,
      Math.min(MAX_LABELS, Math.floor(this.filter.templates.capacity / 8)),
    );
    // The newest come first from the database and have the last word here.
    for (const { signature, verdict, accountSid } of labels.toReversed()) {
      const values = readSignature(signature);
      if (values !== undefined) this.filter.tell(values, verdict, accountSid, nowMs);
    }
  }

  /** Reads the operator's lists anew. */
  async readLists(): Promise<void> {
    this.filter.lists = listsOf(await readEntries(this.database));
  }

  /** Reads what is usual for accounts: those named, or those that sent last. */
  async readAccounts(accountSids?: readonly string[]): Promise<void> {
    const max = this.filter.profiles.max;
    const saved = await readBaselines(this.database, accountSids === undefined ? { max } : { accountSids, max });
    const nowMs = this.clock.nowMs();
    for (const account of saved) this.filter.restore(account, nowMs);
  }

  /** Writes what has changed. Rejects when the database does not answer; what was to be written is written later then. */
  save(): Promise<void> {
    const saving = this.saving.then(() => this.saveNow());
    this.saving = saving.catch(() => undefined);
    return saving;
  }

  async close(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
    await this.save().catch((error: unknown) => this.logger.warn("spam.save-failed", { reason: String(error) }));
  }

  private async saveNow(): Promise<void> {
    const verdicts = this.waiting;
    this.waiting = [];
    try {
      await insertVerdicts(this.database, verdicts);
    } catch (error) {
      this.waiting = [...verdicts, ...this.waiting].slice(0, MAX_WAITING);
      throw error;
    }
    const nowMs = this.clock.nowMs();
    const profiles = this.filter.profiles.takeChanged(MAX_BASELINES_AT_ONCE);
    try {
      await saveBaselines(this.database, profiles, nowMs);
    } catch (error) {
      for (const profile of profiles) profile.isChanged = true;
      throw error;
    }
    if (nowMs - this.prunedMs < PRUNE_EVERY_MS) return;
    this.prunedMs = nowMs;
    await pruneVerdicts(this.database, nowMs - RETENTION_MS, MAX_VERDICTS);
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = this.clock.after(SAVE_EVERY_MS, () => {
      void this.save()
        .catch((error: unknown) => this.logger.warn("spam.save-failed", { reason: String(error) }))
        .then(() => this.schedule());
    });
  }
}

function listsOf(entries: readonly SpamEntry[]): ReturnType<typeof spamLists> {
  const of = (kind: SpamEntry["kind"]): SpamEntry[] => entries.filter((entry) => entry.kind === kind);
  return spamLists({
    blockedDomains: of("blocked-domain").map(({ value }) => value),
    allowedDomains: of("allowed-domain").map(({ value }) => value),
    shorteners: of("shortener").map(({ value }) => value),
    brands: of("brand").map(({ value, document }) => ({
      name: value,
      domains: document.domains ?? [],
      accountSids: document.accountSids ?? [],
    })),
    exempt: of("exemption").map(
      ({ value, document }) => [value, document.untilMs ?? Number.POSITIVE_INFINITY] as const,
    ),
  });
}
