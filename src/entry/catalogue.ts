import { accountsModule } from "../modules/accounts/index.ts";
import { systemClock } from "../adapters/system/index.ts";
import { cellsModule } from "../modules/cells/index.ts";
import { esmeErrors, esmeModule } from "../modules/esme/index.ts";
import { messageErrors, messagingModule } from "../modules/messaging/index.ts";
import { monitorModule } from "../modules/monitor/index.ts";
import { moveErrors, movesModule } from "../modules/moves/index.ts";
import { numbersModule } from "../modules/numbers/index.ts";
import { ROUTER_ERRORS } from "../platform/cell-router/index.ts";
import { cellRefuses } from "../platform/cell/index.ts";
import { EDGE_ERRORS } from "../platform/edge/index.ts";
import { fleetErrors } from "../platform/fleet/index.ts";
import { documentSettings } from "../platform/config/index.ts";
import { idempotencyErrors } from "../platform/idempotency/index.ts";
import { errorDictionary, openApi, routeErrors, type ErrorEntry, type Route } from "../platform/http/index.ts";
import { addProcessMetrics, documentMetrics, Metrics } from "../platform/metrics/index.ts";
import { twimlErrors } from "../protocols/twiml/index.ts";
import { carrierSettings } from "./carriers.ts";
import { watchDoors, watchGossip, watchRouter } from "./fleet/fleet-metrics.ts";
import { watchEdge, watchSystem } from "./metrics.ts";
import { makeRouting } from "./routing.ts";

/** Error codes from here on are shown as `error_code` of a message; below they are answers of the API. */
const FIRST_MESSAGE_CODE = 30_000;

/** What this program serves and can be told, without a system that runs: the generated part of `docs/`, by file name. */
export async function generatedDocuments(version: string): Promise<ReadonlyMap<string, string>> {
  const routes = await allRoutes();
  const descriptions = productsOf(routes).map((product): [string, string] => {
    return [`openapi-${product}.json`, `${JSON.stringify(openApi({ product, routes, version }), null, 2)}\n`];
  });
  return new Map([
    ["configuration.md", documentSettings(carrierSettings)],
    ["errors.md", documentErrors(routes)],
    ["metrics.md", documentMetrics(allMetrics())],
    ...descriptions,
  ]);
}

/** The products that have routes, by the first label of their host, in order. */
export async function servedProducts(): Promise<string[]> {
  return productsOf(await allRoutes());
}

function productsOf(routes: readonly Route[]): string[] {
  return [...new Set(routes.map(({ product }) => product))].toSorted();
}

/** Every route of every module. They are values; what they would work with is not there. */
async function allRoutes(): Promise<readonly Route[]> {
  const modules = [
    accountsModule({
      database: absent,
      clock: systemClock,
      logger: absent,
      mintSid: absent,
      randomBytes: absent,
      secrets: absent,
    }),
    numbersModule({ database: absent, clock: systemClock, logger: absent, mintSid: absent, accountStatus: absent }),
    messagingModule({
      database: absent,
      blobs: absent,
      clock: systemClock,
      logger: absent,
      numbers: absent,
      carriers: [],
      mintSid: absent,
      fetchUrl: absent,
      accountStatus: absent,
      publicUrl: absent,
      callbackEvents: "all",
      router: absent,
      isOperator: absent,
    }),
    await makeRouting({
      database: absent,
      clock: systemClock,
      logger: absent,
      carriers: [],
      isOperator: absent,
      messaging: absent,
    }),
    esmeModule({
      database: absent,
      clock: systemClock,
      net: absent,
      logger: absent,
      mintSid: absent,
      randomBytes: absent,
      secrets: absent,
      authenticator: absent,
      accounts: absent,
      messaging: absent,
      maxBindsPerAccount: 0,
      limits: absent,
      server: undefined,
    }),
    monitorModule({ database: absent, clock: systemClock, logger: absent, cell: "messaging" }),
    cellsModule({ database: absent, hints: absent, isOperator: absent, placement: absent }),
    movesModule({
      database: absent,
      clock: systemClock,
      logger: absent,
      mintSid: absent,
      caller: absent,
      homes: absent,
      isOperator: absent,
    }),
  ];
  return modules.flatMap(({ routes }) => routes);
}

function allMetrics(): Metrics {
  const metrics = new Metrics();
  watchSystem(metrics, absent);
  watchEdge(metrics);
  watchGossip(metrics, absent);
  watchRouter(metrics, absent);
  watchDoors(metrics, absent, absent);
  addProcessMetrics(metrics).stop();
  return metrics;
}

/** Stands for everything that only a running system has; to use it is a bug. */
const absent = new Proxy(
  () => {
    throw new Error("the catalogue runs nothing");
  },
  { get: () => absent },
) as never;

function documentErrors(routes: readonly Route[]): string {
  const specs = [
    ...routes.flatMap(routeErrors),
    ...Object.values(messageErrors),
    ...Object.values(esmeErrors),
    ...Object.values(idempotencyErrors),
    ...Object.values(fleetErrors),
    ...Object.values(moveErrors),
    ...Object.values(EDGE_ERRORS),
    ...Object.values(ROUTER_ERRORS),
    cellRefuses,
  ];
  const entries = errorDictionary(specs);
  return [
    ERRORS_INTRODUCTION,
    "## Answers of the API",
    "",
    "| code | status | whose fault | try again | message |",
    "| --- | --- | --- | --- | --- |",
    ...entries.filter(({ code }) => code < FIRST_MESSAGE_CODE).map(answerRow),
    "",
    "## Messages",
    "",
    "The `error_code` of a message, and `ErrorCode` of its status callback.",
    "",
    "| code | whose fault | meaning |",
    "| --- | --- | --- |",
    ...entries
      .filter(({ code }) => code >= FIRST_MESSAGE_CODE)
      .map(({ code, fault, message }) => cells(code, fault, message)),
    "",
    "## Webhooks and TwiML",
    "",
    "The `error_code` of an alert in the debugger log (`GET /v1/Alerts` on `monitor.twilio.com`).",
    "",
    "| code | level | meaning |",
    "| --- | --- | --- |",
    ...Object.values(twimlErrors).map(({ code, level, text }) => cells(code, level, text)),
    "",
  ].join("\n");
}

function answerRow({ code, status, fault, retry, message }: ErrorEntry): string {
  return cells(code, status, fault, retry, message);
}

function cells(...texts: readonly (string | number)[]): string {
  return `| ${texts.map((text) => String(text).replaceAll("|", "\\|")).join(" | ")} |`;
}

const ERRORS_INTRODUCTION = `# Errors

This page is generated from the errors that the program declares; do not edit it.

Codes are numbered as Twilio numbers them, the words are ours. \`{name}\` stands for a value of the request.
\`retry\` says whether the same request may be sent again: \`never\`, \`later\`, or \`other-route\` by another carrier.
`;
