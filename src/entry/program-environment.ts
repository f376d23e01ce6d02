import { isVendorHost } from "../platform/front/index.ts";
import { hostOfUrl } from "./find-running.ts";
import type { RunFile } from "./run-file.ts";
import type { VariableChanges } from "./shell-lines.ts";

/** Says that a shell has our variables; the other one keeps what a variable was before. No settings of ours begin so. */
const MARK = "_TRUNKLINE_ENV";
const SAVED = "_TRUNKLINE_OLD_";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables with which programs find their certificates; each but the first replaces what the program trusts otherwise. */
const CA_VARIABLES = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"] as const;

/** Variables that name a proxy. curl reads `http_proxy` in small letters only, the Twilio SDK for Node `HTTP_PROXY`. */
const PROXY_VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"] as const;

const VARIABLES: readonly string[] = [
  ...PROXY_VARIABLES,
  "NO_PROXY",
  "no_proxy",
  "NODE_USE_ENV_PROXY",
  ...CA_VARIABLES,
  "TWILIO_ACCOUNT_SID",
  "TWILIO_AUTH_TOKEN",
];

const LOOPBACK = ["localhost", "127.0.0.1", "::1"];

export interface EnvironmentInput {
  readonly run: Pick<RunFile, "baseUrl" | "caPath" | "accountSid" | "authToken">;
  /** Certificates of the authority together with those that are trusted anyway. */
  readonly bundlePath: string;
  readonly env: Environment;
}

/**
 * What leads the programs of a shell to a system: proxy, certificates,
 * credentials. What the variables were before is kept beside them for
 * {@link restoredEnvironment}.
 */
export function programEnvironment({ run, bundlePath, env }: EnvironmentInput): Record<string, string> {
  const noProxy = exceptions(valueBefore(env, "NO_PROXY") ?? valueBefore(env, "no_proxy") ?? "", run.baseUrl);
  // Node adds the file to what it trusts; one that the shell had already must not get lost.
  const nodeCa = valueBefore(env, "NODE_EXTRA_CA_CERTS") === undefined ? run.caPath : bundlePath;
  return {
    ...savedValues(env),
    ...Object.fromEntries(PROXY_VARIABLES.map((name) => [name, run.baseUrl])),
    NO_PROXY: noProxy,
    no_proxy: noProxy,
    // Node's own fetch, http and https follow the proxy with it, from 22.21 and 24.5 on.
    NODE_USE_ENV_PROXY: "1",
    NODE_EXTRA_CA_CERTS: nodeCa,
    SSL_CERT_FILE: bundlePath,
    REQUESTS_CA_BUNDLE: bundlePath,
    CURL_CA_BUNDLE: bundlePath,
    TWILIO_ACCOUNT_SID: run.accountSid,
    TWILIO_AUTH_TOKEN: run.authToken,
    [MARK]: "1",
  };
}

/** What takes the variables back to what they were. Empty for a shell that has not got ours. */
export function restoredEnvironment(env: Environment): VariableChanges {
  if (!isOurs(env)) return {};
  const restored = VARIABLES.map((name) => [name, env[SAVED + name] ?? null] as const);
  const saved = VARIABLES.filter((name) => env[SAVED + name] !== undefined).map(
    (name) => [SAVED + name, null] as const,
  );
  return Object.fromEntries([...restored, ...saved, [MARK, null]]);
}

/** Whether an environment has our variables, of this or of another system. */
export function isOurs(env: Environment): boolean {
  return env[MARK] !== undefined;
}

/** The files of certificates that an environment named before it got our variables. */
export function ownCertificateFiles(env: Environment): string[] {
  return [...new Set(CA_VARIABLES.flatMap((name) => valueBefore(env, name) ?? []))];
}

/** The proxy that an environment named before it got our variables. */
export function proxyBefore(env: Environment): string | undefined {
  return PROXY_VARIABLES.map((name) => valueBefore(env, name)).find((value) => value !== undefined);
}

function valueBefore(env: Environment, name: string): string | undefined {
  return env[isOurs(env) ? SAVED + name : name] || undefined;
}

function savedValues(env: Environment): Record<string, string> {
  const values = VARIABLES.flatMap((name) => {
    const value = valueBefore(env, name);
    return value === undefined ? [] : [[SAVED + name, value] as const];
  });
  return Object.fromEntries(values);
}

/** The hosts that are not asked for through the proxy: those that were excepted before, but never a vendor's, and this machine. */
function exceptions(before: string, baseUrl: string): string {
  const kept = before.split(/[\s,]+/).filter((entry) => entry !== "" && !exceptsVendor(entry));
  return [...new Set([...kept, ...LOOPBACK, hostOfUrl(baseUrl)])].join(",");
}

/** Whether an entry keeps programs from asking for a vendor's host through the proxy: `*`, `com`, `.twilio.com`, `api.twilio.com:443`. */
function exceptsVendor(entry: string): boolean {
  const name = entry
    .toLowerCase()
    .replace(/:\d+$/, "")
    .replace(/^\*?\.?/, "");
  return name === "" || name === "com" || name === "io" || isVendorHost(name);
}
