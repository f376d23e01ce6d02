import type { Clock, Database, Logger, RandomBytes } from "../../platform/ports.ts";
import type { SecretBox } from "../../platform/secrets/index.ts";
import type { CredentialBook } from "./credential-book.ts";

/** What the operations on credentials work with. */
export interface CredentialDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly mintSid: (prefix: string) => string;
  readonly randomBytes: RandomBytes;
  readonly secrets: SecretBox;
  readonly book: CredentialBook;
}
