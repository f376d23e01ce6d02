import { carrierTypes, type Carrier } from "../modules/messaging/index.ts";
import { smppCarrierType, type Settings } from "../platform/config/index.ts";
import type { Clock, Logger, Net } from "../platform/ports.ts";

/** The types of carriers that can be configured, each with its settings. */
export const carrierSettings = { smpp: smppCarrierType };

/** The settings of this program. */
export type ProgramSettings = Settings<typeof carrierSettings>;

type CarrierSettings = ProgramSettings["carriers"][number];

/** Makes the configured carriers. They connect when they are started. */
export function makeCarriers(
  configured: readonly CarrierSettings[],
  ports: { readonly net: Net; readonly clock: Clock; readonly logger: Logger },
): Carrier[] {
  return configured.map((settings) => carrierTypes[settings.type]({ ...ports, settings }));
}

/** What leads to the simulated carrier when no carrier is configured. */
export function simulatedCarrier(port: number): CarrierSettings {
  return {
    type: "smpp",
    name: "simulator",
    priority: 100,
    prefixes: [],
    url: { tls: false, host: "127.0.0.1", port, systemId: "trunkline", password: "simulate" },
    tlsVerify: true,
    bind: "transceiver",
    binds: 1,
    window: 500,
    messagesPerSecond: undefined,
    systemType: "",
    addressRange: "",
    sourceTon: undefined,
    sourceNpi: undefined,
    destinationTon: undefined,
    destinationNpi: undefined,
    longMessages: "udh8",
    defaultAlphabet: "gsm7",
    messageIds: "as-is",
    receipts: "all",
    responseTimeoutMs: 10_000,
    enquireLinkMs: 30_000,
  };
}
