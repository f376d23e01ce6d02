import { FLEET_SIGNATURE_HEADER, type FleetKey } from "../../platform/fleet/index.ts";

const TIMEOUT_MS = 15_000;
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

/** Sends a request that the other process knows to come from this system. Rejects when nobody answers; every status is an answer. */
export async function signedCall(baseUrl: string, key: FleetKey, call: SignedCall): Promise<SignedAnswer> {
  const { method, target, json, timeoutMs = TIMEOUT_MS } = call;
  const body = json === undefined ? "" : JSON.stringify(json);
  const response = await fetch(`${baseUrl}${target}`, {
    method,
    headers: {
      "Content-Type": "application/json",
      [FLEET_SIGNATURE_HEADER]: key.sign({ method, target, body }, Date.now()),
    },
    signal: AbortSignal.timeout(timeoutMs),
    redirect: "error",
    ...(json === undefined ? {} : { body }),
  });
  const text = await response.text();
  if (text.length > MAX_ANSWER_CHARACTERS) throw new Error(`the answer of ${baseUrl}${target} is too long`);
  return { status: response.status, json: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
