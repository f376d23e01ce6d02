/** What messaging asks the rules, answered from memory. */

import type { AppError } from "../../kernel/errors.ts";
import type { TrafficLimit } from "../a2p/index.ts";
import type { SenderKind, TrafficClass } from "../routing/index.ts";

/** A message as the rules see it. */
export interface Draft {
  readonly accountSid: string;
  /** The service it is sent by, or whose pool its sender is in. */
  readonly serviceSid?: string | undefined;
  /** E.164, short code or alphanumeric. */
  readonly from: string;
  readonly senderKind: SenderKind;
  /** E.164. */
  readonly to: string;
  /** ISO 3166-1 alpha-2 of the recipient. */
  readonly country: string | undefined;
  /** MCC and MNC of the recipient's network, where it is known. */
  readonly network?: string | undefined;
  /** The text as it would be sent. */
  readonly body: string;
  readonly mediaUrls: readonly string[];
  readonly segments: number;
  readonly trafficClass: TrafficClass;
  /** `MessageIntent` as the customer gave it. */
  readonly intent?: string | undefined;
  readonly direction: "outbound-api" | "outbound-reply";
  /** When it would be sent. */
  readonly atMs: number;
  /** What customers of SMPP or the API gave for India's registries. */
  readonly dlt?: { readonly entityId?: string; readonly templateId?: string } | undefined;
  /** Shown at once and not kept (class 0); refused where a country does not know it. */
  readonly flash?: boolean | undefined;
  /**
   * Set for the automatic answer to a keyword, at accept and at submit: the one confirmation of
   * STOP may be sent although its recipient has just opted out, and at any hour.
   */
  readonly confirms?: "STOP" | "START" | "HELP" | undefined;
  /** `RiskCheck` as the customer gave it; `disable` leaves out the spam check. */
  readonly riskCheck?: "enable" | "disable" | undefined;
}

/** What India's registries know a message by. Goes into the record that accepts it; a carrier's TLVs are made of it when it is submitted. */
export interface DltIds {
  readonly entityId: string;
  readonly templateId: string;
}

/**
 * What the rules say: go (with what is added on the way), not at all, or not before a time.
 */
export type Verdict =
  | {
      readonly kind: "accept";
      /** Vendor TLVs for carriers, tag (decimal) to text. */
      readonly tlvs?: Readonly<Record<string, string>>;
      /** What {@link Compliance.carrierTlvs} is asked with once the carrier is chosen: operators number these TLVs differently. */
      readonly dlt?: DltIds;
      /** Another sender than asked for, where the country rewrites it. */
      readonly from?: string;
    }
  | { readonly kind: "refuse"; readonly error: AppError; readonly rule: string }
  | { readonly kind: "hold"; readonly untilMs: number; readonly rule: string };

/** A text that came in, before it is recorded. */
export interface InboundDraft {
  readonly accountSid: string;
  readonly serviceSid?: string | undefined;
  /** The handset. */
  readonly from: string;
  /** Our number. */
  readonly to: string;
  readonly body: string;
}

/** A keyword was texted. Goes into the record of the text; the reducer makes the facts of it. */
export interface KeywordMatch {
  /** `OptOutType` of the webhook. */
  readonly type: "STOP" | "START" | "HELP";
  /** Who is not written to any more, or is again: a service's SID or a number of ours. */
  readonly scope: string;
  /** The answer that goes out by itself; absent where none is configured, or nothing changes. */
  readonly reply?: string;
  /** The source of the fact: the network of toll-free numbers acts on STOP and UNSTOP by itself, and answers itself. `keyword` where absent. */
  readonly source?: "keyword" | "toll-free-network";
  /** The word, in capitals, for the history. */
  readonly keyword?: string;
}

/** Fact: a recipient's consent changed. Emitted by messaging's reducer for a {@link KeywordMatch}, and by the API's records. */
export interface ConsentChanged {
  readonly kind: "consent.changed";
  readonly accountSid: string;
  readonly scope: string;
  /** The recipient, E.164. */
  readonly recipient: string;
  readonly state: "opted-out" | "opted-in";
  readonly source: "keyword" | "carrier" | "api" | "toll-free-network";
  readonly atMs: number;
  /** Our number that was texted, or that the carrier refused to send from. Give it wherever it is known: START frees it too. */
  readonly number?: string;
  /** The word, for the history. */
  readonly keyword?: string;
  /** The message that it came with, or that was refused. */
  readonly messageSid?: string;
  /** Who asked for it through the API, or the carrier that said so. */
  readonly actor?: string;
}

/** Fact: a text reads like a request to stop but is no keyword. Nobody acts on it by himself; it is shown to the account. */
export interface ConsentFlagged {
  readonly kind: "consent.flagged";
  readonly accountSid: string;
  readonly scope: string;
  readonly recipient: string;
  readonly number: string;
  readonly messageSid: string;
}

export interface Compliance {
  /** Asks every rule, in their order, before a message is accepted. */
  check(draft: Draft): Verdict;
  /**
   * Asks again those rules whose answer may have changed, when the message is about to be given
   * to a carrier: consent, registrations that were suspended, quiet hours.
   */
  recheck(draft: Draft): Verdict;
  /** Whether a recipient has said STOP to a sender, or to the service it belongs to. */
  isOptedOut(input: { accountSid: string; serviceSid?: string | undefined; from: string; to: string }): boolean;
  /** Of a text of one part. HELP and what changes nothing are matches too; `consent.changed` is emitted for STOP and START only. */
  inbound(text: InboundDraft): KeywordMatch | undefined;
  /**
   * Asked where {@link inbound} found nothing: the scope, where a text reads like a request to
   * stop in the sender's own words ("please stop texting me"). Goes into the record of the text;
   * the reducer emits {@link ConsentFlagged}.
   */
  revocation(text: InboundDraft): { readonly scope: string } | undefined;
  /** The TLVs that a carrier wants India's ids in, tag (decimal) to text. */
  carrierTlvs(carrier: string, ids: DltIds): Readonly<Record<string, string>>;
  /** Limits that follow from registrations, for a sender and a recipient's network; none for most. */
  limits(input: {
    accountSid: string;
    from: string;
    to: string;
    network?: string | undefined;
  }): readonly TrafficLimit[];
}
