/** The records of this module in the cell's log, and what their reducers answer. */
import type { CellRecord } from "../../platform/cell/index.ts";
import type { KeywordMatch } from "../compliance/index.ts";
import type { NewLink } from "../links/index.ts";
import type { InboundTextRoute } from "../numbers/index.ts";
import type { Quote } from "../pricing/index.ts";
import type { SenderKind, TrafficClass } from "../routing/index.ts";
import type { WebhookRequested } from "../../platform/webhooks/index.ts";
import type { EncodedHealth } from "./health-record.ts";
import type { CallbackEvents, DltIds, Medium, Message, MessageOrigin, MessageStatus } from "./message.ts";

export interface MessageAccepted extends CellRecord {
  readonly kind: "message.accepted";
  readonly sid: string;
  readonly accountSid: string;
  readonly direction: "outbound-api" | "outbound-reply";
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly sentText?: string;
  readonly encoding: "GSM-7" | "UCS-2";
  readonly segments: number;
  readonly validUntilMs: number;
  readonly statusCallback?: string;
  /** Which changes are called back: all, or the final one alone. */
  readonly callbackEvents?: CallbackEvents;
  readonly provideFeedback?: boolean;
  readonly mediaUrls?: readonly string[];
  /** What kind of number the sender is; local where absent. */
  readonly senderKind?: SenderKind;
  /** Transactional where absent. */
  readonly trafficClass?: TrafficClass;
  readonly guarantee?: "at-least-once";
  readonly origin?: MessageOrigin;
  readonly serviceSid?: string;
  /** Short links that its text has. */
  readonly links?: readonly NewLink[];
  readonly intent?: string;
  readonly dlt?: DltIds;
  readonly tlvs?: Readonly<Record<string, string>>;
  readonly quote?: Quote;
  /** What is set aside for it; absent for nothing. */
  readonly heldMicros?: number;
  /** The answer to a keyword, which a STOP allows. */
  readonly confirms?: KeywordMatch["type"];
  readonly riskCheck?: "disable";
  /** Its sender was chosen by the service, and stays with the recipient where the service has it so. */
  readonly isPoolChoice?: true;
  /** It waits until then, is priced and judged again, and goes. */
  readonly dueMs?: number;
  /** Of one that waits: seconds that it may take once its time has come. */
  readonly validitySeconds?: number;
  /** Of one that waits: what it may cost at most. */
  readonly maxPriceMicros?: number;
  /** It is accepted, and fails at once with this code, as the API does for what it finds out after its answer. */
  readonly failsWith?: number;
  /** The request that made it, as platform/tracing writes it; absent where nothing is traced. */
  readonly trace?: string;
  /** The rule that it fails by, or waits by. */
  readonly rule?: string;
}

/** The time of messages has come that waited for it. */
export interface MessagesReleased extends CellRecord {
  readonly kind: "message.released";
  readonly releases: readonly Release[];
}

/** What becomes of a message whose time has come. */
export type Release = ReleaseToSend | ReleaseToEnd | ReleaseToWait;

/** It goes, as it was judged and priced now. */
export interface ReleaseToSend {
  readonly kind: "send";
  readonly sid: string;
  readonly from: string;
  readonly validUntilMs: number;
  readonly senderKind?: SenderKind;
  readonly tlvs?: Readonly<Record<string, string>>;
  readonly dlt?: DltIds;
  readonly quote?: Quote;
  readonly heldMicros?: number;
}

/** It does not go. */
export interface ReleaseToEnd {
  readonly kind: "end";
  readonly sid: string;
  readonly status: "failed" | "canceled";
  readonly errorCode: number;
}

/** It waits on. */
export interface ReleaseToWait {
  readonly kind: "wait";
  readonly sid: string;
  readonly untilMs: number;
}

/** Messages that were queued must wait for a time: quiet hours, or a daily limit that is used up. */
export interface MessagesHeld extends CellRecord {
  readonly kind: "message.held";
  readonly holds: readonly Hold[];
}

export interface Hold {
  readonly sid: string;
  readonly untilMs: number;
  /** Whether the wait is taken off its validity. */
  readonly usesValidity?: true;
}

