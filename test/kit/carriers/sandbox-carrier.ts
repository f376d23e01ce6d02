import type { Clock, Connection, Listener, Net, Timer } from "../../../src/platform/ports.ts";
import {
  CommandStatus,
  EsmClass,
  MessageState,
  receiptDate,
  writeReceiptText,
  type AnyPdu,
  type Pdu,
  type PduInput,
} from "../../../src/protocols/smpp/index.ts";
import type { SeededRandom } from "../smpp-pdus.ts";
import { BRISK, type ArrivedSubmit, type Behaviour, type CarrierKind, type Pace } from "./behaviour.ts";
import { CarrierLedger, type TakenSubmit } from "./ledger.ts";
import { SmscConnection } from "./smsc-connection.ts";

/** Receipts without a response on one connection. */
const WINDOW = 20;
/** A receipt that the application could not take is given again after this. */
const AGAIN_MS = 100;
/** One in so many is not delivered. */
const UNDELIVERABLE_SHARE = 8;
/** Connections that stand dead at one time; the oldest gives way. */
const MAX_FROZEN = 50;
const SYSTEM_ID = "sandbox";

export interface SandboxCarrierOptions {
  readonly kind: CarrierKind;
  readonly net: Net;
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly pace?: Partial<Pace>;
}

/**
 * An SMSC that behaves as its kind says, straight on the connections. It writes down
 * every submit_sm that it read, and owes receipts over connections and restarts of the
 * application until the application has taken them.
 */
export class SandboxCarrier {
  readonly kind: CarrierKind;
  readonly ledger = new CarrierLedger();
  /** Connections that were bound so far. */
  binds = 0;
  private readonly options: SandboxCarrierOptions;
  private readonly behaviour: Behaviour;
  private readonly connections = new Set<SmscConnection>();
  private readonly owed: TakenSubmit[] = [];
  private readonly timers = new Set<Timer>();
  private listener: Listener | undefined;
  private connectionCount = 0;
  private paysNow: boolean;
  private closed = false;

  constructor(options: SandboxCarrierOptions) {
    this.options = options;
    this.kind = options.kind;
    this.behaviour = options.kind.create({
      clock: options.clock,
      random: options.random,
      pace: { ...BRISK, ...options.pace },
      after: (delayMs, run) => this.after(delayMs, run),
    });
    this.paysNow = this.behaviour.paysAtOnce ?? true;
  }

  /** Resolves to the port on 127.0.0.1. */
  async start(): Promise<number> {
    this.listener = await this.options.net.listen({ host: "127.0.0.1", port: 0 }, (connection) =>
      this.accept(connection),
    );
    return this.listener.port;
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const timer of this.timers) timer.cancel();
    for (const connection of this.connections) connection.destroy();
    await this.listener?.close();
  }

  /** Receipts that are due, on their way, or wait to be asked for. */
  get receiptsOwed(): number {
    let underWay = 0;
    for (const connection of this.connections) underWay += connection.outstanding;
    return this.owed.length + underWay;
  }

  /** A carrier that holds its receipts back gives them from now on. */
  payReceipts(): void {
    this.paysNow = true;
    this.pay();
  }

  private accept(connection: Connection): void {
    if (this.closed) return void connection.destroy();
    this.connectionCount += 1;
    const smsc = new SmscConnection({
      number: this.connectionCount,
      connection,
      onOctets: (one, chunk) => this.behaviour.onOctets?.(one, chunk) ?? chunk.length,
      onPdu: (one, pdu) => this.request(one, pdu),
      onClosed: (one) => this.connections.delete(one),
    });
    this.connections.add(smsc);
    const frozen = [...this.connections].filter((one) => one.isFrozen);
    if (frozen.length > MAX_FROZEN) frozen[0]?.destroy();
  }

  private request(connection: SmscConnection, pdu: AnyPdu): void {
    const { sequence } = pdu;
    switch (pdu.command) {
      case "bind_transceiver":
      case "bind_transmitter":
      case "bind_receiver":
        connection.bound = true;
        this.binds += 1;
        connection.send({ command: `${pdu.command}_resp`, sequence, body: { system_id: SYSTEM_ID } });
        return this.pay();
      case "submit_sm":
        connection.submits += 1;
        return this.behaviour.onSubmit(this.arrived(connection, pdu));
      case "enquire_link":
        if (this.behaviour.answersLinks ?? true) connection.send({ command: "enquire_link_resp", sequence });
        return;
      case "unbind":
        connection.send({ command: "unbind_resp", sequence });
        return;
      default:
    }
  }

  private arrived(connection: SmscConnection, pdu: Pdu<"submit_sm">): ArrivedSubmit {
    const { random, clock } = this.options;
    const taken = this.ledger.record(pdu, {
      atMs: clock.nowMs(),
      connection: connection.number,
      state: random.oneIn(UNDELIVERABLE_SHARE) ? "UNDELIVERABLE" : "DELIVERED",
    });
    const { sequence } = pdu;
    const id = this.behaviour.responseId?.(taken.number) ?? String(taken.number);
    const accepted: PduInput<"submit_sm_resp"> = { command: "submit_sm_resp", sequence, body: { message_id: id } };
    const answered = (kind: "accepted" | "refused"): void => {
      taken.answer = { kind, atMs: clock.nowMs() };
    };
    return {
      taken,
      connection,
      accept: () => {
        if (connection.send(accepted)) answered("accepted");
      },
      refuse: (status) => {
        if (connection.send({ command: "submit_sm_resp", status, sequence })) answered("refused");
      },
      acceptHalf: () => connection.sendHalf(accepted),
      owe: (copies = 1) => {
        for (let n = 0; n < copies; n += 1) this.owed.push(taken);
        this.pay();
      },
    };
  }

  private pay(): void {
    if (!this.paysNow || this.closed) return;
    for (const connection of this.connections) {
      while (connection.bound && connection.isAlive && connection.outstanding < WINDOW) {
        const taken = this.owed.shift();
        if (taken === undefined) return;
        taken.receiptsGiven += 1;
        connection.deliver(this.receiptOf(taken), (status) => this.paid(taken, status));
      }
    }
  }

  private paid(taken: TakenSubmit, status: number | undefined): void {
    if (status === CommandStatus.ESME_ROK) {
      taken.receiptsTaken += 1;
      taken.firstTakenMs ??= this.options.clock.nowMs();
      return this.pay();
    }
    this.owed.push(taken);
    this.after(AGAIN_MS, () => this.pay());
  }

  private receiptOf(taken: TakenSubmit): NonNullable<PduInput<"deliver_sm">["body"]> {
    const date = receiptDate(this.options.clock.nowMs());
    const id = this.behaviour.receiptId?.(taken.number) ?? String(taken.number);
    const text = writeReceiptText({ id, state: taken.state, submitDate: date, doneDate: date });
    return {
      source_addr: taken.to,
      destination_addr: taken.from,
      esm_class: EsmClass.TYPE_RECEIPT,
      short_message: Buffer.from(text, "latin1"),
      tlvs: { receipted_message_id: id, message_state: MessageState[taken.state] },
    };
  }

  private after(delayMs: number, run: () => void): void {
    if (this.closed) return;
    const timer = this.options.clock.after(delayMs, () => {
      this.timers.delete(timer);
      run();
    });
    this.timers.add(timer);
  }
}
