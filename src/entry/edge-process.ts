import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openDatabase } from "../adapters/postgres/index.ts";
import { openRedis, RedisSharedRoutes } from "../adapters/redis/index.ts";
import { systemClock } from "../adapters/system/index.ts";
import { AssertionError, present } from "../kernel/assert.ts";
import { AppError } from "../kernel/errors.ts";
import { edgeAuthenticator, edgeTicketAuthenticator } from "../modules/accounts/index.ts";
import { echoMount } from "../modules/simulator/index.ts";
import { DatabaseHomeTable } from "../modules/cells/index.ts";
import { CellRouter, SnapshotFolder } from "../platform/cell-router/index.ts";
import {
  PassThrough,
  Pipeline,
  UpstreamPool,
  type EdgeAuthenticator,
  type EdgeTarget,
  type RouteFinder,
} from "../platform/edge/index.ts";
import { INTERNAL_PREFIX, type CellDescriptor, type CellType, type Home } from "../platform/fleet/index.ts";
import type { GossipView } from "../platform/gossip/index.ts";
import {
  healthRoutes,
  HttpServer,
  OVERLOADED,
  type ReadinessCheck,
  type RequestAnswerer,
} from "../platform/http/index.ts";
import type { Logger } from "../platform/ports.ts";
import { Tickets } from "../platform/console/index.ts";
import { edgeAskLive, edgeAsker, edgeBinsSender, edgeCellsOf } from "./console/edge-console.ts";
import { openConsole, type ConsoleParts, type OpenConsole } from "./console/open-console.ts";
import { remotePhones } from "./console/phones.ts";
import { urlOf } from "./fleet/cell-calls.ts";
import { fleetStatus } from "./fleet/fleet-status.ts";
import { openEdgeLinks, type EdgeLinks } from "./fleet/edge-links.ts";
import { controlAddress } from "./fleet/control-address.ts";
import { watchSharedSettings } from "./fleet/shared-settings.ts";
import { watchConsole } from "./watching-metrics.ts";
import { watchDoors, watchRouter } from "./fleet/fleet-metrics.ts";
import { joinGossip } from "./fleet/join-gossip.ts";
import { reportReady } from "./fleet/ready-report.ts";
import { signedCall } from "./fleet/signed-call.ts";
import { reportAnswers } from "./edge-reports.ts";
import { askLimiter, makeLimiter } from "./limits.ts";
import { metricsMount } from "./metrics.ts";
import { startWithParts, type NodeParts } from "./node-parts.ts";
import { followKeptTraces, tellEdge, tracedEdge } from "./observability.ts";
import { openDoor } from "./open-door.ts";
import type { RoleStart, Running } from "./role-command.ts";
import type { Shutdown } from "./shutdown.ts";

const POOL_SIZE = 4;
/** How long an edge waits before it opens, and how often it looks meanwhile. */
const HEAR_LIMIT_MS = 3_000;
const HEAR_POLL_MS = 20;
const CELL_IN_PATH = /^\/cells\/([a-z][a-z0-9-]{0,62})\//;

/** Starts an edge. Rejects with a StartFailure in words for the operator; nothing is left running then. */
export function startEdge(role: RoleStart): Promise<Running> {
  return startWithParts(role, { kind: "edge", cellNumber: 0 }, run);
}

async function run(role: RoleStart, parts: NodeParts): Promise<Running> {
  const { settings, logger } = role;
  const { name, shutdown, metrics, fleetKey } = parts;
  await mkdir(settings.data, { recursive: true });
  const gossip = await joinGossip(role, parts, "edge");
  const router = await openRouter(role, parts, gossip);
  const edgeLinks = await openEdgeLinks(role, parts, { router, gossip });
  const pool = new UpstreamPool({ clock: systemClock, logger });
  shutdown.add("connections to cells", () => pool.close());
  const limiter = makeLimiter({ settings, fleetKey, clock: systemClock, gossip });
  limiter.start();
  shutdown.add("limits", () => limiter.stop());
  watchRouter(metrics, router);
  watchDoors(metrics, limiter, pool);
  const compared = watchSharedSettings({ settings, gossip, fleetKey, clock: systemClock, logger });
  shutdown.add("comparison of settings", compared);
  shutdown.add("kept traces", followKeptTraces(parts.observing.tracing, router, fleetKey));
  const edge: EdgeWork = { role, parts, gossip, router, edgeLinks, pool, limiter };
  const late: { pipeline?: Pipeline } = {};
  const console = makeConsole(edge, (request) => present(late.pipeline, "the pipeline is made").handle(request));
  watchConsole(metrics, () => console.load());
  const server = makeServer(edge, console, (pipeline) => {
    late.pipeline = pipeline;
  });
  await hearOfOthers(gossip, router);
  await edgeLinks.start();
  const { certificates } = edgeLinks;
  const door = await openDoor({ settings, logger, server, certificates, shutdown });
  shutdown.add("console", () => console.close());
  reportReady({ kind: "ready", name, baseUrl: door.baseUrl, tlsUrl: door.tlsUrl });
  return { close: () => shutdown.run() };
}