/** The media of a message are stored; it can be queued. */
export interface MediaStored extends CellRecord {
  readonly kind: "message.media-stored";
  readonly sid: string;
  readonly media: readonly Medium[];
  /** The text for the carrier: the body and the addresses of the media, by lines. */
  readonly sentText: string;
}

/** A medium of a message is gone; its content was removed before. */
export interface MediumDeleted extends CellRecord {
  readonly kind: "message.medium-deleted";
  readonly sid: string;
  readonly mediumSid: string;
}

/** The message cannot be sent, for a reason found after it was accepted. */
export interface MessageRejected extends CellRecord {
  readonly kind: "message.rejected";
  readonly sid: string;
  readonly errorCode: number;
}

/** Attempts begin. Durable before the first octet of any of them leaves. */
export interface MessagesAttempted extends CellRecord {
  readonly kind: "message.attempted";
  readonly carrier: string;
  readonly sids: readonly string[];
  /** The versions of routing table and health snapshot that chose this carrier for all of them. */
  readonly table: number;
  readonly health: number;
  /** The same for messages that were routed by others before. */
  readonly chosen?: Readonly<Record<string, readonly [table: number, health: number]>>;
  /** What the carrier asks for one part of each message, in micros; absent where all are 0. */
  readonly prices?: readonly number[];
  /** The number of parts of messages that this carrier takes in other parts than they are billed in. */
  readonly partCounts?: Readonly<Record<string, number>>;
  /** The currencies of the prices, where one is not US dollars: for each message. */
  readonly currencies?: readonly string[];
  /** What counts against daily limits: by the key of a limit, the day and the segments. */
  readonly days?: Readonly<Record<string, readonly [day: string, segments: number]>>;
}

/** How a submit ended. See the carrier port for the meaning of the verdicts. */
export type SubmitOutcome =
  | { readonly kind: "accepted"; readonly id: string }
  | { readonly kind: "refused"; readonly verdict: RefusalVerdict; readonly errorCode: number; readonly status: string }
  | { readonly kind: "unknown"; readonly reason: string }
  | { readonly kind: "not-sent"; readonly reason: string };

/**
 * What a carrier's refusal means. A refusal is certain: nothing was sent.
 * `throttle`: slower, same carrier; `later`: again after a while; `other-route`: not by
 * this carrier; `permanent`: not at all.
 */
export type RefusalVerdict = "throttle" | "later" | "other-route" | "permanent";

export interface SubmitAnswer {
  readonly sid: string;
  readonly part: number;
  readonly outcome: SubmitOutcome;
}

export interface SubmitsAnswered extends CellRecord {
  readonly kind: "message.answered";
  readonly carrier: string;
  readonly answers: readonly SubmitAnswer[];
}

/** A delivery receipt, reduced to what matters. */
export interface Receipt {
  /** The carrier's message id, normalised. */
  readonly id: string;
  /** `progress` for a state that is not final. */
  readonly result: "delivered" | "failed" | "progress";
  readonly errorCode?: number;
  readonly doneDate?: string;
  /** The message's sender and destination, digits only where numeric. */
  readonly from: string;
  readonly to: string;
  /** The carrier sends one receipt for all parts of a long message. */
  readonly wholeMessage?: boolean;
  /** What we gave with the submit, where the carrier repeats it in the receipt. */
  readonly reference?: number;
}

export interface ReceiptsArrived extends CellRecord {
  readonly kind: "message.receipts";
  readonly carrier: string;
  readonly receipts: readonly Receipt[];
}

/** Receipts with ids nobody knows have waited long enough for a response: match them to unknown attempts, or drop them. */
export interface ReceiptsAdopted extends CellRecord {
  readonly kind: "message.receipts-adopted";
  readonly keys: readonly string[];
  /** Whether what matches nothing is forgotten. */
  readonly forget: boolean;
}

/** Outcomes stayed unknown for as long as is waited: the message is given up, or given once more where it asked for that. */
export interface UnknownsSettled extends CellRecord {
  readonly kind: "message.unknowns-settled";
  readonly sids: readonly string[];
}

