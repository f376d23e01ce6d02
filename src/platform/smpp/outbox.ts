import { Buffer } from "node:buffer";
import type { Connection } from "../ports.ts";

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
  private readonly onHanded: () => void;
  private chunks: Buffer[] = [];
  private octets = 0;
  private scheduled = false;
  private blocked = false;

  /** `onHanded` is called right after everything put so far was given to the connection. */
  constructor(connection: Connection, onHanded: () => void) {
    this.connection = connection;
    this.onHanded = onHanded;
    connection.on("drain", () => {
      this.blocked = false;
      this.flush();
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

  /** Keeps one encoded PDU until the turn ends. */
  put(pdu: Buffer): void {
    this.chunks.push(pdu);
    this.octets += pdu.length;
    if (this.scheduled || this.blocked) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  /** Gives what is held to the connection now, unless it is blocked or gone. */
  flush(): void {
    if (this.chunks.length === 0 || this.blocked) return;
    if (this.connection.destroyed || !this.connection.writable) return;
    const chunks = this.chunks;
    const first = chunks[0];
    this.chunks = [];
    const whole = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, this.octets);
    this.octets = 0;
    this.blocked = !this.connection.write(whole);
    this.onHanded();
  }

  /** Forgets what is held, for good: the session is over. */
  discard(): void {
    this.chunks = [];
    this.octets = 0;
  }
}
