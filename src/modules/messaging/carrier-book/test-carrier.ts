import { Buffer } from "node:buffer";
import { InterfaceVersion } from "../../../protocols/smpp/index.ts";
import { HttpClient, HttpClientError, type HttpClientResponse } from "../../../platform/http-client/index.ts";
import { probeBind, type ProbeStep } from "../../../platform/smpp/index.ts";
import { GuardedNet } from "../carriers/index.ts";
import type { CarrierPorts, CarrierSettings } from "./make-carrier.ts";
import { addressOf, type PeerAddress } from "./peer-address.ts";

/** For everything together. */
const LIMIT_MS = 10_000;
const MAX_ANSWER_OCTETS = 65_536;

/** What became of a test: whether all went well, and every step. */
export interface CarrierTest {
  readonly ok: boolean;
  readonly tookMs: number;
  readonly steps: readonly ProbeStep[];
}

/**
 * Tries a carrier without giving it traffic: looks its name up, connects, and binds once, or makes
 * a request that changes nothing. Always resolves, within ten seconds. An address that may not be
 * asked is not connected to: `isGiven` are settings that somebody gave over the API.
 */
export async function testCarrier(
  settings: CarrierSettings,
  ports: CarrierPorts,
  { isGiven }: { readonly isGiven: boolean },
): Promise<CarrierTest> {
  const { clock } = ports;
  const startedMs = clock.monotonicMs();
  const address = addressOf(settings);
  const steps: ProbeStep[] = [];
  if (address.host === undefined) {
    steps.push({
      step: "nothing",
      outcome: "passed",
      tookMs: 0,
      detail: "it leads nowhere, so there is nothing to try",
    });
  } else {
    const guarded = new GuardedNet({ ...ports, allowPrivateNetworks: !isGiven || ports.allowPrivateNetworks });
    const found = await lookUp(guarded, address, { ports, steps });
    const leftMs = Math.max(1, LIMIT_MS - (clock.monotonicMs() - startedMs));
    if (found !== undefined) steps.push(...(await tryCarrier(settings, { ports, address, found, leftMs, guarded })));
  }
  const tookMs = Math.round(clock.monotonicMs() - startedMs);
  return { ok: steps.every(({ outcome }) => outcome !== "failed"), tookMs, steps };
}

/** The address to connect to; `undefined` where there is none that may be. */
async function lookUp(
  guarded: GuardedNet,
  { host = "" }: PeerAddress,
  { ports, steps }: { readonly ports: CarrierPorts; readonly steps: ProbeStep[] },
): Promise<string | undefined> {
  const startedMs = ports.clock.monotonicMs();
  const note = (outcome: ProbeStep["outcome"], detail: string): void => {
    steps.push({
      step: "resolve",
      outcome,
      tookMs: Math.round((ports.clock.monotonicMs() - startedMs) * 10) / 10,
      detail,
    });
  };
  try {
    const found = await within(ports, guarded.admit(host), LIMIT_MS / 2);
    note("passed", found === host ? `${host} is an address` : `${host} is at ${found}`);
    return found;
  } catch (error) {
    const isRefused = error instanceof HttpClientError && error.stage === "guard";
    const code = error instanceof HttpClientError ? (error.code ?? error.stage) : String((error as Error).message);
    note(
      "failed",
      isRefused
        ? `${host} is at an address that may not be asked from here: it is private, local or reserved`
        : `${host} was not found: ${code}`,
    );
    return undefined;
  }
}

