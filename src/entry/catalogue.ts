import { a2pModule } from "../modules/a2p/index.ts";
import { accountsModule } from "../modules/accounts/index.ts";
import { auditErrors, auditModule } from "../modules/audit/index.ts";
import { systemClock } from "../adapters/system/index.ts";
import { cellsModule } from "../modules/cells/index.ts";
import { complianceModule, ruleErrors } from "../modules/compliance/index.ts";
import { esmeErrors, esmeModule } from "../modules/esme/index.ts";
import { ledgerModule } from "../modules/ledger/index.ts";
import { consoleCell, consoleErrors } from "../modules/console/index.ts";
import { insightAlerts, insightErrors, insightEvents, insightsModule } from "../modules/insights/index.ts";
import { linksModule } from "../modules/links/index.ts";
import { CarrierBook, messageErrors, messagingModule } from "../modules/messaging/index.ts";
import { monitorErrors, monitorModule } from "../modules/monitor/index.ts";
import { moveErrors, movesModule } from "../modules/moves/index.ts";
import { numbersModule } from "../modules/numbers/index.ts";
import { pricingModule } from "../modules/pricing/index.ts";
import { servicesModule } from "../modules/services/index.ts";
import { ROUTER_ERRORS } from "../platform/cell-router/index.ts";
import { cellRefuses } from "../platform/cell/index.ts";
import { EDGE_ERRORS } from "../platform/edge/index.ts";
import { FleetKey, fleetErrors } from "../platform/fleet/index.ts";
import { liveErrors } from "../platform/live/index.ts";
import { webSocketErrors } from "../platform/websocket/index.ts";
import { documentSettings } from "../platform/config/index.ts";
import { idempotencyErrors } from "../platform/idempotency/index.ts";
import { errorDictionary, openApi, routeErrors, type ErrorEntry, type Route } from "../platform/http/index.ts";
import { addProcessMetrics, documentMetrics, Metrics } from "../platform/metrics/index.ts";
import { SecretBox } from "../platform/secrets/index.ts";
import { twimlErrors } from "../protocols/twiml/index.ts";
import { carrierSettings } from "./carriers.ts";
import { regulatoryModule } from "../modules/regulatory/index.ts";
import { watchDoors, watchGossip, watchRouter } from "./fleet/fleet-metrics.ts";
import { watchConsole } from "./watching-metrics.ts";
import { supervisedErrors } from "./fleet/supervised.ts";
import { watchEdge, watchSystem } from "./metrics.ts";
import { declareObserved } from "./observability.ts";
import { makeRouting } from "./routing.ts";

/** Error codes from here on are shown as `error_code` of a message; below they are answers of the API. */
const FIRST_MESSAGE_CODE = 30_000;

/** The sizes that modules ask of keys which open nothing here. */
const FILE_KEY_OCTETS = 32;
const MASTER_KEY_OCTETS = 32;

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
  const ports = { database: absent, clock: systemClock, logger: absent, mintSid: absent, isOperator: absent };
  const secrets = { randomBytes: absent, secrets: absent };
  const modules = [
    accountsModule({ ...ports, ...secrets }),
    numbersModule({ ...ports, accountStatus: absent }),
    messagingModule({
      ...ports,
      blobs: absent,
      numbers: absent,
      carriers: [],
      carrierBook: noCarriers(),
      fetchUrl: absent,
      accountStatus: absent,
      publicUrl: absent,
      callbackEvents: "all",
      router: absent,
    }),
    await makeRouting({ ...ports, carriers: [], messaging: absent }),
    esmeModule({
      ...ports,
      ...secrets,
      net: absent,
      authenticator: absent,
      accounts: absent,
      messaging: absent,
      maxBindsPerAccount: 0,
      limits: absent,
      server: undefined,
    }),
    monitorModule({ ...ports, cell: "messaging", webhooks: absent }),
    cellsModule({ database: absent, hints: absent, isOperator: absent, placement: absent }),
    movesModule({ ...ports, caller: absent, homes: absent }),
    ...commerceModules(ports),
    ...watchingModules(ports),
  ];
  return modules.flatMap(({ routes }) => routes);
}

