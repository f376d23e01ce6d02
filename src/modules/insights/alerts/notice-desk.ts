import { AppError } from "../../../kernel/errors.ts";
import type { CellRecord } from "../../../platform/cell/index.ts";
import type { Timer } from "../../../platform/ports.ts";
import type { AlertNotice, AlertNoticeFailed, AlertNoticesTaken } from "./alert-state.ts";
import type { AlertDeps } from "./deps.ts";

/** Notices under way at one time. */
const MAX_IN_FLIGHT = 8;
const FIRST_RETRY_MS = 2_000;
const MAX_RETRY_MS = 60_000;
/** A text that could not be sent for so long is given up: nobody wants to read it any more. */
const GIVE_UP_MS = 3_600_000;

/**
 * Sends texts and mails that wait in the log. A text is taken off the list when messaging has
 * accepted it, under an id that it accepts once. A mail is taken off before it goes, because a
 * mail server knows no ids: after a crash it may be missing, and is never there twice.
 */
export class NoticeDesk {
  private readonly deps: AlertDeps;
  private readonly underWay = new Set<string>();
  private readonly retries = new Map<string, { readonly count: number; readonly dueMs: number }>();
  private timer: Timer | undefined;
  private isRunning = false;

  constructor(deps: AlertDeps) {
    this.deps = deps;
  }

  start(): void {
    this.isRunning = true;
    this.look();
  }

  stop(): void {
    this.isRunning = false;
    this.timer?.cancel();
  }

  /** Sends what waits and may be sent now. */
  readonly look = (): void => {
    if (!this.isRunning) return;
    this.timer?.cancel();
    this.timer = undefined;
    const nowMs = this.deps.clock.monotonicMs();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const notice of this.deps.state.notices.values()) {
      if (this.underWay.size >= MAX_IN_FLIGHT) return;
      if (this.underWay.has(notice.id)) continue;
      const dueMs = this.retries.get(notice.id)?.dueMs ?? nowMs;
      if (dueMs > nowMs) {
        nextMs = Math.min(nextMs, dueMs - nowMs);
        continue;
      }
      this.underWay.add(notice.id);
      void this.send(notice).finally(() => {
        this.underWay.delete(notice.id);
        this.look();
      });
    }
    if (Number.isFinite(nextMs)) this.timer = this.deps.clock.after(nextMs, this.look);
  };

  /** Never rejects. */
  private async send(notice: Readonly<AlertNotice>): Promise<void> {
    try {
      if (notice.kind === "text") await this.sendText(notice);
      else await this.sendMail(notice);
      this.retries.delete(notice.id);
    } catch (error) {
      await this.fail(notice, error);
    }
  }

  private async sendText({ id, accountSid, from, to, text }: Readonly<AlertNotice>): Promise<void> {
    const { texts } = this.deps;
    if (texts === undefined) throw new NoticeImpossible("this installation sends no texts for alerts");
    await texts.send({ id, accountSid, from, to, body: text });
    await this.take(id);
  }

  private async sendMail(notice: Readonly<AlertNotice>): Promise<void> {
    const { id, to, subject, text } = notice;
    const { mail } = this.deps;
    if (mail === undefined) throw new NoticeImpossible("this installation sends no e-mail");
    await this.take(id);
    try {
      await mail.send({ id, to, subject, text });
    } catch (error) {
      throw new NoticeImpossible(String(error));
    }
  }

  private async take(id: string): Promise<void> {
    const record: AlertNoticesTaken = { kind: "alert-notice.taken", ids: [id] };
    await this.deps.cell().commit(record, "progress");
  }

  private async fail(notice: Readonly<AlertNotice>, error: unknown): Promise<void> {
    const isFinal = error instanceof NoticeImpossible || (error instanceof AppError && error.spec.retry === "never");
    const ageMs = this.deps.clock.nowMs() - notice.createdMs;
    if (!isFinal && ageMs < GIVE_UP_MS) {
      const count = (this.retries.get(notice.id)?.count ?? 0) + 1;
      const delayMs = Math.min(FIRST_RETRY_MS * 2 ** (count - 1), MAX_RETRY_MS);
      this.retries.set(notice.id, { count, dueMs: this.deps.clock.monotonicMs() + delayMs });
      return;
    }
    this.retries.delete(notice.id);
    const { id, accountSid, ruleSid } = notice;
    const reason = (error instanceof Error ? error.message : String(error)).slice(0, 500);
    const record: AlertNoticeFailed = { kind: "alert-notice.failed", id, accountSid, ruleSid, reason };
    this.deps.logger.warn("insights.alert-notice-failed", { rule: ruleSid, kind: notice.kind, reason });
    await this.deps
      .cell()
      .commit(record as CellRecord, "progress")
      .catch(() => undefined);
  }
}

/** It makes no sense to try again. */
class NoticeImpossible extends Error {}
