import { Buffer } from "node:buffer";
import type { Connection } from "../ports.ts";

/** The most octets that one write takes, unless a single PDU is larger: what a stalled peer leaves in doubt. */
const MAX_WRITE_OCTETS = 256 * 1024;

/**
 * Output of one session: every PDU put within a turn of the event loop leaves in
 * one write, because the system call is what costs (the codec does not).
 *
 * A PDU is *handed* when it was given to the connection. While the connection
 * asks to wait (`drain`), PDUs stay here, so that what this object still holds
 * when the connection dies has certainly not left this process.
 */
export class Outbox {
  private readonly connection: Connection;
  private readonly onHanded: (handedCount: number) => void;
  private chunks: Buffer[] = [];
  private octets = 0;
  private putCount = 0;
  private handedCount = 0;
  private scheduled = false;
  private blocked = false;

  /** `onHanded` is called after each write with the number of PDUs handed so far, and after each `drain`. */
  constructor(connection: Connection, onHanded: (handedCount: number) => void) {
    this.connection = connection;
    this.onHanded = onHanded;
    connection.on("drain", () => {
      this.blocked = false;
      this.flush();
      this.onHanded(this.handedCount);
    });
  }

  /** Octets that have not reached the operating system: held here, or by the connection. */
  get bufferedOctets(): number {
    return this.octets + this.connection.writableLength;
  }

  /** True while the connection takes nothing more. */
  get isBlocked(): boolean {
    return this.blocked;
  }

  /** Keeps one encoded PDU until the turn ends, and returns its number: it is handed once `handedCount` reaches that. */
  put(pdu: Buffer): number {
    this.chunks.push(pdu);
    this.octets += pdu.length;
    this.putCount += 1;
    if (!this.scheduled && !this.blocked) {
      this.scheduled = true;
      setImmediate(() => {
        this.scheduled = false;
        this.flush();
      });
    }
    return this.putCount;
  }

  /** Gives what is held to the connection now, as far as the connection takes it. */
  flush(): void {
    while (this.chunks.length > 0 && !this.blocked) {
      if (this.connection.destroyed || !this.connection.writable) return;
      const taken = this.take();
      this.blocked = !this.connection.write(taken);
      this.onHanded(this.handedCount);
    }
  }

  /** Forgets what is held, for good: the session is over. */
  discard(): void {
    this.chunks = [];
    this.octets = 0;
  }

  private take(): Buffer {
    let count = 0;
    let octets = 0;
    for (const chunk of this.chunks) {
      if (count > 0 && octets + chunk.length > MAX_WRITE_OCTETS) break;
      count += 1;
      octets += chunk.length;
    }
    const chunks = count === this.chunks.length ? this.chunks : this.chunks.slice(0, count);
    this.chunks = count === this.chunks.length ? [] : this.chunks.slice(count);
    this.octets -= octets;
    this.handedCount += count;
    const only = chunks.length === 1 ? chunks[0] : undefined;
    return only ?? Buffer.concat(chunks, octets);
  }
}
