/** Small modules beside messaging for its tests: real ones of their kind, in memory, over the cell's log where that matters. */
import { AppError, callerError } from "../../src/kernel/errors.ts";
import {
  messageErrors,
  NO_SERVICES,
  PERMISSIVE_COMPLIANCE,
  type messagingModule,
} from "../../src/modules/messaging/index.ts";
import { StateTable, type Machine } from "../../src/platform/cell/index.ts";
import type { ChargeHeld, ChargePosted, ChargeReleased } from "../../src/platform/spending/index.ts";
import { ACCOUNT, NUMBER, type Neighbours } from "./messaging-world.ts";

type Options = Parameters<typeof messagingModule>[0];
type Compliance = NonNullable<Options["compliance"]>;
type Spending = NonNullable<Options["spending"]>;
type Prices = NonNullable<Options["prices"]>;
type Services = NonNullable<Options["services"]>;
type Service = NonNullable<ReturnType<Services["service"]>>;
type Quote = NonNullable<ReturnType<Prices["quote"]>>;

export const SERVICE = `MG${"5".repeat(32)}`;
export const SERVICE_CALLBACK = "https://example.org/service-status";
export const OUT_OF_CREDIT = callerError(20003, 402, "The account has not enough credit.");
const STOPS = new Set(["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"]);
const STARTS = new Set(["START", "YES", "UNSTOP"]);

const tablesOf = (...tables: readonly unknown[]) => tables as readonly StateTable<never>[];

/** Consent by keyword, quiet hours and limits that a test sets. */
export class SampleRules implements Compliance {
  private readonly optedOut = new StateTable<{ readonly sinceMs: number }>("sample-opt-outs", { projected: false });
  readonly machine: Machine = {
    name: "sample-rules",
    tables: tablesOf(this.optedOut),
    reducers: {},
    listeners: {
      "consent.changed": ({ scope, recipient, state, atMs }) => {
        if (state === "opted-out") this.optedOut.put(`${scope}|${recipient}`, { sinceMs: atMs });
        else this.optedOut.delete(`${scope}|${recipient}`);
      },
    },
  };
  private readonly options: SampleRulesOptions;

  constructor(options: SampleRulesOptions = {}) {
    this.options = options;
  }

  check(draft: Parameters<Compliance["check"]>[0]): ReturnType<Compliance["check"]> {
    if (draft.confirms !== undefined) return { kind: "accept" };
    if (this.isOptedOut(draft)) {
      const error = new AppError(messageErrors.optedOut, { from: draft.from, to: draft.to });
      return { kind: "refuse", error, rule: "opt-out" };
    }
    return this.options.check?.(draft) ?? { kind: "accept" };
  }

  recheck(draft: Parameters<Compliance["recheck"]>[0]): ReturnType<Compliance["recheck"]> {
    return this.check(draft);
  }

  isOptedOut({ serviceSid, from, to }: Parameters<Compliance["isOptedOut"]>[0]): boolean {
    return this.optedOut.has(`${from}|${to}`) || (serviceSid !== undefined && this.optedOut.has(`${serviceSid}|${to}`));
  }

  inbound({ serviceSid, to, body }: Parameters<Compliance["inbound"]>[0]): ReturnType<Compliance["inbound"]> {
    const keyword = body.trim().toUpperCase();
    const scope = serviceSid ?? to;
    if (STOPS.has(keyword)) return { type: "STOP", scope, keyword, reply: "You are unsubscribed." };
    if (STARTS.has(keyword)) return { type: "START", scope, keyword, reply: "You are subscribed." };
    return keyword === "HELP" ? { type: "HELP", scope, keyword, reply: "Reply STOP to unsubscribe." } : undefined;
  }

  revocation = PERMISSIVE_COMPLIANCE.revocation;

  carrierTlvs(_carrier: string, { entityId, templateId }: { entityId: string; templateId: string }) {
    return { "5120": entityId, "5121": templateId };
  }

  limits(input: Parameters<Compliance["limits"]>[0]): ReturnType<Compliance["limits"]> {
    return this.options.limits?.(input) ?? [];
  }
}

export interface SampleRulesOptions {
  readonly check?: Compliance["check"];
  readonly limits?: Compliance["limits"];
}

/** One wallet for everybody, which never goes below nothing. */
export class SampleWallet implements Spending {
  private readonly holds = new StateTable<{ amountMicros: number }>("sample-holds", { projected: false });
  private readonly posted = new StateTable<{ amountMicros: number }>("sample-posted", { projected: false });
  private readonly reserved = new Map<string, number>();
  private readonly creditMicros: number;
  readonly machine: Machine = {
    name: "sample-wallet",
    tables: tablesOf(this.holds, this.posted),
    reducers: {},
    listeners: {
      "charge.held": ({ id, amountMicros }: ChargeHeld) => {
        this.reserved.delete(id);
        this.holds.put(id, { amountMicros });
      },
      "charge.posted": (fact: ChargePosted) => this.post(fact),
      "charge.released": ({ holdId }: ChargeReleased) => void this.holds.delete(holdId),
    },
  };

  constructor(creditMicros: number) {
    this.creditMicros = creditMicros;
  }

