import type { AppError } from "../../../kernel/errors.ts";
import type { MessagingDeps } from "../deps.ts";

/** A message before it is accepted. Addresses are in canonical form. */
export interface Draft {
  readonly accountSid: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly mediaUrls: readonly string[];
  readonly segments: number;
  readonly validitySeconds: number;
}

/** Decides whether a message may be accepted: `undefined` if so, else the error the customer gets. */
export type Rule = (draft: Draft, deps: MessagingDeps) => AppError | undefined;
