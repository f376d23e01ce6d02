import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { RequestUrl } from "../../protocols/http1/index.ts";
import { parseChallenges } from "./challenge.ts";
import type { Challenge } from "./challenge.ts";

/** What the answer to a challenge is made from. */
export interface AuthorizationInput {
  /** The `WWW-Authenticate` lines of a 401. */
  readonly lines: readonly string[];
  readonly method: string;
  /** With the user name and password of the URL. */
  readonly target: Pick<RequestUrl, "target" | "username" | "password">;
  /** A value of our own that goes into a digest; new for each request. */
  readonly clientNonce: string;
}

interface Algorithm {
  /** As it is named on the wire, in lower case. */
  readonly name: string;
  readonly hash: "md5" | "sha256";
  readonly session: boolean;
}

/** Best first. RFC 7616 §3.4.2; MD5 because servers still offer nothing else. */
const ALGORITHMS: readonly Algorithm[] = [
  { name: "sha-256", hash: "sha256", session: false },
  { name: "sha-256-sess", hash: "sha256", session: true },
  { name: "md5", hash: "md5", session: false },
  { name: "md5-sess", hash: "md5", session: true },
];

/**
 * The `Authorization` that answers a 401: the best digest on offer (RFC 7616), Basic
 * (RFC 7617, UTF-8) where there is none, `undefined` where nothing is understood.
 */
export function authorize(input: AuthorizationInput): string | undefined {
  const challenges = input.lines.flatMap(parseChallenges);
  for (const algorithm of ALGORITHMS) {
    const digest = challenges.find((challenge) => offers(challenge, algorithm));
    if (digest !== undefined) return digestAuthorization(input, digest, algorithm);
  }
  if (!challenges.some((challenge) => challenge.scheme === "basic")) return undefined;
  const { username, password } = input.target;
  return `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`;
}

function offers(challenge: Challenge, algorithm: Algorithm): boolean {
  if (challenge.scheme !== "digest") return false;
  const { params } = challenge;
  if (params.get("nonce") === undefined || params.get("realm") === undefined) return false;
  if ((params.get("algorithm") ?? "md5").toLowerCase() !== algorithm.name) return false;
  // A digest over the body (`auth-int`) alone is offered by no server we know of.
  return params.get("qop") === undefined || offersAuth(params.get("qop"));
}

function offersAuth(qop: string | undefined): boolean {
  return qop !== undefined && qop.split(",").some((option) => option.trim().toLowerCase() === "auth");
}

/** RFC 7616 §3.4; without `qop` as in RFC 2069 §2.1.2. */
function digestAuthorization(input: AuthorizationInput, challenge: Challenge, algorithm: Algorithm): string {
  const { username, password, target } = input.target;
  const { params } = challenge;
  const hash = (text: string): string => createHash(algorithm.hash).update(text, "utf8").digest("hex");
  const realm = params.get("realm") ?? "";
  const nonce = params.get("nonce") ?? "";
  const opaque = params.get("opaque");
  const hashesUser = params.get("userhash")?.toLowerCase() === "true";
  const withQop = offersAuth(params.get("qop"));
  const plainSecret = hash(`${username}:${realm}:${password}`);
  const secret = algorithm.session ? hash(`${plainSecret}:${nonce}:${input.clientNonce}`) : plainSecret;
  const subject = hash(`${input.method}:${target}`);
  const middle = withQop ? `${nonce}:00000001:${input.clientNonce}:auth` : nonce;
  const fields = [
    userField(hashesUser ? hash(`${username}:${realm}`) : username),
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(target)}`,
    `response="${hash(`${secret}:${middle}:${subject}`)}"`,
  ];
  if (params.get("algorithm") !== undefined) fields.push(`algorithm=${params.get("algorithm")}`);
  if (withQop) fields.push("qop=auth", "nc=00000001");
  if (withQop || algorithm.session) fields.push(`cnonce="${input.clientNonce}"`);
  if (opaque !== undefined) fields.push(`opaque=${quote(opaque)}`);
  if (hashesUser) fields.push("userhash=true");
  return `Digest ${fields.join(", ")}`;
}

/** A name outside ASCII, or with control characters, travels in the extended notation (RFC 7616 §3.4, RFC 8187). */
function userField(name: string): string {
  if (/^[\x20-\x7e]*$/.test(name)) return `username=${quote(name)}`;
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `username*=UTF-8''${encoded}`;
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
