import { CommandStatus, EsmClass, MessageState, encodeAbsoluteTime } from "../../protocols/smpp/index.ts";
import type { Pdu } from "../../protocols/smpp/index.ts";
import type { Respond } from "../../platform/smpp/index.ts";
import { phoneNumber } from "./addresses.ts";
import { readInboundText } from "./inbound-text.ts";
import { readId } from "./message-ids.ts";
import type { IdBase } from "./message-ids.ts";
import type { ReceiptDesk } from "./receipt-desk.ts";
import type { Records } from "./records.ts";
import { ECHO_CHARACTERS } from "./submission.ts";
import type { Submission } from "./submission.ts";
import type { SubmissionBook } from "./submission-book.ts";
import type { DefaultAlphabet } from "../../protocols/sms/index.ts";

/** What {@link Inquiries} work with. */
export interface InquiriesDeps {
  readonly book: SubmissionBook;
  readonly desk: ReceiptDesk;
  readonly records: Records;
  /** How ids are written in responses. */
  readonly idBase: IdBase;
  readonly defaultAlphabet: DefaultAlphabet;
}

/** What applications ask about, or change, of what they submitted: query_sm, cancel_sm, replace_sm. */
export class Inquiries {
  private readonly deps: InquiriesDeps;

  constructor(deps: InquiriesDeps) {
    this.deps = deps;
  }

  /** Tells the state of a submission; of a submit_multi that of its first destination (SMPP 3.4 §4.8). */
  query(systemId: string, pdu: Pdu<"query_sm">, respond: Respond): void {
    const [submission] = this.named(systemId, pdu.body);
    if (submission === undefined) return void respond(CommandStatus.ESME_RQUERYFAIL);
    const isFinal = submission.state !== "ENROUTE";
    respond(CommandStatus.ESME_ROK, {
      message_id: pdu.body.message_id,
      final_date: isFinal ? encodeAbsoluteTime(submission.doneMs) : "",
      message_state: MessageState[submission.state],
      error_code: 0,
    });
  }

  /**
   * Cancels what is named and not final yet: one message, all destinations of a
   * submit_multi, or without an id everything of this service type from one number to
   * another (SMPP 3.4 §4.9).
   */
  cancel(systemId: string, pdu: Pdu<"cancel_sm">, respond: Respond): void {
    const { body } = pdu;
    const named = body.message_id === "" ? this.between(systemId, body) : this.named(systemId, body);
    let cancelled = 0;
    for (const submission of named) {
      if (!this.deps.desk.cancel(submission)) continue;
      this.deps.records.remove(submission.to, submission.id);
      cancelled += 1;
    }
    respond(cancelled > 0 ? CommandStatus.ESME_ROK : CommandStatus.ESME_RCANCELFAIL);
  }

  /**
   * Puts another text in the place of one that is not final yet (SMPP 3.4 §4.10). One
   * part of a long text cannot be replaced. The receipt is as it was asked for first.
   */
  replace(systemId: string, pdu: Pdu<"replace_sm">, respond: Respond): void {
    const { body } = pdu;
    const [submission] = this.named(systemId, body);
    const shown = submission === undefined ? undefined : this.deps.records.find(submission.to, submission.id);
    if (submission === undefined || submission.state !== "ENROUTE" || shown?.parts.length !== 1)
      return void respond(CommandStatus.ESME_RREPLACEFAIL);
    const asText = { ...body, data_coding: submission.dataCoding, esm_class: EsmClass.MODE_DEFAULT };
    const text = readInboundText(asText, this.deps.defaultAlphabet);
    submission.text = text.body.slice(0, ECHO_CHARACTERS);
    const parts = [{ id: submission.id, sequence: 1, octets: text.octets }];
    const { encoding, concatenation } = text;
    const message = { ...shown, body: text.body, encoding, concatenation, parts };
    this.deps.records.remove(submission.to, submission.id);
    this.deps.records.keep(submission.to, message);
    respond(CommandStatus.ESME_ROK);
  }

  /** The submissions under an id; the source address must be theirs where it is given. */
  private named(systemId: string, body: { message_id: string; source_addr: string }): readonly Submission[] {
    const id = readId(body.message_id, this.deps.idBase);
    if (id === undefined) return [];
    const found = this.deps.book.under(id, systemId);
    return body.source_addr === "" ? found : found.filter((one) => one.from === phoneNumber(body.source_addr));
  }

  private between(systemId: string, body: Pdu<"cancel_sm">["body"]): readonly Submission[] {
    const found = this.deps.book.between(systemId, phoneNumber(body.source_addr), phoneNumber(body.destination_addr));
    return found.filter((one) => one.serviceType === body.service_type);
  }
}
