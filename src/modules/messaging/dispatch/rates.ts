import { countryOf } from "../../../protocols/e164/index.ts";
import type { Clock } from "../../../platform/ports.ts";
import { KeyedBuckets } from "../../../platform/queue/index.ts";
import type { SenderKind } from "../../routing/index.ts";

/** How fast senders of a kind, of a country may send. The first rule that fits counts. */
export interface SenderRate {
  readonly kind?: SenderKind | undefined;
  /** ISO 3166-1 alpha-2, of the sender's own number. */
  readonly country?: string | undefined;
  readonly segmentsPerMinute: number;
}

/** How fast an account may send, over all of its senders. The first rule that fits counts. */
export interface AccountRate {
  readonly accountSid?: string | undefined;
  readonly segmentsPerMinute: number;
}

/** What rates there are. */
export interface RateRules {
  readonly senders: readonly SenderRate[];
  readonly accounts: readonly AccountRate[];
  /** How much may wait for a sender that has a rate: so many seconds' worth. */
  readonly queueSeconds: number;
}

export const NO_RATES: RateRules = { senders: [], accounts: [], queueSeconds: 36_000 };

/** Who sends. */
export interface Sender {
  readonly accountSid: string;
  readonly from: string;
}

/** The token buckets of senders and accounts, in segments. What no rule fits has no limit. */
export class Rates {
  private readonly rules: RateRules;
  private readonly clock: Clock;
  private readonly kindOf: (sender: Sender) => SenderKind;
  private readonly senders: KeyedBuckets;
  private readonly accounts: KeyedBuckets;

  constructor(options: { rules: RateRules; clock: Clock; kindOf: (sender: Sender) => SenderKind }) {
    this.rules = options.rules;
    this.clock = options.clock;
    this.kindOf = options.kindOf;
    this.senders = new KeyedBuckets({ rateOf: (key) => bucketRate(this.rateOfKey(key)) });
    this.accounts = new KeyedBuckets({ rateOf: (accountSid) => bucketRate(this.rateOfAccount(accountSid)) });
  }

  /** Milliseconds until so many segments of a sender may go; 0 where they may now. */
  waitMs({ accountSid, from }: Sender, segments: number): number {
    const { senders, accounts } = this.rules;
    if (senders.length === 0 && accounts.length === 0) return 0;
    const nowMs = this.clock.nowMs();
    const sender = senders.length === 0 ? 0 : this.senders.waitMs(`${accountSid}|${from}`, segments, nowMs);
    const account = accounts.length === 0 ? 0 : this.accounts.waitMs(accountSid, segments, nowMs);
    return Math.max(sender, account);
  }

  /** Segments of a sender go now. */
  take({ accountSid, from }: Sender, segments: number): void {
    const { senders, accounts } = this.rules;
    const nowMs = this.clock.nowMs();
    if (senders.length > 0) this.senders.take(`${accountSid}|${from}`, segments, nowMs);
    if (accounts.length > 0) this.accounts.take(accountSid, segments, nowMs);
  }

  /** Segments a second that a sender may send; `undefined` where it has no limit. */
  perSecond(sender: Sender): number | undefined {
    const bySender = this.rateOfSender(sender);
    const byAccount = this.rateOfAccount(sender.accountSid);
    if (bySender === undefined || byAccount === undefined) return bySender ?? byAccount;
    return Math.min(bySender, byAccount);
  }

  /** Segments that may wait for a sender; `undefined` where there is no limit. */
  queueLimit(sender: Sender): number | undefined {
    const rate = this.rateOfSender(sender);
    return rate === undefined ? undefined : Math.ceil(rate * this.rules.queueSeconds);
  }

  private rateOfKey(key: string): number | undefined {
    const bar = key.indexOf("|");
    return this.rateOfSender({ accountSid: key.slice(0, bar), from: key.slice(bar + 1) });
  }

  private rateOfSender(sender: Sender): number | undefined {
    if (this.rules.senders.length === 0) return undefined;
    const kind = this.kindOf(sender);
    const country = sender.from.startsWith("+") ? countryOf(sender.from) : undefined;
    const rule = this.rules.senders.find(
      (one) => (one.kind === undefined || one.kind === kind) && (one.country === undefined || one.country === country),
    );
    return rule === undefined ? undefined : rule.segmentsPerMinute / 60;
  }

  private rateOfAccount(accountSid: string): number | undefined {
    const rule = this.rules.accounts.find((one) => one.accountSid === undefined || one.accountSid === accountSid);
    return rule === undefined ? undefined : rule.segmentsPerMinute / 60;
  }
}

function bucketRate(perSecond: number | undefined): { readonly perSecond: number } | undefined {
  return perSecond === undefined ? undefined : { perSecond };
}
