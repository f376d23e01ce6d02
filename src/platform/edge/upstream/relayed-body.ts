import { Readable } from "node:stream";

/** How much of a body waits for a slow client before the cell is not read any more. */
const MAX_WAITING_OCTETS = 65_536;

/** The body of an answer on its way from a cell to a client. */
export class RelayedBody extends Readable {
  /** Whether nothing more should come for now. */
  isFull = false;
  private isWhole = false;
  private readonly goOn: () => void;
  private readonly abandon: () => void;

  /** `goOn` is called when there is room again, `abandon` when nobody reads any more before it is whole. */
  constructor(goOn: () => void, abandon: () => void) {
    super({ highWaterMark: MAX_WAITING_OCTETS });
    this.goOn = goOn;
    this.abandon = abandon;
    // Between its making and its reading nobody else may be listening.
    this.on("error", () => undefined);
  }

  /** Takes a piece, which is copied. */
  deliver(piece: Buffer): void {
    if (!this.destroyed && !this.push(Buffer.from(piece))) this.isFull = true;
  }

  finish(): void {
    this.isWhole = true;
    this.push(null);
  }

  override _read(): void {
    if (!this.isFull) return;
    this.isFull = false;
    this.goOn();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.isWhole) this.abandon();
    done(error);
  }
}
