import { Buffer } from "node:buffer";
import { createHash, hash } from "node:crypto";

/** What a signature is made of. */
export interface SignedRequest {
  /** The account's primary auth token. */
  readonly authToken: string;
  /** As configured, query included. A fragment is not sent, and so not signed. */
  readonly url: string;
  /** The form of a POST. Left out for a GET, whose parameters are part of the URL already. */
  readonly params?: readonly (readonly [name: string, value: string])[];
  /** The body of a request that is no form, for example JSON. */
  readonly rawBody?: string | Uint8Array;
}

/**
 * Makes the value of `X-Twilio-Signature`: HMAC-SHA1 in base64 over the URL and, for a
 * form, every name followed by its value, in the order of names and then of values, each
 * distinct pair once. Names and values sort by UTF-16 code units and are signed as UTF-8.
 *
 * A body that is no form is not signed itself: its SHA-256 is added to the URL as
 * `bodySHA256`. The request must therefore go to the `url` that is returned.
 * Source: Twilio's public description of webhook security, and its SDK's `validateRequest`.
 */
export function signTwilioRequest(request: SignedRequest): { url: string; signature: string } {
  const { authToken, params = [], rawBody } = request;
  const bare = withoutFragment(request.url);
  const url = rawBody === undefined ? bare : addBodyHash(bare, rawBody);
  return { url, signature: hmacSha1(authToken, url + signedForm(params)) };
}

/** Octets that SHA-1 works on at a time, and octets of what it makes. */
const BLOCK_OCTETS = 64;
const DIGEST_OCTETS = 20;
/** Keys whose pads are remembered; so many accounts are seldom called back at once. */
const MAX_KEYS = 1_000;

interface Pads {
  readonly inner: Buffer;
  /** With room for the inner digest behind it. */
  readonly outer: Buffer;
}

const padsByKey = new Map<string, Pads>();

/**
 * HMAC-SHA1 (RFC 2104 §2) in base64, over UTF-8. By hand, because each object of
 * `createHmac` has a native part whose end the garbage collector must see to, and that
 * was a fifth of what a webhook costs the thread that sends it.
 */
function hmacSha1(key: string, text: string): string {
  const { inner, outer } = padsOf(key);
  const octets = Buffer.allocUnsafe(BLOCK_OCTETS + Buffer.byteLength(text));
  inner.copy(octets);
  octets.write(text, BLOCK_OCTETS, "utf8");
  outer.write(hash("sha1", octets, "binary"), BLOCK_OCTETS, "latin1");
  return hash("sha1", outer, "base64");
}

function padsOf(key: string): Pads {
  const known = padsByKey.get(key);
  if (known !== undefined) return known;
  let octets = Buffer.from(key, "utf8");
  if (octets.length > BLOCK_OCTETS) octets = createHash("sha1").update(octets).digest();
  const inner = Buffer.alloc(BLOCK_OCTETS, 0x36);
  const outer = Buffer.alloc(BLOCK_OCTETS + DIGEST_OCTETS, 0x5c);
  for (const [at, octet] of octets.entries()) {
    inner[at] = 0x36 ^ octet;
    outer[at] = 0x5c ^ octet;
  }
  if (padsByKey.size >= MAX_KEYS) padsByKey.clear();
  const pads = { inner, outer };
  padsByKey.set(key, pads);
  return pads;
}

/** The part of a URL before `#`. */
function withoutFragment(url: string): string {
  const hash = url.indexOf("#");
  return hash === -1 ? url : url.slice(0, hash);
}

function addBodyHash(url: string, rawBody: string | Uint8Array): string {
  return `${url}${url.includes("?") ? "&" : "?"}bodySHA256=${hash("sha256", rawBody, "hex")}`;
}

function signedForm(params: readonly (readonly [string, string])[]): string {
  const valuesByName = new Map<string, Set<string>>();
  for (const [name, value] of params) {
    const values = valuesByName.get(name);
    if (values === undefined) valuesByName.set(name, new Set([value]));
    else values.add(value);
  }
  let text = "";
  for (const name of [...valuesByName.keys()].toSorted(byCodeUnits)) {
    for (const value of [...(valuesByName.get(name) ?? [])].toSorted(byCodeUnits)) text += name + value;
  }
  return text;
}

/** The order of `Array.prototype.sort` without a comparator, which is what the receiver uses. */
function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
