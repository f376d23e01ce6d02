import type { Readable } from "node:stream";

/** Where the octets of a streamed body go. */
export interface BodyTarget {
  /** Takes a piece. False means that it should not be given more before {@link StreamedBody.goOn}. */
  write(piece: string | Uint8Array): boolean;
  /** Called once: with what went wrong, or with nothing after the last octet. */
  done(error: Error | undefined): void;
}

/** A body on its way out, no faster than the client reads. */
export class StreamedBody {
  private readonly body: Readable;

  /** Begins to send. With `isChunked` each piece becomes a chunk (RFC 9112 §7.1), else it leaves as it is. */
  constructor(body: Readable, isChunked: boolean, target: BodyTarget) {
    this.body = body;
    let isDone = false;
    const finish = (error: Error | undefined): void => {
      if (isDone) return;
      isDone = true;
      target.done(error);
    };
    body.on("data", (chunk: string | Uint8Array) => {
      const octets = typeof chunk === "string" ? Buffer.from(chunk, "utf8") : chunk;
      // An empty chunk would end the body.
      if (isDone || octets.length === 0) return;
      if (isChunked) target.write(`${octets.length.toString(16)}\r\n`);
      const goesOn = target.write(octets);
      if (isChunked ? !target.write("\r\n") : !goesOn) body.pause();
    });
    body.on("end", () => {
      if (isChunked && !isDone) target.write("0\r\n\r\n");
      finish(undefined);
    });
    body.on("error", finish);
    body.on("close", () => finish(new Error("the stream closed before its end")));
  }

  /** There is room again. */
  goOn(): void {
    this.body.resume();
  }

  /** Nobody reads any more. */
  stop(): void {
    this.body.destroy();
  }
}
