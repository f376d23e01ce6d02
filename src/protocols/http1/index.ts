/** HTTP/1.1 messages (RFC 9112): octets in, values out, and back. No sockets, no clock. */
export { Http1Error } from "./error.ts";
export type { Http1Reason } from "./error.ts";
export { HeaderFields, isFieldName, isFieldValue } from "./header-fields.ts";
export type { HeaderPair } from "./header-fields.ts";
export type { Oversize } from "./body-sink.ts";
export { MAX_HEAD_OCTETS, MAX_HEADER_FIELDS, ResponseParser } from "./response-parser.ts";
export type { ExpectedResponse } from "./response-parser.ts";
export { ResponseReader } from "./response-reader.ts";
export type { ResponsePhase } from "./response-reader.ts";
export {
  isHostValue,
  isRequestLine,
  MAX_REQUEST_FIELDS,
  MAX_REQUEST_HEAD_OCTETS,
  RequestParser,
} from "./request-parser.ts";
export type { RequestLimits, RequestPhase } from "./request-parser.ts";
export { encodeResponseHead, hasNoContent } from "./response-head.ts";
export type { ResponseHead } from "./response-head.ts";
export { encodeRequest } from "./request-head.ts";
export type { RequestMessage } from "./request-head.ts";
export { MAX_URL_OCTETS, parseRequestUrl } from "./request-url.ts";
export type { RequestUrl } from "./request-url.ts";
export { appendQuery, encodeForm } from "./form.ts";
export type { FormPair } from "./form.ts";
