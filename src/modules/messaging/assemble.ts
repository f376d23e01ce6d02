import { present } from "../../kernel/assert.ts";
import type { Cell } from "../../platform/cell/index.ts";
import { FREE_SPENDING } from "../../platform/spending/index.ts";
import { UNKNOWN_HEALTH, type HealthSnapshot } from "../routing/index.ts";
import type { MessagingDeps } from "./deps.ts";
import { Dispatcher } from "./dispatch/dispatcher.ts";
import { Parking, parkingDefaults } from "./dispatch/parking.ts";
import { NO_RATES, Rates } from "./dispatch/rates.ts";
import { RouteChooser } from "./dispatch/route-chooser.ts";
import { Schedule, scheduleDefaults } from "./dispatch/schedule.ts";
import { HealthBoard } from "./health/index.ts";
import { encodeChanges } from "./health-record.ts";
import { MediaFetcher } from "./media/index.ts";
import { MessageState } from "./message-state.ts";
import { MessageTrace } from "./message-trace.ts";
import type { MessagingOptions } from "./module.ts";
import { NO_SERVICES, PERMISSIVE_COMPLIANCE } from "./neighbour-defaults.ts";
import type { HealthChanged } from "./records.ts";
import { decideReleases } from "./release-messages.ts";

/** The parts that messaging is made of, put together. */
export interface MessagingParts {
  readonly state: MessageState;
  readonly deps: MessagingDeps;
  readonly dispatcher: Dispatcher;
  readonly parking: Parking;
  readonly schedule: Schedule;
  readonly board: HealthBoard;
  readonly media: MediaFetcher;
  /** The cell that was attached. */
  readonly cell: () => Cell;
  readonly attach: (cell: Cell) => void;
}

/** Puts the parts together. Nothing of them runs yet. */
export function assembleMessaging(options: MessagingOptions): MessagingParts {
  const { clock, logger, carriers, numbers, database, blobs, router } = options;
  const state = makeState(options);
  let attached: Cell | undefined;
  const cell = (): Cell => present(attached, "the cell of the messaging module");
  const rates = new Rates({
    rules: options.rates ?? NO_RATES,
    clock,
    kindOf: ({ accountSid, from }) => numbers.sender(accountSid, from)?.kind ?? "alphanumeric",
  });
  const limits = { ...parkingDefaults, ...options.parking };
  const parking = new Parking({ state, database, clock, logger, cell, limits });
  const board = makeBoard(options, { state, cell, onChange: () => dispatcher.routesChanged() });
  const chooser = new RouteChooser({ router, board, clock });
  const { services = NO_SERVICES, compliance = PERMISSIVE_COMPLIANCE } = options;
  const deps: MessagingDeps = {
    get cell() {
      return cell();
    },
    state,
    database,
    blobs,
    clock,
    logger,
    numbers,
    router,
    rates,
    parking,
    services,
    compliance,
    spending: options.spending ?? FREE_SPENDING,
    prices: options.prices,
    links: options.links,
    mintSid: options.mintSid,
    accountStatus: options.accountStatus,
    callbackEvents: options.callbackEvents,
    accepts: options.accepts,
    traceOf: options.traceOf,
  };
  const media = new MediaFetcher({ deps, blobs, fetchUrl: options.fetchUrl, publicUrl: options.publicUrl });
  const fetchMedia: MediaFetcher["fetch"] = (message) => media.fetch(message);
  const schedule = new Schedule({
    state,
    database,
    clock,
    logger,
    cell,
    parking,
    limits: { ...scheduleDefaults, ...options.schedule },
    decide: (messages) => decideReleases(deps, messages),
    isHome: (accountSid) => options.accepts?.(accountSid) !== false,
  });
  const dispatcher = new Dispatcher({
    state,
    clock,
    logger,
    carriers,
    chooser,
    rates,
    parking,
    fetchMedia,
    rules: { compliance, services, router },
    waits: (message) => schedule.enter(message),
  });
  const attach = (given: Cell): void => {
    attached = given;
    dispatcher.attach(given);
  };
  return { state, deps, dispatcher, parking, schedule, board, media, cell, attach };
}

function makeState({ traces = 0, timeline = {} }: MessagingOptions): MessageState {
  const state = new MessageState();
  if (traces === 0) return state;
  const trace = new MessageTrace(traces);
  const { pdus, webhooks } = timeline;
  // A text that is redacted must not be read anywhere else.
  trace.onRedacted((sid) => pdus?.forget(sid));
  trace.onRedacted((sid) => webhooks?.traces.forget(sid));
  state.trace = trace;
  return state;
}

/** Measures the carriers; what changes is journalled, so that it can be told later why a carrier was chosen. */
function makeBoard(
  { clock, carriers }: MessagingOptions,
  parts: { readonly state: MessageState; readonly cell: () => Cell; readonly onChange: () => void },
): HealthBoard {
  let told: HealthSnapshot = UNKNOWN_HEALTH;
  return new HealthBoard({
    clock,
    carriers: carriers.map(({ name, maintenance }) => ({ name, maintenance: maintenance ?? [] })),
    nextVersion: () => parts.state.healthVersion + 1,
    onChange: (snapshot) => {
      const { version } = snapshot;
      const changed = encodeChanges(told, snapshot);
      told = snapshot;
      const record: HealthChanged = { kind: "message.health-changed", version, changed };
      parts.cell().commitThen(record, "progress", (error) => {
        // What the log did not take is told again with the next change.
        if (error !== undefined) told = UNKNOWN_HEALTH;
      });
      parts.onChange();
    },
  });
}
