/** What `GET /trunkline/v1/Messages/{Sid}/Timeline` answers. */

/** A message's whole life. */
export interface TimelineAnswer {
  readonly sid: string;
  readonly account_sid: string;
  readonly direction: string;
  readonly status: string;
  readonly error_code: number | null;
  readonly from: string | null;
  readonly to: string;
  readonly view: "operator" | "account";
  readonly kept: boolean;
  readonly entries: readonly Entry[];
}

/** One thing in it. `at` is null and `kept` false where that is not in memory any more. */
export type Entry = { [K in keyof EntryData]: EntryOf<K> }[keyof EntryData];

/** An entry of one kind. */
export interface EntryOf<K extends keyof EntryData> {
  readonly at: string | null;
  readonly kind: K;
  readonly kept: boolean;
  readonly data: EntryData[K];
}

/** What each kind says. Members may be missing where it was not kept. */
export interface EntryData {
  readonly part: { part: number; of: number; carrier?: string; pdus?: readonly Pdu[] };
  readonly arrived: {
    from: string;
    to: string;
    country: string | null;
    encoding: string;
    segments: number;
    messaging_service_sid: string | null;
    characters: number;
    carrier?: string | null;
    pdus?: readonly Pdu[];
    opt_out_type?: string | null;
    reads_like_stop?: boolean;
    automatic_reply_sid?: string | null;
    goes_to?: string;
  };
  readonly accepted: {
    door: string;
    request_id: string | null;
    from: string | null;
    to: string;
    sender_chosen_by: string | null;
    messaging_service_sid: string | null;
    encoding: string;
    segments: number;
    characters: number;
    smart_encoded: boolean;
    intent: string | null;
    lane: string;
    delivery_guarantee: string;
    links: number | null;
    valid_until: string | null;
    status_callback: boolean;
  };
  readonly policed: {
    verdict?: "accept" | "refuse" | "hold";
    rule?: string | null;
    error_code?: number | null;
    error_message?: string | null;
    asked?: readonly { rule: string; said: string }[] | null;
    added?: { tlvs: number; dlt: boolean };
  };
  readonly priced: { billed?: boolean; priced_later?: boolean; quote?: Quote; held_micros?: number };
  readonly waiting: { until: string; why: string | null };
  readonly released: Readonly<Record<never, never>>;
  readonly media: { media: number };
  readonly replaced: Readonly<Record<never, never>>;
  readonly queued: {
    lane: string;
    waits_for: string | null;
    until?: string | null;
    messages_of_sender?: number;
    segments_of_sender?: number;
    segments_per_second?: number | null;
  };
  readonly parked: Readonly<Record<never, never>>;
  readonly unparked: Readonly<Record<never, never>>;
  readonly routed: { attempt: number; carrier: string; route: RouteExplanation | null };
  readonly attempt: AttemptData;
  readonly retry: { at: string };
  readonly resent: Readonly<Record<never, never>>;
  readonly pdu: { pdus: readonly Pdu[] };
  readonly receipt: {
    result: string;
    use?: string;
    part?: number | null;
    whole_message?: boolean;
    error_code?: number | null;
    error_message?: string | null;
    done_date: string | null;
    carrier?: string;
    carrier_message_id?: string;
    raw?: string | null;
    pdus?: readonly Pdu[];
  };
  readonly status: { status: string; before: string | null; error_code: number | null; error_message: string | null };
  readonly money: {
    line?: "charge" | "cost" | "credit";
    category?: string;
    amount_micros: number;
    currency: string | null;
    usage?: number;
    usage_unit?: string | null;
    attempt?: number | null;
    carrier?: string | null;
  };
  readonly webhook: WebhookData;
  readonly twiml: {
    document: string | null;
    replies: readonly string[];
    error_code: number | null;
    problem: string | null;
  };
  readonly redacted: Readonly<Record<never, never>>;
}

