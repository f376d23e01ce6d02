import { CommandFailure } from "../platform/cli/index.ts";
import type { RunFile } from "./run-file.ts";

const TIMEOUT_MS = 30_000;
/** Pages that a command reads are far smaller. */
const MAX_ANSWER_CHARACTERS = 32 * 1024 * 1024;

/** A request of the command line to a system on this machine. */
export interface ApiCall {
  readonly method?: "GET" | "POST" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What came back. */
export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
}

/** Sends one request. Throws a CommandFailure when nobody answers; every status is an answer. */
export async function callApi(url: string, call: ApiCall = {}): Promise<ApiAnswer> {
  try {
    const response = await fetch(url, {
      method: call.method ?? "GET",
      // A connection that is kept open would keep a server from ending at once.
      headers: { Connection: "close", ...call.headers },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(call.body === undefined ? {} : { body: call.body }),
    });
    const text = await response.text();
    if (text.length > MAX_ANSWER_CHARACTERS) throw new CommandFailure(`the answer of ${url} is too long`);
    return { status: response.status, text };
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(`${new URL(url).origin} does not answer: ${reasonOf(error)}`, { cause: error });
  }
}

/** Like {@link callApi} for what answers in JSON, or with 204 and nothing. Throws a CommandFailure with the API's own words for every status but 2xx. */
export async function callForJson(url: string, call: ApiCall = {}): Promise<unknown> {
  return readJson(url, await callApi(url, call));
}

/** What an answer says, as {@link callForJson} gives it. */
export function readJson(url: string, { status, text }: ApiAnswer): unknown {
  if (status === 204) return undefined;
  const body = parse(text);
  if (status >= 200 && status < 300 && body !== undefined) return body;
  const { code, message } = (body ?? {}) as { code?: unknown; message?: unknown };
  if (typeof message !== "string") throw new CommandFailure(`${url} answers ${status}, which is not understood`);
  const shownCode = typeof code === "number" ? ` (error ${code})` : "";
  throw new CommandFailure(`refused with ${status}${shownCode}: ${message}`);
}

/** The header that proves to be the first account. */
export function authorization({ accountSid, authToken }: Pick<RunFile, "accountSid" | "authToken">): string {
  return `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `not within ${TIMEOUT_MS / 1_000} s`;
  const { cause } = error;
  if (cause instanceof Error) return (cause as NodeJS.ErrnoException).code ?? cause.message;
  return error.message;
}
