/**
 * What rules go by and people change: one row each, whatever the rule. The document's shape is
 * its kind's; the file that owns the kind checks it before it is written.
 */

/** The kinds of settings, each with the prefix of its SIDs. */
export const SETTING_PREFIXES = {
  "opt-out-configuration": "OO",
  "geo-permission": "GP",
  "sender-registration": "SR",
  "dlt-entity": "DE",
  "dlt-header": "DH",
  "dlt-template": "DT",
  "quiet-hours": "QH",
  "do-not-call-exemption": "DX",
  "content-list": "CL",
  "country-rule": "CR",
} as const;

export type SettingKind = keyof typeof SETTING_PREFIXES;

/** A setting as it stands. */
export interface Setting<D extends object = object> {
  readonly sid: string;
  readonly kind: SettingKind;
  /** The account that it is for; empty where it is the operator's and holds for all. */
  readonly accountSid: string;
  /** Unique within the kind. */
  readonly key: string;
  readonly document: D;
  /** Rises with every change. */
  readonly revision: number;
  readonly createdMs: number;
  readonly updatedMs: number;
}

/** Who changes something, for the audit log. */
export interface Actor {
  readonly accountSid: string;
  /** What the request was authenticated with. */
  readonly credential: string;
  readonly requestId?: string;
}

/** A change that was committed, told to the audit log. */
export interface SettingChange {
  readonly kind: SettingKind;
  readonly sid: string;
  readonly accountSid: string;
  readonly key: string;
  readonly actor: Actor;
  readonly before: object | undefined;
  readonly after: object | undefined;
  readonly atMs: number;
}
