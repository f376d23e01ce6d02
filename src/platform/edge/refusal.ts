import { AppError, type ErrorDetail, type ErrorSpec } from "../../kernel/errors.ts";
import { renderError, type HttpResponse } from "../http/index.ts";

/**
 * An answer that says no, made once: whoever sends a million requests that are refused
 * should not make a million errors.
 */
export class Refusal {
  readonly code: number;
  private readonly json: HttpResponse;
  private readonly xml: HttpResponse;

  constructor(spec: ErrorSpec, detail: ErrorDetail = {}) {
    const error = new AppError(spec, detail);
    this.code = spec.code;
    this.json = renderError(error, "json");
    this.xml = renderError(error, "xml");
  }

  /** The answer to a request for `pathname`. `retryAfterMs` goes before what is usual; it is told in whole seconds, an hour at most. */
  answer(pathname: string, retryAfterMs?: number): HttpResponse {
    const answer = representationOf(pathname) === "xml" ? this.xml : this.json;
    if (retryAfterMs === undefined) return answer;
    const seconds = Math.min(MAX_RETRY_AFTER_SECONDS, Math.max(1, Math.ceil(retryAfterMs / 1_000)));
    const { status, headers, body } = answer;
    const at = headers.indexOf("Retry-After");
    return { status, headers: at < 0 ? headers : headers.with(at + 1, String(seconds)), body };
  }
}

const MAX_RETRY_AFTER_SECONDS = 3_600;

/** How the dispatcher of a cell would answer: XML for the oldest API where it is not asked otherwise. */
export function representationOf(pathname: string): "json" | "xml" {
  return pathname.startsWith("/2010-04-01/") && !pathname.endsWith(".json") ? "xml" : "json";
}
