import type { DefaultAlphabet, ConcatenationMethod } from "../../protocols/sms/index.ts";
import type { SessionTimers } from "../../platform/smpp/index.ts";
import type { Faults } from "./faults.ts";
import type { IdBases } from "./message-ids.ts";
import { DEFAULT_PHONE_LIMITS } from "./phones.ts";
import type { PhoneLimits } from "./phones.ts";
import type { ReceiptForm } from "./receipts.ts";

/** An application that may bind. */
export interface Credentials {
  readonly systemId: string;
  readonly password: string;
}

/** How the simulated carrier is set up. */
export interface SimulatorOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Who may bind; everybody unless told. */
  readonly credentials?: readonly Credentials[];
  readonly messageIds?: IdBases;
  readonly receiptForm?: ReceiptForm;
  /** What data_coding 0 means here. */
  readonly defaultAlphabet?: DefaultAlphabet;
  /** How long texts of phones are cut. */
  readonly longTexts?: ConcatenationMethod;
  /** deliver_sm without a response at one time on one bind. */
  readonly window?: number;
  /** Deliveries and receipts that may wait, whatever for. */
  readonly maxWaiting?: number;
  /** Which application a number is leased to, by system id: texts to it go there also before it has sent one. */
  readonly leases?: ReadonlyMap<string, string>;
  readonly phones?: Partial<PhoneLimits>;
  readonly timers?: Partial<SessionTimers>;
  readonly faults?: Partial<Faults>;
}

/** The options with every default filled in. */
export interface ResolvedSimulatorOptions {
  readonly host: string;
  readonly port: number;
  readonly credentials: readonly Credentials[] | undefined;
  readonly messageIds: IdBases;
  readonly receiptForm: ReceiptForm;
  readonly defaultAlphabet: DefaultAlphabet;
  readonly longTexts: ConcatenationMethod;
  readonly window: number;
  readonly maxWaiting: number;
  readonly leases: ReadonlyMap<string, string>;
  readonly phones: PhoneLimits;
  readonly timers: Partial<SessionTimers>;
  /** Not checked yet. */
  readonly faults: Partial<Faults>;
}

/** Fills in the defaults. */
export function resolveSimulatorOptions(options: SimulatorOptions): ResolvedSimulatorOptions {
  return {
    host: options.host,
    port: options.port,
    credentials: options.credentials,
    messageIds: options.messageIds ?? { response: "decimal", receipt: "decimal" },
    receiptForm: options.receiptForm ?? "both",
    defaultAlphabet: options.defaultAlphabet ?? "gsm7",
    longTexts: options.longTexts ?? "udh8",
    window: options.window ?? 100,
    maxWaiting: options.maxWaiting ?? 500_000,
    leases: options.leases ?? new Map(),
    phones: { ...DEFAULT_PHONE_LIMITS, ...options.phones },
    timers: options.timers ?? {},
    faults: options.faults ?? {},
  };
}
