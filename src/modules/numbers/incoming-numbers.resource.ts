import { AppError } from "../../kernel/errors.ts";
import {
  boolean,
  defineListRoute,
  defineRoute,
  enumeration,
  phone,
  sid,
  text,
  type Principal,
  type Route,
  pageBySid,
  type Slice,
} from "../../platform/http/index.ts";
import { buyNumber, returnNumber, updateNumber } from "./change-number.ts";
import { changesOf, UNCONFIGURED_NUMBER, type Changes, type NumberConfiguration } from "./configuration.ts";
import type { NumbersDeps } from "./deps.ts";
import { numberErrors } from "./errors.ts";
import { filterPattern } from "./number-pattern.ts";
import { findNumber, listNumbers } from "./number.store.ts";
import { viewNumber, viewNumberOfKind } from "./number.view.ts";
import { numberParameters } from "./parameters.ts";
import { SOLD_KINDS, type PhoneNumberKind } from "./phone-number.ts";

const LIST = "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers";
const ITEM = "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/{Sid}";
const common = {
  product: "api",
  tag: "IncomingPhoneNumbers",
  access: "account",
  element: "IncomingPhoneNumber",
} as const;
const MAX_FILTER_CHARACTERS = 64;

/** `IncomingPhoneNumbers`: buy, fetch, list, update, transfer, release; and its `Local`, `Mobile` and `TollFree` parts. */
export function incomingNumberRoutes(deps: NumbersDeps): Route[] {
  return [
    createRoute(deps),
    listRoute(deps),
    fetchRoute(deps),
    updateRoute(deps),
    deleteRoute(deps),
    ...kindRoutes(deps, "Local", "local"),
    ...kindRoutes(deps, "Mobile", "mobile"),
    ...kindRoutes(deps, "TollFree", "tollfree"),
  ];
}

function createRoute(deps: NumbersDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: LIST,
    operationId: "CreateIncomingPhoneNumber",
    summary: "Take a number of the inventory",
    success: 201,
    creates: true,
    errors: Object.values(numberErrors),
    parameters: {
      ...numberParameters,
      PhoneNumber: phone({ invalid: numberErrors.numberInvalid, summary: "The number wanted, in E.164." }),
      AreaCode: text({
        maxCharacters: 3,
        invalid: numberErrors.areaCodeInvalid,
        summary: "Any free local number of this area code of the United States or Canada.",
      }),
    },
    run: ({ accountSid, params }) => {
      const changes = readChanges(params);
      const { PhoneNumber: phoneNumber, AreaCode: areaCode } = params;
      return buyNumber(deps, { accountSid, phoneNumber, areaCode, kinds: SOLD_KINDS, changes });
    },
    view: viewNumber,
  });
}

/** What the request sets. Throws for what is not there to be set. */
function readChanges(params: Readonly<Record<string, unknown>>): Changes<NumberConfiguration> {
  const changes = changesOf(UNCONFIGURED_NUMBER, params);
  // To show a number as ready for emergency calls that would reach nobody could cost a life.
  if (changes.emergencyStatus === "Active") {
    throw new AppError(numberErrors.notSupported, { parameter: "EmergencyStatus" });
  }
  if ((changes.emergencyAddressSid ?? "") !== "") {
    throw new AppError(numberErrors.notSupported, { parameter: "EmergencyAddressSid" });
  }
  return changes;
}

const filterParameters = {
  PhoneNumber: phone({ summary: "Part of the number; `*` stands for any digit, letters for digits as on a keypad." }),
  FriendlyName: text({ maxCharacters: MAX_FILTER_CHARACTERS, summary: "The exact friendly name." }),
  Beta: boolean({ summary: "Whether numbers new to the platform are listed too; they are unless it is false." }),
  Origin: enumeration({ values: ["twilio", "hosted"], summary: "`hosted`: their calls stay with another carrier." }),
};

interface FilterParams {
  readonly PhoneNumber: string | undefined;
  readonly FriendlyName: string | undefined;
  readonly Beta: boolean | undefined;
  readonly Origin: "twilio" | "hosted" | undefined;
}

async function readNumbers(
  deps: NumbersDeps,
  scope: { readonly accountSid: string; readonly kinds: readonly PhoneNumberKind[]; readonly params: FilterParams },
  slice: Slice,
) {
  const { accountSid, kinds, params } = scope;
  const wanted = params.PhoneNumber ?? "";
  const pattern = wanted === "" ? undefined : filterPattern(wanted);
  const friendlyName = params.FriendlyName === "" ? undefined : params.FriendlyName;
  const beta = params.Beta === false ? false : undefined;
  const filter = { accountSid, kinds, friendlyName, pattern, beta, origin: params.Origin };
  return pageBySid(slice, async (part) =>
    wanted !== "" && pattern === undefined ? [] : listNumbers(deps.database, filter, part),
  );
}

