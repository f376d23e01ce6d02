import type { Movable } from "../../platform/fleet/index.ts";
import type { ActivePrices } from "./active-prices.ts";

/** What accounts were given, as it moves to another cell. Tables are the operator's, who publishes them in every cell. */
export function pricingMovable(prices: ActivePrices): Movable {
  const reload = (): Promise<void> => prices.reload();
  return {
    name: "pricing",
    tables: [
      {
        name: "price_assignments",
        owned: "t.account_sid = any($1)",
        key: "t.account_sid",
        keyType: "text",
        primaryKey: "account_sid",
        // Counted by each database by itself.
        local: { revision: "nextval('price_assignment_revisions')" },
      },
    ],
    arrived: reload,
    departed: reload,
  };
}
