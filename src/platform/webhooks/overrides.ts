/** Which failures of a request are tried again: a 4xx or 5xx answer, a connect failure, a read time-out. */
export type RetryCondition = "4xx" | "5xx" | "ct" | "rt";

/** How a webhook's URL is to be asked, as its fragment says or by default. */
export interface ConnectionOverrides {
  /** The URL without its fragment, which is never sent. */
  readonly url: string;
  /** For the TCP connection to stand. */
  readonly connectMs: number;
  /** For each wait for octets of the answer. */
  readonly readMs: number;
  /** For everything, retries included. */
  readonly totalMs: number;
  /** Further requests after the first one. */
  readonly retries: number;
  readonly retryOn: ReadonlySet<RetryCondition>;
  /** False only where the fragment says `sni=n`: the TLS handshake then names no server. */
  readonly serverName: boolean;
  /** A problem worth telling. What was invalid has its default. */
  readonly warning?: { readonly errorCode: number; readonly text: string };
}

interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly fallback: number;
}

const CONNECT: NumberRange = { min: 100, max: 10_000, fallback: 5_000 };
const READ: NumberRange = { min: 100, max: 15_000, fallback: 15_000 };
const TOTAL: NumberRange = { min: 100, max: 15_000, fallback: 15_000 };
const RETRIES: NumberRange = { min: 0, max: 5, fallback: 1 };

const DEFAULT_RETRY_ON: ReadonlySet<RetryCondition> = new Set(["ct"]);
const RETRY_CONDITIONS: ReadonlySet<string> = new Set<RetryCondition>(["4xx", "5xx", "ct", "rt"]);
const KEYS: ReadonlySet<string> = new Set(["ct", "rt", "tt", "rc", "rp", "e", "sni"]);

/** Twilio's egress locations. There is one way out of this server, so a known one changes nothing. */
const EDGES: ReadonlySet<string> = new Set([
  "ashburn",
  "dublin",
  "frankfurt",
  "roaming",
  "sao-paulo",
  "singapore",
  "sydney",
  "tokyo",
  "umatilla",
]);
const EDGE_NAME = /^[a-z]+(-[a-z]+)*(-ix)?$/;

/** More of a fragment is not looked at. */
const MAX_FRAGMENT_CHARACTERS = 512;

const EDGE_INVALID = 11_240;
const EDGE_UNSUPPORTED = 11_241;
const RETRY_POLICY_INVALID = 11_243;

/**
 * Reads the connection overrides that a webhook's URL carries in its fragment, for
 * example `#ct=2000&rc=2&rp=5xx,ct`. Never fails: a number outside its range is moved to
 * the nearer end, what is not understood has its default, and what has a public error
 * code of its own (an edge 11240 or 11241, a retry policy 11243) is told as a warning.
 * A fragment without any of the keys is an ordinary one and is ignored.
 * Source: Twilio's public table of connection overrides.
 */
export function readOverrides(configuredUrl: string): ConnectionOverrides {
  const hash = configuredUrl.indexOf("#");
  if (hash === -1) return usual(configuredUrl);
  const url = configuredUrl.slice(0, hash);
  const given = readFragment(configuredUrl.slice(hash + 1));
  const policy = readRetryPolicy(given.get("rp"));
  const warning = policy.warning ?? checkEdges(given.get("e"));
  return {
    url,
    connectMs: readNumber(given.get("ct"), CONNECT),
    readMs: readNumber(given.get("rt"), READ),
    totalMs: readNumber(given.get("tt"), TOTAL),
    retries: readNumber(given.get("rc"), RETRIES),
    retryOn: policy.retryOn,
    serverName: given.get("sni") !== "n",
    ...(warning === undefined ? {} : { warning }),
  };
}

/** What holds without a fragment, as nearly all URLs are. */
function usual(url: string): ConnectionOverrides {
  return {
    url,
    connectMs: CONNECT.fallback,
    readMs: READ.fallback,
    totalMs: TOTAL.fallback,
    retries: RETRIES.fallback,
    retryOn: DEFAULT_RETRY_ON,
    serverName: true,
  };
}

function readFragment(fragment: string): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  for (const pair of fragment.slice(0, MAX_FRAGMENT_CHARACTERS).split("&")) {
    const equals = pair.indexOf("=");
    const key = equals === -1 ? pair : pair.slice(0, equals);
    // The first of repeated keys counts.
    if (!KEYS.has(key) || given.has(key)) continue;
    given.set(
      key,
      decode(equals === -1 ? "" : pair.slice(equals + 1))
        .trim()
        .toLowerCase(),
    );
  }
  return given;
}

/** A comma may be written as `%2C`. */
function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function readNumber(value: string | undefined, { min, max, fallback }: NumberRange): number {
  if (value === undefined || !/^\d+$/.test(value)) return fallback;
  return Math.min(max, Math.max(min, Number(value)));
}

type Warning = NonNullable<ConnectionOverrides["warning"]>;

function readRetryPolicy(value: string | undefined): {
  retryOn: ReadonlySet<RetryCondition>;
  warning?: Warning;
} {
  if (value === undefined) return { retryOn: DEFAULT_RETRY_ON };
  const names = splitList(value);
  if (names.includes("all") && names.every((name) => name === "all" || RETRY_CONDITIONS.has(name))) {
    return { retryOn: RETRY_CONDITIONS as ReadonlySet<RetryCondition> };
  }
  const unknown = names.find((name) => !RETRY_CONDITIONS.has(name));
  if (names.length > 0 && unknown === undefined) return { retryOn: new Set(names as RetryCondition[]) };
  const text = `The retry policy “${unknown ?? ""}” of the URL is none of 4xx, 5xx, ct, rt and all; ct is used.`;
  return { retryOn: DEFAULT_RETRY_ON, warning: { errorCode: RETRY_POLICY_INVALID, text } };
}

function checkEdges(value: string | undefined): Warning | undefined {
  if (value === undefined) return undefined;
  const names = splitList(value);
  const malformed = names.find((name) => !EDGE_NAME.test(name));
  if (names.length === 0 || malformed !== undefined) {
    return { errorCode: EDGE_INVALID, text: `The edge “${malformed ?? ""}” of the URL is no name of an edge.` };
  }
  const unknown = names.find((name) => !EDGES.has(name.replace(/-ix$/, "")));
  if (unknown === undefined) return undefined;
  return { errorCode: EDGE_UNSUPPORTED, text: `The edge “${unknown}” of the URL does not exist.` };
}

function splitList(value: string): string[] {
  return value
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
