import type { Movable, MovableTable } from "../../platform/fleet/index.ts";

/** Users with their secrets, sessions and links, as they move to another cell. What is sealed stays so: all cells have one master key. */
export function consoleMovable(): Movable {
  const table = (name: string): MovableTable => ({
    name,
    owned: "t.account_sid = any($1)",
    key: "t.sid",
    keyType: "text",
    primaryKey: "sid",
  });
  // Users first, because the others refer to them.
  return { name: "console", tables: [table("console_users"), table("console_sessions"), table("console_links")] };
}
