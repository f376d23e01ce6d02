import { carrierFormats } from "../modules/messaging/index.ts";
import type { Settings } from "../platform/config/index.ts";

/** The types of carriers that can be configured, each with its settings. */
export const carrierSettings = carrierFormats;

/** The settings of this program. */
export type ProgramSettings = Settings<typeof carrierSettings>;

type CarrierSettings = ProgramSettings["carriers"][number];

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
