import type { ServerHttp2Stream } from "node:http2";
import { Readable } from "node:stream";
import { AppError } from "../../kernel/errors.ts";
import { BAD_REQUEST, BODY_TOO_LARGE } from "../http/index.ts";

const EMPTY = Buffer.alloc(0);
const CUT_OFF = { reason: "the stream ended within the body" };

/** Reads the body of one stream, up to a bound. Until it is asked for, flow control holds it back at the client. */
export class BodyReader {
  /** Octets that came, also those past the bound. */
  octets = 0;
  /** Since when somebody waits for the body. */
  waitingSinceMs: number | undefined = undefined;
  private readonly stream: ServerHttp2Stream;
  private giveUp: ((error: AppError) => void) | undefined = undefined;

  constructor(stream: ServerHttp2Stream) {
    this.stream = stream;
  }

  /** Reads all of it. Rejects with `BODY_TOO_LARGE` past the bound, with `BAD_REQUEST` where the stream ends before. */
  read(maxOctets: number, nowMs: number): Promise<Buffer> {
    const { stream } = this;
    if (stream.endAfterHeaders) return Promise.resolve(EMPTY);
    if (stream.destroyed || stream.aborted) return Promise.reject(new AppError(BAD_REQUEST, CUT_OFF));
    this.waitingSinceMs = nowMs;
    return new Promise((resolve, reject) => {
      const pieces: Buffer[] = [];
      const settle = (): void => {
        this.waitingSinceMs = undefined;
        this.giveUp = undefined;
        stream.off("data", onData).off("end", onEnd).off("close", onClose);
      };
      this.giveUp = (error) => {
        settle();
        stream.pause();
        reject(error);
      };
      const onData = (piece: Buffer): void => {
        this.octets += piece.length;
        if (this.octets > maxOctets) this.giveUp?.(new AppError(BODY_TOO_LARGE, { max: maxOctets }));
        else pieces.push(piece);
      };
      const onEnd = (): void => {
        settle();
        // A reset ends what was read, too.
        if (stream.aborted || stream.rstCode !== 0) reject(new AppError(BAD_REQUEST, CUT_OFF));
        else resolve(pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces));
      };
      const onClose = (): void => this.giveUp?.(new AppError(BAD_REQUEST, CUT_OFF));
      stream.on("data", onData).once("end", onEnd).once("close", onClose);
    });
  }

  /** The body piece by piece, no faster than it is read. Fails as {@link read} rejects. */
  open(maxOctets: number, nowMs: () => number): Readable {
    const { stream } = this;
    if (stream.endAfterHeaders) return Readable.from([], { objectMode: false });
    if (stream.destroyed || stream.aborted) throw new AppError(BAD_REQUEST, CUT_OFF);
    const body = new Readable({
      read: () => {
        this.waitingSinceMs ??= nowMs();
        stream.resume();
      },
      destroy: (error, done) => {
        this.waitingSinceMs = undefined;
        this.giveUp = undefined;
        stream.off("data", onData).off("end", onEnd).off("close", onClose).pause();
        done(error);
      },
    });
    // Whoever stopped reading does not want to hear of what breaks afterwards.
    body.on("error", () => undefined);
    this.giveUp = (error) => void body.destroy(error);
    const onData = (piece: Buffer): void => {
      this.octets += piece.length;
      this.waitingSinceMs = nowMs();
      if (this.octets > maxOctets) {
        this.giveUp?.(new AppError(BODY_TOO_LARGE, { max: maxOctets }));
      } else if (!body.push(piece)) {
        this.waitingSinceMs = undefined;
        stream.pause();
      }
    };
    const onEnd = (): void => {
      this.waitingSinceMs = undefined;
      if (stream.aborted || stream.rstCode !== 0) this.giveUp?.(new AppError(BAD_REQUEST, CUT_OFF));
      else body.push(null);
    };
    const onClose = (): void => {
      if (!body.readableEnded && !stream.readableEnded) this.giveUp?.(new AppError(BAD_REQUEST, CUT_OFF));
    };
    stream.pause();
    stream.on("data", onData).once("end", onEnd).once("close", onClose);
    return body;
  }

  /** Ends the read that is going on with `error`, if there is one. */
  stop(error: AppError): void {
    this.giveUp?.(error);
  }
}
