import { AppError } from "../../../kernel/errors.ts";
import { iso8601 } from "../../../kernel/time.ts";
import { parseAddress } from "../../../protocols/e164/index.ts";
import {
  defineRoute,
  integer,
  sid,
  text,
  type JsonObject,
  type JsonValue,
  type Principal,
  type Route,
} from "../../../platform/http/index.ts";
import type { NumbersDeps } from "../deps.ts";
import { withApiNames } from "./field-names.ts";
import { checkPortability } from "./check-portability.ts";
import { portingErrors } from "./errors.ts";
import { listPortIns, findPortIn, type PortInFilter, type PortInSummary } from "./port-in.store.ts";
import { NOT_PORTABLE } from "./port-in.ts";
import { cancelPortIn, requestPortIn } from "./request-port.ts";
import { viewPortIn, viewPortInNumber } from "./porting.view.ts";

const BASE = "/v1/Porting/PortIn";
const common = { product: "numbers", tag: "Porting", access: "account" } as const;
/** A thousand numbers, each with its PIN. */
const MAX_BODY_OCTETS = 512 * 1024;
const MAX_PAGE = 100;
const PAGE = 20;
const MAX_CHARACTERS = 4_000;

/** `Porting`: numbers that come from other operators. */
export function portingRoutes(deps: NumbersDeps, wake: () => void): Route[] {
  return [
    createRoute(deps, wake),
    listRoute(deps),
    fetchRoute(deps),
    deleteRoute(deps, wake),
    fetchNumberRoute(deps),
    deleteNumberRoute(deps, wake),
    portabilityRoute(deps),
  ];
}

function objectOf(json: JsonValue): JsonObject {
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return withApiNames(json) as JsonObject;
  throw new AppError(portingErrors.bodyInvalid, { reason: "the body is no object" });
}

async function checkAccount(principal: Principal, accountSid: string): Promise<void> {
  if (accountSid === principal.accountSid || (await principal.canAccess(accountSid))) return;
  throw new AppError(portingErrors.accountUnknown, { accountSid: accountSid.slice(0, 64) });
}

function createRoute(deps: NumbersDeps, wake: () => void): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: BASE,
    body: "json",
    maxBodyOctets: MAX_BODY_OCTETS,
    operationId: "CreatePortingPortIn",
    summary: "Ask for numbers of another operator",
    success: 202,
    creates: true,
    errors: Object.values(portingErrors),
    run: async ({ accountSid: ownerSid, principal, json }) => {
      const body = objectOf(json);
      const said = body["account_sid"];
      const accountSid = typeof said === "string" && said !== "" ? said : ownerSid;
      await checkAccount(principal, accountSid);
      const made = await requestPortIn(deps, { ownerSid, accountSid, body });
      wake();
      return made;
    },
    view: (request, { baseUrl }) => viewPortIn(request, baseUrl),
  });
}

function listRoute({ database }: NumbersDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: `${BASE}/PortInRequests`,
    operationId: "ListPortInRequests",
    summary: "List port-in requests, newest first",
    success: 200,
    errors: [portingErrors.bodyInvalid],
    parameters: {
      Token: text({ maxCharacters: 64, summary: "As `next_token` or `previous_token` of another page said." }),
      Size: integer({ min: 1, max: MAX_PAGE, default: PAGE, summary: "Requests on a page." }),
      PortInRequestSid: text({ maxCharacters: MAX_CHARACTERS, summary: "One or several SIDs, with commas between." }),
      PortInRequestStatus: text({ maxCharacters: 64, summary: "The state, in any case." }),
      CreatedBefore: text({ maxCharacters: 64, summary: "An ISO 8601 date or moment." }),
      CreatedAfter: text({ maxCharacters: 64, summary: "An ISO 8601 date or moment." }),
    },
    run: async ({ accountSid, params }) => {
      const { direction, cursor } = readToken(params.Token ?? "");
      const sids = (params.PortInRequestSid ?? "").split(",").filter((one) => one !== "");
      const filter: PortInFilter = {
        accountSid,
        sids: sids.length === 0 ? undefined : sids,
        status: params.PortInRequestStatus === "" ? undefined : params.PortInRequestStatus,
        beforeMs: readMoment(params.CreatedBefore, "CreatedBefore"),
        afterMs: readMoment(params.CreatedAfter, "CreatedAfter"),
        cursor,
        direction,
        limit: params.Size + 1,
      };
      return cut(await listPortIns(database, filter), filter, params.Size);
    },
    view: ({ records, previous, next }): JsonObject => ({
      port_in_requests: records.map(viewSummary),
      meta: { previous_token: previous, next_token: next },
    }),
  });
}

const TOKEN = /^([np])(KW[0-9a-f]{32})$/;

function readToken(token: string): Pick<PortInFilter, "cursor" | "direction"> {
  if (token === "") return { cursor: undefined, direction: "next" };
  const [, way, cursor] = TOKEN.exec(token) ?? [];
  if (cursor === undefined) throw new AppError(portingErrors.bodyInvalid, { reason: "Token is not one of this list" });
  return { cursor, direction: way === "n" ? "next" : "previous" };
}

