import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Buffer } from "node:buffer";

/** What a keyed hash is made of, and how it is written. */
export interface KeyedHashInput {
  readonly algorithm: "sha1" | "sha256" | "sha512";
  readonly key: string;
  /** Text is taken as UTF-8. */
  readonly content: string | Uint8Array;
  readonly encoding: "hex" | "base64";
}

/** HMAC (RFC 2104). Hexadecimal digits are small. */
export function keyedHash({ algorithm, key, content, encoding }: KeyedHashInput): string {
  return createHmac(algorithm, key).update(content).digest(encoding);
}

/** Whether two texts are the same, in a time that tells nothing of where they differ. */
export function isSameSecret(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text, "utf8").digest();
  return timingSafeEqual(digest(left), digest(right));
}
