import { Buffer } from "node:buffer";
import { systemClock, systemNet } from "../../src/adapters/system/index.ts";
import { CommandStatus, EsmClass, receiptDate, writeReceiptText } from "../../src/protocols/smpp/index.ts";
import type { Pdu } from "../../src/protocols/smpp/index.ts";
import { SmppServer, type ServerSession } from "../../src/platform/smpp/index.ts";
import { quietLogger } from "./quiet-logger.ts";

/** What the carrier tells of. */
export interface SmscEvents {
  submitted(destination: string): void;
  /** The receipt of a message was acknowledged. */
  receipted(destination: string): void;
}

interface DueReceipt {
  readonly session: ServerSession;
  readonly id: string;
  readonly source: string;
  readonly destination: string;
  readonly dueMs: number;
}

const TICK_MS = 5;
const WINDOW = 1_000;
const AGAIN_MS = 100;

/** A carrier that takes everything at once and sends a receipt for it after a delay. */
export class Smsc {
  /** Receipts that the peer wanted again, or that nobody answered. */
  receiptsAgain = 0;
  private readonly server: SmppServer;
  private readonly events: SmscEvents;
  private readonly receiptDelayMs: number;
  private queue: DueReceipt[] = [];
  private head = 0;
  private timer: NodeJS.Timeout | undefined;
  private nextId = 1;
  private readonly dates: string;

  constructor(events: SmscEvents, receiptDelayMs: number) {
    this.events = events;
    this.receiptDelayMs = receiptDelayMs;
    this.dates = receiptDate(Date.now());
    this.server = new SmppServer({
      net: systemNet,
      clock: systemClock,
      log: quietLogger,
      systemId: "bench",
      authenticate: () => ({ accept: true, window: WINDOW }),
      onRequest: (session, pdu, respond) => {
        if (pdu.command !== "submit_sm") return void respond(CommandStatus.ESME_RINVCMDID);
        const id = String(this.nextId);
        this.nextId += 1;
        respond(CommandStatus.ESME_ROK, { message_id: id });
        this.submitted(session, pdu, id);
      },
      onReady: () => this.flush(),
    });
  }

  async listen(port: number): Promise<number> {
    return (await this.server.listen({ host: "127.0.0.1", port })).port;
  }

  get binds(): number {
    return this.server.sessions.size;
  }

  private submitted(session: ServerSession, pdu: Pdu<"submit_sm">, id: string): void {
    const { destination_addr: destination, source_addr: source, registered_delivery: wanted } = pdu.body;
    this.events.submitted(destination);
    if ((wanted & 1) === 0) return;
    this.queue.push({ session, id, source, destination, dueMs: performance.now() + this.receiptDelayMs });
    this.timer ??= setTimeout(() => this.tick(), TICK_MS);
  }

  private tick(): void {
    this.timer = undefined;
    this.flush();
    if (this.head < this.queue.length) this.timer ??= setTimeout(() => this.tick(), TICK_MS);
  }

  private flush(): void {
    const now = performance.now();
    while (this.head < this.queue.length) {
      const receipt = this.queue[this.head];
      if (receipt === undefined || receipt.dueMs > now || !this.deliver(receipt)) break;
      this.head += 1;
    }
    if (this.head > 10_000 && this.head * 2 > this.queue.length) {
      this.queue = this.queue.slice(this.head);
      this.head = 0;
    }
  }

  private deliver(receipt: DueReceipt): boolean {
    const session = this.pick(receipt.session);
    if (session === undefined) return false;
    const { id, source, destination } = receipt;
    const text = writeReceiptText({ id, state: "DELIVERED", submitDate: this.dates, doneDate: this.dates });
    const body = {
      source_addr_ton: 1,
      source_addr_npi: 1,
      source_addr: destination,
      dest_addr_ton: 1,
      dest_addr_npi: 1,
      destination_addr: source,
      esm_class: EsmClass.TYPE_RECEIPT,
      short_message: Buffer.from(text, "latin1"),
    };
    session.deliver(body, (outcome) => {
      if (outcome.kind === "response" && outcome.status === CommandStatus.ESME_ROK)
        return this.events.receipted(destination);
      this.receiptsAgain += 1;
      this.queue.push({ ...receipt, dueMs: performance.now() + AGAIN_MS });
      this.timer ??= setTimeout(() => this.tick(), AGAIN_MS);
    });
    return true;
  }

  /** The session it came by, or another one with room. */
  private pick(wanted: ServerSession): ServerSession | undefined {
    if (wanted.isBound && wanted.windowFree > 0) return wanted;
    for (const session of this.server.sessions) if (session.windowFree > 0) return session;
    return undefined;
  }

  close(): Promise<void> {
    clearTimeout(this.timer);
    return this.server.close(100);
  }
}
