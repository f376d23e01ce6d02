import type { Timer } from "../../../platform/ports.ts";
import { SLOTS } from "./alert-rule-book.ts";
import type { AlertRule } from "./alert-rule.ts";
import type { AlertTurned } from "./alert-state.ts";
import { decide } from "./decide.ts";
import type { AlertDeps } from "./deps.ts";
import { judge, questionsOf, tellEnough, type JudgedPiece, type Verdict } from "./evaluate.ts";

/** Every rule has its turn once in this time: a tenth of them in each tenth of it. */
export const ROUND_MS = 10_000;
const SLOT_MS = ROUND_MS / SLOTS;
/** Rules are judged for so long before others have a turn, and for so long in each second. */
const SLICE_MS = 4;
const BUDGET_MS = 60;
/** Records of one commit. */
const MAX_RECORDS = 100;
/** Rules of all accounts that are asked for over all cells at one time. */
const MAX_REMOTE = 4;
/** What stands of a rule that nobody knows is forgotten after so long: a move may bring the rule after its state. */
const ORPHAN_MS = 3_600_000;

/** How a rule was judged last. */
export interface Judgement extends Verdict {
  readonly atMs: number;
}

/**
 * Judges the rules, each once in ten seconds, a few at a time. What cannot be judged in its time
 * has its turn later; nothing piles up.
 */
export class Evaluator {
  private readonly deps: AlertDeps;
  private readonly judged: (rule: AlertRule, judgement: Judgement) => void;
  private timer: Timer | undefined;
  private isStopped = false;
  private slot = 0;
  /** Where the next round of each tenth begins: behind the last rule that had its turn. */
  private readonly begins = Array.from({ length: SLOTS }, () => 0);
  private remote = 0;
  /** Rules of all accounts that wait for their turn, the oldest first. */
  private readonly waiting = new Set<string>();
  private readonly orphans = new Map<string, number>();
  /** Rules that had no turn, or not yet, in their round since the process started. */
  late = 0;
  /** Rules that could not be read, in a row. */
  private failures = 0;

  /** `judged` is told of every verdict. */
  constructor(deps: AlertDeps, judged: (rule: AlertRule, judgement: Judgement) => void) {
    this.deps = deps;
    this.judged = judged;
  }

  start(): void {
    this.schedule(SLOT_MS);
  }

  stop(): void {
    this.isStopped = true;
    this.timer?.cancel();
  }

  private schedule(delayMs: number): void {
    if (this.isStopped) return;
    this.timer = this.deps.clock.after(delayMs, () => {
      const { slot } = this;
      const rules = this.deps.book.slot(slot);
      if (slot === 0) this.forgetOrphans();
      this.slot = (slot + 1) % SLOTS;
      this.judgeSome({ slot, rules, at: 0, leftMs: BUDGET_MS, startedMs: this.deps.clock.monotonicMs() });
    });
  }

  /** Judges for a slice of time, lets others have theirs, and goes on. */
  private judgeSome(work: SlotWork): void {
    if (this.isStopped) return;
    const { clock } = this.deps;
    const beganMs = clock.monotonicMs();
    const records: AlertTurned[] = [];
    const { slot, rules } = work;
    const from = this.begins[slot] ?? 0;
    let { at } = work;
    for (; at < rules.length && clock.monotonicMs() - beganMs < SLICE_MS; at += 1) {
      const rule = rules[(from + at) % rules.length];
      if (rule !== undefined) this.judgeRule(rule, records);
    }
    this.commit(records);
    const leftMs = work.leftMs - (clock.monotonicMs() - beganMs);
    if (at < rules.length && leftMs > 0) {
      this.timer = clock.after(0, () => this.judgeSome({ ...work, at, leftMs }));
      return;
    }
    this.late += rules.length - at;
    // Those that had no turn are the first of the next round.
    if (rules.length > 0) this.begins[slot] = (from + at) % rules.length;
    this.schedule(Math.max(0, SLOT_MS - (clock.monotonicMs() - work.startedMs)));
  }

