import { AppError } from "../../../kernel/errors.ts";
import type { Metric } from "../query.ts";
import { MAX_RULES, MAX_RULES_PER_ACCOUNT, type AlertDestinations, type AlertRule } from "./alert-rule.ts";
import type { AlertDeps } from "./deps.ts";
import { countRulesLocked, deleteRuleRow, insertRule, updateRule, type RuleTarget } from "./alert-rule.store.ts";
import { alertRuleErrors } from "./errors.ts";
import { readCondition, readFilter, settingsOf, USUAL_CONDITION, type ConditionSettings } from "./read-condition.ts";

type Wish<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** What is wanted of a rule. What is absent stays, or is as usual. */
export interface RuleWish {
  /** Whether it is the operator who wants it. */
  readonly isOperators: boolean;
  readonly friendlyName?: string | undefined;
  readonly scope?: AlertRule["scope"] | undefined;
  readonly metric?: Metric | undefined;
  readonly filter?: Readonly<Record<string, string>> | undefined;
  readonly condition: Wish<ConditionSettings>;
  readonly destinations: Wish<AlertDestinations>;
  readonly repeatMs?: number | undefined;
  readonly mutedUntilMs?: number | undefined;
  readonly isEnabled?: boolean | undefined;
}

const USUAL_REPEAT_MS = 4 * 3_600_000;
const NOBODY: AlertDestinations = { webhookUrls: [], emails: [], texts: [], textFrom: "" };
const MAIL_ADDRESS = /^[^\s@,;<>"\\]{1,64}@[^\s@,;<>"\\]{1,189}$/;

/** Makes a rule. */
export async function createRule(
  deps: AlertDeps,
  wish: RuleWish & { readonly accountSid: string; readonly metric: Metric; readonly friendlyName: string },
): Promise<AlertRule> {
  const { database, clock, book, mintSid } = deps;
  const nowMs = clock.nowMs();
  const draft: AlertRule = {
    sid: mintSid("IR"),
    accountSid: wish.accountSid,
    friendlyName: wish.friendlyName,
    scope: "account",
    metric: wish.metric,
    filter: {},
    condition: { kind: "absence", forMs: 0 },
    destinations: NOBODY,
    repeatMs: USUAL_REPEAT_MS,
    mutedUntilMs: 0,
    isEnabled: true,
    revision: 0,
    createdMs: nowMs,
    updatedMs: nowMs,
  };
  const kind = wish.condition.kind ?? "threshold";
  const rule = settled(deps, draft, wish, { ...USUAL_CONDITION, kind });
  if (book.size >= MAX_RULES) throw new AppError(alertRuleErrors.cellFull);
  await database.transaction(async (tx) => {
    if ((await countRulesLocked(tx, rule.accountSid)) >= MAX_RULES_PER_ACCOUNT) {
      throw new AppError(alertRuleErrors.tooManyRules, { max: MAX_RULES_PER_ACCOUNT });
    }
    await insertRule(tx, rule);
  });
  book.put(rule);
  return rule;
}

/** Changes a rule. Rejects where somebody else changed it meanwhile. */
export async function changeRule(deps: AlertDeps, known: AlertRule, wish: RuleWish): Promise<AlertRule> {
  const { kind = known.condition.kind } = wish.condition;
  const before = kind === known.condition.kind ? settingsOf(known.condition) : { ...USUAL_CONDITION, kind };
  const draft: AlertRule = { ...known, revision: known.revision + 1, updatedMs: deps.clock.nowMs() };
  const rule = settled(deps, draft, wish, before);
  if (!(await updateRule(deps.database, rule))) throw new AppError(alertRuleErrors.changedMeanwhile);
  deps.book.put(rule);
  if (!rule.isEnabled) await deps.forget([rule.sid]);
  return rule;
}

/** Deletes a rule; how it stood is forgotten. False where it is gone. */
export async function deleteRule(deps: AlertDeps, target: RuleTarget): Promise<boolean> {
  const isDeleted = await deps.database.transaction((tx) => deleteRuleRow(tx, target));
  deps.book.remove(target.sid);
  if (isDeleted) await deps.forget([target.sid]);
  return isDeleted;
}

function settled(deps: AlertDeps, draft: AlertRule, wish: RuleWish, before: ConditionSettings): AlertRule {
  const metric = wish.metric ?? draft.metric;
  const scope = wish.scope ?? draft.scope;
  const { isOperators } = wish;
  if (scope === "all" && !isOperators) throw invalid("only the operator's rules are of all accounts");
  // Edges count API answers of everybody together.
  if ((metric === "api_requests" || metric === "availability") && scope !== "all") {
    throw invalid(`${metric} is of all accounts: it needs Scope=all, which the operator has`);
  }
  const settings = overlay(before, wish.condition);
  const filter = wish.filter === undefined || Object.keys(wish.filter).length === 0 ? known(draft) : wish.filter;
  return {
    ...draft,
    friendlyName: wish.friendlyName ?? draft.friendlyName,
    scope,
    metric,
    filter: readFilter(filter, metric, { scope, isOperators }),
    condition: readCondition(settings, metric),
    destinations: readDestinations(deps, draft, wish.destinations),
    repeatMs: wish.repeatMs ?? draft.repeatMs,
    mutedUntilMs: wish.mutedUntilMs ?? draft.mutedUntilMs,
    isEnabled: wish.isEnabled ?? draft.isEnabled,
  };
}

/** The filter of a rule as it was asked for. */
function known({ filter }: AlertRule): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(filter).map(([name, values]) => [name, values.join(",")]));
}

function overlay<T extends object>(before: T, wish: Wish<T>): T {
  const given = Object.entries(wish).filter(([, value]) => value !== undefined);
  return { ...before, ...(Object.fromEntries(given) as Partial<T>) };
}

function readDestinations(deps: AlertDeps, draft: AlertRule, wish: Wish<AlertDestinations>): AlertDestinations {
  const destinations = overlay(draft.destinations, wish);
  const { emails, texts, textFrom } = destinations;
  if (emails.length > 0 && deps.mail === undefined) throw new AppError(alertRuleErrors.mailOff);
  for (const email of emails) if (!MAIL_ADDRESS.test(email)) throw invalid(`${email} is no e-mail address`);
  if (texts.length === 0) return destinations;
  if (deps.texts === undefined) throw new AppError(alertRuleErrors.textsOff);
  for (const to of texts) if (!/^\+[1-9]\d{6,14}$/.test(to)) throw invalid(`${to} is no number in E.164`);
  if (!deps.texts.canSendFrom(draft.accountSid, textFrom)) {
    throw new AppError(alertRuleErrors.senderInvalid, { from: textFrom || "TextFrom, which is empty," });
  }
  return destinations;
}

function invalid(reason: string): AppError {
  return new AppError(alertRuleErrors.ruleInvalid, { reason });
}
