import { AppError } from "../../kernel/errors.ts";
import type { FleetKey } from "../../platform/fleet/index.ts";
import { keyedHash } from "../../platform/secrets/index.ts";
import { consoleErrors } from "./errors.ts";

const MAX_CHARACTERS = 254;
const FORM = /^[^\s@<>"]{1,64}@[^\s@<>"]{1,253}$/;
const KEY_OCTETS = 32;

/** An e-mail address in the one spelling that is stored and looked for. Throws 20001 for what is none. */
export function normalizeEmail(text: string): string {
  const email = text.trim().normalize("NFC").toLowerCase();
  if (email.length > MAX_CHARACTERS || !FORM.test(email)) throw new AppError(consoleErrors.emailInvalid);
  return email;
}

/** By what an e-mail address is found, the same in every process of the system: the address itself goes nowhere. */
export function emailDigest(fleetKey: FleetKey, email: string): string {
  const key = Buffer.from(fleetKey.derive("e-mail addresses of the console", KEY_OCTETS)).toString("hex");
  return keyedHash({ algorithm: "sha256", key, content: email, encoding: "hex" });
}
