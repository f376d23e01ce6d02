/** The registry of carrier types: one file and one line each. */
import { SmppCarrier, type SmppCarrierOptions } from "./smpp.ts";
import type { Carrier } from "./carrier.ts";

export type { Carrier, CarrierListener, CarrierStatus, IncomingText, Settle, Submission } from "./carrier.ts";

export const carrierTypes = {
  smpp: (options: SmppCarrierOptions): Carrier => new SmppCarrier(options),
};
