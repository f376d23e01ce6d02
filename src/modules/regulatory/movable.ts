import type { Movable, MovableTable } from "../../platform/fleet/index.ts";

const table = (name: string, key: "sid" | "id" = "sid"): MovableTable => ({
  name,
  owned: "t.account_sid = any($1)",
  key: `t.${key}`,
  keyType: "text",
  primaryKey: key,
});

/**
 * Dossiers as they move to another cell, with reviews under way and what is still to be told. A
 * notice that both cells tell has one id, by which the queue of webhooks takes it once in each.
 */
export function regulatoryMovable(wake: () => void): Movable {
  return {
    name: "regulatory",
    tables: [
      table("regulatory_dossiers"),
      table("regulatory_items"),
      table("regulatory_assignments"),
      table("regulatory_endpoints"),
      table("regulatory_evaluations"),
      table("regulatory_notices", "id"),
    ],
    arrived: () => {
      wake();
      return Promise.resolve();
    },
  };
}
