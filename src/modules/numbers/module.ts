import type { Cell, CellRecord, Machine } from "../../platform/cell/index.ts";
import type { Movable } from "../../platform/fleet/index.ts";
import type { Mount, Route } from "../../platform/http/index.ts";
import type { Migration } from "../../platform/ports.ts";
import type { WebhookRequested } from "../../platform/webhooks/index.ts";
import { addressRoutes } from "./addresses/addresses.resource.ts";
import { applicationRoutes } from "./applications.resource.ts";
import { assignedAddOnRoutes } from "./assigned-add-ons.resource.ts";
import { availableNumberRoutes } from "./available-numbers.resource.ts";
import { numberFileMounts } from "./csv/numbers.mount.ts";
import type { NumbersDeps, NumbersOptions } from "./deps.ts";
import type { AccountNumbers, NumberDirectory } from "./directory.ts";
import { giveBackLost, giveBackUnsold, startGivingBack } from "./draw-numbers.ts";
import { holdRoutes } from "./holds.resource.ts";
import { incomingNumberRoutes } from "./incoming-numbers.resource.ts";
import { numbersMovable } from "./movable.ts";
import { numberMigrations } from "./migrations.ts";
import { NumberBook } from "./number-book.ts";
import { simulatedAuthority } from "./porting/authority.ts";
import { portOutRoute } from "./porting/port-out.ts";
import { portingRoutes } from "./porting/porting.resource.ts";
import { portingClock } from "./porting/progress-ports.ts";
import { portingWebhookRoutes } from "./porting/webhooks.resource.ts";
import { alphanumericRoutes } from "./senders/alphanumeric.resource.ts";
import { senderRegistrationRoutes } from "./senders/registrations.resource.ts";
import { shortCodeRoutes } from "./short-codes.resource.ts";
import { syncInventory, type SyncInput, type SyncOutcome } from "./sync-inventory.ts";

/** What entry mounts of this module. */
export interface NumbersModule {
  readonly routes: readonly Route[];
  /** The inventory as files. */
  readonly mounts: readonly Mount[];
  readonly migrations: readonly Migration[];
  /** Empty until {@link syncInventory} or `reload` was called. */
  readonly directory: NumberDirectory & AccountNumbers & { reload(): Promise<void> };
  /** What moves with an account to another cell. */
  readonly movable: Movable;
  /** Brings the inventory to what is configured and loads the directory; at every start, after the migrations. */
  syncInventory(input: SyncInput): Promise<SyncOutcome>;
  /** From now on ports go on, and what is not sold goes back to the shared inventory. */
  start(): void;
  stop(): Promise<void>;
  /** One round of that, at once. */
  runPorts(): Promise<unknown>;
}

const DEFAULT_QUARANTINE_MS = 10 * 60_000;

/** Phone numbers, short codes, alphanumeric senders, addresses, ports and applications. */
export function numbersModule(options: NumbersOptions): NumbersModule {
  const book = new NumberBook(options.database, options.senderPolicy);
  const deps: NumbersDeps = {
    ...options,
    book,
    isOperator: options.isOperator ?? (() => false),
    mainAccount: options.mainAccount ?? ((sid) => Promise.resolve(sid)),
    requirements: options.requirements ?? "shown",
    quarantineMs: options.quarantineMs ?? DEFAULT_QUARANTINE_MS,
    approveSenders: options.approveSenders ?? true,
    portingAuthority: options.portingAuthority ?? simulatedAuthority(),
  };
  const ports = portingClock(deps);
  const wake = (): void => ports.wake();
  let stopGivingBack = (): void => undefined;
  return {
    routes: [
      ...incomingNumberRoutes(deps),
      ...availableNumberRoutes(deps),
      ...assignedAddOnRoutes(deps),
      ...holdRoutes(deps),
      ...addressRoutes(deps),
      ...applicationRoutes(deps),
      ...shortCodeRoutes(deps),
      ...alphanumericRoutes(deps),
      ...senderRegistrationRoutes(deps),
      ...portingRoutes(deps, wake),
      ...portingWebhookRoutes(deps),
      portOutRoute(deps, wake),
    ],
    mounts: numberFileMounts(deps),
    migrations: numberMigrations,
    directory: book,
    movable: numbersMovable(options.database, book),
    syncInventory: (input) => syncInventory(deps, input),
    start: () => {
      ports.start();
      stopGivingBack = startGivingBack(deps);
    },
    stop: async () => {
      stopGivingBack();
      await ports.stop();
    },
    runPorts: async () => {
      await ports.run();
      await giveBackUnsold(deps);
      await giveBackLost(deps);
    },
  };
}

/** A webhook that this module asks for; in the log it is as durable as a message. */
interface WebhookWanted extends CellRecord {
  readonly kind: "numbers.webhook-wanted";
  readonly webhook: Omit<WebhookRequested, "kind">;
}

/** The machine that hands webhooks of this module to the queue of the cell, which takes each id once. */
export const numbersMachine: Machine = {
  name: "numbers",
  tables: [],
  reducers: {
    "numbers.webhook-wanted": ({ webhook }: WebhookWanted, context) => {
      const fact: WebhookRequested = Object.assign({ kind: "webhook.requested" as const }, webhook);
      context.emit(fact);
    },
  },
};

/** `requestWebhook` of {@link numbersModule}, by the log of the cell that {@link numbersMachine} stands in. */
export function webhooksInto(cell: () => Cell): NonNullable<NumbersOptions["requestWebhook"]> {
  return async (webhook) => {
    const record: WebhookWanted = { kind: "numbers.webhook-wanted", webhook };
    await cell().commit(record);
  };
}