  private judgeRule(rule: AlertRule, records: AlertTurned[]): void {
    if (!this.deps.isAtHome(rule.accountSid)) return;
    if (rule.scope === "all") {
      if (this.waiting.has(rule.sid)) this.late += 1;
      this.waiting.add(rule.sid);
      this.judgeWaiting();
      return;
    }
    const nowMs = this.deps.clock.nowMs();
    const questions = questionsOf(rule, nowMs);
    try {
      const pieces = questions.map((question) => this.deps.reader.read(question));
      this.conclude(rule, pieces, nowMs, records);
      this.failures = 0;
    } catch (error) {
      this.fail(rule, error);
    }
  }

  /** Asks for those that wait, some at a time. Each is in the queue once, however long it waits. */
  private judgeWaiting(): void {
    for (const sid of this.waiting) {
      if (this.isStopped || this.remote >= MAX_REMOTE) return;
      this.waiting.delete(sid);
      const rule = this.deps.book.get(sid);
      if (rule?.isEnabled === true && rule.scope === "all") void this.judgeRemotely(rule);
    }
  }

  private async judgeRemotely(rule: AlertRule): Promise<void> {
    const nowMs = this.deps.clock.nowMs();
    const questions = questionsOf(rule, nowMs);
    this.remote += 1;
    try {
      const pieces: JudgedPiece[] = [];
      for (const question of questions) {
        const piece = await this.deps.readAll(question);
        if (piece === undefined) return;
        pieces.push(piece);
      }
      const records: AlertTurned[] = [];
      this.conclude(rule, pieces, nowMs, records);
      this.commit(records);
    } catch (error) {
      this.fail(rule, error);
    } finally {
      this.remote -= 1;
      this.judgeWaiting();
    }
  }

  private conclude(rule: AlertRule, pieces: readonly JudgedPiece[], nowMs: number, records: AlertTurned[]): void {
    // It may have been changed or deleted while others were asked.
    if (this.isStopped || this.deps.book.get(rule.sid)?.revision !== rule.revision) return;
    if (!tellEnough(rule, pieces)) return;
    const known = this.deps.state.rules.get(rule.sid);
    const verdict = judge(rule, pieces, nowMs, known?.state === "firing");
    this.judged(rule, { ...verdict, atMs: nowMs });
    const record = decide(rule, known, verdict, nowMs);
    if (record !== undefined) records.push(record);
  }

  private fail(rule: AlertRule, error: unknown): void {
    this.failures += 1;
    if (this.failures === 1) {
      this.deps.logger.error("insights.alert-rule-not-judged", { rule: rule.sid, reason: String(error) });
    }
  }

  /** What the log does not take is decided again in the next round. */
  private commit(records: readonly AlertTurned[]): void {
    for (let at = 0; at < records.length; at += MAX_RECORDS) {
      this.deps.cell().commitAllThen(records.slice(at, at + MAX_RECORDS), "progress", (error) => {
        if (error !== undefined) this.deps.logger.warn("insights.alert-not-recorded", { reason: error.message });
      });
    }
  }

  /** States of rules that are not there any more, or are switched off. */
  private forgetOrphans(): void {
    const { book, state, clock } = this.deps;
    if (!book.isLoaded) return;
    const nowMs = clock.monotonicMs();
    const gone: string[] = [];
    for (const sid of state.rules.keys()) {
      if (book.get(sid)?.isEnabled === true) this.orphans.delete(sid);
      else if (!this.orphans.has(sid)) this.orphans.set(sid, nowMs);
      else if (nowMs - (this.orphans.get(sid) ?? nowMs) >= ORPHAN_MS) gone.push(sid);
    }
    for (const sid of gone) this.orphans.delete(sid);
    if (gone.length > 0) void this.deps.forget(gone);
  }
}

/** What is left to do of a tenth of the rules. */
interface SlotWork {
  readonly slot: number;
  readonly rules: readonly AlertRule[];
  readonly at: number;
  readonly leftMs: number;
  readonly startedMs: number;
}
