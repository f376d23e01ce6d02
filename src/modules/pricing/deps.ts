import type { Clock, Database, Logger } from "../../platform/ports.ts";
import type { ActivePrices } from "./active-prices.ts";
import type { ContentHash } from "./table/index.ts";

/** What entry gives this module. */
export interface PricingOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Starts a SHA-256. */
  readonly hash: () => ContentHash;
  /** Lets everything else run. */
  readonly pause: () => Promise<void>;
  /** Whether an account may see and change price tables. */
  readonly isOperator: (accountSid: string) => boolean;
  /** In which currency an account pays. */
  readonly currencyOf: (accountSid: string) => string;
  /** Whose prices hold for an account that was given none of its own: its main account. Itself where absent. */
  readonly payerOf?: ((accountSid: string) => string | undefined) | undefined;
}

/** What the operations of this module work with. */
export interface PricingDeps extends PricingOptions {
  readonly prices: ActivePrices;
}
