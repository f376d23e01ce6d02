import type { DefaultAlphabet } from "../../protocols/sms/index.ts";
import type { MessageStateName, PduBody } from "../../protocols/smpp/index.ts";
import type { Clock } from "../../platform/ports.ts";
import { phoneNumber } from "./addresses.ts";
import type { Agenda } from "./agenda.ts";
import type { Listeners } from "./events.ts";
import { readInboundText } from "./inbound-text.ts";
import type { InboundText } from "./inbound-text.ts";
import type { PhoneMessage } from "./phone-message.ts";
import type { Records } from "./records.ts";
import { ECHO_CHARACTERS } from "./submission.ts";
import type { Submission } from "./submission.ts";

/** What an {@link Intake} works with. */
export interface IntakeDeps {
  readonly clock: Clock;
  readonly agenda: Agenda;
  readonly records: Records;
  readonly listeners: Listeners;
  readonly defaultAlphabet: DefaultAlphabet;
}

const RECEIPT_BITS = 0x03;

/** Turns what applications submit into texts on phones, joining the parts of long ones. */
export class Intake {
  private readonly deps: IntakeDeps;
  private expiryArmed = false;

  constructor(deps: IntakeDeps) {
    this.deps = deps;
  }

  /** Takes a submit_sm or data_sm whose state will become `outcome` after `receiptDelayMs`. */
  take(input: {
    id: string;
    body: PduBody["submit_sm"] | PduBody["data_sm"];
    systemId: string;
    outcome: MessageStateName;
    receiptDelayMs: number;
    receiptId?: string | undefined;
  }): Submission {
    const { body, systemId, outcome } = input;
    const nowMs = this.deps.clock.nowMs();
    const text = readInboundText(body, this.deps.defaultAlphabet);
    const submission: Submission = {
      id: input.id,
      ...(input.receiptId === undefined ? {} : { receiptId: input.receiptId }),
      serviceType: body.service_type,
      dataCoding: body.data_coding,
      systemId,
      from: phoneNumber(body.source_addr),
      to: phoneNumber(body.destination_addr),
      submittedMs: nowMs,
      receipts: body.registered_delivery & RECEIPT_BITS,
      text: text.body.slice(0, ECHO_CHARACTERS),
      state: "ENROUTE",
      outcome,
      doneMs: nowMs + input.receiptDelayMs,
    };
    this.land(submission, text);
    return submission;
  }

  /** Shows texts of several parts that waited too long as far as they came. For the start, and whenever one is due. */
  expire(): void {
    for (const message of this.deps.records.expire(this.deps.clock.nowMs())) this.show(message);
    this.armExpiry();
  }

  private land(submission: Submission, text: InboundText): void {
    const { place } = text;
    const message: PhoneMessage = {
      id: submission.id,
      direction: "received",
      timeMs: submission.submittedMs,
      from: submission.from,
      to: submission.to,
      body: text.body,
      encoding: text.encoding,
      concatenation: text.concatenation,
      parts: [{ id: submission.id, sequence: place?.sequence ?? 1, octets: text.octets }],
      systemId: submission.systemId,
      state: submission.outcome,
    };
    if (place === undefined) return this.show(message);
    const { from, to, submittedMs: nowMs } = submission;
    for (const whole of this.deps.records.hold({ ...place, from, to, nowMs, value: message })) this.show(whole);
    this.armExpiry();
  }

  private show(message: PhoneMessage): void {
    this.deps.records.keep(message.to, message);
    this.deps.listeners.tell({ type: "message", phone: message.to, message });
  }

  private armExpiry(): void {
    const dueMs = this.deps.records.nextExpiryMs;
    if (dueMs === undefined || this.expiryArmed) return;
    this.expiryArmed = true;
    this.deps.agenda.after(Math.max(1, dueMs - this.deps.clock.nowMs()), () => {
      this.expiryArmed = false;
      this.expire();
    });
  }
}
