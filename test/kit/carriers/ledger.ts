import { EsmClass, type Pdu } from "../../../src/protocols/smpp/index.ts";

/** What the network says in the end of a submit that was taken. */
export type FinalState = "DELIVERED" | "UNDELIVERABLE";

/** One submit_sm that a carrier read, and everything that became of it. */
export interface TakenSubmit {
  /** Counts all submits of the carrier from 1. The ids in responses and receipts are made of it. */
  readonly number: number;
  readonly from: string;
  /** Digits only. */
  readonly to: string;
  /** Which part of a long text, from 0. */
  readonly part: number;
  /** The octets of short_message without a user data header. */
  readonly octets: Buffer;
  readonly atMs: number;
  /** Which connection brought it, from 1. */
  readonly connection: number;
  readonly state: FinalState;
  /** What was answered while the connection stood; nothing yet, or never, where absent. */
  answer?: { readonly kind: "accepted" | "refused"; readonly atMs: number };
  /** How often its receipt was given to the application, and how often the application said that it has it. */
  receiptsGiven: number;
  receiptsTaken: number;
  firstTakenMs?: number;
}

/** Messages that may be given once more when nobody knows what became of them. */
export interface Repeatable {
  /** Digits only. */
  readonly recipients: ReadonlySet<string>;
  /** Not before. */
  readonly afterMs: number;
}

const NOTHING: Repeatable = { recipients: new Set(), afterMs: 0 };

/**
 * What one carrier remembers. It lives in the test's process, so that it outlives the
 * system that submits, and is the truth that the system is judged by.
 */
export class CarrierLedger {
  readonly submits: TakenSubmit[] = [];

  record(pdu: Pdu<"submit_sm">, about: Pick<TakenSubmit, "atMs" | "connection" | "state">): TakenSubmit {
    const { body } = pdu;
    const hasHeader = (body.esm_class & EsmClass.UDHI) !== 0;
    const headerOctets = hasHeader ? (body.short_message[0] ?? 0) + 1 : 0;
    const submit: TakenSubmit = {
      number: this.submits.length + 1,
      from: body.source_addr,
      to: body.destination_addr,
      part: hasHeader ? (body.short_message[headerOctets - 1] ?? 1) - 1 : 0,
      octets: Buffer.from(body.short_message.subarray(headerOctets)),
      ...about,
      receiptsGiven: 0,
      receiptsTaken: 0,
    };
    this.submits.push(submit);
    return submit;
  }

  /** Submits by recipient. */
  byRecipient(): Map<string, TakenSubmit[]> {
    const found = new Map<string, TakenSubmit[]>();
    for (const submit of this.submits) {
      const sofar = found.get(submit.to);
      if (sofar === undefined) found.set(submit.to, [submit]);
      else sofar.push(submit);
    }
    return found;
  }

  /**
   * Submits of a part that an earlier submit had brought already, and that had not been
   * refused. What may be repeated may be so once, after its time.
   */
  duplicates(repeatable: Repeatable = NOTHING): TakenSubmit[] {
    const earlier = new Map<string, { readonly submit: TakenSubmit; readonly repeated: boolean }>();
    return this.submits.filter((submit) => {
      const key = `${submit.to} ${submit.part} ${submit.octets.toString("latin1")}`;
      const before = earlier.get(key);
      const isRepeat = before !== undefined && before.submit.answer?.kind !== "refused";
      earlier.set(key, { submit, repeated: isRepeat || before?.repeated === true });
      if (!isRepeat) return false;
      const waitedMs = submit.atMs - before.submit.atMs;
      return before.repeated || !repeatable.recipients.has(submit.to) || waitedMs < repeatable.afterMs;
    });
  }

  get receiptsGiven(): number {
    return this.submits.reduce((sum, submit) => sum + submit.receiptsGiven, 0);
  }

  get receiptsTaken(): number {
    return this.submits.reduce((sum, submit) => sum + submit.receiptsTaken, 0);
  }
}
