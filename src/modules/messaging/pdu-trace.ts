/**
 * What was said to a carrier and by it about one message, for those who look at the message later. A
 * bounded ring in memory: it is gone after a restart, and of busy days only the last minutes are there.
 * The carriers fill it (`carriers/`, capacity from the setting `console.traces`), the timeline of a
 * message reads it (`timeline/`). Nothing depends on it.
 *
 * What the one who fills it sees to:
 * - An entry is made when octets of a PDU have been handed to the socket, or were decoded. It keeps
 *   octets and decodes only when it is asked ({@link PduTrace.of}), because hardly any is ever read.
 * - A request and its response are two entries. Those without a message (`bind_transceiver`,
 *   `enquire_link`) have none here. A `deliver_sm` with a receipt is entered when it is known which
 *   message it is for, else not at all; one with a text has the SID that the text was given.
 * - Secrets are left out: no `password`, no credentials in the head of an HTTP request.
 */
export interface PduTrace {
  /** What is still kept of a message, the oldest first; empty where nothing is. At most {@link MAX_TRACED_PDUS}. */
  of(sid: string): readonly TracedPdu[];
  /** The message was redacted or deleted: nothing of it is shown any more. */
  forget(sid: string): void;
  /** Since when nothing was lost, in epoch milliseconds: of a message that began before, entries may be missing. */
  readonly completeSinceMs: number;
}

/** One PDU, or what an HTTP carrier has instead of it. */
export interface TracedPdu {
  /** In epoch milliseconds. */
  readonly atMs: number;
  /** `out`: from here to the carrier. */
  readonly direction: "out" | "in";
  readonly carrier: string;
  readonly protocol: "smpp" | "http";
  /** The attempt, counted from 1, and the part, counted from 0; absent where that is not known. */
  readonly attempt?: number;
  readonly part?: number;
  /** As SMPP 3.4 §5.1.2.1 names it, `submit_sm_resp`; for HTTP the request line, or the status line. */
  readonly name: string;
  /** The octets in hexadecimal, lower case, without blanks; at most {@link MAX_TRACED_OCTETS} of them. */
  readonly hex: string;
  /** How many octets it had. More than `hex` has where it was cut. */
  readonly octets: number;
  /** In the order in which they stand. */
  readonly fields: readonly TracedField[];
}

/** One field of a PDU: of its header, its mandatory parameters, or its TLVs. */
export interface TracedField {
  /** As SMPP 3.4 §5.1 to §5.3 spell it: `command_id`, `source_addr_ton`, `esm_class`, `message_payload` … */
  readonly name: string;
  /** As it was read: numbers as decimals, text as text, octets that are no text as hexadecimal. */
  readonly value: string;
  /** What it means, where that can be said: `ESME_ROK`, `international`, `UCS-2`, `part 2 of 3`. */
  readonly meaning?: string;
  /** Where it stands in {@link TracedPdu.hex}, in octets, so that the two can be shown side by side. */
  readonly offset?: number;
  readonly length?: number;
}

/** Entries that are kept of one message. */
export const MAX_TRACED_PDUS = 64;
/** Octets that are kept of one PDU: all of any that SMPP carriers send, the beginning of what HTTP ones may. */
export const MAX_TRACED_OCTETS = 4_096;
