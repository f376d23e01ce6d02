/** The registry of carrier types: one file and one line each. */
import type { Carrier } from "./carrier.ts";
import { HttpCarrier, type HttpCarrierOptions } from "./http.ts";
import { NullCarrier, type NullCarrierOptions } from "./null.ts";
import { SmppCarrier, type SmppCarrierOptions } from "./smpp.ts";
import { TwilioCarrier, type TwilioCarrierOptions } from "./twilio.ts";

export { CHAOS_MODES, ChaosNet, type ChaosState } from "./chaos.ts";
export { GuardedNet } from "./guarded-net.ts";
export { CarrierTraces } from "./traces/index.ts";
export type {
  BindStatus,
  Carrier,
  CarrierEndpoint,
  CarrierListener,
  CarrierStatus,
  EndpointAnswer,
  EndpointCall,
  IncomingText,
  Settle,
  Submission,
} from "./carrier.ts";
export { userReference } from "./smpp-reference.ts";

export const carrierTypes = {
  smpp: (options: SmppCarrierOptions): Carrier => new SmppCarrier(options),
  http: (options: HttpCarrierOptions): Carrier => new HttpCarrier(options),
  twilio: (options: TwilioCarrierOptions): Carrier => new TwilioCarrier(options),
  null: (options: NullCarrierOptions): Carrier => new NullCarrier(options),
};
