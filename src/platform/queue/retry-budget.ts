import { BoundedKeys } from "./bounded-keys.ts";

const RATIO = 0.1;
const FLOOR_PER_SECOND = 0.1;
const MAX_TOKENS = 1_000;
const MAX_KEYS = 100_000;
/** A budget that nobody used for so long may be forgotten. */
const IDLE_MS = 60_000;
const ROUNDING = 1e-9;

/** How much may be tried again. */
export interface RetryBudgetOptions {
  /** Retries that one fresh attempt earns; 0.1 where absent. */
  readonly ratio?: number;
  /** Retries a second that are allowed to a system so quiet that it earns none; 0.1 where absent. */
  readonly floorPerSecond?: number;
  /** The most that can be saved up; 1,000 where absent. */
  readonly maxTokens?: number;
}

/**
 * Keeps retries to a share of the fresh traffic, so that a failing carrier is not buried in
 * them. It begins with one retry; the floor fills it up to one again and never further, so
 * that saved retries come from fresh traffic alone.
 */
export class RetryBudget {
  private readonly ratio: number;
  private readonly floorPerMs: number;
  private readonly maxTokens: number;
  private tokens = 1;
  private atMs: number;

  constructor(options: RetryBudgetOptions, nowMs: number) {
    this.ratio = options.ratio ?? RATIO;
    this.floorPerMs = (options.floorPerSecond ?? FLOOR_PER_SECOND) / 1_000;
    this.maxTokens = Math.max(1, options.maxTokens ?? MAX_TOKENS);
    this.atMs = nowMs;
  }

  /** Whole retries that are allowed now. */
  available(nowMs: number): number {
    if (this.tokens < 1) this.tokens = Math.min(1, this.tokens + Math.max(0, nowMs - this.atMs) * this.floorPerMs);
    this.atMs = nowMs;
    return Math.floor(this.tokens + ROUNDING);
  }

  /** Counts attempts that are no retries. */
  fresh(count = 1): void {
    this.tokens = Math.min(this.maxTokens, this.tokens + count * this.ratio);
  }

  /** Takes a retry; false, and takes nothing, where none is allowed now. */
  trySpend(nowMs: number): boolean {
    if (this.available(nowMs) < 1) return false;
    this.tokens -= 1;
    return true;
  }

  /** Gives a retry back that was taken and not made, for example because another budget forbade it. */
  giveBack(): void {
    this.tokens = Math.min(this.maxTokens, this.tokens + 1);
  }

  /** Milliseconds until a retry is allowed if no fresh traffic comes; infinite without a floor. */
  waitMs(nowMs: number): number {
    return this.available(nowMs) >= 1 ? 0 : Math.ceil((1 - this.tokens) / this.floorPerMs);
  }

  /** What a new budget has more than this one; 0 where it has no more. */
  missing(nowMs: number): number {
    this.available(nowMs);
    return this.tokens + ROUNDING >= 1 ? 0 : 1 - this.tokens;
  }
}

/** How budgets by key are made. */
export interface KeyedRetryBudgetsOptions extends RetryBudgetOptions {
  /** How many budgets are kept at once; 100,000 where absent. */
  readonly maxKeys?: number;
}

interface Used {
  readonly budget: RetryBudget;
  usedMs: number;
}

/**
 * Retry budgets by key. One that was not used for a minute is forgotten sooner or later, with
 * what it had saved, so that forgetting never allows more; only beyond the maximum one in
 * debt can be forgotten, which allows that key at most one retry on top.
 */
export class KeyedRetryBudgets {
  private readonly budgets: BoundedKeys<Used>;

  constructor(options: KeyedRetryBudgetsOptions = {}) {
    this.budgets = new BoundedKeys({
      maxKeys: options.maxKeys ?? MAX_KEYS,
      make: (_key, nowMs): Used => ({ budget: new RetryBudget(options, nowMs), usedMs: nowMs }),
      lossOf: ({ budget, usedMs }, nowMs) => {
        const isIdle = nowMs - usedMs > IDLE_MS;
        // Rather one that was not used lately than one in use, and rather one that has retries than one that has none.
        return isIdle ? budget.missing(nowMs) : 1 + 1 / (1 + Math.max(0, nowMs - usedMs));
      },
    });
  }

  /** How many budgets are kept. */
  get size(): number {
    return this.budgets.size;
  }

  private use(key: string, nowMs: number): RetryBudget {
    const used = this.budgets.use(key, nowMs);
    used.usedMs = nowMs;
    return used.budget;
  }

  /** Counts attempts that are no retries. */
  fresh(key: string, nowMs: number, count = 1): void {
    const budget = this.use(key, nowMs);
    budget.available(nowMs);
    budget.fresh(count);
  }

  /** Takes a retry; false, and takes nothing, where none is allowed now. */
  trySpend(key: string, nowMs: number): boolean {
    return this.use(key, nowMs).trySpend(nowMs);
  }

  /** Gives a retry back that was taken and not made. */
  giveBack(key: string, nowMs: number): void {
    this.use(key, nowMs).giveBack();
  }

  /** Milliseconds until a retry is allowed if no fresh traffic comes. */
  waitMs(key: string, nowMs: number): number {
    return this.budgets.find(key)?.budget.waitMs(nowMs) ?? 0;
  }
}
