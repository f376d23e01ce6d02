import {
  httpCarrierType,
  nullCarrierType,
  secretsOf,
  smppCarrierType,
  twilioCarrierType,
  type CarrierSettingsOf,
  type SettingTable,
} from "../../../platform/config/index.ts";
import type { Clock, Logger, Net } from "../../../platform/ports.ts";
import { carrierTypes, ChaosNet, GuardedNet, type Carrier, type CarrierTraces } from "../carriers/index.ts";

/** What can be written for each type of carrier. */
export const carrierFormats = {
  smpp: smppCarrierType,
  http: httpCarrierType,
  twilio: twilioCarrierType,
  null: nullCarrierType,
} satisfies Readonly<Record<keyof typeof carrierTypes, SettingTable>>;

/** The settings of a carrier, complete. */
export type CarrierSettings = CarrierSettingsOf<typeof carrierFormats>;

/** What carriers are made with. */
export interface CarrierPorts {
  readonly net: Net;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where carriers call back: the public URL, with what stands before `/carriers/…`. */
  readonly callbackUrl: () => string;
  /** Whether carriers that are given over the API may be on private networks. Those of the settings may. */
  readonly allowPrivateNetworks: boolean;
  /** Whether carriers may be made to look broken. */
  readonly chaos: boolean;
  /** Where what is said is written down; nowhere without it. */
  readonly traces: CarrierTraces | undefined;
}

/** A carrier that is not started yet, and what can disturb its connections. */
export interface MadeCarrier {
  readonly carrier: Carrier;
  /** Absent where nothing may be broken, or there are no connections. */
  readonly chaos: ChaosNet | undefined;
}

/** Makes a carrier of its settings. One that was given over the API connects only where it may. */
export function makeCarrier(
  settings: CarrierSettings,
  ports: CarrierPorts,
  { isGiven, onChaos }: { readonly isGiven: boolean; readonly onChaos: () => void },
): MadeCarrier {
  const { clock, logger, callbackUrl, traces } = ports;
  const guarded = isGiven ? new GuardedNet(ports) : ports.net;
  const hasConnections = ports.chaos && settings.type !== "null";
  const chaos = hasConnections ? new ChaosNet({ net: guarded, clock, onChange: onChaos }) : undefined;
  // Each type takes its own settings; that they belong together is what `type` says.
  const make = carrierTypes[settings.type] as (options: object) => Carrier;
  const secrets = secretsOf(carrierFormats, settings);
  const carrier = make({ settings, net: chaos ?? guarded, clock, logger, publicUrl: callbackUrl, traces, secrets });
  return { carrier, chaos };
}
