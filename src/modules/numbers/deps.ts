import type { AccountStatus } from "../../platform/http/index.ts";
import type { WebhookRequested } from "../../platform/webhooks/index.ts";
import type { Clock, Database, Logger } from "../../platform/ports.ts";
import type { SenderPolicy } from "./alphanumeric.ts";
import type { NumberBook } from "./number-book.ts";
import type { NumberPool } from "./pool/number-pool.ts";
import type { PortingAuthority } from "./porting/authority.ts";

/** What entry gives to this module. */
export interface NumbersOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly mintSid: (prefix: string) => string;
  /** What holds for an account's requests; `undefined` where there is no such account. */
  readonly accountStatus: (accountSid: string) => Promise<AccountStatus | undefined>;
  /** Whether an account may import, export and port out numbers, and approve senders. Nobody may where it is absent. */
  readonly isOperator?: (accountSid: string) => boolean;
  /** The main account of an account's family; the account itself where it is absent. */
  readonly mainAccount?: (accountSid: string) => Promise<string>;
  /** The inventory that cells share, as this cell sees it; without one it sells what is its own. */
  readonly pool?: NumberPool | undefined;
  /** Regulatory bundles; without it a bundle is not looked at. */
  readonly bundles?: Bundles | undefined;
  /** Whether the address and bundle that a country asks for must be there to buy a number; they are not, unless told. */
  readonly requirements?: "enforced" | "shown";
  /** How long nobody else gets a number that an account gave back, in ms; 10 minutes unless told. */
  readonly quarantineMs?: number;
  /** Who may send from alphanumeric senders; accounts that registered them, unless told. */
  readonly senderPolicy?: SenderPolicy;
  /** Whether a sender that an account registers may be used at once; else the operator approves it. Yes, unless told. */
  readonly approveSenders?: boolean;
  /** Who decides about ports; a simulated authority unless told. */
  readonly portingAuthority?: PortingAuthority;
  /** Queues a request to a customer, durably and once for each id. Without it none are made. */
  readonly requestWebhook?: (webhook: Omit<WebhookRequested, "kind">) => Promise<void>;
}

/** Regulatory bundles, as far as numbers ask for them. */
export interface Bundles {
  /** The bundle of this account; `undefined` where there is none. */
  bundle(accountSid: string, sid: string): Promise<RegulatoryBundle | undefined>;
}

/** What a bundle is good for. */
export interface RegulatoryBundle {
  /** Approved ones count: `twilio-approved`. */
  readonly status: string;
  readonly isoCountry: string;
  /** `local`, `mobile`, `toll-free`, `national` … */
  readonly numberType: string;
}

/** What the operations of this module work with. */
export interface NumbersDeps extends NumbersOptions {
  readonly book: NumberBook;
  readonly isOperator: (accountSid: string) => boolean;
  readonly mainAccount: (accountSid: string) => Promise<string>;
  readonly requirements: "enforced" | "shown";
  readonly quarantineMs: number;
  readonly approveSenders: boolean;
  readonly portingAuthority: PortingAuthority;
}
