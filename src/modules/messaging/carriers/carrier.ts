import type { Buffer } from "node:buffer";
import type { MaintenanceWindow } from "../../../platform/config/index.ts";
import type { Receipt, SubmitOutcome } from "../records.ts";

/** One part of a message, to be given to a carrier. */
export interface Submission {
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  /** The whole text as sent; the carrier cuts it as its protocol wants. */
  readonly text: string;
  /** Which part, from 0. */
  readonly part: number;
  readonly validUntilMs: number;
  /** How many parts the message was journalled with; a carrier that would cut it otherwise refuses it. */
  readonly parts?: number;
  /** Which attempt of the message this is, from 1. Where given, a carrier can tell it from earlier ones. */
  readonly attempt?: number;
  /** Vendor TLVs: tag (decimal) to text. */
  readonly tlvs?: Readonly<Record<string, string>>;
  /** What India's registries know the message by; for SMPP it is among the TLVs. */
  readonly dlt?: { readonly entityId?: string; readonly templateId?: string };
}

/** A text from a carrier, or one part of one. Addresses are E.164 or as the carrier wrote them. */
export interface IncomingText {
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly encoding: "GSM-7" | "UCS-2";
  readonly concat?: { readonly reference: number; readonly total: number; readonly sequence: number };
}

/** Tells the carrier that what it gave is durable, or that it should give it again later. */
export type Settle = (durable: boolean) => void;

/** What a carrier tells the dispatcher. */
export interface CarrierListener {
  /** There may be room to submit again, or the carrier went up or down. */
  onCapacity(): void;
  onReceipt(receipt: Receipt, settle: Settle): void;
  /** `named` is told the SID that the text is kept with, for whoever looks later at what the carrier sent. */
  onText(text: IncomingText, settle: Settle, named?: (sid: string) => void): void;
}

/** One bind, or what a carrier has instead of it. */
export interface BindStatus {
  readonly state: string;
  readonly outstanding: number;
  readonly detail?: string;
  /** `transceiver` …; absent where there are no kinds. */
  readonly kind?: string;
  /** In epoch milliseconds, since when it is in this state. */
  readonly sinceMs?: number;
  /** How many requests may be under way now, and at most. */
  readonly window?: number;
  readonly windowLimit?: number;
  /** How the other side calls itself, and the version that is spoken. */
  readonly peer?: string;
  readonly version?: string;
  /** In epoch milliseconds, when it is tried again. */
  readonly retryAtMs?: number;
}

/** What the operator is shown. */
export interface CarrierStatus {
  readonly name: string;
  readonly type: string;
  readonly up: boolean;
  readonly binds: readonly BindStatus[];
}

/** A request to an endpoint of a carrier's. The body is read only when it is asked for. */
export interface EndpointCall {
  readonly method: string;
  /** Path and query as sent, percent-encoded. */
  readonly target: string;
  /** The query, without `?`. */
  readonly query: string;
  /** The last part of the path, where the endpoint has a secret. */
  readonly secret: string | undefined;
  /** The first value of a header field; `name` is lower case. */
  header(name: string): string | undefined;
  /** Rejects when the body is longer. */
  readBody(maxOctets: number): Promise<Buffer>;
}

/** What an endpoint answers. */
export interface EndpointAnswer {
  readonly status: number;
  readonly contentType?: string;
  readonly body?: string;
  /** A scheme for `WWW-Authenticate`. */
  readonly challenge?: string;
}

/** Where a carrier is called over HTTP: `/carriers/{carrier}/{endpoint}`, and the secret behind it. It checks itself who calls. */
export interface CarrierEndpoint {
  readonly name: string;
  readonly method: "GET" | "POST";
  /** Whether the path goes on with a secret. */
  readonly hasSecret: boolean;
  /** Answers 200 only when all that was brought is durable, 503 when it should be brought again. */
  run(call: EndpointCall): Promise<EndpointAnswer>;
}

/**
 * A way to the handsets. `submit` may be called only within `capacity()`; its callback
 * comes exactly once, and tells a certain refusal (`refused`, `not-sent`) from an outcome
 * that is not known.
 */
export interface Carrier {
  readonly name: string;
  /** The number prefixes it serves, in E.164 digits without plus; empty for all. */
  readonly prefixes: readonly string[];
  /** Lower is asked first. */
  readonly priority: number;
  readonly messagesPerSecond: number | undefined;
  /** When it is not to be counted on; see `isInMaintenance`. */
  readonly maintenance?: readonly MaintenanceWindow[];
  readonly up: boolean;
  /** Parts that may be submitted now. */
  capacity(): number;
  /** In how many parts it takes this text; the same for the same SID and text, always. */
  countParts(sid: string, text: string): number;
  submit(submission: Submission, done: (outcome: SubmitOutcome) => void): void;
  start(listener: CarrierListener): void;
  status(): CarrierStatus;
  /** Where the carrier calls us over HTTP, if it does. Can be asked before the start. */
  endpoints?(): readonly CarrierEndpoint[];
  /** Finishes what is under way within a time limit and closes. */
  close(): Promise<void>;
}