  private post({ holdId, keepsHold, lines }: ChargePosted): void {
    for (const { id, amountMicros } of lines) {
      const key = holdId === undefined ? id : `${holdId}/${id}`;
      if (this.posted.has(key)) throw new Error(`${key} is posted twice`);
      this.posted.put(key, { amountMicros });
    }
    if (holdId !== undefined && keepsHold !== true) this.holds.delete(holdId);
    if (keepsHold !== true || holdId === undefined) return;
    const hold = this.holds.edit(holdId);
    if (hold !== undefined) for (const { amountMicros } of lines) hold.amountMicros -= amountMicros;
  }

  get spentMicros(): number {
    return [...this.posted.values()].reduce((sum, { amountMicros }) => sum + amountMicros, 0);
  }

  /** Set aside, in memory or by the log. */
  get setAsideMicros(): number {
    const held = [...this.holds.values()].reduce((sum, { amountMicros }) => sum + amountMicros, 0);
    return [...this.reserved.values()].reduce((sum, amount) => sum + amount, held);
  }

  prepare(): undefined {
    return undefined;
  }

  reserve({ id, amountMicros }: Parameters<Spending["reserve"]>[0]): AppError | undefined {
    if (this.spentMicros + this.setAsideMicros + amountMicros > this.creditMicros) return new AppError(OUT_OF_CREDIT);
    this.reserved.set(id, amountMicros);
    return undefined;
  }

  cancel(id: string): void {
    this.reserved.delete(id);
  }

  currencyOf(): string {
    return "USD";
  }
}

export const QUOTE: Quote = {
  currency: "USD",
  version: 1,
  unitMicros: 7_500,
  carrierFees: { north: 3_000, "*": 2_000 },
  attemptMicros: 0,
  failedMicros: 0,
  category: "sms-outbound",
  country: "GB",
};

/** The same price for everything, and half of it for texts that come in. */
export function samplePrices(quote: Partial<Quote> = {}): Prices {
  const outbound = { ...QUOTE, ...quote };
  const inbound: Quote = {
    currency: "USD",
    version: 1,
    unitMicros: 3_750,
    attemptMicros: 0,
    failedMicros: 0,
    category: "sms-inbound",
  };
  return {
    quote: ({ direction }) => (direction === "inbound" ? inbound : outbound),
    priceOf: () => 0,
    numberMonth: () => undefined,
  };
}

/** One service, whose pool is the world's number and short code, or what a test says. */
export class SampleServices implements Services {
  private readonly stuck = new StateTable<{ readonly address: string }>("sample-sticky", { projected: false });
  readonly machine: Machine = { name: "sample-services", tables: tablesOf(this.stuck), reducers: {} };
  readonly known: Service;
  private readonly pool: readonly string[];

  constructor(service: Partial<Service> = {}, pool: readonly string[] = [NUMBER, "55501"]) {
    this.pool = pool;
    this.known = {
      sid: SERVICE,
      accountSid: ACCOUNT,
      friendlyName: "sample",
      statusCallback: SERVICE_CALLBACK,
      inboundMethod: "POST",
      fallbackMethod: "POST",
      useInboundWebhookOnNumber: false,
      stickySender: true,
      smartEncoding: true,
      mmsConverter: true,
      fallbackToLongCode: true,
      areaCodeGeomatch: true,
      validityPeriod: 600,
      usecase: "undeclared",
      ...service,
    };
  }

  service(accountSid: string, sid: string): Service | undefined {
    return accountSid === ACCOUNT && sid === SERVICE ? this.known : undefined;
  }

  serviceOfSender(accountSid: string, address: string): Service | undefined {
    return accountSid === ACCOUNT && this.pool.includes(address) ? this.known : undefined;
  }

  hasSender(accountSid: string, serviceSid: string, address: string): boolean {
    return serviceSid === SERVICE && this.serviceOfSender(accountSid, address) !== undefined;
  }

  chooseSender(wish: Parameters<Services["chooseSender"]>[0]): ReturnType<Services["chooseSender"]> {
    if (this.pool.length === 0) return "empty";
    const sticky = this.stuck.get(wish.to)?.address;
    const able = this.pool.filter((address) => !wish.mms || address === NUMBER);
    if (able.length === 0) return "none";
    const willing = able.filter((address) => !wish.refuses(address));
    const [first] = willing.toSorted((a, b) => wish.backlogSeconds(a) - wish.backlogSeconds(b));
    if (first === undefined) return "none";
    const address = sticky !== undefined && willing.includes(sticky) ? sticky : first;
    return {
      sender: { address, kind: "local", mms: address === NUMBER },
      reason: sticky === address ? "sticky" : "rate",
    };
  }

  stick({ recipient, address }: Parameters<Services["stick"]>[0]): void {
    this.stuck.put(recipient, { address });
  }
}

/** What a test wants beside messaging; what is absent is messaging's own default. */
export function neighboursOf(parts: {
  readonly rules?: SampleRules;
  readonly wallet?: SampleWallet;
  readonly prices?: Prices;
  readonly services?: SampleServices;
  readonly links?: NonNullable<Options["links"]>;
}): Neighbours {
  const { rules, wallet, prices, services, links } = parts;
  return {
    machines: [rules, wallet, services].flatMap((part) => (part === undefined ? [] : [part.machine])),
    services: services ?? NO_SERVICES,
    ...(rules === undefined ? {} : { compliance: rules }),
    ...(wallet === undefined ? {} : { spending: wallet }),
    ...(prices === undefined ? {} : { prices }),
    ...(links === undefined ? {} : { links }),
  };
}
