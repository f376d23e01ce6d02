import type { DatabaseSession, Timer } from "../../platform/ports.ts";
import { moveDossier } from "./change-dossier.ts";
import type { RegulatoryDeps } from "./deps.ts";
import { dueDossiers, findDossier, postponeDossier } from "./dossier.store.ts";
import { isUnderReview, type Dossier, type DossierError } from "./dossier.ts";
import { holdAgainst, ruleOf } from "./hold-against.ts";
import { magicWords, type MagicWords } from "./magic-words.ts";
import { oldestNotices, removeNotice, type DossierTold } from "./notice.ts";

/** How often it looks whether something is due or to be told. */
const TICK_MS = 1_000;
const MAX_DUE = 100;
const MAX_NOTICES = 100;
/** Rounds of one look: what is more waits for the next tick. */
const MAX_ROUNDS = 50;
const SLOW_FACTOR = 20;
/** After a failure that is nobody's in particular. */
const RETRY_MS = 30_000;
/** What is written on an approval that has ended. */
const EXPIRED: DossierError = { code: 18_601, message: "The time that this was approved for is over." };

/**
 * The simulated reviewer. Each step is one transaction: the new status, when to look again, and
 * the notice of it; so a crash repeats a step that was not committed and no other one. Notices
 * are told until the cell's log has taken them, which may be twice, under one id.
 */
export class ReviewDesk {
  private readonly deps: RegulatoryDeps;
  private timer: Timer | undefined;
  private isStarted = false;
  private isAsked = false;
  private running: Promise<void> | undefined;

  constructor(deps: RegulatoryDeps) {
    this.deps = deps;
  }

  /** Looks from now on. */
  start(): void {
    if (this.isStarted) return;
    this.isStarted = true;
    this.schedule(0);
  }

  /** Looks no more; resolves when the look under way has ended. */
  async stop(): Promise<void> {
    this.isStarted = false;
    this.timer?.cancel();
    this.timer = undefined;
    await this.running;
  }

  /** Looks at once: something was submitted. */
  wake(): void {
    if (!this.isStarted) return;
    if (this.running === undefined) this.schedule(0);
    else this.isAsked = true;
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
    this.timer = this.deps.clock.after(delayMs, () => {
      void this.run().then(() => {
        if (!this.isStarted) return;
        const nextMs = this.isAsked ? 0 : TICK_MS;
        this.isAsked = false;
        this.schedule(nextMs);
      });
    });
  }

  private async look(): Promise<void> {
    const { database, clock, logger } = this.deps;
    try {
      for (let round = 0; round < MAX_ROUNDS; round += 1) {
        const due = await dueDossiers(database, clock.nowMs(), MAX_DUE);
        for (const target of due) await this.review(target);
        if (due.length < MAX_DUE) break;
      }
      await this.tellAll();
    } catch (error) {
      logger.warn("regulatory.desk-failed", { reason: String(error) });
    }
  }

  private async review(target: { readonly sid: string; readonly accountSid: string }): Promise<void> {
    const { database, clock, logger } = this.deps;
    try {
      await database.transaction(async (tx) => {
        const dossier = await findDossier(tx, target, "update");
        if (dossier?.dueMs === undefined || dossier.dueMs === null || dossier.dueMs > clock.nowMs()) return;
        await this.step(tx, dossier);
      });
    } catch (error) {
      logger.warn("regulatory.review-failed", { dossier: target.sid, reason: String(error) });
      await postponeDossier(database, target.sid, clock.nowMs() + RETRY_MS);
    }
  }

  private async step(tx: DatabaseSession, dossier: Dossier): Promise<void> {
    const { clock, simulatedReviewMs } = this.deps;
    const atMs = clock.nowMs();
    const verdict = await holdAgainst(this.deps, tx, { dossier, rule: ruleOf(dossier) });
    const words = magicWords(dossier, verdict.items);
    const halfMs = (simulatedReviewMs / 2) * (words.isSlow ? SLOW_FACTOR : 1);
    switch (dossier.status) {
      case "pending-review": {
        // It waits in the queue for half of the time, measured from when it was submitted.
        const beginsMs = dossier.updatedMs + halfMs;
        if (beginsMs > atMs) return postponeDossier(tx, dossier.sid, beginsMs);
        await moveDossier(tx, dossier, { status: "in-review", atMs, dueMs: words.isStuck ? null : atMs + halfMs });
        return;
      }
      case "in-review": {
        const waits = verdict.profiles.some(({ status }) => isUnderReview(status));
        if (waits) return postponeDossier(tx, dossier.sid, atMs + Math.max(TICK_MS, halfMs));
        await decide(tx, dossier, { words, isCompliant: verdict.isCompliant, atMs });
        return;
      }
      case "twilio-approved":
        await moveDossier(tx, dossier, { status: "twilio-rejected", atMs, dueMs: null, errors: [EXPIRED] });
        return;
      default:
        await postponeDossier(tx, dossier.sid, null);
    }
  }

  private async tellAll(): Promise<void> {
    const { database, commit } = this.deps;
    for (const notice of await oldestNotices(database, MAX_NOTICES)) {
      const record: DossierTold = { kind: "regulatory.told", notice };
      await commit(record);
      await removeNotice(database, notice.id);
    }
  }
}

interface Decision {
  readonly words: MagicWords;
  readonly isCompliant: boolean;
  readonly atMs: number;
}

async function decide(tx: DatabaseSession, dossier: Dossier, { words, isCompliant, atMs }: Decision): Promise<void> {
  const { errors, validSeconds } = words;
  if (errors.length > 0 || !isCompliant) {
    const found = errors.length > 0 ? errors : [{ code: 18_601, message: "What it rests on was rejected or changed." }];
    await moveDossier(tx, dossier, { status: "twilio-rejected", atMs, dueMs: null, errors: found });
    return;
  }
  const validUntilMs = validSeconds === undefined ? null : atMs + validSeconds * 1_000;
  await moveDossier(tx, dossier, { status: "twilio-approved", atMs, dueMs: validUntilMs, validUntilMs });
}
