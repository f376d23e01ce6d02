import type { MarketingHours } from "./countries/index.ts";
import type { Setting, SettingIndex } from "./settings/index.ts";

export const QUIET_ACTIONS = ["refuse", "hold", "off"] as const;
export type QuietAction = (typeof QUIET_ACTIONS)[number];

/** What becomes of marketing at quiet hours, and further hours of the account's own. */
export interface QuietHoursSetting {
  /** A Messaging Service, or the account. */
  readonly scope: string;
  readonly action: QuietAction;
  /** Minutes of the recipient's day; both or none. Narrower than the law, never wider. */
  readonly fromMinute?: number;
  readonly toMinute?: number;
}

export interface QuietChoice {
  readonly action: QuietAction;
  readonly hours: MarketingHours | undefined;
}

/** The choices of services and accounts about quiet hours, from memory. */
export class QuietHoursBook implements SettingIndex {
  readonly kinds = ["quiet-hours"] as const;
  private readonly choices = new Map<string, QuietChoice>();
  private readonly standard: QuietChoice;
  private ownHours = 0;

  constructor(standard: QuietAction) {
    this.standard = { action: standard, hours: undefined };
  }

  /** Whether anybody has hours of his own, so that they are asked for in all countries. */
  get hasOwnHours(): boolean {
    return this.ownHours > 0;
  }

  clear(): void {
    this.choices.clear();
    this.ownHours = 0;
  }

  put({ accountSid, document }: Setting): void {
    const { scope, action, fromMinute, toMinute } = document as QuietHoursSetting;
    const hasHours = fromMinute !== undefined && toMinute !== undefined;
    const hours: MarketingHours | undefined = hasHours
      ? { days: Array.from({ length: 7 }, () => [fromMinute, toMinute] as const), source: { url: "", read: "" } }
      : undefined;
    this.choices.set(`${accountSid}/${scope}`, { action, hours });
    if (hasHours) this.ownHours += 1;
  }

  remove({ accountSid, document }: Setting): void {
    const { scope, fromMinute } = document as QuietHoursSetting;
    this.choices.delete(`${accountSid}/${scope}`);
    if (fromMinute !== undefined) this.ownHours -= 1;
  }

  /** The service's choice, else the account's, else the operator's. */
  choice(accountSid: string, serviceSid: string | undefined): QuietChoice {
    if (this.choices.size === 0) return this.standard;
    const ofService = serviceSid === undefined ? undefined : this.choices.get(`${accountSid}/${serviceSid}`);
    return ofService ?? this.choices.get(`${accountSid}/${accountSid}`) ?? this.standard;
  }
}
