import type { Movable, MovableTable } from "../../platform/fleet/index.ts";
import type { RegistrationBook } from "./registration-book.ts";

const OWN = "t.account_sid = any($1)";

const table = (name: string, key: "sid" | "id"): MovableTable => ({
  name,
  owned: OWN,
  key: `t.${key}`,
  keyType: "text",
  primaryKey: key,
});

/**
 * Registrations, as they move to another cell, with what is still to be filed and decided. What
 * was filed twice because it moved in between has the same id, by which the registry knows it.
 */
export function a2pMovable(book: RegistrationBook, wake: () => void): Movable {
  return {
    name: "a2p",
    tables: [
      table("a2p_brands", "sid"),
      table("a2p_vettings", "sid"),
      table("a2p_campaigns", "sid"),
      table("a2p_tollfree", "sid"),
      table("a2p_simulated_registry", "id"),
      table("a2p_filings", "id"),
      table("a2p_notices", "id"),
    ],
    arrived: async () => {
      await book.reload();
      wake();
    },
    departed: () => book.reload(),
  };
}
