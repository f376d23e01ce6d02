import type { IssuerKeyStore } from "../../../platform/certificates/index.ts";
import type { Database } from "../../../platform/ports.ts";
import type { SecretBox } from "../../../platform/secrets/index.ts";
import { findIssuerKey, keepIssuerKey } from "./domain.store.ts";

const NAME = "acme";
const CONTEXT = "link-issuer/acme";

/** The key by which an authority knows this cell, sealed in the database. */
export function issuerKeys(database: Database, secrets: SecretBox): IssuerKeyStore {
  return {
    async key(make) {
      const known = await findIssuerKey(database, NAME);
      if (known !== undefined) return secrets.open(known, CONTEXT);
      return secrets.open(await keepIssuerKey(database, NAME, secrets.seal(await make(), CONTEXT)), CONTEXT);
    },
  };
}
