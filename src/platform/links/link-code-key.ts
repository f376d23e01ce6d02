import { Buffer } from "node:buffer";
import type { SecretBox } from "../secrets/index.ts";

const CONTEXT = "trunkline/link-codes";
const VERSION_PREFIX = /^v\d+\./;

/** The key of all codes of a system. It follows from the master key, so that every process has the same. */
export function linkCodeKey(secrets: SecretBox): Uint8Array {
  const part = (name: string): Buffer =>
    Buffer.from(secrets.digest(name, CONTEXT).replace(VERSION_PREFIX, ""), "base64url");
  return Buffer.concat([part("rounds 0 to 3"), part("rounds 4 to 7")]);
}
