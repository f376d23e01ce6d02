import { iso8601 } from "../../kernel/time.ts";
import {
  dateTime,
  defineListRoute,
  defineRoute,
  enumeration,
  pageBySid,
  type JsonObject,
  type Parameter,
  type Route,
} from "../../platform/http/index.ts";
import { findAlert, listAlerts, type AlertDeps, type CountedAlert } from "./alert.store.ts";
import { LEVELS } from "./alert.ts";

const LIST = "/v1/Alerts";
const common = { product: "monitor", tag: "Alerts", access: "account" } as const;
const API_VERSION = "2010-04-01";
const DAY_MS = 86_400_000;
const SECOND_MS = 1_000;
const DATE_CHARACTERS = "2024-01-31".length;

/** `Alerts`: the debugger log of an account. */
export function alertRoutes(deps: AlertDeps): Route[] {
  return [listRoute(deps), fetchRoute(deps)];
}

function listRoute(deps: AlertDeps): Route {
  return defineListRoute({
    ...common,
    path: LIST,
    operationId: "ListAlert",
    summary: "List the account's alerts of the last 30 days, newest first",
    collection: "alerts",
    parameters: {
      LogLevel: enumeration({ values: LEVELS, summary: "Only alerts of this level." }),
      StartDate: dateTime({ summary: "Only alerts from this date or moment on, in UTC." }),
      EndDate: endOf(dateTime({ summary: "Only alerts to the end of this date or second, in UTC." })),
    },
    page: ({ call: { accountSid, params }, ...slice }) => {
      const { LogLevel: level, StartDate: fromMs, EndDate: untilMs } = params;
      return pageBySid(slice, (part) => listAlerts(deps, { accountSid, level, fromMs, untilMs }, part));
    },
    view: (alert, call) => viewAlert(alert, call.baseUrl),
  });
}

/** A moment that is included: the first millisecond after the day or second that was named. */
function endOf(moment: Parameter<number | undefined>): Parameter<number | undefined> {
  return {
    ...moment,
    read(fields, name) {
      const ms = moment.read(fields, name);
      if (ms === undefined) return undefined;
      return ms + (fields.first(name)?.length === DATE_CHARACTERS ? DAY_MS : SECOND_MS);
    },
  };
}

function fetchRoute(deps: AlertDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: "/v1/Alerts/{Sid}",
    operationId: "FetchAlert",
    summary: "Fetch an alert with the request and the answer that it is about",
    success: 200,
    run: async (call) => {
      const found = await findAlert(deps, { accountSid: call.accountSid, sid: call.path.Sid });
      if (found === undefined) throw call.notFound();
      return found;
    },
    view: (found, call) => ({
      ...viewAlert(found, call.baseUrl),
      request_headers: null,
      request_variables: found.alert.requestParams ?? null,
      response_body: found.alert.responseBody ?? null,
      response_headers: null,
    }),
  });
}

function viewAlert({ alert, repeats }: CountedAlert, baseUrl: string): JsonObject {
  const date = iso8601(alert.createdMs);
  return {
    account_sid: alert.accountSid,
    alert_text: repeats === 0 ? alert.text : `${alert.text} (and ${repeats} more like it within that minute)`,
    api_version: API_VERSION,
    date_created: date,
    date_generated: date,
    date_updated: date,
    error_code: String(alert.errorCode),
    log_level: alert.level,
    more_info: `https://www.twilio.com/docs/errors/${alert.errorCode}`,
    request_method: alert.requestMethod ?? null,
    request_url: alert.requestUrl ?? null,
    resource_sid: alert.resourceSid ?? null,
    service_sid: null,
    sid: alert.sid,
    url: `${baseUrl}${LIST}/${alert.sid}`,
  };
}
