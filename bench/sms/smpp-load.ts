/** Messages over SMPP, from customers' clients that keep their windows full or follow a rate. */
import { Buffer } from "node:buffer";
import { systemClock, systemNet } from "../../src/adapters/system/index.ts";
import { SmppClient, type DeliveryPdu, type Outcome, type RespondDelivery } from "../../src/platform/smpp/index.ts";
import { CommandStatus, RegisteredDelivery, statusName } from "../../src/protocols/smpp/index.ts";
import { SENDER, bodyOf, destinationOf, numberOf } from "./addresses.ts";
import type { LoadListener, Pace, SmppDoor } from "./door.ts";
import { monotonicMs } from "./monotonic.ts";
import { quietLogger } from "./quiet-logger.ts";
import { waitFor } from "./system.ts";

const OPEN_TICK_MS = 1;
/** A client that was throttled sends nothing for so long, as a well-behaved one does. */
const THROTTLED_MS = 20;
const BIND_LIMIT_MS = 20_000;
const UNBIND_MS = 500;
const DELIVERED = 2;
const SOURCE = SENDER.slice(1);
const LATER = new Set<number>([CommandStatus.ESME_RTHROTTLED, CommandStatus.ESME_RMSGQFUL]);

/** What a load is made of. */
export interface SmppLoadOptions {
  readonly door: SmppDoor;
  readonly base: number;
  readonly count: number;
  readonly pace: Pace;
  readonly listener: LoadListener;
}

/** A load whose clients stay bound for the receipts until it is closed. */
export class SmppLoad {
  /** Submissions that were put off with ESME_RTHROTTLED or ESME_RMSGQFUL, and sent again. */
  throttled = 0;
  private readonly options: SmppLoadOptions;
  private readonly clients: SmppClient[];
  private readonly pausedUntilMs: number[];
  /** Due, but put off or without room in any window. */
  private readonly overdue: number[] = [];
  private overdueHead = 0;
  private next = 0;
  /** How many may be sent by now. */
  private due = 0;
  private answered = 0;
  private told = 0;
  private readonly inFlight: number;
  private turn = 0;
  private onDone: () => void = () => {};

  constructor(options: SmppLoadOptions) {
    this.options = options;
    const { pace } = options;
    this.inFlight = pace.kind === "closed" && pace.inFlight !== undefined ? pace.inFlight : Infinity;
    const { port, window, credentials } = options.door;
    this.pausedUntilMs = credentials.map(() => 0);
    this.clients = credentials.map(
      (credential, index) =>
        new SmppClient({
          net: systemNet,
          clock: systemClock,
          log: quietLogger,
          host: "127.0.0.1",
          port,
          ...credential,
          bind: "transceiver",
          window,
          onDeliver: (pdu, respond) => this.delivered(pdu, respond),
          onReady: () => this.pump(index),
        }),
    );
  }

  async bind(): Promise<void> {
    for (const client of this.clients) client.start();
    const isBound = (): boolean => this.clients.every(({ state }) => state.name === "bound");
    await waitFor(`${this.clients.length} clients are bound`, isBound, BIND_LIMIT_MS);
  }

  /** Sends the messages and resolves when each has its answer. */
  run(): Promise<void> {
    const { pace, count, base, listener } = this.options;
    return new Promise((resolve) => {
      this.onDone = resolve;
      if (count === 0) resolve();
      if (pace.kind === "closed") {
        this.due = count;
        this.pumpAll();
        return;
      }
      const startMs = monotonicMs();
      const timer = setInterval(() => {
        const due = Math.min(count, Math.floor(((monotonicMs() - startMs) * pace.perSecond) / 1_000));
        // The time it was due counts, so that a system that stalls cannot hide it by slowing the sender.
        for (let at = this.due; at < due; at += 1) listener.onSent(base + at, startMs + (at * 1_000) / pace.perSecond);
        this.due = due;
        this.pumpAll();
        if (due === count) clearInterval(timer);
      }, OPEN_TICK_MS);
    });
  }

  /** One message for each client in turn, so that all binds are used at every rate. */
  private pumpAll(): void {
    let idle = 0;
    while (this.hasDue() && idle < this.clients.length) {
      this.turn = (this.turn + 1) % this.clients.length;
      if (this.isFree(this.turn)) {
        idle = 0;
        this.sendNext(this.turn);
      } else idle += 1;
    }
  }

  private pump(index: number): void {
    while (this.hasDue() && this.isFree(index)) this.sendNext(index);
  }

  private hasDue(): boolean {
    if (this.overdueHead < this.overdue.length) return true;
    return this.next < this.due && this.next - this.told < this.inFlight;
  }

  private isFree(index: number): boolean {
    return (this.clients[index]?.windowFree ?? 0) > 0 && (this.pausedUntilMs[index] ?? 0) <= performance.now();
  }

  private sendNext(index: number): void {
    const { base, pace, listener } = this.options;
    const again = this.overdue[this.overdueHead];
    if (again !== undefined) {
      this.overdueHead += 1;
      return this.send(index, again);
    }
    const number = base + this.next;
    this.next += 1;
    if (pace.kind === "closed") listener.onSent(number, monotonicMs());
    this.send(index, number);
  }

  private send(index: number, number: number): void {
    const body = {
      source_addr_ton: 1,
      source_addr_npi: 1,
      source_addr: SOURCE,
      dest_addr_ton: 1,
      dest_addr_npi: 1,
      destination_addr: destinationOf(number),
      registered_delivery: RegisteredDelivery.FINAL,
      short_message: Buffer.from(bodyOf(number), "latin1"),
    };
    this.clients[index]?.send(body, (outcome) => this.answer(index, number, outcome));
  }

  private answer(index: number, number: number, outcome: Outcome<"submit_sm">): void {
    const status = outcome.kind === "response" ? outcome.status : -1;
    if (outcome.kind === "not-sent" || LATER.has(status)) {
      this.throttled += 1;
      this.overdue.push(number);
      this.pausedUntilMs[index] = performance.now() + THROTTLED_MS;
      setTimeout(() => this.pump(index), THROTTLED_MS + 1);
      return;
    }
    this.options.listener.onAnswer(number, status === CommandStatus.ESME_ROK, status);
    this.answered += 1;
    if (this.answered === this.options.count) this.onDone();
    else this.pump(index);
  }

  private delivered(pdu: DeliveryPdu, respond: RespondDelivery): void {
    const state = pdu.body.tlvs?.message_state;
    this.options.listener.onTold(numberOf(pdu.body.source_addr), state === DELIVERED ? "delivered" : `state-${state}`);
    respond(CommandStatus.ESME_ROK);
    this.told += 1;
    this.pumpAll();
  }

  async close(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.stop(UNBIND_MS)));
  }
}

/** A status as people read it. */
export function smppStatus(status: number): string {
  return status < 0 ? "no answer" : statusName(status);
}
