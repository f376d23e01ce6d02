import { createHash } from "node:crypto";
import { AppError } from "../../kernel/errors.ts";
import type { Call, RequestHeaders } from "../http/index.ts";
import type { SecretBox } from "../secrets/index.ts";
import { idempotencyErrors } from "./errors.ts";
import { KEY_LIMITS } from "./limits.ts";

/** The header field that carries a key. */
export const IDEMPOTENCY_HEADER = "idempotency-key";

const VISIBLE = /^[\x21-\x7e]+$/;
/** 132 bits: nobody meets one by chance, and nobody gains by it, as the key is the account's own. */
const FINGERPRINT_CHARACTERS = 22;

/** The request's idempotency key; `undefined` where it has none. Throws 400/20001 for what is no key, and for two of them. */
export function readIdempotencyKey(headers: RequestHeaders): string | undefined {
  const value = headers[IDEMPOTENCY_HEADER];
  if (value === undefined) return undefined;
  const key = typeof value === "string" ? value : value.length === 1 ? (value[0] ?? "") : "";
  if (key.length > KEY_LIMITS.maxKeyCharacters || !VISIBLE.test(key)) {
    throw new AppError(idempotencyErrors.keyInvalid, { max: KEY_LIMITS.maxKeyCharacters });
  }
  return key;
}

/**
 * Tells a repeated request from another one that was given the same key: route, path,
 * query and body. Keyed, so that what stands in the log does not give away a short body.
 */
export function fingerprintOf(call: Call, accountSid: string, secrets: Pick<SecretBox, "digest">): string {
  const { route, pathname, request, rawBody } = call;
  const question = request.target.indexOf("?");
  const query = question === -1 ? "" : request.target.slice(question);
  const hash = createHash("sha256").update(`${route.product}\n${route.operationId}\n${pathname}${query}\n`);
  const digest = secrets.digest(`idempotency:${hash.update(rawBody).digest("base64url")}`, accountSid);
  return digest.slice(-FINGERPRINT_CHARACTERS);
}
