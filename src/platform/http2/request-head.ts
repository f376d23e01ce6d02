import type { ErrorSpec } from "../../kernel/errors.ts";
import { HeaderFields, isHostValue, isRequestLine } from "../../protocols/http1/index.ts";
import { BAD_REQUEST, collectHeaders, HEADERS_TOO_LARGE, type RequestHeaders } from "../http/index.ts";
import { MAX_HEADER_FIELDS } from "./limits.ts";

/** The head of a request, as HTTP/1 would have brought it. */
export interface Http2Head {
  readonly method: string;
  readonly target: string;
  readonly headers: RequestHeaders;
  /** `undefined` where it was not said; then the end of the stream is the end of the body. */
  readonly contentLength: number | undefined;
  readonly expectsContinue: boolean;
  readonly expectsUnknown: boolean;
  /** Why the request is refused without being looked at. */
  readonly refusal: { readonly spec: ErrorSpec; readonly reason: string } | undefined;
}

/**
 * Reads the field lines of a HEADERS frame, name and value by turns, and judges what
 * nghttp2 leaves to the server (RFC 9113 §8.3.1): that `:authority` and `Host` agree, that
 * one of them is there, and what method and target may consist of. nghttp2 has seen to it
 * that pseudo-header fields come first, once and whole, that names are in lower case, that
 * there are no connection fields, and that `content-length` is true.
 */
export function readHead(lines: readonly string[], maxHeaderOctets: number): Http2Head {
  const pseudo = { ":method": "", ":path": "", ":authority": "", ":scheme": "" };
  const fields = new HeaderFields();
  let octets = 0;
  let hosts = 0;
  let host = "";
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const name = lines[at] as string;
    const value = lines[at + 1] as string;
    octets += name.length + value.length + 4;
    if (name.startsWith(":")) {
      pseudo[name as keyof typeof pseudo] = value;
    } else if (name === "host") {
      hosts += 1;
      host = value;
    } else {
      fields.append(name, value);
    }
  }
  const authority = pseudo[":authority"];
  if (authority !== "") {
    if (hosts === 1 && host.toLowerCase() !== authority.toLowerCase()) hosts = 2;
    host = authority;
  }
  if (host !== "") fields.append("host", host);
  const method = pseudo[":method"];
  // CONNECT has no path (RFC 9113 §8.5); its target is what HTTP/1 would write.
  const target = method === "CONNECT" ? authority : pseudo[":path"];
  let refusal: Http2Head["refusal"];
  if (octets > maxHeaderOctets || fields.size > MAX_HEADER_FIELDS) {
    refusal = { spec: HEADERS_TOO_LARGE, reason: "it is too large" };
  } else if (!isRequestLine(method, target)) {
    refusal = { spec: BAD_REQUEST, reason: "its method or path is not valid" };
  } else if (hosts > 1 || host === "" || !isHostValue(host)) {
    refusal = { spec: BAD_REQUEST, reason: "it does not name one host" };
  }
  const length = fields.get("content-length");
  const expect = fields.get("expect")?.toLowerCase();
  return {
    method,
    target,
    headers: collectHeaders(fields),
    contentLength: length === undefined ? undefined : Number(length),
    expectsContinue: expect === "100-continue",
    expectsUnknown: expect !== undefined && expect !== "100-continue",
    refusal,
  };
}
