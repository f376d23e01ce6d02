import type { Cell } from "../../platform/cell/index.ts";
import type { Clock, Database, Logger } from "../../platform/ports.ts";
import type { AccountNumbers, NumberDirectory } from "../numbers/index.ts";
import type { AlphaAllowed } from "./choose-sender.ts";
import type { ServiceBook } from "./service-book.ts";

/** What entry gives this module. */
export interface ServicesOptions {
  readonly database: Database;
  readonly clock: Pick<Clock, "nowMs">;
  readonly logger: Logger;
  readonly mintSid: (prefix: string) => string;
  readonly numbers: NumberDirectory & AccountNumbers;
  /** The cell whose log the sticky senders stand in. */
  readonly cell: () => Cell;
  /** Whether a country (ISO 3166-1 alpha-2) takes alphanumeric senders; none by default. */
  readonly alphaAllowed?: AlphaAllowed;
  /** Whether a service has a campaign that US networks accept, for `us_app_to_person_registered`; none by default. */
  readonly isRegistered?: (accountSid: string, serviceSid: string) => boolean;
  /**
   * The numbers that were deactivated in the United States on a day (`2024-01-31`), one a
   * line, as the operator loaded them; `undefined` where there is no such file.
   */
  readonly deactivated?: (date: string) => Promise<Uint8Array | undefined>;
  /** Signs the addresses of those files for two minutes; a new random one at each start does. At least 16 octets. */
  readonly fileKey: Uint8Array;
  /** What the path of those files begins with: empty, or `/cells/{name}` in a fleet. */
  readonly filePrefix?: string;
  /** Whether a channel is connected, so that its senders are `ONLINE`; no channel is by default. */
  readonly channelConnected?: (channel: "whatsapp" | "rcs") => boolean;
}

/** What the operations of this module work with. */
export interface ServicesDeps extends ServicesOptions {
  readonly book: ServiceBook;
}
