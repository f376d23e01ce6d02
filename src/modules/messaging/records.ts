/** The records of this module in the cell's log, and what their reducers answer. */
import type { CellRecord } from "../../platform/cell/index.ts";
import type { InboundTextRoute } from "../numbers/index.ts";
import type { SenderKind, TrafficClass } from "../routing/index.ts";
import type { WebhookRequested } from "../../platform/webhooks/index.ts";
import type { EncodedHealth } from "./health-record.ts";
import type { Attempt, CallbackEvents, Medium, Message, MessageOrigin, MessageStatus } from "./message.ts";

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
}

/** Parts of a long text have waited too long for the others. */
export interface PartsExpired extends CellRecord {
  readonly kind: "message.parts-expired";
  readonly keys: readonly string[];
}

/**
 * Fact: an attempt is over, or its outcome will stay unknown. What the ledger bills, and
 * what the operator sees of a retry storm. `id` never comes twice with another meaning.
 */
export interface AttemptSettled {
  readonly kind: "message.attempt-settled";
  /** The message's SID and the number of the attempt. */
  readonly id: string;
  readonly sid: string;
  readonly accountSid: string;
  readonly to: string;
  readonly attempt: Readonly<Attempt>;
}

/** Fact: a part of an attempt that was settled as unknown had been accepted after all. One for each part; `id` never repeats. */
export interface AttemptAdopted {
  readonly kind: "message.attempt-adopted";
  readonly id: string;
  readonly sid: string;
  readonly accountSid: string;
  readonly to: string;
  readonly attempt: Readonly<Attempt>;
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
