import type { Cell, Machine, ProjectedTable } from "../../platform/cell/index.ts";
import type { Route } from "../../platform/http/index.ts";
import type { BlobStore, Clock, Database, Logger, Migration } from "../../platform/ports.ts";
import type { Responder } from "../../platform/webhooks/index.ts";
import type { NumberDirectory } from "../numbers/index.ts";
import type { Carrier, CarrierStatus } from "./carriers/index.ts";
import type { MessagingDeps } from "./deps.ts";
import { Dispatcher } from "./dispatch/dispatcher.ts";
import { Sweep, sweepDefaults, type SweepLimits } from "./dispatch/sweep.ts";
import { inboundReply } from "./inbound-reply.ts";
import { MediaFetcher, mediaRoutes, type FetchUrl } from "./media/index.ts";
import { messageMachine } from "./message-machine.ts";
import { MessageState } from "./message-state.ts";
import { messageMigrations, messageProjections } from "./message.store.ts";
import { messageRoutes } from "./messages.resource.ts";
import { carrierListener } from "./receive-text.ts";

/** What this module works with: one for each messaging cell. */
export interface MessagingOptions {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly numbers: NumberDirectory;
  readonly carriers: readonly Carrier[];
  readonly mintSid: (prefix: string) => string;
  readonly fetchUrl: FetchUrl;
  /** Whether an account may send: `undefined` where there is no such account. */
  readonly accountStatus: (accountSid: string) => Promise<"active" | "suspended" | "closed" | undefined>;
  /** Where the API is reached from outside, for links to media. */
  readonly publicUrl: () => string;
  readonly callbackEvents: "all" | "final";
  readonly limits?: Partial<SweepLimits>;
}

/** What entry mounts. */
export interface MessagingModule {
  readonly machine: Machine;
  readonly projections: readonly ProjectedTable<never>[];
  readonly migrations: readonly Migration[];
  /** After {@link attach}. */
  readonly routes: readonly Route[];
  readonly responders: Readonly<Record<string, Responder>>;
  /** What the operations work with, for doors other than HTTP. After {@link attach}. */
  readonly deps: MessagingDeps;
  /** Gives the module the cell that its machine became part of. Before the cell recovers. */
  attach(cell: Cell): void;
  /** Opens the carriers. */
  start(): void;
  status(): MessagingStatus;
  /** Stops submitting, waits for what is under way. The cell must still take records. */
  close(): Promise<void>;
}

/** What the operator is shown. */
export interface MessagingStatus {
  readonly carriers: readonly (CarrierStatus & { readonly queued: number })[];
  /** Messages in memory: those that are not done, and those that are not projected. */
  readonly messages: number;
  /** Messages with an attempt whose outcome is not known. Should be zero. */
  readonly unknown: number;
  readonly heldReceipts: number;
}

/** Programmable messaging. */
export function messagingModule(options: MessagingOptions): MessagingModule {
  const { clock, logger, carriers, mintSid, numbers } = options;
  const state = new MessageState();
  let cell: Cell | undefined;
  const useCell = (): Cell => {
    if (cell === undefined) throw new Error("the messaging module has no cell yet");
    return cell;
  };
  const deps: MessagingDeps = {
    get cell() {
      return useCell();
    },
    state,
    database: options.database,
    blobs: options.blobs,
    clock,
    logger,
    numbers,
    carriers,
    mintSid,
    accountStatus: options.accountStatus,
    callbackEvents: options.callbackEvents,
  };
  const media = new MediaFetcher({
    deps,
    blobs: options.blobs,
    fetchUrl: options.fetchUrl,
    publicUrl: options.publicUrl,
  });
  const dispatcher = new Dispatcher({ state, clock, logger, carriers, fetchMedia: (message) => media.fetch(message) });
  let sweep: Sweep | undefined;
  return {
    machine: messageMachine(state, dispatcher),
    projections: messageProjections(state),
    migrations: messageMigrations,
    routes: [...messageRoutes(deps), ...mediaRoutes({ deps, blobs: options.blobs })],
    responders: { "message.inbound": inboundReply(deps) },
    deps,
    attach: (given) => {
      cell = given;
      dispatcher.attach(given);
    },
    start: () => {
      for (const carrier of carriers) {
        const onCapacity = (): void => dispatcher.carrierChanged();
        carrier.start(carrierListener(carrier.name, { cell: useCell, clock, logger, numbers, mintSid, onCapacity }));
      }
      sweep = new Sweep({ state, cell: useCell(), clock, limits: { ...sweepDefaults, ...options.limits } });
      sweep.start();
    },
    status: () => ({
      carriers: dispatcher.status(),
      messages: state.messages.size,
      unknown: state.unknownCount,
      heldReceipts: state.heldReceipts.size,
    }),
    close: async () => {
      sweep?.close();
      media.close();
      await dispatcher.close();
    },
  };
}
