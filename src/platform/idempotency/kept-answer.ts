import { Buffer } from "node:buffer";
import type { HttpResponse } from "../http/index.ts";
import type { SecretBox } from "../secrets/index.ts";
import { KEY_LIMITS } from "./limits.ts";

/** What {@link sealAnswer} gives for an answer that is not kept. */
export const NOT_KEPT = "";

/**
 * An answer as it is kept: sealed, because some show a secret for the only time, and bound
 * to its account. {@link NOT_KEPT} for one that is too long or is no text.
 */
export function sealAnswer(response: HttpResponse, accountSid: string, secrets: Pick<SecretBox, "seal">): string {
  const { status, headers, body = "" } = response;
  if (typeof body !== "string") return NOT_KEPT;
  const text = JSON.stringify([status, headers, body]);
  return Buffer.byteLength(text) > KEY_LIMITS.maxAnswerOctets ? NOT_KEPT : secrets.seal(text, accountSid);
}

/** The answer as it was given. Throws `SealError` when it was sealed with another master key. */
export function openAnswer(sealed: string, accountSid: string, secrets: Pick<SecretBox, "open">): HttpResponse {
  const [status, headers, body] = JSON.parse(secrets.open(sealed, accountSid)) as [number, string[], string];
  return { status, headers, body };
}
