import type { Movable, MovableTable } from "../../platform/fleet/index.ts";
import type { Database } from "../../platform/ports.ts";
import { columnOf, keysOf, UNCONFIGURED_NUMBER } from "./configuration.ts";
import type { NumberBook } from "./number-book.ts";

const OWN = "t.account_sid = any($1)";

/** What was set on a number, set back. */
const UNCONFIGURED = keysOf(UNCONFIGURED_NUMBER)
  .map((key) => {
    const value = UNCONFIGURED_NUMBER[key];
    return `${columnOf(key)} = ${typeof value === "boolean" ? String(value) : `'${value}'`}`;
  })
  .join(", ");

/** A table that only its accounts have to do with. */
function ofAccounts(name: string, key = "sid", owned = OWN): MovableTable {
  return { name, owned, key: `t.${key}`, keyType: "text", primaryKey: key };
}

/**
 * Numbers and what belongs to them, as they move to another cell. A number that has left
 * keeps its row and its owner, and is claimed no more: were it free here, it would be sold
 * once more.
 */
export function numbersMovable(database: Database, book: NumberBook): Movable {
  return {
    name: "numbers",
    tables: [
      ofAccounts("applications"),
      ofAccounts("addresses"),
      ofAccounts("alphanumeric_senders"),
      ofAccounts("sender_id_registrations"),
      ofAccounts("port_in_requests", "sid", "t.owner_sid = any($1)"),
      ofAccounts("port_in_numbers"),
      ofAccounts("porting_webhooks", "account_sid"),
      ofAccounts("porting_events", "id"),
      {
        name: "phone_numbers",
        owned: OWN,
        key: "t.number",
        keyType: "text",
        primaryKey: "number",
        // How it came here, and that it may be sold here once its account gives it back.
        local: { configured: "true", source: "'moved'", claimed: "true", pool_epoch: "null" },
        mayReplace: "t.account_sid is null or t.account_sid = any($2)",
        routeKey: "t.number",
        emptied: {
          left: `revision = t.revision + 1, claimed = false, ${UNCONFIGURED}`,
          calledOff: `account_sid = null, sid = null, created_at = null, updated_at = null,
            configured = false, claimed = false, revision = t.revision + 1, ${UNCONFIGURED}`,
        },
      },
    ],
    arrived: async ({ accountSids }) => {
      // A row that was here before keeps what is local to it, and says so of the time before.
      await database.query(
        `update phone_numbers set claimed = true, configured = configured or source <> 'configuration'
         where account_sid = any($1) and not (claimed and (configured or source = 'configuration'))`,
        [accountSids],
      );
      await book.reload();
    },
    departed: () => book.reload(),
  };
}
