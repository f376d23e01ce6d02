import { AppError } from "../../kernel/errors.ts";
import { recipientOf, scopeOf } from "./checks.ts";
import type { ComplianceDeps } from "./deps.ts";
import { MAX_IMPORTED, type ConsentImported, type ImportOutcome } from "./consent/index.ts";
import { complianceErrors } from "./errors.ts";

/** What is to be known of some recipients. */
export interface ConsentWish {
  readonly accountSid: string;
  readonly scope: string;
  readonly state: "opted-out" | "opted-in";
  readonly recipients: readonly string[];
  /** The credential that asked for it. */
  readonly actor: string;
}

/** What came of it. */
export interface ConsentImport extends ImportOutcome {
  readonly scope: string;
  readonly state: ConsentWish["state"];
  /** What is no number, at most as many as were given. */
  readonly invalid: readonly string[];
}

const MAX_SHOWN = 40;

/** Makes consents durable that the API brought, all or none; what is no number is left out and told. */
export async function changeConsents(
  deps: Pick<ComplianceDeps, "cell" | "ownsScope">,
  wish: ConsentWish,
): Promise<ConsentImport> {
  const { accountSid, state, actor } = wish;
  if (wish.recipients.length > MAX_IMPORTED) {
    throw new AppError(complianceErrors.bodyInvalid, { reason: `more than ${MAX_IMPORTED} recipients` });
  }
  const scope = scopeOf(deps, accountSid, wish.scope);
  const recipients = new Set<string>();
  const invalid: string[] = [];
  for (const text of wish.recipients) {
    const recipient = recipientOf(text);
    if (recipient === undefined) invalid.push(text.slice(0, MAX_SHOWN));
    else recipients.add(recipient);
  }
  const nothing = { changed: 0, unchanged: 0 };
  const record: ConsentImported = {
    kind: "consent.imported",
    accountSid,
    scope,
    state,
    recipients: [...recipients],
    actor,
  };
  const outcome = recipients.size === 0 ? nothing : await deps.cell().commit<ImportOutcome>(record);
  return { scope, state, invalid, changed: outcome.changed, unchanged: outcome.unchanged };
}
