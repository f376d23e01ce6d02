import { Http1Error } from "./error.ts";
import { isFieldName, isFieldValue } from "./header-fields.ts";

/** Reason phrases of the status codes in use (RFC 9110 §15, RFC 6585). */
const REASONS: Readonly<Record<number, string>> = {
  100: "Continue",
  200: "OK",
  201: "Created",
  202: "Accepted",
  204: "No Content",
  206: "Partial Content",
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  304: "Not Modified",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  411: "Length Required",
  412: "Precondition Failed",
  413: "Payload Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  416: "Range Not Satisfiable",
  417: "Expectation Failed",
  421: "Misdirected Request",
  422: "Unprocessable Entity",
  423: "Locked",
  425: "Too Early",
  426: "Upgrade Required",
  428: "Precondition Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** The head of an answer. */
export interface ResponseHead {
  readonly status: number;
  /** Names and values by turns. Names that are never the caller's to set are not looked for here. */
  readonly headers: readonly string[];
  /** Further lines, each with its CRLF, that are known to be well formed. */
  readonly trusted: string;
}

/** Whether an answer with this status has no content, whatever the request was (RFC 9110 §6.4.1). */
export function hasNoContent(status: number): boolean {
  return status === 204 || status === 304 || status < 200;
}

/**
 * Writes the head of an answer, with the empty line at its end, as Latin-1 text
 * (RFC 9112 §4). Throws {@link Http1Error} `bad-header-field` for a name or
 * value that could end its line, so that nothing can be injected.
 */
export function encodeResponseHead(head: ResponseHead): string {
  const { status, headers } = head;
  let text = `HTTP/1.1 ${status} ${REASONS[status] ?? ""}\r\n`;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] as string;
    const value = headers[i + 1] as string;
    if (!isFieldName(name) || !isFieldValue(value)) throw new Http1Error("bad-header-field");
    text += `${name}: ${value}\r\n`;
  }
  return `${text}${head.trusted}\r\n`;
}
