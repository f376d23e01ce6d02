import { Readable } from "node:stream";
import { AppError } from "../../kernel/errors.ts";
import { BODY_TOO_LARGE } from "./errors.ts";

/** How much of a body waits to be read before the connection stops to take more. */
const MAX_WAITING_OCTETS = 65_536;

/** The body of a request as it comes in, for those who pass it on. */
export class IncomingBody extends Readable {
  /** Whether the connection should give nothing more for now. */
  isFull = false;
  private readonly maxOctets: number;
  private readonly goOn: () => void;

  /** `goOn` is called when there is room again. */
  constructor(maxOctets: number, goOn: () => void) {
    super({ highWaterMark: MAX_WAITING_OCTETS });
    this.maxOctets = maxOctets;
    this.goOn = goOn;
    // Whoever stopped reading does not want to hear of what breaks afterwards.
    this.on("error", () => undefined);
  }

  /** A piece came. */
  deliver(piece: Buffer): void {
    if (this.destroyed || !this.push(piece)) this.isFull = true;
  }

  /** All of it came, or more than it may. */
  finish(isTooLong: boolean): void {
    if (isTooLong) this.destroy(new AppError(BODY_TOO_LARGE, { max: this.maxOctets }));
    else this.push(null);
  }

  override _read(): void {
    if (!this.isFull) return;
    this.isFull = false;
    this.goOn();
  }
}
