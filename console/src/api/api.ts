import { encodeFields, type Fields, withQuery } from "./form-fields.ts";
import { type ConsoleRequest, send } from "./request.ts";
import { currentSelection } from "./selection.ts";

/** Which host of the API a path is of; `api` unless told. */
export type Product = "api" | "messaging" | "trusthub" | "numbers" | "pricing" | "monitor" | "routes" | (string & {});

/** Where a request goes. */
export interface ApiOptions {
  readonly query?: Fields | undefined;
  readonly product?: Product | undefined;
  /** The operator's cell; what the picker says unless told. `null` for the home of the account, whatever the picker says. */
  readonly cell?: string | null | undefined;
  /** A subaccount; what the picker says unless told. `null` for the account that is signed in. */
  readonly account?: string | null | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Further headers, such as `Idempotency-Key`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";

/**
 * The API of the system, in the name of who is signed in. `{AccountSid}` in a path stands for the
 * account that the picker of the shell says. Every method throws `ApiError`.
 */
export const api = {
  get: <T>(path: string, options?: ApiOptions): Promise<T> => call<T>("GET", path, options),
  /** With form fields, as the SDKs send them. */
  post: <T>(path: string, fields?: Fields, options?: ApiOptions): Promise<T> =>
    call<T>("POST", path, options, form(fields)),
  put: <T>(path: string, fields?: Fields, options?: ApiOptions): Promise<T> =>
    call<T>("PUT", path, options, form(fields)),
  patch: <T>(path: string, fields?: Fields, options?: ApiOptions): Promise<T> =>
    call<T>("PATCH", path, options, form(fields)),
  delete: <T = undefined>(path: string, options?: ApiOptions): Promise<T> => call<T>("DELETE", path, options),
  /** With a JSON body. */
  json: <T>(method: "POST" | "PUT" | "PATCH", input: { path: string; body: unknown } & ApiOptions): Promise<T> =>
    call<T>(method, input.path, input, { type: JSON_TYPE, text: JSON.stringify(input.body) }),
};

/** What the console itself answers: paths below /console/api, JSON both ways. */
export const consoleApi = {
  get: <T>(path: string, query?: Fields, signal?: AbortSignal): Promise<T> =>
    send<T>({ method: "GET", path: withQuery(path, query), signal }),
  post: <T>(path: string, body: unknown = {}): Promise<T> => send<T>(jsonRequest("POST", path, body)),
  put: <T>(path: string, body: unknown = {}): Promise<T> => send<T>(jsonRequest("PUT", path, body)),
  delete: <T = undefined>(path: string): Promise<T> => send<T>({ method: "DELETE", path }),
  /** For the pages before sign-in: a 401 is their answer and not the end of a session. */
  signIn: <T>(path: string, body: unknown): Promise<T> =>
    send<T>({ ...jsonRequest("POST", path, body), isSignIn: true }),
};

interface Body {
  readonly type: string;
  readonly text: string;
}

function form(fields: Fields | undefined): Body {
  return { type: FORM, text: encodeFields(fields ?? {}).toString() };
}

function jsonRequest(method: string, path: string, body: unknown): ConsoleRequest {
  return { method, path, headers: { "Content-Type": JSON_TYPE }, body: JSON.stringify(body) };
}

function call<T>(method: string, path: string, options: ApiOptions = {}, body?: Body): Promise<T> {
  const chosen = currentSelection();
  const headers: Record<string, string> = { ...options.headers };
  const account = options.account === undefined ? chosen.account : (options.account ?? undefined);
  const cell = options.cell === undefined ? chosen.cell : (options.cell ?? undefined);
  if (options.product !== undefined && options.product !== "api") headers["X-Product"] = options.product;
  if (account !== undefined) headers["X-Account"] = account;
  if (cell !== undefined) headers["X-Cell"] = cell;
  if (body !== undefined) headers["Content-Type"] = body.type;
  const target = withQuery(localPath(path).replaceAll("{AccountSid}", account ?? chosen.accountSid), options.query);
  return send<T>({ method, path: `/call${target}`, headers, body: body?.text, signal: options.signal });
}

/** The path of an absolute link, such as `meta.next_page_url` gives; a path as it is. */
function localPath(path: string): string {
  if (!/^https?:/.test(path)) return path;
  const url = new URL(path);
  return url.pathname + url.search;
}
