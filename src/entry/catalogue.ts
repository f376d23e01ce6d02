import { accountsModule } from "../modules/accounts/index.ts";
import { messageErrors, messagingModule } from "../modules/messaging/index.ts";
import { monitorModule } from "../modules/monitor/index.ts";
import { numbersModule } from "../modules/numbers/index.ts";
import { cellRefuses } from "../platform/cell/index.ts";
import { documentSettings } from "../platform/config/index.ts";
import { errorDictionary, openApi, routeErrors, type ErrorEntry, type Route } from "../platform/http/index.ts";
import { addProcessMetrics, documentMetrics, Metrics } from "../platform/metrics/index.ts";
import { twimlErrors } from "../protocols/twiml/index.ts";
import { carrierSettings } from "./carriers.ts";
import { watchSystem } from "./metrics.ts";

/** Error codes from here on are shown as `error_code` of a message; below they are answers of the API. */
const FIRST_MESSAGE_CODE = 30_000;

/** What this program serves and can be told, without a system that runs: the generated part of `docs/`, by file name. */
export function generatedDocuments(version: string): ReadonlyMap<string, string> {
  const routes = allRoutes();
  const descriptions = servedProducts(routes).map((product): [string, string] => {
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
export function servedProducts(routes: readonly Route[] = allRoutes()): string[] {
  return [...new Set(routes.map(({ product }) => product))].toSorted();
}

/** Every route of every module. They are values; what they would work with is not there. */
function allRoutes(): readonly Route[] {
  const modules = [
    accountsModule({
      database: absent,
      clock: absent,
      logger: absent,
      mintSid: absent,
      randomBytes: absent,
      secrets: absent,
    }),
    numbersModule({ database: absent, clock: absent, logger: absent, mintSid: absent, accountStatus: absent }),
    messagingModule({
      database: absent,
      blobs: absent,
      clock: absent,
      logger: absent,
      numbers: absent,
      carriers: [],
      mintSid: absent,
      fetchUrl: absent,
      accountStatus: absent,
      publicUrl: absent,
      callbackEvents: "all",
    }),
    monitorModule({ database: absent, clock: absent, logger: absent, cell: "messaging" }),
  ];
  return modules.flatMap(({ routes }) => routes);
}

function allMetrics(): Metrics {
  const metrics = new Metrics();
  watchSystem(metrics, absent);
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
  const specs = [...routes.flatMap(routeErrors), ...Object.values(messageErrors), cellRefuses];
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
