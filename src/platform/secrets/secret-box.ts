import { Buffer } from "node:buffer";
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hash,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
  type KeyObject,
} from "node:crypto";
import { assert } from "../../kernel/assert.ts";

/** Length of a master key. */
export const MASTER_KEY_OCTETS = 32;

const KEY_OCTETS = 32;
const NONCE_OCTETS = 12;
const TAG_OCTETS = 16;
const FINGERPRINT_KEY_OCTETS = 32;
/** Goes before everything that is stored, so that another algorithm can follow. */
const VERSION = "v1.";

/** A stored secret cannot be read: it is damaged, belongs to another context, or was sealed with another master key. */
export class SealError extends Error {
  constructor(context: string, options?: ErrorOptions) {
    super(
      `The stored secret of ${context} cannot be opened: it is damaged, or was sealed with another master key. Restore the master.key that belongs to this database.`,
      options,
    );
    this.name = "SealError";
  }
}

/**
 * Seals secrets with AES-256-GCM (NIST SP 800-38D) and makes keyed digests of
 * them with HMAC-SHA-256 (RFC 2104). The keys for both are derived from one
 * master key with HKDF (RFC 5869). A context, such as an account SID, is bound
 * into every result: what was made for one context is worth nothing in another.
 * A context may not hold a zero character.
 */
export class SecretBox {
  readonly #sealKey: KeyObject;
  readonly #digestKey: KeyObject;
  /** Made anew in every process, so that fingerprints in a dump of its memory lead to nothing that is stored. */
  readonly #fingerprintKey: string;

  constructor(masterKey: Uint8Array) {
    assert(masterKey.length === MASTER_KEY_OCTETS, `a master key of ${masterKey.length} octets`);
    this.#sealKey = derive(masterKey, "seal");
    this.#digestKey = derive(masterKey, "digest");
    this.#fingerprintKey = randomBytes(FINGERPRINT_KEY_OCTETS).toString("base64");
  }

  /** Encrypts `secret`; the result is printable, and another one every time. */
  seal(secret: string, context: string): string {
    const nonce = randomBytes(NONCE_OCTETS);
    const cipher = createCipheriv("aes-256-gcm", this.#sealKey, nonce, { authTagLength: TAG_OCTETS });
    cipher.setAAD(additionalData(context));
    const parts = [nonce, cipher.update(secret, "utf8"), cipher.final(), cipher.getAuthTag()];
    return VERSION + Buffer.concat(parts).toString("base64url");
  }

  /** What was sealed for this context. Throws {@link SealError}. */
  open(sealed: string, context: string): string {
    const octets = Buffer.from(sealed.slice(VERSION.length), "base64url");
    if (!sealed.startsWith(VERSION) || octets.length < NONCE_OCTETS + TAG_OCTETS) throw new SealError(context);
    const nonce = octets.subarray(0, NONCE_OCTETS);
    const decipher = createDecipheriv("aes-256-gcm", this.#sealKey, nonce, { authTagLength: TAG_OCTETS });
    decipher.setAAD(additionalData(context));
    decipher.setAuthTag(octets.subarray(-TAG_OCTETS));
    try {
      return decipher.update(octets.subarray(NONCE_OCTETS, -TAG_OCTETS), undefined, "utf8") + decipher.final("utf8");
    } catch (cause) {
      throw new SealError(context, { cause });
    }
  }

  /** A keyed digest to store in place of `secret`; always the same for the same secret and context. */
  digest(secret: string, context: string): string {
    checkContext(context);
    const mac = createHmac("sha256", this.#digestKey).update(`${context}\0${secret}`, "utf8");
    return VERSION + mac.digest("base64url");
  }

  /** Whether two digests are the same, in time that does not depend on where they differ. */
  sameDigest(a: string, b: string): boolean {
    const left = Buffer.from(a, "utf8");
    const right = Buffer.from(b, "utf8");
    return left.length === right.length && timingSafeEqual(left, right);
  }

  /**
   * A short keyed stand-in for `text` to look things up by within this process,
   * so that no table has to hold the text itself. Never stored or sent, and
   * about six times cheaper than {@link digest}.
   */
  fingerprint(text: string): string {
    return hash("sha256", this.#fingerprintKey + text, "base64");
  }
}

function derive(masterKey: Uint8Array, purpose: string): KeyObject {
  const derived = hkdfSync("sha256", masterKey, Buffer.alloc(0), `trunkline/secrets/v1/${purpose}`, KEY_OCTETS);
  return createSecretKey(Buffer.from(derived));
}

function additionalData(context: string): Buffer {
  checkContext(context);
  return Buffer.from(VERSION + context, "utf8");
}

function checkContext(context: string): void {
  assert(context !== "" && !context.includes("\0"), "a context is empty or holds a zero character");
}
