import { FLEET_SIGNATURE_HEADER, type FleetKey } from "../../platform/fleet/index.ts";

const TIMEOUT_MS = 15_000;
/** Clocks that are so far apart may be why a signature was not believed. */
const LARGE_SKEW_MS = 600_000;
const MAX_ANSWER_CHARACTERS = 8 * 1024 * 1024;

/** A request of one process of the system to another one. */
export interface SignedCall {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Path and query. */
  readonly target: string;
  readonly json?: unknown;
  readonly timeoutMs?: number;
}

/** What came back. */
export interface SignedAnswer {
  readonly status: number;
  /** `undefined` where the body is no JSON. */
  readonly json: unknown;
}

/**
 * Sends a request that the other process knows to come from this system. Rejects when nobody
 * answers; every status is an answer. What only reads is asked once more by the other one's
 * clock where that is far from ours: an edge whose clock is a day ahead can still learn who
 * its customers are. What changes something is not, so that nobody who pretends to be a cell
 * gets a signature for a time to come.
 */
export async function signedCall(baseUrl: string, key: FleetKey, call: SignedCall): Promise<SignedAnswer> {
  const response = await send(baseUrl, key, call, Date.now());
  const theirMs = Date.parse(response.headers.get("date") ?? "");
  const isLost = response.status === 403 && Math.abs(theirMs - Date.now()) > LARGE_SKEW_MS;
  if (call.method !== "GET" || !isLost) return answerOf(response, `${baseUrl}${call.target}`);
  await response.arrayBuffer();
  return answerOf(await send(baseUrl, key, call, theirMs), `${baseUrl}${call.target}`);
}

function send(baseUrl: string, key: FleetKey, call: SignedCall, nowMs: number): Promise<Response> {
  const { method, target, json, timeoutMs = TIMEOUT_MS } = call;
  const body = json === undefined ? "" : JSON.stringify(json);
  return fetch(`${baseUrl}${target}`, {
    method,
    headers: {
      "Content-Type": "application/json",
      [FLEET_SIGNATURE_HEADER]: key.sign({ method, target, body }, nowMs),
    },
    signal: AbortSignal.timeout(timeoutMs),
    redirect: "error",
    ...(json === undefined ? {} : { body }),
  });
}

async function answerOf(response: Response, url: string): Promise<SignedAnswer> {
  const text = await response.text();
  if (text.length > MAX_ANSWER_CHARACTERS) throw new Error(`the answer of ${url} is too long`);
  return { status: response.status, json: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
