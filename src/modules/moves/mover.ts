import { AppError } from "../../kernel/errors.ts";
import type { Clock, Database, Logger, Timer } from "../../platform/ports.ts";
import { stepPath } from "./cell-moves.ts";
import { StepRefused } from "./errors.ts";
import { canRollBack, isEnded, isFrozenAt, stepAfter, type Move, type MoveProgress, type OnwardStep } from "./move.ts";
import { changeMove, openMoves, type MoveChange } from "./move.store.ts";
import type { CellCaller, HomeMove, Homes } from "./ports.ts";

/** How long things may take. */
export interface MoveLimits {
  /** How long the source waits for what is queued to be handed over, 5 s. */
  readonly drainMs: number;
  /** How long an account may be frozen before the move is called off, 60 s. */
  readonly maxFrozenMs: number;
}

export const moveDefaults: MoveLimits = { drainMs: 5_000, maxFrozenMs: 60_000 };

export interface MoverDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly caller: CellCaller;
  readonly homes: Homes;
  readonly limits: MoveLimits;
}

/** Moves that go on at one time; the others wait. */
const MAX_UNDER_WAY = 4;
const MAX_OPEN = 1_000;
const IDLE_MS = 1_000;
const RETRY_MS = 1_000;
const BUSY_MS = 250;
/** The tail is asked for every two seconds at first, then after a tenth of its age, every minute at last. */
const MIN_TAIL_MS = 2_000;
const MAX_TAIL_MS = 60_000;
/** Passes ahead: each copies what changed during the one before. */
const MAX_PASSES = 3;
const FEW_ROWS = 1_000;
const FINAL_PASS = 1_000;

/** What a step came to: done, or again after a while with what is known now. */
type StepResult = { readonly kind: "done" | "again"; readonly progress?: MoveProgress; readonly waitMs?: number };

/** The routing table refused the new home, so nothing was moved. */
class FlipRefused extends Error {}

const DONE: StepResult = { kind: "done" };

/**
 * Brings moves forward, one step after the other, each written down before the next one
 * begins. It holds nothing: another one, or itself after a crash, goes on from the table.
 */
export class Mover {
  private readonly deps: MoverDeps;
  private readonly underWay = new Map<string, Promise<void>>();
  /** When moves that only wait are looked at again, by the clock that never goes back. */
  private readonly dueMs = new Map<string, number>();
  private timer: Timer | undefined;
  private isClosed = false;

  constructor(deps: MoverDeps) {
    this.deps = deps;
  }

  /** Looks for moves from now on. */
  start(): void {
    void this.look();
  }

  /** Looks at once, because a move was begun or called off. */
  wake(): void {
    this.timer?.cancel();
    void this.look();
  }

  /** Stops after the steps that are under way. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.timer?.cancel();
    await Promise.all(this.underWay.values());
  }

  private async look(): Promise<void> {
    if (this.isClosed) return;
    try {
      const nowMs = this.deps.clock.monotonicMs();
      for (const move of await openMoves(this.deps.database, MAX_OPEN)) {
        if (this.underWay.size >= MAX_UNDER_WAY || this.isClosed) break;
        if (this.underWay.has(move.sid) || nowMs < (this.dueMs.get(move.sid) ?? 0)) continue;
        const work = this.drive(move).finally(() => this.underWay.delete(move.sid));
        this.underWay.set(move.sid, work);
      }
    } catch (error) {
      this.deps.logger.warn("moves.look-failed", { reason: String(error) });
    }
    this.lookIn(IDLE_MS);
  }

  private lookIn(ms: number): void {
    this.timer?.cancel();
    if (!this.isClosed) this.timer = this.deps.clock.after(ms, () => void this.look());
  }

  private async drive(move: Move): Promise<void> {
    this.dueMs.delete(move.sid);
    let current: Move | undefined = move;
    while (current !== undefined && !isEnded(current.step) && !this.isClosed) {
      const { next, waitMs } = await this.advance(current);
      current = next;
      if (waitMs === 0 || current === undefined) continue;
      // Others go on meanwhile; it is taken up again by a later look.
      this.dueMs.set(current.sid, this.deps.clock.monotonicMs() + waitMs);
      if (waitMs < IDLE_MS) this.lookIn(waitMs);
      return;
    }
  }

  /**
   * Does the present step of a move, or a part of it, and writes down what came of it.
   * Resolves to the move as it stands then; `undefined` where somebody else has changed it.
   */
  async advance(move: Move): Promise<{ readonly next: Move | undefined; readonly waitMs: number }> {
    try {
      if (move.step === "rollback") return await this.write(move, await this.rollBack(move));
      const reason = this.tooLong(move);
      if (reason !== undefined) throw new StepRefused(reason);
      const step = move.step as OnwardStep;
      const result = await this.perform(move, step);
      const progress = { ...move.progress, ...result.progress };
      const next = result.kind === "done" ? stepAfter(step) : step;
      return await this.write(move, { step: next, progress, reason: undefined }, result.waitMs);
    } catch (error) {
      return this.fail(move, error);
    }
  }

  private async write(move: Move, change: MoveChange, waitMs = 0) {
    const { database, clock, logger } = this.deps;
    const next = await changeMove(database, move, change, clock.nowMs());
    if (next !== undefined && next.step !== move.step) {
      logger.info("move.step", { move: move.sid, account: move.accountSid, from: move.step, to: next.step });
    }
    return { next, waitMs };
  }

  private async fail(move: Move, error: unknown) {
    const reason = error instanceof Error ? error.message : String(error);
    this.deps.logger.warn("move.failed", { move: move.sid, step: move.step, reason });
    // What may have been done must be done to its end; what a cell will never do before that is called off.
    const isOver = error instanceof FlipRefused || (error instanceof StepRefused && canRollBack(move.step));
    const step = isOver ? "rollback" : move.step;
    try {
      return await this.write(move, { step, progress: move.progress, reason }, isOver ? 0 : RETRY_MS);
    } catch {
      return { next: move, waitMs: RETRY_MS };
    }
  }

