import {
  boolean,
  defineListRoute,
  defineRoute,
  enumeration,
  integer,
  list,
  pageBySid,
  sid,
  text,
  url,
  type Call,
  type ParameterValues,
  type Route,
} from "../../platform/http/index.ts";
import { changeCredential, createCredential, deleteCredential } from "./change-credential.ts";
import { MAX_SYSTEM_ID_CHARACTERS, type SmppCredential } from "./credential.ts";
import { findCredential, listCredentials } from "./credential.store.ts";
import { viewCredential } from "./credential.view.ts";
import type { CredentialDeps } from "./deps.ts";
import { esmeErrors } from "./errors.ts";

const LIST = "/trunkline/v1/Smpp/Credentials";
const ITEM = "/trunkline/v1/Smpp/Credentials/{Sid}";
const MAX_BINDS = 50;
const MAX_WINDOW = 1_000;
const MAX_PER_SECOND = 10_000;
const MAX_RANGES = 50;
const common = { product: "api", tag: "SMPP credentials", access: "main" } as const;

const { systemIdInvalid, systemIdTaken, cidrInvalid, tooManyCredentials, accountUnknown } = esmeErrors;
const CREATE_ERRORS = [systemIdInvalid, systemIdTaken, cidrInvalid, tooManyCredentials, accountUnknown];

const settings = {
  FriendlyName: text({ maxCharacters: 64, summary: "What people call it." }),
  MaxBinds: integer({ min: 1, max: MAX_BINDS, summary: "Sessions at one time." }),
  Window: integer({ min: 1, max: MAX_WINDOW, summary: "Requests under way on one bind, each way." }),
  MessagesPerSecond: integer({ min: 1, max: MAX_PER_SECOND, summary: "For all of its binds together." }),
  AllowedCidrs: list({
    of: text({ maxCharacters: 49 }),
    maxCount: MAX_RANGES,
    invalid: esmeErrors.cidrInvalid,
    summary: "Address ranges that it may bind from.",
  }),
  ReceiptFallbackUrl: url({ summary: "Asked where no bind takes a receipt." }),
  Inbound: boolean({ summary: "Whether texts to the account's numbers come on its binds." }),
  TrafficClass: enumeration({ values: ["urgent", "transactional", "marketing"] }),
  DefaultAlphabet: enumeration({ values: ["gsm7", "latin1"], summary: "What data_coding 0 means." }),
  LongTexts: enumeration({ values: ["udh", "payload"], summary: "How long texts are given." }),
};

/** `Smpp/Credentials`: create, list, fetch, update, delete. */
export function credentialRoutes(deps: CredentialDeps): Route[] {
  return [createRoute(deps), listRoute(deps), ...itemRoutes(deps)];
}

const owner = () => sid({ prefix: "AC", summary: "The account that has it; the caller's own unless given." });

function createRoute(deps: CredentialDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: LIST,
    operationId: "CreateSmppCredential",
    summary: "Create a system id and password for SMPP; the only time the password is shown",
    success: 201,
    creates: true,
    errors: CREATE_ERRORS,
    parameters: {
      AccountSid: owner(),
      SystemId: text({
        maxCharacters: MAX_SYSTEM_ID_CHARACTERS,
        invalid: esmeErrors.systemIdInvalid,
        summary: "3 to 15 characters; made up unless given.",
      }),
      ...settings,
    },
    run: async (call) => {
      const accountSid = await reachedAccount(call, call.params.AccountSid);
      return createCredential(deps, { accountSid, systemId: call.params.SystemId, ...wishOf(call.params) });
    },
    view: viewCredential,
  });
}

function listRoute(deps: CredentialDeps): Route {
  return defineListRoute({
    ...common,
    path: LIST,
    operationId: "ListSmppCredential",
    summary: "List the account's SMPP credentials, newest first",
    collection: "credentials",
    parameters: { AccountSid: owner() },
    page: async ({ call, ...slice }) => {
      const accountSid = await reachedAccount(call, call.params.AccountSid);
      return pageBySid(slice, (part) => listCredentials(deps.database, accountSid, part));
    },
    view: viewCredential,
  });
}

function itemRoutes(deps: CredentialDeps): Route[] {
  return [
    defineRoute({
      ...common,
      method: "GET",
      path: ITEM,
      operationId: "FetchSmppCredential",
      summary: "Fetch an SMPP credential",
      success: 200,
      run: (call) => reachedCredential(deps, call, call.path.Sid),
      view: viewCredential,
    }),
    defineRoute({
      ...common,
      method: "POST",
      path: ITEM,
      operationId: "UpdateSmppCredential",
      summary: "Change an SMPP credential, or give it another password",
      success: 200,
      errors: [esmeErrors.cidrInvalid],
      parameters: {
        NewPassword: boolean({
          summary: "True: makes a password, shows it once, and ends the sessions of the old one.",
        }),
        ...settings,
      },
      run: async (call) => {
        const { sid: known } = await reachedCredential(deps, call, call.path.Sid);
        const wish = { sid: known, newPassword: call.params.NewPassword, ...wishOf(call.params) };
        const changed = await changeCredential(deps, wish);
        if (changed === undefined) throw call.notFound();
        return changed;
      },
      view: viewCredential,
    }),
    defineRoute({
      ...common,
      method: "DELETE",
      path: ITEM,
      operationId: "DeleteSmppCredential",
      summary: "Delete an SMPP credential and unbind its sessions",
      success: 204,
      run: async (call) => {
        if (!(await deleteCredential(deps, await reachedCredential(deps, call, call.path.Sid)))) throw call.notFound();
      },
    }),
  ];
}

function wishOf(params: ParameterValues<typeof settings>) {
  return {
    friendlyName: params.FriendlyName,
    maxBinds: params.MaxBinds,
    window: params.Window,
    messagesPerSecond: params.MessagesPerSecond,
    allowedCidrs: params.AllowedCidrs.length === 0 ? undefined : params.AllowedCidrs,
    receiptFallbackUrl: params.ReceiptFallbackUrl,
    inbound: params.Inbound,
    trafficClass: params.TrafficClass,
    defaultAlphabet: params.DefaultAlphabet,
    longTexts: params.LongTexts,
  };
}

type Caller = Pick<Call<string, Record<never, never>, "main">, "principal" | "notFound">;

async function reachedAccount(call: Caller, wished: string | undefined): Promise<string> {
  const accountSid = wished === undefined || wished === "" ? call.principal.accountSid : wished;
  if (!(await call.principal.canAccess(accountSid))) throw call.notFound();
  return accountSid;
}

async function reachedCredential(deps: CredentialDeps, call: Caller, credentialSid: string): Promise<SmppCredential> {
  const credential = await findCredential(deps.database, credentialSid);
  if (credential === undefined || !(await call.principal.canAccess(credential.accountSid))) throw call.notFound();
  return credential;
}
