import { iso8601 } from "../../../kernel/time.ts";
import type { JsonObject } from "../../../platform/http/index.ts";
import type { RuleStanding } from "./alert-board.ts";
import type { AlertRule } from "./alert-rule.ts";
import type { AlertEvent } from "./alert-state.ts";
import { conditionText } from "./describe.ts";

/** Where rules are. */
export const RULES_PATH = "/trunkline/v1/Insights/AlertRules";

/** A rule with how it stands. */
export interface StandingRule {
  readonly rule: AlertRule;
  readonly standing: RuleStanding;
}

/** The public shape of a rule. Durations in seconds, moments in ISO 8601. */
export function viewRule({ rule, standing }: StandingRule, call: { readonly baseUrl: string }): JsonObject {
  const { sid, destinations } = rule;
  return {
    sid,
    account_sid: rule.accountSid,
    friendly_name: rule.friendlyName,
    scope: rule.scope,
    metric: rule.metric,
    filter: Object.fromEntries(Object.entries(rule.filter).map(([name, values]) => [name, [...values]])),
    kind: rule.condition.kind,
    ...viewCondition(rule),
    description: conditionText(rule),
    webhook_urls: [...destinations.webhookUrls],
    emails: [...destinations.emails],
    texts: [...destinations.texts],
    text_from: destinations.textFrom === "" ? null : destinations.textFrom,
    repeat_after: rule.repeatMs / 1_000,
    muted_until: rule.mutedUntilMs === 0 ? null : iso8601(rule.mutedUntilMs),
    enabled: rule.isEnabled,
    state: standing.state,
    since: standing.sinceMs === undefined ? null : iso8601(standing.sinceMs),
    value: standing.value,
    limit: standing.limit ?? null,
    date_evaluated: standing.judgedMs === undefined ? null : iso8601(standing.judgedMs),
    date_created: iso8601(rule.createdMs),
    date_updated: iso8601(rule.updatedMs),
    url: `${call.baseUrl}${RULES_PATH}/${sid}`,
    links: { events: `${call.baseUrl}${RULES_PATH}/${sid}/Events` },
  };
}

function viewCondition({ condition }: AlertRule): JsonObject {
  switch (condition.kind) {
    case "threshold":
      return {
        comparison: condition.comparison,
        threshold: condition.limit,
        resolve_threshold: condition.resolveLimit,
        interval: condition.intervalMs / 1_000,
        needed_intervals: condition.needed,
        intervals: condition.of,
        quantile: condition.quantile,
      };
    case "burn-rate":
      return {
        target: condition.target,
        factor: condition.factor,
        long_window: condition.longMs / 1_000,
        short_window: condition.shortMs / 1_000,
      };
    case "absence":
      return { absent_for: condition.forMs / 1_000 };
  }
}

/** The public shape of an event of a rule. */
export function viewEvent(event: AlertEvent): JsonObject {
  return {
    rule_sid: event.ruleSid,
    account_sid: event.accountSid,
    turn: event.turn,
    state: event.state,
    repeated: event.isRepeat,
    muted: event.isMuted,
    notified: event.isTold,
    value: event.value,
    limit: event.limit,
    since: iso8601(event.sinceMs),
    date_created: iso8601(event.atMs),
  };
}
