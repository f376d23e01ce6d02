/**
 * Why there is no answer. `refused`: no connection; `busy`: too many wait, or the wait was
 * too long; `open`: the cell did not answer of late, and nobody is sent there until it does;
 * `lost`: the connection broke; `silent`: no answer in time; `broken`: what came is no
 * answer; `body`: the request's own body broke off.
 */
export type FailureKind = "refused" | "busy" | "open" | "lost" | "silent" | "broken" | "body";

/** A request that was not answered by a cell. */
export class UpstreamFailure extends Error {
  readonly kind: FailureKind;
  /** Whether the cell may have seen some of the request. False is certain. */
  readonly mayHaveBegun: boolean;

  constructor(kind: FailureKind, mayHaveBegun: boolean, options: { detail?: string; cause?: unknown } = {}) {
    super(`cell: ${kind}${options.detail === undefined ? "" : ` (${options.detail})`}`, { cause: options.cause });
    this.name = "UpstreamFailure";
    this.kind = kind;
    this.mayHaveBegun = mayHaveBegun;
  }
}