function listRoute(deps: NumbersDeps): Route {
  return defineListRoute({
    ...common,
    path: LIST,
    operationId: "ListIncomingPhoneNumber",
    summary: "List the account's numbers, newest first",
    collection: "incoming_phone_numbers",
    parameters: filterParameters,
    page: ({ call: { accountSid, params }, ...slice }) =>
      readNumbers(deps, { accountSid, kinds: SOLD_KINDS, params }, slice),
    view: viewNumber,
  });
}

function fetchRoute({ database }: NumbersDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: ITEM,
    operationId: "FetchIncomingPhoneNumber",
    summary: "Fetch a number",
    success: 200,
    run: async (call) => {
      const number = await findNumber(database, targetOf(call));
      if (number === undefined) throw call.notFound();
      return number;
    },
    view: viewNumber,
  });
}

/** Short codes have a resource of their own. */
function targetOf(call: {
  readonly accountSid: string;
  readonly path: { readonly Sid: string };
  notFound(): AppError;
}) {
  const { accountSid, path } = call;
  if (!path.Sid.startsWith("PN")) throw call.notFound();
  return { accountSid, sid: path.Sid };
}

function updateRoute(deps: NumbersDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: ITEM,
    operationId: "UpdateIncomingPhoneNumber",
    summary: "Change a number, or hand it to another account",
    success: 200,
    errors: Object.values(numberErrors),
    parameters: {
      ...numberParameters,
      AccountSid: sid({ prefix: "AC", invalid: numberErrors.accountInvalid, summary: "The account it goes to." }),
    },
    run: async (call) => {
      const target = targetOf(call);
      const changes = readChanges(call.params);
      const transferTo = call.params.AccountSid === "" ? undefined : call.params.AccountSid;
      if (transferTo !== undefined) await checkTransfer(deps, call.principal, transferTo);
      const updated = await updateNumber(deps, { ...target, changes, transferTo });
      if (updated === undefined) throw call.notFound();
      return updated;
    },
    view: viewNumber,
  });
}

async function checkTransfer(deps: NumbersDeps, principal: Principal, accountSid: string): Promise<void> {
  if (accountSid !== principal.accountSid && !(await principal.canAccess(accountSid))) {
    throw new AppError(numberErrors.accountNotRelated, { accountSid });
  }
  const status = await deps.accountStatus(accountSid);
  if (status === undefined) throw new AppError(numberErrors.accountUnknown, { accountSid });
  if (status !== "active") throw new AppError(numberErrors.accountNotActive, { accountSid, status });
}

function deleteRoute(deps: NumbersDeps): Route {
  return defineRoute({
    ...common,
    method: "DELETE",
    path: ITEM,
    operationId: "DeleteIncomingPhoneNumber",
    summary: "Give a number back to the inventory",
    success: 204,
    run: async (call) => {
      if (!(await returnNumber(deps, targetOf(call)))) throw call.notFound();
    },
  });
}

function kindRoutes(deps: NumbersDeps, name: "Local" | "Mobile" | "TollFree", kind: PhoneNumberKind): Route[] {
  const path = `${LIST}/${name}` as const;
  const create = defineRoute({
    ...common,
    method: "POST",
    path,
    operationId: `CreateIncomingPhoneNumber${name}`,
    summary: `Take a number of the kind ${name}`,
    success: 201,
    creates: true,
    errors: Object.values(numberErrors),
    parameters: {
      ...numberParameters,
      PhoneNumber: phone({ required: true, missing: numberErrors.numberRequired, invalid: numberErrors.numberInvalid }),
    },
    run: ({ accountSid, params }) => {
      const changes = readChanges(params);
      return buyNumber(deps, { accountSid, phoneNumber: params.PhoneNumber, kinds: [kind], changes });
    },
    view: viewNumberOfKind,
  });
  const list = defineListRoute({
    ...common,
    path,
    operationId: `ListIncomingPhoneNumber${name}`,
    summary: `List the account's numbers of the kind ${name}, newest first`,
    collection: "incoming_phone_numbers",
    parameters: filterParameters,
    page: ({ call: { accountSid, params }, ...slice }) =>
      readNumbers(deps, { accountSid, kinds: [kind], params }, slice),
    view: viewNumberOfKind,
  });
  return [create, list];
}