function within<T>({ clock }: CarrierPorts, work: Promise<T>, limitMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(limitMs, () => reject(new Error("nothing was answered in time")));
    work.then(
      (value) => {
        timer.cancel();
        resolve(value);
      },
      (error: unknown) => {
        timer.cancel();
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}

interface Trying {
  readonly ports: CarrierPorts;
  readonly address: PeerAddress;
  readonly found: string;
  readonly leftMs: number;
  readonly guarded: GuardedNet;
}

async function tryCarrier(settings: CarrierSettings, trying: Trying): Promise<readonly ProbeStep[]> {
  switch (settings.type) {
    case "smpp":
      return tryBinds(settings, trying);
    case "http":
      return [
        await tryRequest(
          trying,
          { method: "OPTIONS", url: originOf(settings.submit.url.source), headers: [] },
          readAnyAnswer,
        ),
      ];
    case "twilio": {
      const { accountSid, authToken, apiKey, baseUrl } = settings;
      const credentials = apiKey === undefined ? `${accountSid}:${authToken}` : `${apiKey.sid}:${apiKey.secret}`;
      const authorization: [string, string] = [
        "Authorization",
        `Basic ${Buffer.from(credentials, "utf8").toString("base64")}`,
      ];
      const url = `${baseUrl.replace(/\/+$/, "")}/2010-04-01/Accounts/${accountSid}.json`;
      return [await tryRequest(trying, { method: "GET", url, headers: [authorization] }, readAccount)];
    }
    case "null":
      return [];
  }
}

/** Both kinds of a pair are tried, one after the other. */
async function tryBinds(
  settings: Extract<CarrierSettings, { readonly type: "smpp" }>,
  { ports, address, found, leftMs }: Trying,
): Promise<readonly ProbeStep[]> {
  const { systemId, password, host, port, tls } = settings.url;
  const kinds = settings.bind === "pair" ? (["transmitter", "receiver"] as const) : ([settings.bind] as const);
  const steps: ProbeStep[] = [];
  for (const bind of kinds) {
    const tried = await probeBind({
      net: ports.net,
      clock: ports.clock,
      log: ports.logger,
      host,
      address: found,
      port,
      tls,
      tlsVerify: address.tlsVerify,
      systemId,
      password,
      systemType: settings.systemType,
      addressRange: settings.addressRange,
      bind,
      interfaceVersion: settings.interfaceVersion === "5.0" ? InterfaceVersion.V5_0 : InterfaceVersion.V3_4,
      limitMs: leftMs / kinds.length,
    });
    steps.push(...tried);
    if (tried.some(({ outcome }) => outcome === "failed")) break;
  }
  return steps;
}

function originOf(url: string): string {
  return `${/^https?:\/\/[^/?#]+/.exec(url)?.[0] ?? url}/`;
}

type Verdict = Pick<ProbeStep, "outcome" | "detail">;

/** One request, which asks and changes nothing (RFC 9110 §9.2.1). */
async function tryRequest(
  { ports, address, leftMs, guarded }: Trying,
  request: { readonly method: string; readonly url: string; readonly headers: readonly [string, string][] },
  read: (response: HttpClientResponse) => Verdict,
): Promise<ProbeStep> {
  const { clock, net } = ports;
  const startedMs = clock.monotonicMs();
  const http = new HttpClient({ net, clock, limits: { maxConnections: 1, maxConnectionsPerHost: 1, maxWaiting: 1 } });
  const done = (verdict: Verdict): ProbeStep => ({
    step: "request",
    tookMs: Math.round((clock.monotonicMs() - startedMs) * 10) / 10,
    ...verdict,
  });
  try {
    const response = await http.request({
      ...request,
      timeouts: { connectMs: leftMs, readMs: leftMs, totalMs: leftMs },
      maxBodyOctets: MAX_ANSWER_OCTETS,
      guard: { admit: (host) => guarded.admit(host), pass: () => undefined },
      verifyTls: address.tlsVerify,
    });
    return done(read(response));
  } catch (error) {
    if (!(error instanceof HttpClientError)) throw error;
    const code = error.code === undefined ? "" : ` (${error.code})`;
    return done({ outcome: "failed", detail: `${FAILURES[error.stage] ?? error.stage}${code}` });
  } finally {
    await http.close(0);
  }
}

const FAILURES: Readonly<Record<string, string>> = {
  connect: "the server could not be connected to",
  tls: "the TLS handshake failed",
  read: "the connection broke, or nothing was answered in time",
  total: "nothing was answered in time",
  guard: "the address may not be asked from here",
};

/** What a server answers to a question about nothing says that it is there, and no more. */
function readAnyAnswer({ status }: HttpClientResponse): Verdict {
  return status >= 500
    ? { outcome: "failed", detail: `the server answers ${status}` }
    : {
        outcome: "passed",
        detail: `the server answers (${status}); whether its credentials are right shows with the first message`,
      };
}

function readAccount({ status, body }: HttpClientResponse): Verdict {
  if (status === 200) return { outcome: "passed", detail: `signed in as ${nameOfAccount(body)}` };
  if (status === 401 || status === 403) return { outcome: "failed", detail: `the credentials are refused (${status})` };
  return { outcome: "failed", detail: `the account is not answered for (${status})` };
}

function nameOfAccount(body: Buffer): string {
  try {
    const { friendly_name: name } = JSON.parse(body.toString("utf8")) as { readonly friendly_name?: unknown };
    return typeof name === "string" ? `“${name.slice(0, 64)}”` : "the account";
  } catch {
    return "the account";
  }
}