/** Messages wait in the database alone from now on, because very many are queued before them. */
export interface MessagesParked extends CellRecord {
  readonly kind: "message.parked";
  readonly sids: readonly string[];
}

/** Parked messages come back, as their rows have them. */
export interface MessagesUnparked extends CellRecord {
  readonly kind: "message.unparked";
  readonly messages: readonly Message[];
}

/** The carriers' health as the router sees it has changed. */
export interface HealthChanged extends CellRecord {
  readonly kind: "message.health-changed";
  readonly version: number;
  /** The carriers whose health changed with it. */
  readonly changed: readonly EncodedHealth[];
}

/** Another text for a message that no carrier was given yet. */
export interface MessageReplaced extends CellRecord {
  readonly kind: "message.replaced";
  readonly sid: string;
  readonly body: string;
  readonly sentText?: string;
  readonly encoding: "GSM-7" | "UCS-2";
  readonly segments: number;
  readonly validUntilMs?: number;
  readonly receipt?: MessageOrigin["receipt"];
  /** What is set aside for it from now on, under an id of its own; absent where that stays as it was. */
  readonly hold?: { readonly id: string; readonly amountMicros: number };
}

/** Deadlines have passed: the validity of what is queued or unknown, or the wait for a receipt. */
export interface DeadlinesPassed extends CellRecord {
  readonly kind: "message.deadlines";
  readonly sids: readonly string[];
}

export interface MessageCanceled extends CellRecord {
  readonly kind: "message.canceled";
  readonly sid: string;
}

export interface MessageRedacted extends CellRecord {
  readonly kind: "message.redacted";
  readonly sid: string;
}

export interface MessageDeleted extends CellRecord {
  readonly kind: "message.deleted";
  readonly sid: string;
}

export interface FeedbackGiven extends CellRecord {
  readonly kind: "message.feedback";
  readonly sid: string;
  readonly outcome: "confirmed" | "unconfirmed";
}

/** A text, or one part of a long one, came from a carrier. Durable before the carrier gets its answer. */
export interface TextArrived extends CellRecord {
  readonly kind: "message.arrived";
  /** The SID the message gets if this completes it. */
  readonly sid: string;
  readonly carrier: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly encoding: "GSM-7" | "UCS-2";
  readonly concat?: { readonly reference: number; readonly total: number; readonly sequence: number };
  /** Where it goes, as configured when it arrived. */
  readonly route: InboundTextRoute;
  /** The account had an SMPP client that takes texts. */
  readonly toBind?: boolean;
  /** The Messaging Service whose pool has the number. */
  readonly serviceSid?: string;
  /** What the text costs its account. */
  readonly quote?: Quote;
  /** It was asked whether the text is a keyword. Not in logs from before keywords were the rules' part. */
  readonly judged?: true;
  readonly keyword?: KeywordMatch;
  /** It is no keyword, but reads like a request to stop: the scope that it would be for. */
  readonly revocation?: { readonly scope: string };
  /** The answer to a keyword, accepted with it. */
  readonly reply?: MessageAccepted;
}

/** Parts of a long text have waited too long for the others. */
export interface PartsExpired extends CellRecord {
  readonly kind: "message.parts-expired";
  readonly keys: readonly string[];
}

/** Fact: what a customer's SMPP client is to be told of a message that it submitted. */
export interface MessageReported {
  readonly kind: "message.reported";
  readonly sid: string;
  readonly accountSid: string;
  readonly from: string;
  readonly to: string;
  readonly origin: MessageOrigin;
  readonly status: MessageStatus;
  readonly errorCode?: number;
  readonly submittedMs: number;
  readonly doneMs: number;
  /** No receipt is expected any more: what became of it stays unknown. */
  readonly closed?: true;
  /** The first 20 characters of the text. */
  readonly bodyStart: string;
  readonly parts: number;
}

/** Fact: a text came in for an account whose SMPP client takes texts. */
export interface TextReceived {
  readonly kind: "message.received";
  readonly sid: string;
  readonly accountSid: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly encoding: "GSM-7" | "UCS-2";
  /** What is asked for where no client takes it. */
  readonly fallback?: WebhookRequested;
}
