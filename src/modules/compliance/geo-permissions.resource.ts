import { AppError } from "../../kernel/errors.ts";
import { callingCodeOf, KNOWN_COUNTRIES } from "../../protocols/e164/index.ts";
import { boolean, defineRoute, list, sid, text, type JsonObject, type Route } from "../../platform/http/index.ts";
import { countryCode } from "./checks.ts";
import { actorOf, operatorOnly, reachedAccount, type ComplianceDeps } from "./deps.ts";
import { complianceErrors } from "./errors.ts";
import { HIGH_RISK_COUNTRIES, type GeoPermission } from "./geo-book.ts";
import { PREMIUM_PREFIXES } from "./rules/index.ts";
import { changeSetting, type Actor } from "./settings/index.ts";

const TWILIO = "/v1/Messaging/GeoPermissions";
const OWN = "/trunkline/v1/GeoPermissions";
const MAX_UPDATES = 250;
const MAX_PLACES = 400;

/** Where an account may send: Twilio's resource in accounts v1, and one for the operator that knows prefixes too. */
export function geoPermissionRoutes(deps: ComplianceDeps): Route[] {
  return [fetchRoute(deps), updateRoute(deps), listRoute(deps), setRoute(deps)];
}

const twilio = {
  product: "accounts",
  tag: "AccountsV1MessagingGeopermissions",
  access: "account",
  path: TWILIO,
} as const;

function fetchRoute({ geo }: ComplianceDeps): Route {
  return defineRoute({
    ...twilio,
    method: "GET",
    operationId: "FetchMessagingGeopermissions",
    summary: "Show to which countries the account may send messages",
    success: 200,
    parameters: { CountryCode: text({ maxCharacters: 1_000, summary: "Countries, parted by commas." }) },
    run: ({ accountSid, params }) => {
      const wished = (params.CountryCode ?? "").split(",").filter((code) => code.trim() !== "");
      const countries = wished.length === 0 ? KNOWN_COUNTRIES : wished.map((code) => countryCode(code.trim()));
      return {
        permissions: countries.map((country) => ({
          country_code: country,
          type: "country",
          enabled: geo.isPermitted(accountSid, country),
          prefix: `+${callingCodeOf(country) ?? ""}`,
          message: HIGH_RISK_COUNTRIES.has(country) ? "High Risk Country" : "",
        })),
      };
    },
    view: (found) => found,
  });
}

function updateRoute(deps: ComplianceDeps): Route {
  return defineRoute({
    ...twilio,
    method: "PATCH",
    operationId: "UpdateMessagingGeopermissions",
    summary: "Change to which countries the account may send messages",
    success: 200,
    errors: [complianceErrors.highRisk, complianceErrors.countryUnknown],
    parameters: {
      Permissions: list({
        of: text({ maxCharacters: 200 }),
        maxCount: MAX_UPDATES,
        required: true,
        summary: "JSON objects with country_code, type and enabled.",
      }),
    },
    run: async (call) => {
      const permissions: JsonObject[] = [];
      for (const text of call.params.Permissions) {
        permissions.push(await takeUpdate(deps, text, { accountSid: call.accountSid, actor: actorOf(call) }));
      }
      return { permissions };
    },
    view: (made) => made,
  });
}

async function takeUpdate(
  deps: ComplianceDeps,
  text: string,
  { accountSid, actor }: { readonly accountSid: string; readonly actor: Actor },
): Promise<JsonObject> {
  const { country, enabled } = readUpdate(text);
  const answer = { country_code: country, type: "country", enabled };
  const refuse = (message: string): JsonObject => ({
    ...answer,
    error_code: complianceErrors.highRisk.code,
    error_messages: [message],
  });
  if (!KNOWN_COUNTRIES.includes(country)) return refuse("Country is not known");
  if (HIGH_RISK_COUNTRIES.has(country) && !deps.isOperator(accountSid)) {
    return refuse("High risk country permission cannot be updated");
  }
  await permit(deps, { accountSid, place: country, enabled, actor });
  return { ...answer, error_code: 0, error_messages: [] };
}

function readUpdate(text: string): { country: string; enabled: boolean } {
  try {
    const json = JSON.parse(text) as { country_code?: unknown; enabled?: unknown } | null;
    const code = typeof json?.country_code === "string" ? json.country_code : "";
    return { country: code.slice(0, 20).toUpperCase(), enabled: json?.enabled === true || json?.enabled === "true" };
  } catch {
    throw new AppError(complianceErrors.bodyInvalid, { reason: "each of `Permissions` must be a JSON object" });
  }
}

async function permit(
  deps: ComplianceDeps,
  wish: GeoPermission & { readonly accountSid: string; readonly actor: Actor },
): Promise<void> {
  const { accountSid, place, enabled, actor } = wish;
  const document: GeoPermission = { place, enabled };
  await changeSetting(deps, {
    kind: "geo-permission",
    accountSid,
    key: `${accountSid}/${place}`,
    document,
    actor,
    mode: "set",
    max: MAX_PLACES,
  });
}

const own = { product: "api", tag: "Geo permissions", access: "account", path: OWN } as const;
const owner = () => sid({ prefix: "AC", summary: "The account; the caller's own unless given." });

function listRoute(deps: ComplianceDeps): Route {
  return defineRoute({
    ...own,
    method: "GET",
    operationId: "FetchGeoPermissions",
    summary: "Show to which countries and premium prefixes an account may send",
    success: 200,
    parameters: { AccountSid: owner() },
    run: async (call) => {
      const accountSid = await reachedAccount(deps, call, call.params.AccountSid);
      const { geo } = deps;
      return {
        account_sid: accountSid,
        countries: KNOWN_COUNTRIES.map((country) => ({
          place: country,
          enabled: geo.isPermitted(accountSid, country),
          high_risk: HIGH_RISK_COUNTRIES.has(country),
        })),
        prefixes: Object.entries(PREMIUM_PREFIXES).map(([prefix, why]) => ({
          place: `+${prefix}`,
          enabled: geo.hasPrefix(accountSid, `+${prefix}`),
          reason: why,
        })),
      };
    },
    view: (found) => found,
  });
}

function setRoute(deps: ComplianceDeps): Route {
  return defineRoute({
    ...own,
    method: "POST",
    operationId: "UpdateGeoPermission",
    summary: "Permit or forbid an account a country or a premium prefix, high risk or not; for the operator",
    success: 200,
    errors: [complianceErrors.countryUnknown],
    parameters: {
      AccountSid: owner(),
      Place: text({ required: true, maxCharacters: 10, summary: "A country such as GB, or a prefix such as +882." }),
      Enabled: boolean({ required: true, summary: "Whether it may." }),
    },
    run: async (call) => {
      operatorOnly(deps, call);
      const { Place: wished, Enabled: enabled } = call.params;
      const accountSid = await reachedAccount(deps, call, call.params.AccountSid);
      const place = wished.startsWith("+") ? prefixOf(wished) : countryCode(wished);
      await permit(deps, { accountSid, place, enabled, actor: actorOf(call) });
      return { account_sid: accountSid, place, enabled };
    },
    view: (made) => made,
  });
}

function prefixOf(wished: string): string {
  if (PREMIUM_PREFIXES[wished.slice(1)] !== undefined) return wished;
  throw new AppError(complianceErrors.countryUnknown, { value: wished });
}
