import { iso8601 } from "../../kernel/time.ts";
import { isSid } from "../../kernel/ids.ts";
import { AppError, type ErrorSpec } from "../../kernel/errors.ts";
import {
  actsAsOperator,
  defineListRoute,
  defineRoute,
  pageBySid,
  sid,
  type JsonObject,
  type Parameters,
  type ParameterValues,
  type Route,
} from "../../platform/http/index.ts";
import { actorOf, operatorOnly, reachedAccount, type Caller, type ComplianceDeps } from "./deps.ts";
import { complianceErrors } from "./errors.ts";
import {
  changeSetting,
  findSetting,
  listSettings,
  removeSetting,
  type Setting,
  type SettingKind,
} from "./settings/index.ts";

/** What a resource of settings is: from it come create, list, fetch and delete. */
export interface SettingResource<P extends Parameters, D extends object> {
  readonly kind: SettingKind;
  /** `/trunkline/v1/Dlt/Entities`. */
  readonly path: string;
  /** `DltEntity`, for operation ids. */
  readonly name: string;
  /** `a principal entity`, for summaries. */
  readonly noun: string;
  readonly tag: string;
  readonly collection: string;
  readonly parameters: P;
  /** Only the operator makes and deletes them. */
  readonly operator?: true;
  /** Whose they are: the operator's own, which hold for all, or an account's. */
  readonly owner: "operator" | "account";
  /** `set`: one that is there is replaced. */
  readonly mode: "make" | "set";
  readonly max: number;
  readonly errors?: readonly ErrorSpec[];
  /** Checks what was asked for and makes the document of it, with its key within the account. */
  readonly read: (params: ParameterValues<P>, accountSid: string) => { readonly key: string; readonly document: D };
  /** Whether the caller may write this document; anybody may where absent. */
  readonly mayWrite?: (document: D, isOperator: boolean) => boolean;
  readonly view: (document: D) => JsonObject;
}

/** The four routes of a resource of settings. */
export function settingRoutes<P extends Parameters, D extends object>(
  deps: ComplianceDeps,
  resource: SettingResource<P, D>,
): Route[] {
  return [createRoute(deps, resource), listRoute(deps, resource), ...itemRoutes(deps, resource)];
}

const access = "account";
const owner = () => sid({ prefix: "AC", summary: "The account; the caller's own unless given." });

function createRoute<P extends Parameters, D extends object>(
  deps: ComplianceDeps,
  resource: SettingResource<P, D>,
): Route {
  const { kind, path, name, noun, tag, mode, max, parameters } = resource;
  return defineRoute({
    product: "api",
    tag,
    access,
    method: "POST",
    path,
    operationId: `Create${name}`,
    summary: `${mode === "set" ? "Set" : "Create"} ${noun}${resource.operator === true ? "; for the operator" : ""}`,
    success: 201,
    ...(mode === "make" ? { creates: true } : {}),
    errors: [complianceErrors.settingTaken, complianceErrors.tooMany, ...(resource.errors ?? [])],
    parameters: { AccountSid: owner(), ...parameters },
    run: async (call) => {
      const caller = call as unknown as Caller;
      if (resource.operator === true) operatorOnly(deps, caller);
      const params = call.params as unknown as ParameterValues<P> & { readonly AccountSid: string | undefined };
      const accountSid = resource.owner === "operator" ? "" : await reachedAccount(deps, caller, params.AccountSid);
      const { key, document } = resource.read(params, accountSid);
      if (resource.mayWrite?.(document, actsAsOperator(caller, deps.isOperator)) === false) {
        throw new AppError(complianceErrors.operatorOnly);
      }
      const wish = { kind, accountSid, key: `${accountSid}/${key}`, document, mode, max, actor: actorOf(caller) };
      return changeSetting(deps, wish);
    },
    view: viewOf(resource),
  });
}

function listRoute<P extends Parameters, D extends object>(
  deps: ComplianceDeps,
  resource: SettingResource<P, D>,
): Route {
  const { kind, path, name, noun, tag, collection } = resource;
  return defineListRoute({
    product: "api",
    tag,
    access,
    path,
    operationId: `List${name}`,
    summary: `List ${collection.replaceAll("_", " ")}, newest first: each is ${noun}`,
    collection,
    parameters: { AccountSid: owner() },
    page: async ({ call, ...slice }) => {
      const accountSid = await scopeOf(deps, resource.owner, call, call.params.AccountSid);
      return pageBySid(slice, (part) => listSettings(deps.database, { kind, accountSid }, part));
    },
    view: viewOf(resource),
  });
}

function itemRoutes<P extends Parameters, D extends object>(
  deps: ComplianceDeps,
  resource: SettingResource<P, D>,
): Route[] {
  const { path, name, noun, tag } = resource;
  const item = { product: "api", tag, access, path: `${path}/{Sid}` } as const;
  return [
    defineRoute({
      ...item,
      method: "GET",
      operationId: `Fetch${name}`,
      summary: `Fetch ${noun}`,
      success: 200,
      run: (call) => reachedSetting(deps, resource, call),
      view: viewOf(resource),
    }),
    defineRoute({
      ...item,
      method: "DELETE",
      operationId: `Delete${name}`,
      summary: `Delete ${noun}${resource.operator === true ? "; for the operator" : ""}`,
      success: 204,
      run: async (call) => {
        if (resource.operator === true) operatorOnly(deps, call);
        const setting = await reachedSetting(deps, resource, call);
        if (!(await removeSetting(deps, setting, actorOf(call)))) throw call.notFound();
      },
    }),
  ];
}

/** Whose settings a caller is shown; `undefined`: all accounts'. */
async function scopeOf(
  deps: ComplianceDeps,
  owner: "operator" | "account",
  call: Caller,
  wished: string | undefined,
): Promise<string | undefined> {
  if (owner === "operator") {
    operatorOnly(deps, call);
    return "";
  }
  return reachedAccount(deps, call, wished);
}

async function reachedSetting(
  deps: ComplianceDeps,
  { kind, owner }: Pick<SettingResource<Parameters, object>, "kind" | "owner">,
  call: Caller & { readonly path: Readonly<Record<string, string>> },
): Promise<Setting> {
  const wanted = call.path["Sid"] ?? "";
  if (owner === "operator") operatorOnly(deps, call);
  const setting = isSid(wanted) ? await findSetting(deps.database, { kind, accountSid: undefined }, wanted) : undefined;
  if (setting === undefined) throw call.notFound();
  if (owner === "account") await reachedAccount(deps, call, setting.accountSid);
  return setting;
}

function viewOf<P extends Parameters, D extends object>({ path, owner, view }: SettingResource<P, D>) {
  return (setting: Setting, call: { readonly baseUrl: string }): JsonObject => ({
    sid: setting.sid,
    ...(owner === "account" ? { account_sid: setting.accountSid } : {}),
    ...view(setting.document as D),
    revision: setting.revision,
    date_created: iso8601(setting.createdMs),
    date_updated: iso8601(setting.updatedMs),
    url: `${call.baseUrl}${path}/${setting.sid}`,
  });
}
