import type { ApplyContext, Machine } from "../../../platform/cell/index.ts";
import type { AlertRaised, WebhookRequested } from "../../../platform/webhooks/index.ts";
import {
  eventId,
  MAX_NOTICES,
  type AlertNotice,
  type AlertNoticeFailed,
  type AlertNoticesTaken,
  type AlertRulesForgotten,
  type AlertState,
  type AlertStatesBrought,
  type AlertTold,
  type AlertTurned,
  type RuleState,
} from "./alert-state.ts";
import { NOT_NOTIFIED } from "./errors.ts";

/** Who is told of answers to webhooks of alerts. */
export const ALERT_PURPOSE = "insight-alert";

/** What the reducers set in motion once a record stands. */
export interface AlertEffects {
  /** A text or mail waits. */
  noticed(): void;
  /** How a rule stands has changed. */
  turned(sid: string): void;
}

/** What the machine works with. */
export interface AlertMachineOptions {
  readonly state: AlertState;
  readonly effects: AlertEffects;
  /** Where people look at a rule. */
  readonly pageUrl: (ruleSid: string) => string;
}

/**
 * How rules stand, as the log has it. A notification is made in the step of the turn that it
 * tells of, with an id of rule and turn: after a crash it is neither forgotten nor made again.
 */
export function alertMachine(options: AlertMachineOptions): Machine {
  const { state, effects } = options;
  return {
    name: "insight-alerts",
    tables: state.tables,
    reducers: {
      "alert-rule.turned": (record: AlertTurned, context) => turn(options, record, context),
      "alert-rule.forgotten": ({ sids }: AlertRulesForgotten, context) => {
        for (const sid of sids) {
          if (state.rules.delete(sid)) context.effect(() => effects.turned(sid));
        }
      },
      "alert-rule.brought": (record: AlertStatesBrought) => bring(state, record),
      "alert-notice.taken": ({ ids }: AlertNoticesTaken) => {
        for (const id of ids) state.notices.delete(id);
      },
      "alert-notice.failed": (record: AlertNoticeFailed, context) => {
        state.notices.delete(record.id);
        context.emit(failureOf(record));
      },
    },
    restored: () => state.dropProjected(),
    recovered: () => effects.noticed(),
  };
}

function turn(options: AlertMachineOptions, record: AlertTurned, context: ApplyContext): void {
  const { state, effects } = options;
  const { sid, accountSid, told, sinceMs, value, limit } = record;
  const known = state.rules.get(sid);
  // Somebody was quicker; what it decided from has changed.
  if (known !== undefined && record.turn <= known.turn) return;
  const lastToldMs = told !== undefined && record.state === "firing" ? context.atMs : known?.lastToldMs;
  const isTold = record.state === "firing" && (told !== undefined || (known?.state === "firing" && known.isTold));
  const next: RuleState = {
    sid,
    accountSid,
    state: record.state,
    sinceMs,
    turn: record.turn,
    isTold,
    value,
    limit,
    ...(lastToldMs === undefined ? {} : { lastToldMs }),
  };
  state.rules.put(sid, next);
  context.effect(() => effects.turned(sid));
  if (record.state === "firing" || record.state === "resolved") note(options, record, context);
  if (told !== undefined) tell(options, record, told, context);
}

function note({ state }: AlertMachineOptions, record: AlertTurned, { atMs }: ApplyContext): void {
  const { sid: ruleSid, accountSid, turn: number, isMuted, value, limit, sinceMs, told } = record;
  const id = eventId(ruleSid, number);
  state.events.put(id, {
    id,
    ruleSid,
    accountSid,
    turn: number,
    state: record.state === "firing" ? "firing" : "resolved",
    isRepeat: told?.isRepeat ?? false,
    isMuted,
    isTold: told !== undefined,
    value,
    limit,
    sinceMs,
    atMs,
  });
}

function tell(options: AlertMachineOptions, record: AlertTurned, told: AlertTold, context: ApplyContext): void {
  const { state, effects, pageUrl } = options;
  const { sid: ruleSid, accountSid } = record;
  const name = `alert:${ruleSid}:${record.turn}`;
  const url = pageUrl(ruleSid);
  for (const [index, target] of told.webhookUrls.entries()) {
    context.emit(webhookOf(record, told, { id: `${name}:w${index}`, url: target, pageUrl: url }));
  }
  const text = `${told.summary}\n${url}`;
  const subject = `${record.state === "resolved" ? "Resolved" : "Firing"}: ${told.friendlyName}`;
  const common = { accountSid, ruleSid, subject, text, createdMs: context.atMs };
  const add = (notice: AlertNotice): void => {
    if (state.notices.size < MAX_NOTICES) state.notices.put(notice.id, notice);
    else context.emit(failureOf({ ...notice, reason: "too many notifications wait" }));
  };
  for (const [index, to] of told.texts.entries()) {
    add({ ...common, id: `${name}:t${index}`, kind: "text", to, from: told.textFrom });
  }
  for (const [index, to] of told.emails.entries())
    add({ ...common, id: `${name}:e${index}`, kind: "email", to, from: "" });
  if (told.texts.length + told.emails.length > 0) context.effect(() => effects.noticed());
}

function webhookOf(
  record: AlertTurned,
  told: AlertTold,
  { id, url, pageUrl }: { readonly id: string; readonly url: string; readonly pageUrl: string },
): WebhookRequested {
  const { sid, accountSid, value, limit, sinceMs } = record;
  return {
    kind: "webhook.requested",
    id,
    accountSid,
    orderKey: sid,
    purpose: ALERT_PURPOSE,
    resourceSid: sid,
    url,
    method: "POST",
    params: [
      ["EventType", "trunkline.alert"],
      ["AccountSid", accountSid],
      ["AlertRuleSid", sid],
      ["FriendlyName", told.friendlyName],
      ["AlertState", record.state],
      ["Repeated", String(told.isRepeat)],
      ["Since", new Date(sinceMs).toISOString()],
      ["Value", value === null ? "" : String(value)],
      ["Limit", String(limit)],
      ["Summary", told.summary],
      ["Url", pageUrl],
    ],
  };
}

function failureOf({
  accountSid,
  ruleSid,
  reason,
}: Pick<AlertNoticeFailed, "accountSid" | "ruleSid" | "reason">): AlertRaised {
  return {
    kind: "alert.raised",
    accountSid,
    errorCode: NOT_NOTIFIED,
    level: "error",
    text: `A notification of an alert rule could not be sent: ${reason}`,
    resourceSid: ruleSid,
  };
}

function bring({ rules, notices }: AlertState, { states, instead }: AlertStatesBrought): void {
  const gone = new Set(instead);
  for (const { sid, accountSid } of rules.values()) if (gone.has(accountSid)) rules.delete(sid);
  for (const { id, accountSid } of notices.values()) if (gone.has(accountSid)) notices.delete(id);
  for (const state of states) rules.put(state.sid, state);
}
