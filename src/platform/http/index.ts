/** The API server's framework: routes as values, and the server that answers them. See README.md. */
export * from "./errors.ts";
export type { JsonObject, JsonValue } from "./json.ts";
export { headerOf } from "./message.ts";
export type {
  HttpRequest,
  HttpResponse,
  RequestHeaders,
  ResponseBody,
  Scheme,
  TakeConnection,
  UpgradeOffer,
} from "./message.ts";
export { actsAsOperator } from "./acts-as-operator.ts";
export { parseBasicCredentials } from "./principal.ts";
export type { AccountStatus, Authenticator, BasicCredentials, Credential, KeyKind, Principal } from "./principal.ts";
export { defineContentRoute, defineListRoute, defineRoute } from "./route.ts";
export type {
  Access,
  Call,
  ContentRouteDefinition,
  ListRouteDefinition,
  Method,
  Once,
  Page,
  PageRequest,
  Route,
  RouteDefinition,
} from "./route.ts";
export { Refusal, scalar } from "./parameter.ts";
export type { Parameter, ParameterOptions, Parameters, ParameterValues, ScalarKind } from "./parameter.ts";
export { boolean, decimal, enumeration, integer, list, phone, prefixedMap, sid, text, url } from "./kinds.ts";
export { cutPage, pageOfAll, pageBySid, type Slice } from "./cut-page.ts";
export { dateFilter, dateTime } from "./dates.ts";
export type { DateRange } from "./dates.ts";
export { healthRoutes } from "./mount.ts";
export type { Mount, MountCall, ReadinessCheck } from "./mount.ts";
export { upgradeMount } from "./upgrade-mount.ts";
export type { UpgradeMount } from "./upgrade-mount.ts";
export { Fields, parseFields } from "./fields.ts";
export { collectHeaders } from "./server-request.ts";
export { HttpServer } from "./server.ts";
export type { RequestAnswerer, ServerLimits, ServerOptions } from "./server.ts";
export { Dispatcher } from "./dispatch.ts";
export type { Answered, Around, DispatcherOptions } from "./dispatch.ts";
export type { InjectedRequest, InjectedResponse } from "./inject.ts";
export { errorDictionary, openApi, routeErrors } from "./openapi.ts";
export type { ErrorEntry, OpenApiOptions } from "./openapi.ts";
export { baseUrlOf, hostOf } from "./hosts.ts";
export { renderError } from "./render.ts";
