import type { Readable } from "node:stream";
import type { HttpRequest } from "../http/index.ts";
import type { Soon } from "./ports.ts";

/** A body up to this is kept until its request is answered, so that it can be sent again. A longer one goes through as it comes. */
export const MAX_KEPT_OCTETS = 65_536;

/** The body of a request as it is passed on. */
export interface ForwardedBody {
  /** All of it, where it is kept. */
  readonly whole: Buffer | undefined;
  readonly stream: Readable | undefined;
  /** Octets of `stream`, where they are known. */
  readonly octets: number | undefined;
}

/**
 * Takes over the body of a request. At once where it has come already. A body without a
 * length is read until it ends or is too long to be kept, so that most of them go on with
 * a length. Rejects or throws an `AppError` for one that is too long or breaks off.
 */
export function takeBody(request: HttpRequest, maxOctets: number): Soon<ForwardedBody> {
  const { body, contentLength } = request;
  if (body !== undefined) return { whole: body, stream: undefined, octets: undefined };
  const isShort = contentLength !== undefined && contentLength <= MAX_KEPT_OCTETS;
  if (isShort || request.streamBody === undefined) {
    return request.readBody(maxOctets).then((whole) => ({ whole, stream: undefined, octets: undefined }));
  }
  const stream = request.streamBody(maxOctets);
  if (contentLength !== undefined) return { whole: undefined, stream, octets: contentLength };
  return gather(stream);
}

function gather(stream: Readable): Promise<ForwardedBody> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let octets = 0;
    const stop = (): void => {
      stream.off("data", take);
      stream.off("end", end);
      stream.off("error", reject);
      stream.off("close", breakOff);
    };
    const take = (piece: Buffer): void => {
      pieces.push(piece);
      octets += piece.length;
      if (octets <= MAX_KEPT_OCTETS) return;
      stop();
      stream.pause();
      stream.unshift(Buffer.concat(pieces));
      resolve({ whole: undefined, stream, octets: undefined });
    };
    const end = (): void => {
      stop();
      resolve({ whole: Buffer.concat(pieces), stream: undefined, octets: undefined });
    };
    const breakOff = (): void => reject(new Error("the body broke off"));
    stream.on("data", take);
    stream.on("end", end);
    stream.on("error", reject);
    stream.on("close", breakOff);
  });
}
