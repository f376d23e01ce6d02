import { carrierTypes, type Carrier } from "../modules/messaging/index.ts";
import {
  httpCarrierType,
  nullCarrierType,
  smppCarrierType,
  twilioCarrierType,
  type Settings,
  type SettingTable,
} from "../platform/config/index.ts";
import type { Clock, Logger, Net } from "../platform/ports.ts";

/** The types of carriers that can be configured, each with its settings. */
export const carrierSettings = {
  smpp: smppCarrierType,
  http: httpCarrierType,
  twilio: twilioCarrierType,
  null: nullCarrierType,
} satisfies Readonly<Record<keyof typeof carrierTypes, SettingTable>>;

/** The settings of this program. */
export type ProgramSettings = Settings<typeof carrierSettings>;

type CarrierSettings = ProgramSettings["carriers"][number];

/** What carriers are made with. */
export interface CarrierPorts {
  readonly net: Net;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where this platform is reached from outside, for carriers that call back. */
  readonly publicUrl: () => string;
}

/** Makes the configured carriers. They connect when they are started. */
export function makeCarriers(configured: readonly CarrierSettings[], ports: CarrierPorts): Carrier[] {
  return configured.map((settings) => {
    // Each type takes its own settings; that they belong together is what `type` says.
    const make = carrierTypes[settings.type] as (options: CarrierPorts & { settings: CarrierSettings }) => Carrier;
    return make({ ...ports, settings });
  });
}

/** What leads to the simulated carrier when no carrier is configured. Each cell binds under a name of its own. */
export function simulatedCarrier(
  port: number,
  systemId = "trunkline",
): Extract<CarrierSettings, { readonly type: "smpp" }> {
  return {
    type: "smpp",
    name: "simulator",
    priority: 100,
    prefixes: [],
    maintenance: [],
    url: { tls: false, host: "127.0.0.1", port, systemId, password: "simulate" },
    tlsVerify: true,
    bind: "transceiver",
    binds: 1,
    window: 500,
    adaptiveWindow: true,
    messagesPerSecond: undefined,
    interfaceVersion: "3.4",
    systemType: "",
    addressRange: "",
    sourceTon: undefined,
    sourceNpi: undefined,
    destinationTon: undefined,
    destinationNpi: undefined,
    longMessages: "udh8",
    defaultAlphabet: "gsm7",
    ia5Alphabet: "ascii",
    userReference: false,
    messageIds: "as-is",
    receipts: "all",
    responseTimeoutMs: 10_000,
    enquireLinkMs: 30_000,
  };
}
