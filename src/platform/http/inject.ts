import { AppError } from "../../kernel/errors.ts";
import type { Dispatcher } from "./dispatch.ts";
import { BODY_TOO_LARGE } from "./errors.ts";
import type { HttpRequest } from "./message.ts";
import { Readable } from "node:stream";

/** A request made by hand. */
export interface InjectedRequest {
  readonly method: string;
  /** A path, or an absolute URL whose host and scheme are then the client's. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object becomes a form, its lists repeated names. */
  readonly body?: string | Uint8Array | Readonly<Record<string, string | readonly string[]>>;
  /** Account SID and auth token, sent as HTTP Basic. */
  readonly auth?: { readonly username: string; readonly password: string };
}

/** The answer to an {@link InjectedRequest}. */
export interface InjectedResponse {
  readonly status: number;
  /** By lower-case name; the last of repeated ones. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends a request through the dispatcher without sockets. */
export async function inject(dispatcher: Dispatcher, injected: InjectedRequest): Promise<InjectedResponse> {
  const answer = await dispatcher.dispatch(requestOf(injected));
  const headers: Record<string, string> = {};
  for (let i = 0; i < answer.headers.length; i += 2)
    headers[(answer.headers[i] ?? "").toLowerCase()] = answer.headers[i + 1] ?? "";
  const body = injected.method === "HEAD" ? "" : await textOf(answer.body);
  return { status: answer.status, headers, body };
}

function requestOf(injected: InjectedRequest): HttpRequest {
  const absolute = /^(https?):\/\/([^/]+)(.*)$/.exec(injected.url);
  const headers: Record<string, string> = { host: absolute?.[2] ?? "127.0.0.1" };
  const { auth } = injected;
  if (auth !== undefined)
    headers["authorization"] = `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString("base64")}`;
  const body = bodyOf(injected.body, headers);
  for (const [name, value] of Object.entries(injected.headers ?? {})) headers[name.toLowerCase()] = value;
  return {
    method: injected.method,
    target: absolute === null ? injected.url : absolute[3] === "" ? "/" : (absolute[3] ?? "/"),
    headers,
    scheme: absolute?.[1] === "https" ? "https" : "http",
    peer: "",
    readBody(maxOctets) {
      return body.length > maxOctets
        ? Promise.reject(new AppError(BODY_TOO_LARGE, { max: maxOctets }))
        : Promise.resolve(body);
    },
  };
}

function bodyOf(body: InjectedRequest["body"], headers: Record<string, string>): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  if (typeof body === "string") return Buffer.from(body, "utf8");
  if (body instanceof Uint8Array) return Buffer.from(body);
  headers["content-type"] = "application/x-www-form-urlencoded";
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(body)) {
    for (const each of typeof value === "string" ? [value] : value) form.append(name, each);
  }
  return Buffer.from(form.toString(), "utf8");
}

async function textOf(body: string | Uint8Array | Readable | undefined): Promise<string> {
  if (body === undefined || typeof body === "string") return body ?? "";
  if (!(body instanceof Readable)) return Buffer.from(body).toString("utf8");
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString("utf8");
}
