import type { Movable } from "../../platform/fleet/index.ts";
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

/**
 * Numbers and applications, as they move to another cell. A number that has left keeps its
 * row and its owner: were it free here, it would be sold once more.
 */
export function numbersMovable(book: NumberBook): Movable {
  const reload = (): Promise<void> => book.reload();
  return {
    name: "numbers",
    tables: [
      { name: "applications", owned: OWN, key: "t.sid", keyType: "text", primaryKey: "sid" },
      {
        name: "phone_numbers",
        owned: OWN,
        key: "t.number",
        keyType: "text",
        primaryKey: "number",
        // Whether it is configured is what the operator says of this cell.
        local: { configured: "false" },
        mayReplace: "t.account_sid is null or t.account_sid = any($2)",
        routeKey: "t.number",
        emptied: {
          left: `revision = t.revision + 1, ${UNCONFIGURED}`,
          calledOff: `account_sid = null, sid = null, created_at = null, updated_at = null,
            revision = t.revision + 1, ${UNCONFIGURED}`,
        },
      },
    ],
    arrived: reload,
    departed: reload,
  };
}
