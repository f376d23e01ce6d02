import { extname } from "node:path";
import { systemRandomBytes } from "../adapters/system/index.ts";
import { present } from "../kernel/assert.ts";
import type { AccountDirectory } from "../modules/accounts/index.ts";
import type { MessagingModule } from "../modules/messaging/index.ts";
import type { Cell, CellRecord } from "../platform/cell/index.ts";
import type { Clock, Logger } from "../platform/ports.ts";
import {
  ThreadSender,
  WebhookDelivery,
  WebhookState,
  webhookMachine,
  WebhookTraces,
} from "../platform/webhooks/index.ts";
import type { ProgramSettings } from "./carriers.ts";
import type { CellModules } from "./cell-modules.ts";
import { watchSender, type Observing } from "./observability.ts";

/** What the webhooks of a cell are made with. */
export interface CellWebhookOptions {
  readonly settings: ProgramSettings;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly accounts: AccountDirectory;
  readonly mintSid: (prefix: string) => string;
  readonly isOperator: (accountSid: string) => boolean;
  readonly observing?: Observing | undefined;
}

/** Webhooks as they are looked at: those that wait, and the last that were sent. */
export interface Looked {
  readonly state: WebhookState;
  /** Absent where nothing is kept to be looked at. */
  readonly traces: WebhookTraces | undefined;
}

/** What webhooks are made of beside the cell. */
export interface WebhookParts {
  readonly modules: CellModules;
  readonly looked: Looked;
  readonly responders: () => MessagingModule["responders"];
}

const LIFE_OCTETS = 6;

/** The books of webhooks that messaging, the debugger and the delivery share. */
export function makeLooked({ settings, clock }: CellWebhookOptions): Looked {
  const capacity = settings.console.traces;
  const life = Buffer.from(systemRandomBytes(LIFE_OCTETS)).toString("hex");
  return {
    state: new WebhookState(),
    traces: capacity === 0 ? undefined : new WebhookTraces({ capacity, clock, life }),
  };
}

/** What the debugger needs to show webhooks, and to send them again. */
export function watchedWebhooks(
  { mintSid, isOperator }: CellWebhookOptions,
  { state, traces }: Looked,
  late: { readonly cell?: Cell },
) {
  return {
    traces: present(traces, "something is kept to be looked at"),
    state,
    mintSid,
    isOperator,
    commit: (record: CellRecord) => present(late.cell, "the cell is made").commit(record),
  };
}

/** What sends webhooks: decided on the cell's thread, sent by one of its own. */
export function makeWebhooks(
  { settings, clock, logger, accounts, observing }: CellWebhookOptions,
  { modules, looked, responders }: WebhookParts,
) {
  const { pricing, ledger } = modules;
  const { state, traces } = looked;
  const { allowPrivateNetworks, maxInFlight, maxInFlightPerHost } = settings.webhooks;
  const thread = new ThreadSender({
    entry: new URL(`./webhook-thread${extname(import.meta.url)}`, import.meta.url),
    setup: { allowPrivateNetworks, maxConnections: maxInFlight, maxConnectionsPerHost: maxInFlightPerHost },
    clock,
    logger,
  });
  const { sender, failingHosts } = watchSender(observing, thread, { clock, state });
  const webhooks = new WebhookDelivery({
    state,
    clock,
    logger,
    sender,
    maxInFlight,
    maxInFlightPerHost,
    authToken: (sid) => accounts.authToken(sid),
    repeatPrice: (sid) => ({
      micros: pricing.prices.priceOf(sid, "webhook-retries"),
      currency: ledger.spending.currencyOf(sid),
    }),
    traces,
    responders,
  });
  return { sender, failingHosts, webhooks, machine: webhookMachine(state, webhooks) };
}