/** What an edge works with. */
interface EdgeWork {
  readonly role: RoleStart;
  readonly parts: NodeParts;
  readonly gossip: GossipView;
  readonly router: CellRouter;
  readonly edgeLinks: EdgeLinks;
  readonly pool: UpstreamPool;
  readonly limiter: ReturnType<typeof makeLimiter>;
}

/** The console, which asks the cells as anybody else does. */
function makeConsole({ role, parts, gossip, router }: EdgeWork, send: ConsoleParts["send"]): OpenConsole {
  const { settings, logger } = role;
  const { name, fleetKey } = parts;
  return openConsole({
    settings,
    logger,
    fleetKey,
    name,
    asker: edgeAsker(router, fleetKey),
    cellsOf: edgeCellsOf(router),
    askLive: edgeAskLive(router, fleetKey),
    fleet: () => fleetStatus(router.cells(), gossip, undefined),
    sources: [],
    send,
    simulator: settings.simulator.enabled ? remotePhones(settings.data) : undefined,
    isOperator: (sid) => sid === settings.operatorSid,
    isFleet: true,
  });
}

function makeServer(edge: EdgeWork, console: OpenConsole, onPipeline: (pipeline: Pipeline) => void): HttpServer {
  const { role, parts, router } = edge;
  const { settings, logger, onFatal } = role;
  return new HttpServer({
    clock: systemClock,
    logger,
    minter: parts.minter,
    authenticator: { authenticate: () => Promise.resolve(undefined) },
    routes: [],
    mounts: [
      ...healthRoutes({ ready: () => [cellsKnown(router)] }),
      metricsMount(parts.metrics),
      // The phones are elsewhere; the app that answers them is reached like any customer's.
      ...(settings.simulator.enabled ? [echoMount()] : []),
      ...(settings.console.enabled ? console.mounts : []),
    ],
    onBug: (error) => onFatal(error.message),
    through: (own: RequestAnswerer) => {
      const pipeline = makePipeline(edge, own);
      onPipeline(pipeline);
      return tracedEdge(parts.observing.tracing, pipeline);
    },
  });
}

/** The stages, and the way to the cells. */
function makePipeline({ role, parts, gossip, router, edgeLinks, pool, limiter }: EdgeWork, own: RequestAnswerer) {
  const { settings, logger, onFatal } = role;
  const { name, minter, shutdown, fleetKey } = parts;
  const tierOf = (accountSid: string) => router.cell(router.peek(accountSid, "messaging")?.cell ?? "")?.tier;
  const send = edgeBinsSender(router, fleetKey, () => settings.operatorSid);
  const report = reportAnswers({ name, tierOf, send, logger, shutdown });
  const watch = tellEdge(parts.observing, (sid) => (sid === undefined ? undefined : tierOf(sid)));
  const routes: RouteFinder = {
    route: (key, type) => (type === "messaging" ? router.route(key, type) : placed(router, key, type)),
    repair: (key, type, home) => router.repair(key, type, home),
    refresh: (key, type) => router.refresh(key, type),
    cell: (cell) => router.cell(cell),
  };
  return new Pipeline({
    clock: systemClock,
    logger,
    minter,
    authenticator: authenticatorOf(role, parts, router),
    limits: askLimiter(limiter),
    tierOf,
    routes,
    links: edgeLinks.links,
    destination: new PassThrough({ clock: systemClock, pool }),
    own,
    control: () => controlTarget(gossip),
    publicCell: (pathname) => CELL_IN_PATH.exec(pathname)?.[1],
    isOperator: (sid) => sid === settings.operatorSid,
    signPin: ({ request, pathname, query }) => signPin(parts, request.method, pathname + query),
    onAnswer: (record) => {
      watch(record);
      report(record);
    },
    onBug: (error) => onFatal(error.message),
  });
}

