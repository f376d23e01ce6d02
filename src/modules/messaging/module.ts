import type { Cell, Machine, ProjectedTable } from "../../platform/cell/index.ts";
import type { Mount, Route } from "../../platform/http/index.ts";
import type { BlobStore, Clock, Database, Logger, Migration } from "../../platform/ports.ts";
import type { LiveSource } from "../../platform/live/index.ts";
import type { Responder } from "../../platform/webhooks/index.ts";
import type { Movable } from "../../platform/fleet/index.ts";
import type { Spending } from "../../platform/spending/index.ts";
import type { Compliance } from "../compliance/index.ts";
import type { LinkShortening } from "../links/index.ts";
import type { NumberDirectory } from "../numbers/index.ts";
import type { PriceBook } from "../pricing/index.ts";
import type { ServiceDirectory } from "../services/index.ts";
import type { CarrierBook } from "./carrier-book/index.ts";
import type { Carrier } from "./carriers/index.ts";
import type { HealthSnapshot, Router, SettingsCarrier } from "../routing/index.ts";
import { BulkRequests } from "./bulk-requests.ts";
import { bulkRoutes } from "./bulk.resource.ts";
import { deliveryRoutes } from "./delivery.resource.ts";
import { assembleMessaging } from "./assemble.ts";
import type { MessagingDeps, TraceOf } from "./deps.ts";
import type { LaneStatus } from "./dispatch/dispatcher.ts";
import type { ParkingLimits } from "./dispatch/parking.ts";
import type { RateRules } from "./dispatch/rates.ts";
import type { ScheduleLimits } from "./dispatch/schedule.ts";
import { Sweep, sweepDefaults, type SweepLimits } from "./dispatch/sweep.ts";
import { carryEarlierOptOuts } from "./earlier-opt-outs.ts";
import { PERMISSIVE_COMPLIANCE } from "./neighbour-defaults.ts";
import { inboundReply } from "./inbound-reply.ts";
import { mediaRoutes, type FetchUrl } from "./media/index.ts";
import { messagingMovable, moveMachine } from "./movable.ts";
import { messageMachine } from "./message-machine.ts";
import type { CallbackEvents } from "./message.ts";
import { messageMigrations, messageProjections } from "./message-projection.ts";
import { messageRoutes } from "./messages.resource.ts";
import type { HealthBoardStatus } from "./health/index.ts";
import { messageSource, timelineRoutes, type TimelineSources } from "./timeline/index.ts";
import { TextForwarding, type HeldText, type TextRouting } from "./text-forwarding.ts";
import { pastTraffic, type PastMessage } from "./past-traffic.ts";
import type { InboundBinds } from "./arrival.ts";
import { runCarriers } from "./run-carriers.ts";

/** What this module works with: one for each messaging cell. */
export interface MessagingOptions {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly numbers: NumberDirectory;
  /** The carriers that there are from the beginning: of the book, where there is one. */
  readonly carriers: readonly Carrier[];
  /** The carriers that come and go; without it there are those of the beginning alone. */
  readonly carrierBook?: CarrierBook;
  /** Tells the router which carriers there are. */
  readonly useCarriers?: (carriers: readonly SettingsCarrier[]) => Promise<void>;
  readonly mintSid: (prefix: string) => string;
  readonly fetchUrl: FetchUrl;
  /** Whether an account may send: `undefined` where there is no such account. */
  readonly accountStatus: (accountSid: string) => Promise<"active" | "suspended" | "closed" | undefined>;
  /** Where the API is reached from outside, for links to media. */
  readonly publicUrl: () => string;
  readonly callbackEvents: CallbackEvents;
  readonly router: Router;
  readonly rates?: RateRules;
  /** Whether an account may see what is the operator's: carriers, prices, routes. */
  readonly isOperator: (accountSid: string) => boolean;
  /** The accounts whose SMPP clients take texts now. */
  readonly inboundBinds?: InboundBinds;
  readonly limits?: Partial<SweepLimits>;
  readonly parking?: Partial<ParkingLimits>;
  readonly schedule?: Partial<ScheduleLimits>;
  /** Messaging Services; there are none where absent. */
  readonly services?: ServiceDirectory;
  /** The rules; where absent everything may go, and nobody opts out. */
  readonly compliance?: Compliance;
  /** Whether accounts can pay; where absent they can. */
  readonly spending?: Spending;
  /** What messages cost; where absent nothing is billed. */
  readonly prices?: PriceBook;
  /** Short links; where absent nobody has a domain for them. */
  readonly links?: LinkShortening;
  /** Texts to numbers that are at home in other cells; without it every number is at home here. */
  readonly textRouting?: TextRouting;
  /** What happens to about so many messages is kept in memory to be looked at; nothing where absent or 0. */
  readonly traces?: number;
  /** What timelines take from others. */
  readonly timeline?: Omit<TimelineSources, "trace">;
  /** Whether new work of an account may be accepted now that comes by SMPP; always where absent. */
  readonly accepts?: (accountSid: string) => boolean;
  /** Where in which trace a request stands; nothing is traced where absent. */
  readonly traceOf?: TraceOf | undefined;
}

