import type { Draft } from "./compliance.ts";

/** What looks at the text and its sender's habits. Answers from memory, in bounded time. */
export interface SpamCheck {
  /** What it has against a message; `undefined` where it may go. Each call counts as a message of the account. */
  check(draft: Draft): { readonly score: number; readonly reason: string } | undefined;
}
