/**
 * The one error class, and the specification every error is made from.
 *
 * The verdict (whose fault, whether to try again) is decided where the error is
 * declared; HTTP status, retry and alerting follow from it.
 */

/** Who has to act: the caller, somebody upstream, this platform, or nobody can tell. */
export type Fault = "caller" | "upstream" | "platform" | "unknown";

/** Whether the same effect may be tried again, and how. */
export type RetryVerdict = "never" | "later" | "other-route";

/** The declaration of an error: one constant for each public code. */
export interface ErrorSpec {
  /** Public code, numbered as Twilio numbers it. */
  readonly code: number;
  /** HTTP status that carries it. */
  readonly status: number;
  readonly fault: Fault;
  readonly retry: RetryVerdict;
  /** What the client reads. `{name}` is replaced by the detail of that name. */
  readonly message: string;
}

/** Values for the placeholders of a message, also shown to the operator. */
export type ErrorDetail = Readonly<Record<string, string | number | boolean | null>>;

/**
 * A failure with a public code. `message` is for the client; `internal` and
 * `cause` are for the operator and never leave the process.
 */
export class AppError extends Error {
  readonly spec: ErrorSpec;
  readonly detail: ErrorDetail;
  readonly internal: string | undefined;

  constructor(spec: ErrorSpec, detail: ErrorDetail = {}, options: { internal?: string; cause?: unknown } = {}) {
    super(fillPlaceholders(spec.message, detail), "cause" in options ? { cause: options.cause } : undefined);
    this.name = "AppError";
    this.spec = spec;
    this.detail = detail;
    this.internal = options.internal;
  }

  get code(): number {
    return this.spec.code;
  }

  get status(): number {
    return this.spec.status;
  }
}

function fillPlaceholders(template: string, detail: ErrorDetail): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = detail[name];
    return value === undefined ? whole : String(value);
  });
}

/** Declares an error whose fault is the caller's; `retry` is `never`. */
export function callerError(code: number, status: number, message: string): ErrorSpec {
  return { code, status, fault: "caller", retry: "never", message };
}
