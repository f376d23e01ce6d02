import { AppError } from "../../../kernel/errors.ts";
import { OVERLOADED, type HttpResponse } from "../../../platform/http/index.ts";
import { isStream } from "./sub-request.ts";

/** The whole body of an answer as text. Throws 503/20503 for one that is longer than `maxOctets`, or breaks off. */
export async function readWhole({ body }: HttpResponse, maxOctets: number): Promise<string> {
  if (body === undefined || typeof body === "string") return body ?? "";
  if (!isStream(body)) return Buffer.from(body).toString("utf8");
  const pieces: Buffer[] = [];
  let octets = 0;
  try {
    for await (const piece of body) {
      pieces.push(Buffer.from(piece as Uint8Array));
      octets += (piece as Uint8Array).length;
      if (octets > maxOctets) throw new Error(`an answer of more than ${maxOctets} octets`);
    }
  } catch (cause) {
    body.destroy();
    throw new AppError(OVERLOADED, {}, { cause });
  }
  return Buffer.concat(pieces).toString("utf8");
}