async function openRouter({ settings, logger }: RoleStart, { hints, shutdown, name }: NodeParts, gossip: GossipView) {
  const { controlDatabaseUrl, redisUrl, data } = settings;
  const router = new CellRouter({
    clock: systemClock,
    logger,
    hints,
    gossip,
    table: controlDatabaseUrl === undefined ? undefined : openTable(String(controlDatabaseUrl), shutdown),
    shared: redisUrl === undefined ? undefined : openShared(String(redisUrl), logger, shutdown),
    snapshot: new SnapshotFolder(join(data, "edges", name), logger),
  });
  await router.start();
  shutdown.add("router", () => router.stop());
  return router;
}

/** The home of an account in a type of cell that it has not used before is given to it now, beside its messaging cell. */
async function placed(router: CellRouter, key: string, type: CellType): Promise<Home | undefined> {
  const known = await router.route(key, type);
  if (known !== undefined) return known;
  const main = await router.route(key, "messaging");
  const beside = main === undefined ? undefined : router.cell(main.cell);
  if (beside === undefined) return undefined;
  const { tier, region } = beside;
  return router.assign(key, { type, tier, region });
}

function openTable(url: string, shutdown: Shutdown): DatabaseHomeTable {
  const database = openDatabase({ url, poolSize: POOL_SIZE });
  shutdown.add("connections to the routing table", () => database.close());
  return new DatabaseHomeTable(database);
}

function openShared(url: string, logger: Logger, shutdown: Shutdown): RedisSharedRoutes {
  const redis = openRedis({ url, clock: systemClock, logger });
  shutdown.add("Redis", () => redis.close());
  return new RedisSharedRoutes(redis);
}

/** Decides by what the account's own cell says of it. The cell authenticates again, and its word is the last. */
function authenticatorOf(
  { logger }: RoleStart,
  { secrets, fleetKey }: NodeParts,
  router: CellRouter,
): EdgeAuthenticator {
  const ask = async (sid: string, cell: CellDescriptor): Promise<unknown> => {
    const target = `${INTERNAL_PREFIX}/credentials/${sid}`;
    const { status, json } = await signedCall(urlOf(cell.address), fleetKey, { method: "GET", target });
    if (status === 200) return json;
    if (status === 404) return undefined;
    throw new Error(`${cell.name} answered ${status} when it was asked for the credentials of ${sid}`);
  };
  const known = edgeAuthenticator({
    clock: systemClock,
    logger,
    secrets,
    laneOf: (sid) => router.peek(sid, "messaging")?.cell ?? "",
    fetchRecord: async (sid) => {
      const home = await router.route(sid, "messaging");
      const cell = home === undefined ? undefined : router.cell(home.cell);
      const record = cell === undefined ? undefined : await ask(sid, cell);
      if (record !== undefined) return record;
      // It may have moved, or its SID may not say where it is.
      const newer = await router.refresh(sid, "messaging");
      const other = newer === undefined || newer.cell === cell?.name ? undefined : router.cell(newer.cell);
      return other === undefined ? undefined : ask(sid, other);
    },
  });
  const authenticator = edgeTicketAuthenticator(known, new Tickets(fleetKey, systemClock));
  return {
    authenticate: (credentials) => {
      const found = authenticator.authenticate(credentials);
      return found instanceof Promise ? found.catch(unreachable) : found;
    },
  };
}

/** Whoever cannot be told from a stranger, because the home cell is silent, is asked to come again. */
function unreachable(error: unknown): never {
  if (error instanceof AppError || error instanceof AssertionError) throw error;
  throw new AppError(OVERLOADED, {}, { cause: error });
}

/** What lets the operator into a cell in which he is not at home. `target` is what the cell gets: a path, whatever form the client sent. */
function signPin({ fleetKey }: NodeParts, method: string, target: string): string {
  return fleetKey.sign({ method, target, body: "", use: "operator" }, systemClock.nowMs());
}

/** Where the control plane is, as it says itself. */
function controlTarget(gossip: GossipView): EdgeTarget | undefined {
  const address = controlAddress(gossip);
  return address === undefined ? undefined : { name: "control", address };
}

/**
 * Gossip tells within moments where the others are; until then there is nowhere to send requests to. An edge
 * whose control plane is down opens all the same, a little later.
 */
async function hearOfOthers(gossip: GossipView, router: CellRouter): Promise<void> {
  const endMs = systemClock.monotonicMs() + HEAR_LIMIT_MS;
  const hasHeard = (): boolean => controlTarget(gossip) !== undefined && router.cells().length > 0;
  while (!hasHeard() && systemClock.monotonicMs() < endMs) await sleep(HEAR_POLL_MS);
}

function cellsKnown(router: CellRouter): ReadinessCheck {
  const { length } = router.cells();
  return { name: "cells", ok: length > 0, detail: `${length} known` };
}