/** What an account is asked for. */
export interface Quote {
  readonly currency: string;
  readonly category: string;
  readonly unit_micros: number;
  readonly carrier_fees_micros: Readonly<Record<string, number>> | null;
  readonly attempt_micros: number;
  readonly failed_micros: number;
  readonly country: string | null;
  readonly network: string | null;
  readonly table_version: number;
}

/** One attempt to hand a message over. */
export interface AttemptData {
  readonly number: number;
  readonly parts: number;
  readonly parts_accepted: number;
  readonly outcome: string;
  readonly verdict: string | null;
  readonly resend: boolean;
  readonly repetitions_before: number;
  readonly answers: readonly AttemptAnswer[];
  readonly answers_kept: boolean;
  readonly carrier?: string;
  readonly carrier_status?: string | null;
  readonly price_micros_per_part?: number;
  readonly currency?: string;
  readonly pdus?: readonly Pdu[];
  readonly pdus_kept?: boolean;
}

export interface AttemptAnswer {
  readonly at: string;
  readonly part: number;
  readonly outcome: string;
  readonly verdict?: string;
  readonly error_code?: number;
  readonly error_message?: string | null;
  readonly carrier_status?: string;
  readonly carrier_message_id?: string;
  readonly reason?: string;
}

/** A PDU with its octets and fields. */
export interface Pdu {
  readonly at: string;
  readonly direction: "in" | "out";
  readonly carrier: string;
  readonly protocol: string;
  readonly part: number | null;
  readonly name: string;
  readonly octets: number;
  readonly hex: string;
  readonly fields: readonly PduField[];
}

export interface PduField {
  readonly name: string;
  readonly value: string;
  readonly meaning: string | null;
  readonly offset: number | null;
  readonly length: number | null;
}

/** Why a carrier. */
export interface RouteExplanation {
  readonly table_version: number;
  readonly health_version: number;
  readonly ranking: readonly string[];
  readonly usable: number;
  readonly network: string | null;
  readonly country: string | null;
  readonly ported: boolean;
  readonly order: readonly string[];
  readonly candidates: readonly RouteCandidate[];
  readonly left_out: readonly { readonly carrier: string; readonly why: string }[];
}

export interface RouteCandidate {
  readonly carrier: string;
  readonly place: number | null;
  readonly destination: string;
  readonly usable: boolean;
  readonly reason: string | null;
  readonly excluded: boolean;
  readonly priority: number;
  readonly weight: number;
  readonly price_micros: number;
  readonly currency: string;
  readonly score: number;
  readonly terms: readonly { readonly input: string; readonly value: number; readonly points: number }[];
}

/** A webhook that is over, or that waits (then most is missing). */
export interface WebhookData {
  readonly webhook_sid?: string | null;
  readonly sid?: string;
  readonly state?: "waiting" | "over";
  readonly purpose?: string;
  readonly method?: string;
  readonly url?: string;
  readonly status_told?: string | null;
  readonly account_sid?: string;
  readonly resource_sid?: string;
  readonly delivered?: boolean;
  readonly status?: number | null;
  readonly error_code?: number | null;
  readonly error_text?: string | null;
  readonly try_count?: number;
  readonly duration_ms?: number | null;
  readonly date_requested?: string;
  readonly date_ended?: string;
  readonly is_replay?: boolean;
  readonly replay_of?: string | null;
  readonly parameters?: readonly NamedValue[];
  readonly parameters_kept?: boolean;
  readonly tries?: readonly WebhookTry[];
  readonly made?: readonly { readonly kind: string; readonly sid: string | null }[];
}

export interface NamedValue {
  readonly name: string;
  readonly value: string;
}

export interface WebhookTry {
  readonly at: string;
  readonly duration_ms: number;
  readonly url: string;
  readonly method: string;
  readonly fallback: boolean;
  readonly status: number | null;
  readonly error_code: number | null;
  readonly error_text: string | null;
  readonly kept: boolean;
  readonly request_headers?: readonly NamedValue[];
  readonly response?: {
    readonly status: number;
    readonly headers: readonly NamedValue[];
    readonly body: string;
    readonly body_octets: number;
  } | null;
}
