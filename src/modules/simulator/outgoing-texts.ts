import { AppError } from "../../kernel/errors.ts";
import { buildParts, segmentText } from "../../protocols/sms/index.ts";
import type { ConcatenationMethod, DefaultAlphabet, MessagePart, SegmentedText } from "../../protocols/sms/index.ts";
import { EsmClass } from "../../protocols/smpp/index.ts";
import type { PduBodyInput } from "../../protocols/smpp/index.ts";
import type { Clock } from "../../platform/ports.ts";
import { isPhoneNumber, phoneNumber, wireAddress } from "./addresses.ts";
import type { Deliveries, DeliveryEnd } from "./deliveries.ts";
import { INVALID_SIMULATOR_PARAMETER, SIMULATOR_QUEUE_FULL } from "./errors.ts";
import type { Listeners } from "./events.ts";
import type { MessageIds } from "./message-ids.ts";
import type { PhoneMessage } from "./phone-message.ts";
import type { Records } from "./records.ts";

/** The longest text that a phone sends, in UTF-16 units. */
export const MAX_TEXT_CHARACTERS = 1_600;

/** A text that a phone sends. */
export interface TextFromPhone {
  readonly from: string;
  readonly to: string;
  readonly body: string;
}

/** How texts of several parts are sent to applications. */
export interface OutgoingFormat {
  readonly method: ConcatenationMethod;
  readonly defaultAlphabet: DefaultAlphabet;
}

/** Texts on their way from phones to applications. */
export class OutgoingTexts {
  private readonly made: OutgoingTextsDeps;
  private reference = 0;

  constructor(made: OutgoingTextsDeps) {
    this.made = made;
  }

  /**
   * Puts a text on the sender's phone and on its way. It goes to the application
   * that last texted from `to`, else to the one that `to` is leased to, else to any that
   * is bound; while none is, it waits. Throws an AppError for what no phone could send.
   */
  send(text: TextFromPhone): PhoneMessage {
    check("from", isPhoneNumber(text.from), "it must be a phone number, such as +15005550100");
    check("to", isPhoneNumber(text.to), "it must be a phone number or a short code");
    check("body", text.body.length > 0, "it must not be empty");
    check("body", text.body.length <= MAX_TEXT_CHARACTERS, `it must have at most ${MAX_TEXT_CHARACTERS} characters`);
    const { records, listeners, ids, clock } = this.made;
    const parts = this.partsOf(text.body);
    if (this.made.deliveries.isFull) throw new AppError(SIMULATOR_QUEUE_FULL);
    const phone = phoneNumber(text.from);
    const message: PhoneMessage = {
      id: ids.next(),
      direction: "sent",
      timeMs: clock.nowMs(),
      from: phone,
      to: phoneNumber(text.to),
      body: text.body,
      encoding: parts.encoding,
      concatenation: concatenationOf(parts.parts),
      parts: parts.parts.map((part, at) => ({
        id: ids.next(),
        sequence: at + 1,
        octets: (part.payload ?? part.shortMessage).length,
      })),
      state: "queued",
    };
    records.keep(phone, message);
    listeners.tell({ type: "message", phone, message });
    this.dispatch(message, parts.parts);
    return message;
  }

  /** Puts a text that was waiting when the carrier stopped on its way again. */
  resume(message: PhoneMessage): void {
    this.dispatch(message, this.partsOf(message.body).parts);
  }

  private partsOf(body: string): { parts: MessagePart[]; encoding: string } {
    const { method, defaultAlphabet } = this.made.format;
    const segmented: SegmentedText = segmentText(body, {
      smartEncoding: false,
      reference: method === "udh16" ? 16 : 8,
    });
    this.reference = (this.reference + 1) & 0xffff;
    return {
      parts: buildParts(segmented, { method, reference: this.reference, defaultAlphabet }),
      encoding: segmented.encoding,
    };
  }

  private dispatch(message: PhoneMessage, parts: readonly MessagePart[]): void {
    let left = parts.length;
    let worst: DeliveryEnd = "taken";
    for (const part of parts) {
      this.made.deliveries.add({
        systemId: this.made.routeOf(message.to),
        body: deliverBody(message, part),
        onEnd: (end) => {
          left -= 1;
          if (end === "refused") worst = end;
          if (left > 0) return;
          const changed = this.made.records.setState(message.from, message.id, worst);
          if (changed !== undefined)
            this.made.listeners.tell({ type: "message-changed", phone: message.from, message: changed });
        },
      });
    }
  }
}

/** What {@link OutgoingTexts} works with. */
export interface OutgoingTextsDeps {
  readonly clock: Clock;
  readonly records: Records;
  readonly deliveries: Deliveries;
  readonly listeners: Listeners;
  readonly ids: MessageIds;
  readonly format: OutgoingFormat;
  /** The application that uses this number, if any has. */
  readonly routeOf: (number: string) => string | undefined;
}

function check(parameter: string, holds: boolean, problem: string): void {
  if (!holds) throw new AppError(INVALID_SIMULATOR_PARAMETER, { parameter, problem });
}

function concatenationOf(parts: readonly MessagePart[]): PhoneMessage["concatenation"] {
  const first = parts[0];
  if (first?.payload !== undefined) return "payload";
  if (first?.sar !== undefined) return "sar";
  return first?.esmClassUdhi === true ? "udh" : "none";
}

function deliverBody(message: PhoneMessage, part: MessagePart): PduBodyInput["deliver_sm"] {
  const source = wireAddress(message.from);
  const destination = wireAddress(message.to);
  return {
    source_addr_ton: source.ton,
    source_addr_npi: source.npi,
    source_addr: source.digits,
    dest_addr_ton: destination.ton,
    dest_addr_npi: destination.npi,
    destination_addr: destination.digits,
    esm_class: part.esmClassUdhi ? EsmClass.UDHI : 0,
    data_coding: part.dataCoding,
    short_message: part.shortMessage,
    ...(part.payload === undefined ? {} : { tlvs: { message_payload: part.payload } }),
    ...(part.sar === undefined
      ? {}
      : {
          tlvs: {
            sar_msg_ref_num: part.sar.reference,
            sar_total_segments: part.sar.total,
            sar_segment_seqnum: part.sar.sequence,
          },
        }),
  };
}