  private tooLong(move: Move): string | undefined {
    const { frozenMs } = move.progress;
    if (!isFrozenAt(move.step) || frozenMs === undefined) return undefined;
    return this.deps.clock.nowMs() - frozenMs > this.deps.limits.maxFrozenMs ? "it was frozen for too long" : undefined;
  }

  private async perform(move: Move, step: OnwardStep): Promise<StepResult> {
    const { sid, from, to, accountSid: mainSid, epoch } = move;
    switch (step) {
      case "prepare":
        await this.ask(from, sid, "prepare", { mainSid, to });
        return DONE;
      case "begin":
        await this.ask(to, sid, "begin", { mainSid, from });
        return DONE;
      case "ahead":
        return this.copyAhead(move);
      case "freeze":
        return this.freeze(move);
      case "drain":
        return this.drain(move);
      case "seal": {
        const { isSealed } = await this.ask<{ isSealed: boolean }>(from, sid, "seal", {});
        return isSealed ? DONE : { kind: "again", waitMs: BUSY_MS };
      }
      case "copy": {
        const pull = await this.ask<{ isDone: boolean; verified: Record<string, number> }>(to, sid, "pull", {
          pass: FINAL_PASS,
          isFinal: true,
        });
        return { kind: pull.isDone ? "done" : "again", progress: { verified: pull.verified } };
      }
      case "flip": {
        const { routeKeys } = await this.ask<{ routeKeys: string[] }>(from, sid, "seal", {});
        await this.flip({ keys: routeKeys, from, to, epoch });
        return DONE;
      }
      case "activate":
        await this.ask(to, sid, "activate", { epoch });
        return DONE;
      case "mark":
        await this.ask(from, sid, "mark", { epoch });
        return DONE;
      case "tail": {
        const { left } = await this.ask<{ left: number }>(to, sid, "follow", {});
        return {
          kind: left === 0 ? "done" : "again",
          progress: { left },
          waitMs: left === 0 ? 0 : this.tailWait(move),
        };
      }
      case "cleanup":
        return this.cleanUp(move);
    }
  }

  private async copyAhead({ sid, to, progress }: Move): Promise<StepResult> {
    const { passes = 0 } = progress;
    const pull = await this.ask<{ isDone: boolean; copied: number }>(to, sid, "pull", {
      pass: passes + 1,
      isFinal: false,
    });
    if (!pull.isDone) return { kind: "again" };
    const isEnough = pull.copied <= FEW_ROWS || passes + 1 >= MAX_PASSES;
    return { kind: isEnough ? "done" : "again", progress: { passes: passes + 1 } };
  }

  private async freeze({ sid, from, progress }: Move): Promise<StepResult> {
    const { clock, limits } = this.deps;
    const frozenMs = progress.frozenMs ?? clock.nowMs();
    const { isQuiet } = await this.ask<{ isQuiet: boolean }>(from, sid, "freeze", { leaseMs: limits.maxFrozenMs });
    return { kind: isQuiet ? "done" : "again", progress: { frozenMs }, waitMs: isQuiet ? 0 : BUSY_MS };
  }

  private async drain({ sid, from, stepStartedMs }: Move): Promise<StepResult> {
    const { queued } = await this.ask<{ queued: number }>(from, sid, "drain", {});
    const isOver = queued === 0 || this.deps.clock.nowMs() - stepStartedMs >= this.deps.limits.drainMs;
    return { kind: isOver ? "done" : "again", progress: { queued }, waitMs: isOver ? 0 : BUSY_MS };
  }

  /** A refusal says that nothing was moved, now or before: then there still is a way back. */
  private async flip(move: HomeMove): Promise<void> {
    try {
      await this.deps.homes.move(move);
    } catch (error) {
      if (error instanceof AppError && error.status < 500) throw new FlipRefused(error.message);
      throw error;
    }
  }

  private tailWait({ stepStartedMs }: Move): number {
    const ageMs = this.deps.clock.nowMs() - stepStartedMs;
    return Math.min(MAX_TAIL_MS, Math.max(MIN_TAIL_MS, ageMs / 10));
  }

  private async cleanUp({ sid, from, to }: Move): Promise<StepResult> {
    const { isDone } = await this.ask<{ isDone: boolean }>(from, sid, "cleanup", {});
    if (!isDone) {
      // Something came after all: the new cell has it before it is removed here.
      const { left } = await this.ask<{ left: number }>(to, sid, "follow", {});
      return { kind: "again", progress: { left }, waitMs: left === 0 ? 0 : MIN_TAIL_MS };
    }
    await this.ask(to, sid, "finish", {});
    return DONE;
  }

  /** The source goes on first, because customers wait for it. */
  private async rollBack({ sid, from, to, accountSid: mainSid, progress, reason }: Move): Promise<MoveChange> {
    await this.ask(from, sid, "unfreeze", { mainSid, to });
    for (;;) {
      const { isDone } = await this.ask<{ isDone: boolean }>(to, sid, "abort", { mainSid, from });
      if (isDone) return { step: progress.isCanceled === true ? "canceled" : "failed", progress, reason };
    }
  }

  private async ask<T>(cell: string, sid: string, step: string, json: unknown): Promise<T> {
    const answer = await this.deps.caller.call(cell, "POST", stepPath(sid, step), json);
    const refused = (answer as { refused?: string } | null)?.refused;
    if (refused !== undefined) throw new StepRefused(refused);
    return answer as T;
  }
}
