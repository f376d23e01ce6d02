import type { Cell } from "../../platform/cell/index.ts";
import type { HttpRequest } from "../../platform/http/index.ts";
import type { BlobStore, Clock, Database, Logger } from "../../platform/ports.ts";
import type { Spending } from "../../platform/spending/index.ts";
import type { Compliance } from "../compliance/index.ts";
import type { LinkShortening } from "../links/index.ts";
import type { NumberDirectory } from "../numbers/index.ts";
import type { PriceBook } from "../pricing/index.ts";
import type { Router } from "../routing/index.ts";
import type { ServiceDirectory } from "../services/index.ts";
import type { Parking } from "./dispatch/parking.ts";
import type { Rates } from "./dispatch/rates.ts";
import type { CallbackEvents } from "./message.ts";
import type { MessageState } from "./message-state.ts";

/** Says where in which trace a request stands, in one text for its record. */
export type TraceOf = (request: Pick<HttpRequest, "headers">) => string | undefined;

/** What the operations of this module work with. */
export interface MessagingDeps {
  readonly cell: Cell;
  readonly state: MessageState;
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly numbers: NumberDirectory;
  readonly router: Router;
  readonly rates: Rates;
  readonly parking: Parking;
  readonly services: ServiceDirectory;
  readonly compliance: Compliance;
  readonly spending: Spending;
  /** Nothing is billed where absent. */
  readonly prices: PriceBook | undefined;
  /** Nobody has a domain for short links where absent. */
  readonly links: LinkShortening | undefined;
  readonly mintSid: (prefix: string) => string;
  /** Whether an account may send: `undefined` where there is no such account. */
  readonly accountStatus: (accountSid: string) => Promise<"active" | "suspended" | "closed" | undefined>;
  /** Whether new work of an account may be accepted now that comes by SMPP; always where absent. */
  readonly accepts?: ((accountSid: string) => boolean) | undefined;
  /** Which status changes are called back. */
  readonly callbackEvents: CallbackEvents;
  /** Where in which trace a request stands; nothing is traced where absent. */
  readonly traceOf?: TraceOf | undefined;
}
