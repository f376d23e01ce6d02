/** Why an HTTP/1.1 message was refused. Each names one rule of RFC 9112 or one of our bounds. */
export type Http1Reason =
  | "bad-status-line"
  | "bad-header-field"
  | "folded-header-field"
  | "bare-line-feed"
  | "head-too-large"
  | "too-many-header-fields"
  | "bad-content-length"
  | "conflicting-content-length"
  | "length-and-transfer-encoding"
  | "unsupported-transfer-encoding"
  | "unexpected-upgrade"
  | "bad-chunk-size"
  | "bad-chunk-end"
  | "bad-trailer"
  | "body-too-large"
  | "incomplete-message"
  | "bad-request-line"
  | "bad-host"
  | "bad-method"
  | "bad-target"
  | "bad-url";

/**
 * A message that does not follow RFC 9112, or exceeds a bound of this reader.
 * Its text names the rule only, never what was received, so that it can be logged.
 */
export class Http1Error extends Error {
  readonly reason: Http1Reason;

  constructor(reason: Http1Reason) {
    super(`http/1.1: ${reason}`);
    this.name = "Http1Error";
    this.reason = reason;
  }
}