function readMoment(value: string | undefined, name: string): number | undefined {
  if (value === undefined || value === "") return undefined;
  const ms = Date.parse(value);
  if (Number.isNaN(ms)) throw new AppError(portingErrors.bodyInvalid, { reason: `${name} is no date` });
  return ms;
}

/** Of one record more than fits: the page, and the tokens of those around it. */
function cut(found: readonly PortInSummary[], { direction, cursor }: PortInFilter, size: number) {
  const isMore = found.length > size;
  const forward = direction === "next";
  const records = !isMore ? found : forward ? found.slice(0, size) : found.slice(1);
  const [first, last] = [records[0], records.at(-1)];
  const next = (forward ? isMore : true) && last !== undefined ? `n${last.sid}` : null;
  const previous = (forward ? cursor !== undefined : isMore) && first !== undefined ? `p${first.sid}` : null;
  return { records, next, previous };
}

function viewSummary({ sid: requestSid, status, statusMs, requested, ported }: PortInSummary): JsonObject {
  return {
    port_in_request_sid: requestSid,
    port_in_request_status: status,
    status_last_updated_timestamp: iso8601(statusMs),
    phone_numbers_requested: requested,
    phone_numbers_ported: ported,
    suggested_action:
      status === "Action Required" ? "Look at the numbers that were rejected or are not portable." : null,
  };
}

function fetchRoute({ database }: NumbersDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: `${BASE}/{PortInRequestSid}`,
    operationId: "FetchPortingPortIn",
    summary: "Fetch a port-in request",
    success: 200,
    run: async (call) => {
      const found = await findPortIn(database, { accountSid: call.accountSid, sid: call.path.PortInRequestSid });
      if (found === undefined) throw call.notFound();
      return found;
    },
    view: (request, { baseUrl }) => viewPortIn(request, baseUrl),
  });
}

function deleteRoute(deps: NumbersDeps, wake: () => void): Route {
  return defineRoute({
    ...common,
    method: "DELETE",
    path: `${BASE}/{PortInRequestSid}`,
    operationId: "DeletePortingPortIn",
    summary: "Call a port-in request off",
    success: 204,
    errors: [portingErrors.notCancelable],
    run: async (call) => {
      const target = { accountSid: call.accountSid, sid: call.path.PortInRequestSid };
      if (!(await cancelPortIn(deps, target))) throw call.notFound();
      wake();
    },
  });
}

const NUMBER = `${BASE}/{PortInRequestSid}/PhoneNumber/{PhoneNumberSid}` as const;

function fetchNumberRoute({ database }: NumbersDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: NUMBER,
    operationId: "FetchPortingPortInPhoneNumber",
    summary: "Fetch a number of a port-in request",
    success: 200,
    run: async (call) => {
      const found = await findPortIn(database, { accountSid: call.accountSid, sid: call.path.PortInRequestSid });
      const number = found?.numbers.find((one) => one.sid === call.path.PhoneNumberSid);
      if (number === undefined) throw call.notFound();
      return number;
    },
    view: (number, { baseUrl }) => viewPortInNumber(number, baseUrl),
  });
}

function deleteNumberRoute(deps: NumbersDeps, wake: () => void): Route {
  return defineRoute({
    ...common,
    method: "DELETE",
    path: NUMBER,
    operationId: "DeletePortingPortInPhoneNumber",
    summary: "Call the port of one number off",
    success: 204,
    errors: [portingErrors.notCancelable],
    run: async (call) => {
      const { PortInRequestSid: requestSid, PhoneNumberSid: numberSid } = call.path;
      const isDone = await cancelPortIn(deps, { accountSid: call.accountSid, sid: requestSid, numberSid });
      if (!isDone) throw call.notFound();
      wake();
    },
  });
}

function portabilityRoute(deps: NumbersDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: "/v1/Porting/Portability/PhoneNumber/{PhoneNumber}",
    operationId: "FetchPortingPortability",
    summary: "Say whether a number could be ported here",
    success: 200,
    errors: [portingErrors.numberInvalid, portingErrors.accountUnknown],
    parameters: {
      TargetAccountSid: sid({ prefix: "AC", summary: "The account that would get it; the caller's unless told." }),
      AddressSid: sid({ prefix: "AD", summary: "Without effect: no country here asks for one." }),
    },
    run: async (call) => {
      const address = parseAddress(call.path.PhoneNumber);
      if (address.kind !== "e164") {
        throw new AppError(portingErrors.numberInvalid, { value: call.path.PhoneNumber.slice(0, 64) });
      }
      const target = call.params.TargetAccountSid ?? "";
      const accountSid = target === "" ? call.accountSid : target;
      await checkAccount(call.principal, accountSid);
      return { number: address.e164, ...(await checkPortability(deps, { number: address.e164, accountSid })) };
    },
    view: (found, { baseUrl }): JsonObject => ({
      phone_number: found.number,
      account_sid: found.ownerSid ?? null,
      portable: found.portable,
      pin_and_account_number_required: found.pinRequired,
      not_portable_reason: found.notPortableCode === null ? null : (NOT_PORTABLE[found.notPortableCode] ?? null),
      not_portable_reason_code: found.notPortableCode,
      number_type: found.kind,
      country: found.country,
      url: `${baseUrl}/v1/Porting/Portability/PhoneNumber/${found.number}`,
    }),
  });
}
