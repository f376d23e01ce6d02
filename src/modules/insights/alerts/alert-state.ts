import { StateTable, type CellRecord } from "../../../platform/cell/index.ts";

/** How a rule stands. Durable: a crash neither forgets that it fires nor tells of it again. */
export interface RuleState {
  readonly sid: string;
  readonly accountSid: string;
  readonly state: "ok" | "pending" | "firing" | "resolved";
  readonly sinceMs: number;
  /** Grows with every record of the rule: notifications are named by it. */
  readonly turn: number;
  /** Whether somebody was told that it fires. */
  readonly isTold: boolean;
  readonly lastToldMs?: number;
  readonly value: number | null;
  readonly limit: number;
}

/** Who is told what; fixed when it is decided. */
export interface AlertTold {
  readonly friendlyName: string;
  readonly isRepeat: boolean;
  readonly summary: string;
  readonly webhookUrls: readonly string[];
  readonly emails: readonly string[];
  readonly texts: readonly string[];
  readonly textFrom: string;
}

/** A rule stands otherwise than before, or is told of again. */
export interface AlertTurned extends CellRecord {
  readonly kind: "alert-rule.turned";
  readonly sid: string;
  readonly accountSid: string;
  readonly turn: number;
  readonly state: RuleState["state"];
  readonly sinceMs: number;
  readonly value: number | null;
  readonly limit: number;
  readonly isMuted: boolean;
  readonly told?: AlertTold;
}

/** Rules that are not evaluated any more. */
export interface AlertRulesForgotten extends CellRecord {
  readonly kind: "alert-rule.forgotten";
  readonly sids: readonly string[];
}

/** States that came with accounts from another cell. */
export interface AlertStatesBrought extends CellRecord {
  readonly kind: "alert-rule.brought";
  readonly states: readonly RuleState[];
  /** Accounts of which everything is forgotten before. */
  readonly instead: readonly string[];
}

/** Notifications that are not to be sent (again): a text was taken, a mail is about to go. */
export interface AlertNoticesTaken extends CellRecord {
  readonly kind: "alert-notice.taken";
  readonly ids: readonly string[];
}

/** A notification that could not be sent. */
export interface AlertNoticeFailed extends CellRecord {
  readonly kind: "alert-notice.failed";
  readonly id: string;
  readonly accountSid: string;
  readonly ruleSid: string;
  readonly reason: string;
}

/** A text or a mail that is to be sent. */
export interface AlertNotice {
  readonly id: string;
  readonly kind: "text" | "email";
  readonly accountSid: string;
  readonly ruleSid: string;
  readonly to: string;
  /** Of texts. */
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  readonly createdMs: number;
}

/** What stands in the history of a rule. */
export interface AlertEvent {
  /** The rule's SID and the turn: in order of time. */
  readonly id: string;
  readonly ruleSid: string;
  readonly accountSid: string;
  readonly turn: number;
  readonly state: "firing" | "resolved";
  readonly isRepeat: boolean;
  readonly isMuted: boolean;
  readonly isTold: boolean;
  readonly value: number | null;
  readonly limit: number;
  readonly sinceMs: number;
  readonly atMs: number;
}

/** Texts and mails that wait. Beyond, none are made: the rule's history tells of it all the same. */
export const MAX_NOTICES = 10_000;

/** The tables of alerts. */
export class AlertState {
  readonly rules = new StateTable<RuleState>("alert-rule-states", { projected: false });
  readonly notices = new StateTable<AlertNotice>("alert-notices", { projected: false });
  /** Leave memory as soon as they are in the database. */
  readonly events = new StateTable<AlertEvent>("alert-rule-events", { projected: true });

  get tables(): readonly StateTable<never>[] {
    return [this.rules, this.notices, this.events] as readonly unknown[] as readonly StateTable<never>[];
  }

  /** What a checkpoint still held although it had been projected is not needed any more. */
  dropProjected(): void {
    for (const key of this.events.keys()) this.events.evict(key);
  }
}

/** The key of an event. */
export function eventId(ruleSid: string, turn: number): string {
  return `${ruleSid}-${String(turn).padStart(10, "0")}`;
}
