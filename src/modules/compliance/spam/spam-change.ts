import type { Actor } from "../settings/index.ts";

/** A change of what the spam check goes by, told after its commit, for the audit log. */
export interface SpamChange {
  readonly kind: "spam-list" | "spam-feedback";
  readonly sid: string;
  readonly accountSid: string;
  readonly key: string;
  readonly actor: Actor;
  readonly before: object | undefined;
  readonly after: object | undefined;
  readonly atMs: number;
}