/** What entry mounts. */
export interface MessagingModule {
  readonly machines: readonly Machine[];
  readonly projections: readonly ProjectedTable<never>[];
  readonly migrations: readonly Migration[];
  /** After {@link attach}. */
  readonly routes: readonly Route[];
  readonly responders: Readonly<Record<string, Responder>>;
  /** Makes the carriers that were added at run time: after the migrations, before routing starts and the cell recovers. */
  loadCarriers(): Promise<void>;
  /** Where carriers call us over HTTP: `/carriers/…`, with `prefix` before it. */
  carrierMounts(prefix?: string): readonly Mount[];
  /** What can be watched: `carriers`, and `messages` unless nothing is kept to be looked at. */
  readonly liveSources: readonly LiveSource[];
  /** What the operations work with, for doors other than HTTP. After {@link attach}. */
  readonly deps: MessagingDeps;
  /** Gives the module the cell that its machine became part of. Before the cell recovers. */
  attach(cell: Cell): void;
  /** What moves with an account to another cell. */
  readonly movable: Movable;
  /** Takes texts that another cell held for this one: the body of its request, and the answer. */
  takeTexts(json: unknown): Promise<unknown>;
  /** Opens the carriers. */
  start(): void;
  status(): MessagingStatus;
  /** The carriers' health of this moment. */
  health(): HealthSnapshot;
  /** What was sent in a stretch of time, to try routing tables with. */
  traffic(range: { readonly fromMs: number; readonly toMs: number }): AsyncIterable<PastMessage>;
  /** The routing table has changed. */
  routesChanged(): void;
  /** Stops submitting, waits for what is under way. The cell must still take records. */
  close(): Promise<void>;
}

/** Texts as another cell of this system sends them, which is believed. */
function textsOf(json: unknown): readonly HeldText[] {
  const { texts } = (json ?? {}) as { readonly texts?: readonly HeldText[] };
  return Array.isArray(texts) ? texts : [];
}

function messagingRoutes(options: MessagingOptions, deps: MessagingDeps, bulk: BulkRequests): Route[] {
  const { blobs, isOperator, timeline } = options;
  const sources = { ...timeline, trace: deps.state.trace };
  return [
    ...messageRoutes(deps),
    ...mediaRoutes({ deps, blobs }),
    ...bulkRoutes(deps, bulk),
    ...deliveryRoutes({ deps, isOperator }),
    ...timelineRoutes({ deps, sources, isOperator }),
  ];
}

/** What the operator is shown. */
export interface MessagingStatus {
  readonly carriers: readonly LaneStatus[];
  readonly health: HealthBoardStatus;
  /** Messages in memory: those that are not done, and those that are not projected. */
  readonly messages: number;
  /** Messages with an attempt whose outcome is not known. Should be zero. */
  readonly unknown: number;
  readonly heldReceipts: number;
  /** Messages that wait in the database alone. */
  readonly parked: number;
  /** Messages in memory whose time has come or is near. */
  readonly due: number;
}

/** Programmable messaging. */
export function messagingModule(options: MessagingOptions): MessagingModule {
  const { clock, logger, inboundBinds } = options;
  const { state, deps, cell, attach, dispatcher, parking, schedule, board, media } = assembleMessaging(options);
  const bulk = new BulkRequests();
  const { trace } = state;
  const reducing = { state, effects: dispatcher, services: deps.services };
  const forwarding = new TextForwarding({ deps, reducing, inboundBinds, routing: options.textRouting });
  const carriers = runCarriers(options, { deps, dispatcher, board, forwarding });
  let sweep: Sweep | undefined;
  return {
    machines: [
      messageMachine(reducing),
      bulk.machine,
      forwarding.machine,
      moveMachine({ bulk }),
      ...(trace === undefined ? [] : [trace.machine()]),
    ],
    liveSources: [...carriers.liveSources, ...(trace === undefined ? [] : [messageSource(trace, options.isOperator)])],
    loadCarriers: () => carriers.load(),
    carrierMounts: (prefix) => carriers.mounts(prefix),
    projections: messageProjections(state),
    migrations: [...messageMigrations, ...carriers.migrations],
    routes: [...messagingRoutes(options, deps, bulk), ...carriers.routes],
    responders: { "message.inbound": inboundReply(deps) },
    deps,
    attach,
    movable: messagingMovable({ state, bulk, forwarding, cell }),
    takeTexts: (json) => forwarding.take(textsOf(json)),
    start: () => {
      forwarding.start();
      carriers.start();
      parking.start();
      schedule.start();
      if (deps.compliance !== PERMISSIVE_COMPLIANCE) {
        carryEarlierOptOuts(state.optOuts, cell(), deps.numbers).catch((error: unknown) => {
          logger.warn("opt-outs.not-carried", { reason: String(error) });
        });
      }
      sweep = new Sweep({ state, cell: cell(), clock, limits: { ...sweepDefaults, ...options.limits } });
      sweep.start();
    },
    status: () => ({
      carriers: dispatcher.status(),
      messages: state.messages.size,
      unknown: state.unknownCount,
      heldReceipts: state.heldReceipts.size,
      health: board.status(),
      parked: state.parkedCount,
      due: schedule.size,
    }),
    health: () => board.snapshot(),
    traffic: (range) => pastTraffic(options.database, range),
    routesChanged: () => dispatcher.routesChanged(),
    close: async () => {
      sweep?.close();
      forwarding.close();
      media.close();
      parking.close();
      await schedule.close();
      await carriers.close();
      board.close();
      await dispatcher.close();
    },
  };
}
