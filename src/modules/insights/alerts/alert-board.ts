import { AppError } from "../../../kernel/errors.ts";
import type { LiveAnswer, LiveQuestion, LiveSource } from "../../../platform/live/index.ts";
import type { AlertRuleBook } from "./alert-rule-book.ts";
import type { AlertRule } from "./alert-rule.ts";
import type { AlertState, RuleState } from "./alert-state.ts";
import { alertRuleErrors } from "./errors.ts";
import type { Judgement } from "./evaluator.ts";

/** How a rule stands, with what was measured last. */
export interface RuleStanding {
  readonly state: RuleState["state"] | "unknown";
  readonly sinceMs: number | undefined;
  readonly value: number | null;
  readonly limit: number | undefined;
  readonly judgedMs: number | undefined;
}

interface Shown {
  readonly judgement: Judgement | undefined;
  /** When what is shown changed last, on a scale of this process. */
  readonly revision: number;
}

/** Rules that were deleted and of which watchers are told so. */
const MAX_GONE = 1_000;

/** How all rules stand now, for those who look. In memory: after a start it is filled within ten seconds. */
export class AlertBoard {
  private readonly book: AlertRuleBook;
  private readonly state: AlertState;
  /** Tells the cursors of this life from those of another. */
  private readonly life: string;
  private readonly shown = new Map<string, Shown>();
  private gone: { readonly sid: string; readonly accountSid: string; readonly revision: number }[] = [];
  private revision = 0;

  constructor(options: { readonly book: AlertRuleBook; readonly state: AlertState; readonly life: string }) {
    this.book = options.book;
    this.state = options.state;
    this.life = options.life;
  }

  /** A rule was judged. */
  judged({ sid }: AlertRule, judgement: Judgement): void {
    const before = this.shown.get(sid);
    const isSame = before?.judgement?.value === judgement.value && before.judgement.limit === judgement.limit;
    const revision = isSame ? before.revision : (this.revision += 1);
    this.shown.set(sid, { judgement, revision });
  }

  /** How a rule stands, or what it is, has changed. */
  changed(sid: string): void {
    this.revision += 1;
    this.shown.set(sid, { judgement: this.shown.get(sid)?.judgement, revision: this.revision });
  }

  /** A rule was deleted. */
  removed({ sid, accountSid }: Pick<AlertRule, "sid" | "accountSid">): void {
    this.shown.delete(sid);
    this.revision += 1;
    this.gone.push({ sid, accountSid, revision: this.revision });
    if (this.gone.length > MAX_GONE) this.gone = this.gone.slice(-MAX_GONE / 2);
  }

  /** How a rule stands now. */
  standing(rule: AlertRule): RuleStanding {
    const known = this.state.rules.get(rule.sid);
    const judgement = this.shown.get(rule.sid)?.judgement;
    const hasState = known !== undefined || judgement !== undefined;
    return {
      state: known?.state ?? (rule.isEnabled && hasState ? "ok" : "unknown"),
      sinceMs: known?.sinceMs,
      value: judgement === undefined ? (known?.value ?? null) : judgement.value,
      limit: judgement?.limit ?? known?.limit,
      judgedMs: judgement?.atMs,
    };
  }

  /** Topic `alert-states`: rules whose standing has changed since the cursor, the oldest change first. */
  readonly source: LiveSource = {
    topic: "alert-states",
    ask: (question) => this.ask(question),
  };

  private ask({ query, cursor, scope, limit }: LiveQuestion): LiveAnswer {
    const wanted = ruleOf(query);
    const since = this.revisionOf(cursor);
    const isVisible = (accountSid: string): boolean => scope.everything || accountSid === scope.accountSid;
    const found: { readonly revision: number; readonly item: unknown }[] = [];
    for (const rule of this.book.values()) {
      if (!isVisible(rule.accountSid) || (wanted !== undefined && rule.sid !== wanted)) continue;
      const revision = this.shown.get(rule.sid)?.revision ?? 0;
      if (cursor === undefined || revision > since) found.push({ revision, item: this.itemOf(rule) });
    }
    for (const { sid, accountSid, revision } of this.gone) {
      if (cursor !== undefined && revision > since && isVisible(accountSid))
        found.push({ revision, item: { sid, gone: true } });
    }
    found.sort((a, b) => a.revision - b.revision);
    const items = found.slice(0, limit);
    const last = items.length < found.length ? (items.at(-1)?.revision ?? since) : this.revision;
    return { cursor: `${this.life}:${last}`, items: items.map(({ item }) => item) };
  }

  /** What was shown in another life is shown again. */
  private revisionOf(cursor: string | undefined): number {
    const [life, revision] = (cursor ?? "").split(":");
    return life === this.life ? Number(revision) || 0 : -1;
  }

  private itemOf(rule: AlertRule): unknown {
    const { state, sinceMs, value, limit } = this.standing(rule);
    return {
      sid: rule.sid,
      account_sid: rule.accountSid,
      friendly_name: rule.friendlyName,
      metric: rule.metric,
      kind: rule.condition.kind,
      enabled: rule.isEnabled,
      muted_until: rule.mutedUntilMs === 0 ? null : new Date(rule.mutedUntilMs).toISOString(),
      state,
      since: sinceMs === undefined ? null : new Date(sinceMs).toISOString(),
      value,
      limit: limit ?? null,
    };
  }
}

function ruleOf(query: unknown): string | undefined {
  if (query === undefined || query === null) return undefined;
  const { rule } = query as { readonly rule?: unknown };
  if (typeof query !== "object" || (rule !== undefined && typeof rule !== "string")) {
    throw new AppError(alertRuleErrors.ruleInvalid, { reason: "a subscription names at most one rule" });
  }
  return rule;
}
