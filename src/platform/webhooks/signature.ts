import { createHash, createHmac } from "node:crypto";

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
  const signature = createHmac("sha1", authToken)
    .update(url + signedForm(params), "utf8")
    .digest("base64");
  return { url, signature };
}

/** The part of a URL before `#`. */
function withoutFragment(url: string): string {
  const hash = url.indexOf("#");
  return hash === -1 ? url : url.slice(0, hash);
}

function addBodyHash(url: string, rawBody: string | Uint8Array): string {
  const hash = createHash("sha256").update(rawBody).digest("hex");
  return `${url}${url.includes("?") ? "&" : "?"}bodySHA256=${hash}`;
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
