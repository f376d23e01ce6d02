import { ApiError, readApiError } from "./api-error.ts";
import { sessionLost, setReached } from "./reach.ts";

/** A request to the edge that served this page. */
export interface ConsoleRequest {
  readonly method: string;
  /** Below /console/api, with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | URLSearchParams | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told instead of taking a 401 for the end of the session: for the pages before sign-in. */
  readonly isSignIn?: boolean;
}

const BASE = "/console/api";
const AWAY = new Set([502, 503, 504]);

/**
 * Sends and reads JSON. An answer of status 204 or without a body is `undefined`.
 * @throws ApiError for every status from 400, and with status 0 where no answer came.
 */
export async function send<T>(request: ConsoleRequest): Promise<T> {
  const response = await reach(request);
  const text = await response.text();
  setReached(!AWAY.has(response.status) || text.startsWith("{"));
  if (!response.ok) {
    if (response.status === 401 && request.isSignIn !== true) sessionLost();
    throw readApiError(response.status, text);
  }
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

async function reach(request: ConsoleRequest): Promise<Response> {
  try {
    return await fetch(BASE + request.path, {
      method: request.method,
      headers: { Accept: "application/json", "X-Console": "1", ...request.headers },
      body: request.body ?? null,
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      signal: request.signal ?? null,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    setReached(false);
    throw new ApiError({ status: 0, message: "The edge does not answer." });
  }
}
