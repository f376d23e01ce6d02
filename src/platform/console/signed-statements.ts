import type { FleetKey } from "../fleet/index.ts";
import { isSameSecret, keyedHash } from "../secrets/index.ts";

/** The longest statement that is looked at. */
const MAX_CHARACTERS = 1_024;
const KEY_OCTETS = 32;
const FORM = /^([a-z]{2,8}1)\.([A-Za-z0-9_-]{1,900})\.([0-9a-f]{64})$/;

/** What a statement says, unchecked but for its signature. */
export type StatementReading = Readonly<Record<string, unknown>>;

/**
 * Short statements that one process of the system writes and every other one believes: JSON with
 * HMAC-SHA-256 (RFC 2104) under a key of their own use, so that a statement for one use is worth
 * nothing for another. They are signed, not sealed: whoever has one can read it.
 */
export class SignedStatements {
  readonly #key: string;
  readonly #prefix: string;

  /** `prefix` is two to eight small letters that say what kind of statement it is. */
  constructor(fleetKey: FleetKey, prefix: string) {
    this.#prefix = `${prefix}1`;
    this.#key = Buffer.from(fleetKey.derive(`statements ${prefix}`, KEY_OCTETS)).toString("hex");
  }

  /** The statement as text of letters, digits, `-`, `_` and `.`. */
  write(content: StatementReading): string {
    const body = `${this.#prefix}.${Buffer.from(JSON.stringify(content), "utf8").toString("base64url")}`;
    return `${body}.${this.#mac(body)}`;
  }

  /** What a text says that this system signed for this use; `undefined` for everything else. */
  read(text: string): StatementReading | undefined {
    if (text.length > MAX_CHARACTERS) return undefined;
    const [, prefix, content = "", mac = ""] = FORM.exec(text) ?? [];
    if (prefix !== this.#prefix || !isSameSecret(mac, this.#mac(`${prefix}.${content}`))) return undefined;
    const value: unknown = JSON.parse(Buffer.from(content, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null ? (value as StatementReading) : undefined;
  }

  #mac(body: string): string {
    return keyedHash({ algorithm: "sha256", key: this.#key, content: body, encoding: "hex" });
  }
}
