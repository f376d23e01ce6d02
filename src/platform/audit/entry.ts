import { storableText } from "../../kernel/storable-text.ts";
import type { JsonObject } from "../http/index.ts";

/** Who changed something. */
export interface Actor {
  /** The account, API key or user of the console that called; absent where the program itself did. */
  readonly sid?: string;
  readonly type: "account" | "api-key" | "user" | "system";
  /** How it came: the API, the console, the command line, or something outside that told us. */
  readonly source: "api" | "web" | "cli" | "system";
  readonly ipAddress?: string;
}

/** One change of how an account, or the system, is set up. Never changed, never deleted. */
export interface AuditEntry {
  /** `AE…`. */
  readonly sid: string;
  /** Whose it is; the operator's account for what is the system's. */
  readonly accountSid: string;
  readonly atMs: number;
  readonly actor: Actor;
  /** `phone-number.updated`. */
  readonly eventType: string;
  readonly resourceType: string;
  readonly resourceSid: string;
  /** Why, in the words of who did it or of the rule that asked for it. */
  readonly reason?: string;
  /** The request that did it. */
  readonly requestId?: string;
  /** `unknown` where the process ended before it knew. */
  readonly outcome: "done" | "unknown";
  /** How it was: the public shape of the resource; `null` for what was not there. */
  readonly before: JsonObject | null;
  /** How it is now; `null` for what is not there any more. */
  readonly after: JsonObject | null;
}

/** An entry with its place in the log of its cell. */
export interface PlacedEntry {
  readonly entry: AuditEntry;
  /** Counted from 0. */
  readonly index: number;
  /** The cell whose log it is in. */
  readonly cell: string;
}

/** The longest `before` and `after` together, as JSON, in characters; what is longer is kept as its digest. */
export const MAX_STATE_CHARACTERS = 32_768;

const REDACTED = "[redacted]";
const SECRET_NAME = /secret|token|password|private_?key|credential|passphrase|recovery_codes/i;

/** A public shape without what must not be kept: values whose name says that they are secret, and characters that cannot be stored. */
export function withoutSecrets(shape: JsonObject): JsonObject {
  return clean(shape) as JsonObject;
}

/** A text that is not empty, or a list with one in it. */
function isText(value: unknown): boolean {
  if (Array.isArray(value)) return value.some((member) => typeof member === "string" && member !== "");
  return typeof value === "string" && value !== "";
}

function clean(value: unknown): unknown {
  if (typeof value === "string") return storableText(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(clean);
  const cleaned: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    cleaned[name] = SECRET_NAME.test(name) && isText(member) ? REDACTED : clean(member);
  }
  return cleaned;
}
