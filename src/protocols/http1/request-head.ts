import { Buffer } from "node:buffer";
import { Http1Error } from "./error.ts";
import { isFieldName, isFieldValue } from "./header-fields.ts";
import type { HeaderPair } from "./header-fields.ts";

/** Fields that describe the connection or the framing: written here and by nobody else. */
const OWN_FIELD = /^(?:host|connection|content-length|transfer-encoding|keep-alive|te|trailer|upgrade|expect)$/i;
const METHOD = /^[A-Z]{1,16}$/;
/** What a request target may consist of once it is on the wire: visible ASCII (RFC 9112 §3.2). */
const TARGET = /^[\x21-\x7e]+$/;

/** A request to be written. */
export interface RequestMessage {
  /** In capitals. */
  readonly method: string;
  /** Origin form: path and query, beginning with `/`. */
  readonly target: string;
  /** The `Host` field. */
  readonly host: string;
  /** All other fields. Framing and connection fields are refused. */
  readonly headers: readonly HeaderPair[];
  readonly body?: Uint8Array | string | undefined;
}

/**
 * Writes a request, head and body, as one buffer, so that it can leave in one
 * segment (RFC 9112 §3). Text bodies are sent as UTF-8. `Content-Length` is
 * always the true one. Throws {@link Http1Error} for anything that could
 * end a line or the head early, and for fields that are not the caller's to set.
 */
export function encodeRequest(message: RequestMessage): Buffer {
  const { body } = message;
  const bodyOctets = typeof body === "string" ? Buffer.byteLength(body) : (body?.length ?? 0);
  const head = encodeHead(message, bodyOctets);
  const whole = Buffer.allocUnsafe(head.length + bodyOctets);
  whole.write(head, 0, "latin1");
  if (typeof body === "string") whole.write(body, head.length, "utf8");
  else if (body !== undefined) whole.set(body, head.length);
  return whole;
}

function encodeHead(message: RequestMessage, bodyOctets: number): string {
  const { method, target, host } = message;
  if (!METHOD.test(method)) throw new Http1Error("bad-method");
  if (!TARGET.test(target)) throw new Http1Error("bad-target");
  if (host === "" || !TARGET.test(host)) throw new Http1Error("bad-header-field");
  let head = `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n`;
  for (const [name, value] of message.headers) {
    if (!isFieldName(name) || !isFieldValue(value) || OWN_FIELD.test(name)) throw new Http1Error("bad-header-field");
    head += `${name}: ${value}\r\n`;
  }
  // A method that is defined with content announces it even when there is none (RFC 9110 §8.6).
  if (message.body !== undefined || method === "POST" || method === "PUT" || method === "PATCH") {
    head += `Content-Length: ${bodyOctets}\r\n`;
  }
  return `${head}\r\n`;
}
