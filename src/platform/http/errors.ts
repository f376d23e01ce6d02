import { callerError, type ErrorSpec } from "../../kernel/errors.ts";

/** A required parameter is absent or empty. Resources declare their own where Twilio has one. */
export const MISSING_PARAMETER = callerError(20001, 400, "The parameter {parameter} is required.");
/** A parameter has a value that its kind does not allow. */
export const INVALID_PARAMETER = callerError(20001, 400, "The parameter {parameter} is not valid: {reason}.");
/** Percent-encoding or UTF-8 of a body, query or path is broken. */
export const BAD_ENCODING = callerError(20001, 400, "The request is not valid percent-encoded UTF-8.");
/** More names and values than anybody needs. */
export const TOO_MANY_FIELDS = callerError(20001, 400, "The request has more than {max} parameters.");
/** A body that should be JSON is not. */
export const BAD_JSON = callerError(20001, 400, "The request body is not valid JSON.");
/** `Host`, the request target, or the HTTP framing makes no sense. */
export const BAD_REQUEST = callerError(20001, 400, "The request is malformed: {reason}.");
/** The page token was not made by this list, or was changed on the way. */
export const BAD_PAGE_TOKEN = callerError(20001, 400, "The PageToken is not valid for this list.");
/** PageSize is over the list's maximum. */
export const PAGE_SIZE_TOO_LARGE = callerError(20007, 400, "The PageSize may not exceed {max}.");
/** Credentials are absent or wrong, or of a kind that may not do this. */
export const UNAUTHENTICATED = callerError(20003, 401, "The request needs valid credentials: {reason}.");
/** The calling account is suspended or closed. */
export const ACCOUNT_NOT_ACTIVE = callerError(20005, 403, "The account {accountSid} is {status}.");
/** There is nothing under this path, or nothing that this caller may see. */
export const NOT_FOUND = callerError(20404, 404, "The requested resource {resource} was not found.");
/** The path exists on several products and the host does not say which. */
export const AMBIGUOUS_PRODUCT = callerError(
  20404,
  404,
  "The path {resource} exists on several products ({products}): name one with the Host or X-Forwarded-Host header.",
);
/** The path exists, but not with this method. */
export const METHOD_NOT_ALLOWED = callerError(
  20004,
  405,
  "The method {method} is not allowed here; allowed: {allowed}.",
);
/** A representation that is not served, such as CSV. */
export const NOT_ACCEPTABLE = callerError(
  20001,
  406,
  "The representation .{extension} is not served; ask for .json or .xml.",
);
/** The client took too long to send its request. */
export const REQUEST_TIMEOUT: ErrorSpec = {
  code: 20001,
  status: 408,
  fault: "caller",
  retry: "later",
  message: "The request did not arrive in time.",
};
/** The body is longer than the route takes. */
export const BODY_TOO_LARGE = callerError(20413, 413, "The request body may not exceed {max} octets.");
/** A content type, charset or content encoding that the route does not take. */
export const UNSUPPORTED_MEDIA_TYPE = callerError(20001, 415, "The request body must be {expected}.");
/** The client expects something of the server that it does not know (RFC 9110 §10.1.1). */
export const EXPECTATION_FAILED = callerError(20001, 417, "The only Expect that is understood is 100-continue.");
/** The request line and header fields are longer than the server takes. */
export const HEADERS_TOO_LARGE = callerError(20001, 431, "The request line and headers are too large.");
/** The Idempotency-Key is known, but not the answer of the request that was carried out with it. */
export const ANSWER_NOT_KEPT = callerError(
  20409,
  409,
  "A request with this Idempotency-Key was carried out, but its answer is not kept any more. It made: {made}.",
);
/** The account has too many requests in flight. The request was not executed. */
export const TOO_MANY_REQUESTS: ErrorSpec = {
  code: 20429,
  status: 429,
  fault: "caller",
  retry: "later",
  message: "Too many concurrent requests: the limit is {max}.",
};
/** A bug or a failure nobody foresaw; the log has it under the request id. */
export const INTERNAL_ERROR: ErrorSpec = {
  code: 20500,
  status: 500,
  fault: "platform",
  retry: "never",
  message: "An internal error has occurred. The Twilio-Request-Id of this answer finds it in the log.",
};
/** The server refuses new work for now. The request was not executed. */
export const OVERLOADED: ErrorSpec = {
  code: 20503,
  status: 503,
  fault: "platform",
  retry: "later",
  message: "The service is overloaded or stopping; try again shortly.",
};

/** Every error this folder makes, for the error dictionary. */
export const HTTP_ERRORS: readonly ErrorSpec[] = [
  MISSING_PARAMETER,
  INVALID_PARAMETER,
  BAD_ENCODING,
  TOO_MANY_FIELDS,
  BAD_JSON,
  BAD_REQUEST,
  BAD_PAGE_TOKEN,
  PAGE_SIZE_TOO_LARGE,
  UNAUTHENTICATED,
  ACCOUNT_NOT_ACTIVE,
  NOT_FOUND,
  AMBIGUOUS_PRODUCT,
  METHOD_NOT_ALLOWED,
  NOT_ACCEPTABLE,
  REQUEST_TIMEOUT,
  BODY_TOO_LARGE,
  UNSUPPORTED_MEDIA_TYPE,
  EXPECTATION_FAILED,
  HEADERS_TOO_LARGE,
  ANSWER_NOT_KEPT,
  TOO_MANY_REQUESTS,
  INTERNAL_ERROR,
  OVERLOADED,
];
