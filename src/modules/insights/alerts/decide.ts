import type { AlertRule } from "./alert-rule.ts";
import type { AlertTold, AlertTurned, RuleState } from "./alert-state.ts";
import type { Verdict } from "./evaluate.ts";
import { summaryOf } from "./describe.ts";

/** A rule that flutters tells of it once a minute at most. */
export const MIN_BETWEEN_TELLING_MS = 60_000;
/**
 * Where the turns of a rule begin that nothing stands of. One that was switched off is forgotten: counted from 1
 * again, its notifications would have the names of earlier ones, and a text of the same name is sent once.
 */
const TURNS_A_REVISION = 1_000_000;

/**
 * What becomes of a rule by a verdict: a record where anything does. Telling is decided in every
 * round, so that what was muted or came too soon after another is told once it may be.
 */
export function decide(
  rule: AlertRule,
  known: Readonly<RuleState> | undefined,
  verdict: Verdict,
  nowMs: number,
): AlertTurned | undefined {
  const was = known?.state ?? "ok";
  const to = nextState(was, verdict.state);
  const isTold = to === was && known?.isTold === true;
  const wantsTelling =
    to === "firing" ? mayTell(rule, known, isTold, nowMs) : was === "firing" && known?.isTold === true;
  const isMuted = rule.mutedUntilMs > nowMs;
  const tells = wantsTelling && !isMuted;
  if (to === was && !tells) return undefined;
  const turn = (known?.turn ?? rule.revision * TURNS_A_REVISION) + 1;
  const sinceMs = to === was ? (known?.sinceMs ?? nowMs) : nowMs;
  const record: AlertTurned = {
    kind: "alert-rule.turned",
    sid: rule.sid,
    accountSid: rule.accountSid,
    turn,
    state: to,
    sinceMs,
    value: verdict.value,
    limit: verdict.limit,
    isMuted,
  };
  return tells ? Object.assign(record, { told: toldOf(rule, record, isTold) }) : record;
}

function nextState(was: RuleState["state"], now: Verdict["state"]): RuleState["state"] {
  if (now === "firing") return "firing";
  if (was === "firing") return "resolved";
  if (now === "pending") return "pending";
  // One that was resolved stays so until something is bad again.
  return was === "pending" ? "ok" : was;
}

function mayTell(
  { repeatMs }: AlertRule,
  known: Readonly<RuleState> | undefined,
  isTold: boolean,
  nowMs: number,
): boolean {
  const agoMs = known?.lastToldMs === undefined ? Number.POSITIVE_INFINITY : nowMs - known.lastToldMs;
  if (isTold) return repeatMs > 0 && agoMs >= repeatMs;
  return agoMs >= MIN_BETWEEN_TELLING_MS;
}

function toldOf(rule: AlertRule, turned: AlertTurned, isRepeat: boolean): AlertTold {
  const { friendlyName, destinations } = rule;
  return { friendlyName, isRepeat, summary: summaryOf(rule, turned), ...destinations };
}
