import type { Connection } from "../../../src/platform/ports.ts";
import { PduDecoder, encodePdu, type AnyPdu, type PduInput } from "../../../src/protocols/smpp/index.ts";

const MAX_PDU_OCTETS = 64 * 1024;
/** Octets that the application may leave unread. */
const MAX_OUTPUT_OCTETS = 4 * 1024 * 1024;

export interface SmscConnectionOptions {
  readonly number: number;
  readonly connection: Connection;
  /** How many of the octets are read; the connection ends if that is not all. */
  readonly onOctets: (connection: SmscConnection, chunk: Buffer) => number;
  readonly onPdu: (connection: SmscConnection, pdu: AnyPdu) => void;
  readonly onClosed: (connection: SmscConnection) => void;
}

/** An SMSC's end of one connection, without the manners that a session has: it can stop dead, or stop in the middle. */
export class SmscConnection {
  /** Counts the connections of a carrier from 1. */
  readonly number: number;
  /** After its bind was answered. */
  bound = false;
  submits = 0;
  private readonly options: SmscConnectionOptions;
  private readonly decoder = new PduDecoder({ maxPduOctets: MAX_PDU_OCTETS });
  private readonly awaited = new Map<number, (status: number | undefined) => void>();
  private readonly output: Buffer[] = [];
  private lastSequence = 0;
  private frozen = false;
  private ended = false;

  constructor(options: SmscConnectionOptions) {
    this.options = options;
    this.number = options.number;
    const { connection } = options;
    connection.on("data", (chunk: Buffer) => this.read(chunk));
    connection.on("error", () => {});
    connection.on("close", () => this.finish());
  }

  /** True while the two ends can talk. */
  get isAlive(): boolean {
    return !this.ended && !this.frozen;
  }

  get isFrozen(): boolean {
    return this.frozen && !this.ended;
  }

  /** Requests to the application without a response. */
  get outstanding(): number {
    return this.awaited.size;
  }

  /** Octets of a PDU of the application whose end has not come. */
  get heldOctets(): number {
    return this.decoder.heldOctets;
  }

  private read(chunk: Buffer): void {
    if (!this.isAlive) return;
    const wanted = this.options.onOctets(this, chunk);
    for (const found of this.decoder.push(chunk.subarray(0, wanted))) {
      if (!this.isAlive) return;
      if (found.kind === "pdu") this.take(found.pdu);
      else this.destroy();
    }
    if (wanted < chunk.length) this.destroy();
  }

  private take(pdu: AnyPdu): void {
    if (pdu.command !== "deliver_sm_resp") return this.options.onPdu(this, pdu);
    const done = this.awaited.get(pdu.sequence);
    this.awaited.delete(pdu.sequence);
    done?.(pdu.status);
  }

  /** Sends a PDU. False where nobody can hear it. */
  send(pdu: PduInput): boolean {
    if (!this.isAlive) return false;
    // Never within the write that brought the request, which a connection in memory would make possible.
    if (this.output.length === 0) queueMicrotask(() => this.flush());
    this.output.push(encodePdu(pdu));
    return true;
  }

  private flush(): void {
    const { connection } = this.options;
    const octets = Buffer.concat(this.output.splice(0));
    if (this.ended || octets.length === 0) return;
    connection.write(octets);
    if (connection.writableLength > MAX_OUTPUT_OCTETS) this.destroy();
  }

  /** Sends a deliver_sm; `done` hears the status of its response, or `undefined` when the connection ended before. */
  deliver(body: NonNullable<PduInput<"deliver_sm">["body"]>, done: (status: number | undefined) => void): void {
    this.lastSequence += 1;
    this.awaited.set(this.lastSequence, done);
    this.send({ command: "deliver_sm", sequence: this.lastSequence, body });
  }

  /** Sends the first half of a PDU and ends the connection. */
  sendHalf(pdu: PduInput): void {
    if (!this.isAlive) return;
    const octets = encodePdu(pdu);
    this.flush();
    this.frozen = true;
    this.options.connection.write(octets.subarray(0, octets.length >> 1), () => this.destroy());
  }

  /** From now on nothing is read and nothing is written, and the connection stands. */
  freeze(): void {
    this.flush();
    this.frozen = true;
    this.options.connection.pause();
    this.giveUpAwaited();
  }

  destroy(): void {
    this.options.connection.destroy();
    this.finish();
  }

  private finish(): void {
    if (this.ended) return;
    this.ended = true;
    this.bound = false;
    this.giveUpAwaited();
    this.options.onClosed(this);
  }

  private giveUpAwaited(): void {
    const awaited = [...this.awaited.values()];
    this.awaited.clear();
    for (const done of awaited) done(undefined);
  }
}