/** A book without carriers, for its routes. */
function noCarriers(): CarrierBook {
  const ports = { database: absent, logger: absent, net: absent, secrets: absent, callbackUrl: absent };
  return new CarrierBook({
    ...ports,
    clock: systemClock,
    configured: [],
    allowPrivateNetworks: false,
    chaos: false,
    traces: 0,
  });
}

type AbsentPorts = Readonly<Record<"database" | "logger" | "mintSid" | "isOperator", never>> & {
  readonly clock: typeof systemClock;
};

/** What prices, judges and charges messages, and chooses who they are from. */
function commerceModules(ports: AbsentPorts): readonly { readonly routes: readonly Route[] }[] {
  return [
    pricingModule({ ...ports, hash: absent, pause: absent, currencyOf: absent, payerOf: absent }),
    ledgerModule({ ...ports, cellName: "messaging", cell: absent, familyOf: absent }),
    servicesModule({
      ...ports,
      numbers: absent,
      cell: absent,
      fileKey: new Uint8Array(FILE_KEY_OCTETS),
      filePrefix: "",
      isRegistered: absent,
    }),
    a2pModule({
      ...ports,
      profiles: absent,
      services: absent,
      numberBySid: absent,
      subaccountsOf: absent,
      isEnforced: false,
      registeredElsewhere: [],
      throughput: "registry",
      commit: absent,
      simulatedReviewMs: 0,
    }),
    complianceModule({
      ...ports,
      cell: "messaging",
      hashKey: "",
      ownsScope: absent,
      geoDefaults: { homeCountry: "US", countries: "all" },
    }),
    linksModule({
      ...ports,
      net: absent,
      randomBytes: absent,
      secrets: new SecretBox(new Uint8Array(MASTER_KEY_OCTETS)),
      cell: "messaging",
      cellNumber: 0,
      index: absent,
      dns: absent,
      fetchText: absent,
      qrCodes: absent,
      isService: absent,
      durability: "sync",
      rules: absent,
    }),
    auditModule({ ...ports, cell: "messaging", signer: absent }),
    regulatoryModule({ ...ports, commit: absent, simulatedReviewMs: 0 }),
  ];
}

/** What people look with. */
function watchingModules(ports: AbsentPorts): readonly { readonly routes: readonly Route[] }[] {
  return [
    consoleCell({
      ...ports,
      randomBytes: absent,
      secrets: absent,
      fleetKey: absent,
      oneTimeCodes: absent,
      qrCodes: absent,
      accounts: absent,
      secondFactor: "optional",
      sessionMs: 0,
      publicUrl: absent,
    }),
    insightsModule({
      ...ports,
      cell: "messaging",
      tier: "smb",
      maxRows: 1_000,
      fleetKey: new FleetKey(new Uint8Array(MASTER_KEY_OCTETS)),
      subaccountsOf: absent,
      commit: absent,
    }),
    insightEvents({ ...ports, cell: "messaging", files: undefined, keepMs: 0 }),
    insightAlerts({ ...ports, reader: absent, pageUrl: absent }),
  ];
}

function allMetrics(): Metrics {
  const metrics = new Metrics();
  watchSystem(metrics, absent);
  watchEdge(metrics);
  watchGossip(metrics, absent);
  watchRouter(metrics, absent);
  watchDoors(metrics, absent, absent);
  watchConsole(metrics, absent);
  addProcessMetrics(metrics).stop();
  declareObserved(metrics, absent);
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
    ...Object.values(ruleErrors),
    ...Object.values(auditErrors),
    ...Object.values(consoleErrors),
    ...Object.values(monitorErrors),
    ...Object.values(liveErrors),
    ...Object.values(webSocketErrors),
    ...Object.values(insightErrors),
    ...Object.values(supervisedErrors),
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
