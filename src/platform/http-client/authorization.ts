import { createHash } from "node:crypto";

/** One challenge of a `WWW-Authenticate` field: scheme and parameter names in lower case. */
export interface Challenge {
  readonly scheme: string;
  readonly params: ReadonlyMap<string, string>;
}

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const PARAM = new RegExp(`(${TOKEN})[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\.)*)"|(${TOKEN}))`, "y");
const SCHEME = new RegExp(`(${TOKEN})(?=[ \\t,]|$)`, "y");
const SEPARATORS = /[ \t,]*/y;
const TO_NEXT_COMMA = /[^,]*/y;

/**
 * Reads the challenges of all `WWW-Authenticate` lines (RFC 9110 §11.6.1), where commas
 * separate both parameters and challenges. Skips what it does not understand.
 */
export function parseChallenges(lines: readonly string[]): Challenge[] {
  const challenges: { scheme: string; params: Map<string, string> }[] = [];
  for (const line of lines) {
    let at = skip(SEPARATORS, line, 0);
    while (at < line.length) {
      const param = matchAt(PARAM, line, at);
      const scheme = param === null ? matchAt(SCHEME, line, at) : null;
      if (param !== null) {
        const value = param[2]?.replace(/\\(.)/g, "$1") ?? param[3] ?? "";
        challenges.at(-1)?.params.set((param[1] ?? "").toLowerCase(), value);
        at += param[0].length;
      } else if (scheme === null) at = skip(TO_NEXT_COMMA, line, at);
      else {
        challenges.push({ scheme: (scheme[1] ?? "").toLowerCase(), params: new Map() });
        at += scheme[0].length;
      }
      at = skip(SEPARATORS, line, at);
    }
  }
  return challenges;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function skip(pattern: RegExp, text: string, at: number): number {
  return at + (matchAt(pattern, text, at)?.[0].length ?? 0);
}

/** Who asks for what, with which credentials. */
export interface Authorizing {
  readonly username: string;
  readonly password: string;
  readonly method: string;
  /** The request target as sent. */
  readonly target: string;
  readonly body: Uint8Array | string;
  /** A fresh nonce of the client's, hexadecimal. */
  readonly cnonce: string;
}

/** Digest algorithms, strongest first, with their names in `node:crypto`. */
const DIGESTS: readonly (readonly [algorithm: string, hash: string])[] = [
  ["SHA-256", "sha256"],
  ["SHA-256-SESS", "sha256"],
  ["MD5", "md5"],
  ["MD5-SESS", "md5"],
];

/**
 * The `Authorization` field for the strongest challenge that is understood: Digest with
 * SHA-256, then with MD5 (RFC 7616), then Basic (RFC 7617). `undefined` where there is none.
 */
export function answerChallenge(challenges: readonly Challenge[], authorizing: Authorizing): string | undefined {
  const digests = challenges.filter(({ scheme, params }) => scheme === "digest" && params.has("nonce"));
  for (const [algorithm, hash] of DIGESTS) {
    const challenge = digests.find(({ params }) => (params.get("algorithm") ?? "MD5").toUpperCase() === algorithm);
    const qop = challenge === undefined ? undefined : chooseQop(challenge);
    if (challenge !== undefined && qop !== undefined) {
      return digest(challenge, authorizing, { hash, qop, isSession: algorithm.endsWith("-SESS") });
    }
  }
  if (!challenges.some(({ scheme }) => scheme === "basic")) return undefined;
  const { username, password } = authorizing;
  return `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`;
}

type Qop = "auth" | "auth-int" | "none";

/** `undefined` when only unknown qualities of protection are offered. */
function chooseQop({ params }: Challenge): Qop | undefined {
  const offered = params.get("qop");
  if (offered === undefined) return "none";
  const qualities = new Set(offered.split(",").map((quality) => quality.trim().toLowerCase()));
  if (qualities.has("auth")) return "auth";
  return qualities.has("auth-int") ? "auth-int" : undefined;
}

/** RFC 7616 §3.4. The nonce is used once, so its count is always 1. */
function digest(
  { params }: Challenge,
  authorizing: Authorizing,
  choice: { hash: string; qop: Qop; isSession: boolean },
): string {
  const { username, password, method, target, body, cnonce } = authorizing;
  const { qop } = choice;
  const h = (data: Uint8Array | string): string => createHash(choice.hash).update(data).digest("hex");
  const realm = params.get("realm") ?? "";
  const nonce = params.get("nonce") ?? "";
  const secret = h(`${username}:${realm}:${password}`);
  const ha1 = choice.isSession ? h(`${secret}:${nonce}:${cnonce}`) : secret;
  const ha2 = h(qop === "auth-int" ? `${method}:${target}:${h(body)}` : `${method}:${target}`);
  const response = h(qop === "none" ? `${ha1}:${nonce}:${ha2}` : `${ha1}:${nonce}:00000001:${cnonce}:${qop}:${ha2}`);
  const fields = [usernameField(username), `realm=${quote(realm)}`, `nonce=${quote(nonce)}`, `uri=${quote(target)}`];
  fields.push(`response="${response}"`);
  for (const name of ["algorithm", "opaque"]) {
    const value = params.get(name);
    if (value !== undefined) fields.push(`${name}=${name === "opaque" ? quote(value) : value}`);
  }
  if (qop !== "none") fields.push(`qop=${qop}`, "nc=00000001", `cnonce="${cnonce}"`);
  else if (choice.isSession) fields.push(`cnonce="${cnonce}"`);
  return `Digest ${fields.join(", ")}`;
}

/** Names beyond ASCII take the extended notation (RFC 7616 §3.4, RFC 8187). */
function usernameField(username: string): string {
  if (/^[\x20-\x7e]*$/.test(username)) return `username=${quote(username)}`;
  const encoded = encodeURIComponent(username).replace(/['()*]/g, (found) => `%${found.charCodeAt(0).toString(16)}`);
  return `username*=UTF-8''${encoded}`;
}

function quote(value: string): string {
  return `"${value.replace(/["\\]/g, "\\$&")}"`;
}
