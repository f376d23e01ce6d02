import { AppError } from "../../kernel/errors.ts";
import { headerOf, hostOf, type HttpRequest } from "../http/index.ts";
import { webSocketErrors } from "./errors.ts";

/** Sixteen octets in Base64 (RFC 6455 §4.1). */
const KEY = /^[+/0-9A-Za-z]{22}==$/;
/** The only version that there is (RFC 6455 §4.1). */
export const WEBSOCKET_VERSION = "13";
const DEFAULT_PORTS: Readonly<Record<string, string>> = { "http:": ":80", "https:": ":443" };

/** Whether the client speaks another version, which is answered 426 (RFC 6455 §4.2.2). */
export function isOtherVersion({ headers }: HttpRequest): boolean {
  return headerOf(headers, "sec-websocket-version") !== WEBSOCKET_VERSION;
}

/** Throws an `AppError` for what the client must send and did not (RFC 6455 §4.2.1). */
export function checkHandshake({ headers }: HttpRequest): void {
  if (!KEY.test(headerOf(headers, "sec-websocket-key") ?? "")) {
    throw new AppError(webSocketErrors.handshakeInvalid, { reason: "Sec-WebSocket-Key is no 16 octets in Base64" });
  }
}

/**
 * Whether a browser opens the socket from a page of our own (RFC 6455 §10.2). The names are compared with their
 * ports and without the scheme: in front of this process somebody may have taken TLS off. Who names no
 * origin is no browser, and is not let in either.
 */
export function isOwnOrigin(request: HttpRequest): boolean {
  const origin = authorityOf(headerOf(request.headers, "origin") ?? "");
  if (origin === undefined) return false;
  const host = hostOf(request, undefined).toLowerCase();
  return origin.names.includes(host);
}

/** The host of an origin as a host field may name it: with and without the port that its scheme stands for. */
function authorityOf(origin: string): { readonly names: readonly string[] } | undefined {
  if (!/^https?:\/\/[^/?#@\\\s]+$/i.test(origin) || !URL.canParse(origin)) return undefined;
  const { host, protocol, port } = new URL(origin);
  return { names: port === "" ? [host, host + (DEFAULT_PORTS[protocol] ?? "")] : [host] };
}
