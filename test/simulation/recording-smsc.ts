import { systemClock, systemNet } from "../../src/adapters/system/index.ts";
import { SmppServer, type Outcome, type Respond, type ServerSession } from "../../src/platform/smpp/index.ts";
import {
  CommandStatus,
  EsmClass,
  MessageState,
  receiptDate,
  writeReceiptText,
  type AnyPdu,
  type Pdu,
} from "../../src/protocols/smpp/index.ts";
import { silentLogger } from "../kit/silent-logger.ts";
import type { SeededRandom } from "../kit/smpp-pdus.ts";

/** One submit_sm as it arrived, and what became of its receipt. */
export interface RecordedSubmit {
  readonly id: string;
  readonly from: string;
  /** Digits only. */
  readonly to: string;
  /** The octets of short_message. */
  readonly octets: Buffer;
  /** What the receipt says. */
  readonly state: "DELIVERED" | "UNDELIVERABLE";
  /** How often its receipt was given to the application. */
  receiptsGiven: number;
  /** How often the application answered that it has the receipt. */
  receiptsTaken: number;
}

const WINDOW = 50;
const RESPONSE_MS = { low: 0, high: 30 };
const RECEIPT_MS = { low: 20, high: 600 };
/** One in so many is not delivered. */
const UNDELIVERABLE_SHARE = 10;
/** A refused receipt is given again after this. */
const AGAIN_MS = 200;

/**
 * An SMSC that lives in the test's process, so that it outlives the system under test. It
 * writes down every submit_sm, accepts them all after a short while, and owes a receipt
 * for each until the application takes it: over connections and restarts.
 */
export class RecordingSmsc {
  readonly submits: RecordedSubmit[] = [];
  /** Connections that were bound so far. */
  binds = 0;
  private readonly random: SeededRandom;
  private readonly server: SmppServer;
  private readonly owed: RecordedSubmit[] = [];
  private readonly timers = new Set<NodeJS.Timeout>();
  private stopped = false;

  constructor(random: SeededRandom) {
    this.random = random;
    this.server = new SmppServer({
      net: systemNet,
      clock: systemClock,
      log: silentLogger,
      systemId: "recorder",
      authenticate: () => ({ accept: true, window: WINDOW }),
      onRequest: (session, pdu, respond) => this.request(session, pdu, respond),
      onBound: () => {
        this.binds += 1;
        this.pay();
      },
      onReady: () => this.pay(),
    });
  }

  /** Resolves to the port on 127.0.0.1. */
  async start(): Promise<number> {
    return (await this.server.listen({ host: "127.0.0.1", port: 0 })).port;
  }

  /** Receipts that the application has not taken yet. */
  get receiptsOwed(): number {
    return this.submits.filter((submit) => submit.receiptsTaken === 0).length;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers) clearTimeout(timer);
    await this.server.close(0);
  }

  private request(_session: ServerSession, pdu: AnyPdu, respond: Respond): void {
    if (pdu.command !== "submit_sm") return void respond(CommandStatus.ESME_RINVCMDID);
    const submit = this.record(pdu);
    this.after(this.between(RESPONSE_MS), () => void respond(CommandStatus.ESME_ROK, { message_id: submit.id }));
    this.after(this.between(RECEIPT_MS), () => {
      this.owed.push(submit);
      this.pay();
    });
  }

  private record({ body }: Pdu<"submit_sm">): RecordedSubmit {
    const submit: RecordedSubmit = {
      id: String(1_000_000 + this.submits.length),
      from: body.source_addr,
      to: body.destination_addr,
      octets: Buffer.from(body.short_message),
      state: this.random.oneIn(UNDELIVERABLE_SHARE) ? "UNDELIVERABLE" : "DELIVERED",
      receiptsGiven: 0,
      receiptsTaken: 0,
    };
    this.submits.push(submit);
    return submit;
  }

  private pay(): void {
    for (const session of this.server.sessions) {
      while (session.isBound && session.windowFree > 0) {
        const submit = this.owed.shift();
        if (submit === undefined) return;
        submit.receiptsGiven += 1;
        session.deliver(receiptOf(submit), (outcome) => this.paid(submit, outcome));
      }
    }
  }

  private paid(submit: RecordedSubmit, outcome: Outcome<"deliver_sm">): void {
    if (outcome.kind === "response" && outcome.status === CommandStatus.ESME_ROK) {
      submit.receiptsTaken += 1;
      return;
    }
    this.after(AGAIN_MS, () => {
      this.owed.push(submit);
      this.pay();
    });
  }

  private between({ low, high }: { low: number; high: number }): number {
    return this.random.between(low, high);
  }

  private after(delayMs: number, run: () => void): void {
    if (this.stopped) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      run();
    }, delayMs);
    this.timers.add(timer);
  }
}

function receiptOf(submit: RecordedSubmit) {
  const now = receiptDate(Date.now());
  const text = writeReceiptText({ id: submit.id, state: submit.state, submitDate: now, doneDate: now });
  return {
    source_addr: submit.to,
    destination_addr: submit.from,
    esm_class: EsmClass.TYPE_RECEIPT,
    short_message: Buffer.from(text, "latin1"),
    tlvs: { receipted_message_id: submit.id, message_state: MessageState[submit.state] },
  };
}
