import type { Readable } from "node:stream";

/** Where the octets of a request's body go. */
export interface SentBodyTarget {
  /** Takes a piece; text is Latin-1. False: no more before {@link SentBody.goOn}. */
  write(piece: string | Buffer): boolean;
  /** Called once: with what went wrong, or with nothing after the last octet. */
  done(error: Error | undefined): void;
}

/** The body of a request on its way to a cell, no faster than the cell reads. */
export class SentBody {
  private readonly stream: Readable;
  private isDone = false;

  /** With `octets` exactly so many are sent as they are; without, each piece becomes a chunk (RFC 9112 §7.1). */
  constructor(stream: Readable, octets: number | undefined, target: SentBodyTarget) {
    this.stream = stream;
    let sentOctets = 0;
    const finish = (error: Error | undefined): void => {
      if (this.isDone) return;
      this.isDone = true;
      target.done(error);
    };
    stream.on("data", (piece: Buffer) => {
      // An empty chunk would end the body.
      if (this.isDone || piece.length === 0) return;
      sentOctets += piece.length;
      // More than the head said would be taken for the next request.
      if (octets !== undefined && sentOctets > octets) return finish(new Error("the body is longer than announced"));
      if (octets === undefined) target.write(`${piece.length.toString(16)}\r\n`);
      let goesOn = target.write(piece);
      if (octets === undefined) goesOn = target.write("\r\n");
      if (!goesOn) stream.pause();
    });
    stream.on("end", () => {
      if (this.isDone) return;
      if (octets !== undefined && sentOctets < octets) return finish(new Error("the body is shorter than announced"));
      if (octets === undefined) target.write("0\r\n\r\n");
      finish(undefined);
    });
    stream.on("error", finish);
    stream.on("close", () => finish(new Error("the body broke off")));
    // Whoever looked at its beginning has paused it.
    stream.resume();
  }

  /** There is room again. */
  goOn(): void {
    this.stream.resume();
  }

  /** Nobody takes any more. */
  stop(): void {
    if (this.isDone) return;
    this.isDone = true;
    this.stream.destroy();
  }
}
