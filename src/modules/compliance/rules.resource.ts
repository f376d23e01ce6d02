import { AppError } from "../../kernel/errors.ts";
import { iso8601 } from "../../kernel/time.ts";
import {
  actsAsOperator,
  boolean,
  defineListRoute,
  defineRoute,
  enumeration,
  text,
  url,
  type JsonObject,
  type Route,
  pageOfAll,
} from "../../platform/http/index.ts";
import { countryCode } from "./checks.ts";
import type { CountryOverride, CountryRule, MarketingHours, SenderRule } from "./countries/index.ts";
import { actorOf, operatorOnly, type ComplianceDeps } from "./deps.ts";
import { complianceErrors } from "./errors.ts";
import { rules } from "./rules/index.ts";
import { changeSetting } from "./settings/index.ts";

const COUNTRIES = "/trunkline/v1/CountryRules";
const SENDER_RULES = ["allowed", "registered", "forbidden", "rewritten"] as const satisfies readonly SenderRule[];
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const MAX_COUNTRIES = 300;

/** What rules there are and what countries demand, with sources; the operator changes what he knows better. */
export function ruleRoutes(deps: ComplianceDeps): Route[] {
  return [listRules(deps), listCountries(deps), fetchCountry(deps), changeCountry(deps), listDoNotCall(deps)];
}

const common = { product: "api", tag: "Rules", access: "account" } as const;

function listRules(deps: ComplianceDeps): Route {
  return defineListRoute({
    ...common,
    path: "/trunkline/v1/Rules",
    operationId: "ListRule",
    summary: "List the rules in the order in which they are asked; the operator sees how often they refused",
    collection: "rules",
    page: ({ call: _, ...slice }) => pageOfAll(rules, slice),
    view: ({ name, asked, errors }, call) => ({
      name,
      asked: asked === "both" ? "at accept and at submit" : "at accept",
      error_codes: [...new Set(errors.map(({ code }) => code))],
      ...(actsAsOperator(call, deps.isOperator) ? countsOf(deps, name) : {}),
    }),
  });
}

function countsOf({ engine }: ComplianceDeps, name: string): JsonObject {
  const { refused = 0, held = 0 } = engine.counts.get(name) ?? {};
  return { refused, held };
}

function listCountries({ countries }: ComplianceDeps): Route {
  return defineListRoute({
    ...common,
    path: COUNTRIES,
    operationId: "ListCountryRule",
    summary: "List what countries let be sent to them, each with its sources and their dates",
    collection: "country_rules",
    maxPageSize: MAX_COUNTRIES,
    page: ({ limit, cursor, direction }) => {
      const all = countries.all();
      const at = cursor === undefined ? 0 : all.findIndex(({ country }) => country > cursor);
      const from =
        direction === "next"
          ? at < 0
            ? all.length
            : at
          : Math.max(0, all.findIndex(({ country }) => country >= (cursor ?? "")) - limit);
      const records = all.slice(from, from + limit);
      const last = records.at(-1);
      const first = records[0];
      return {
        records,
        nextCursor: from + limit < all.length ? last?.country : undefined,
        previousCursor: from > 0 ? first?.country : undefined,
      };
    },
    view: (rule, call) => viewCountry(rule, call.baseUrl),
  });
}

function fetchCountry({ countries }: ComplianceDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: `${COUNTRIES}/{Country}`,
    operationId: "FetchCountryRule",
    summary: "Fetch what a country lets be sent to it",
    success: 200,
    run: (call) => countries.rule(countryCode(call.path.Country)),
    view: (rule, call) => viewCountry(rule, call.baseUrl),
  });
}

function changeCountry(deps: ComplianceDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: `${COUNTRIES}/{Country}`,
    operationId: "UpdateCountryRule",
    summary: "Say what the operator knows better of a country, and from where; for the operator",
    success: 200,
    errors: [complianceErrors.ruleInvalid, complianceErrors.countryUnknown],
    parameters: {
      Alphanumeric: enumeration({ values: SENDER_RULES, summary: "What becomes of names." }),
      ForeignNumbers: enumeration({ values: SENDER_RULES, summary: "What becomes of numbers of other countries." }),
      Flash: boolean({ summary: "Whether messages that are not kept are taken." }),
      Shorteners: enumeration({ values: ["allowed", "blocked"], summary: "Public link shorteners." }),
      StopMention: boolean({ summary: "Whether marketing has to say STOP." }),
      RewriteNumber: text({ maxCharacters: 15, summary: "What foreign numbers are replaced by." }),
      RewriteName: text({ maxCharacters: 15, summary: "What names are replaced by." }),
      SourceUrl: url({ required: true, summary: "Where this stands." }),
      SourceRead: text({ required: true, maxCharacters: 10, summary: "When it was read, 2026-11-21." }),
    },
    run: async (call) => {
      operatorOnly(deps, call);
      const country = countryCode(call.path.Country);
      const { SourceUrl: source, SourceRead: read } = call.params;
      if (!DATE.test(read)) throw new AppError(complianceErrors.ruleInvalid, { reason: "`SourceRead` is no date" });
      const document: CountryOverride = { country, rule: overrideOf(call.params), source: { url: source, read } };
      const wish = { kind: "country-rule", accountSid: "", key: `/${country}`, document, max: MAX_COUNTRIES } as const;
      await changeSetting(deps, { ...wish, mode: "set", actor: actorOf(call) });
      return deps.countries.rule(country);
    },
    view: (rule, call) => viewCountry(rule, call.baseUrl),
  });
}

function overrideOf(params: {
  readonly Alphanumeric: SenderRule | undefined;
  readonly ForeignNumbers: SenderRule | undefined;
  readonly Flash: boolean | undefined;
  readonly Shorteners: "allowed" | "blocked" | undefined;
  readonly StopMention: boolean | undefined;
  readonly RewriteNumber: string | undefined;
  readonly RewriteName: string | undefined;
}): CountryOverride["rule"] {
  const { RewriteNumber: local = "", RewriteName: name = "" } = params;
  const rewriteTo = { ...(local === "" ? {} : { local }), ...(name === "" ? {} : { alphanumeric: name }) };
  return {
    ...(params.Alphanumeric === undefined ? {} : { alphanumeric: params.Alphanumeric }),
    ...(params.ForeignNumbers === undefined ? {} : { foreignNumbers: params.ForeignNumbers }),
    ...(params.Flash === undefined ? {} : { flash: params.Flash }),
    ...(params.Shorteners === undefined ? {} : { shorteners: params.Shorteners }),
    ...(params.StopMention === undefined ? {} : { stopMention: params.StopMention }),
    ...(Object.keys(rewriteTo).length === 0 ? {} : { rewriteTo }),
  };
}

const DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const two = (value: number): string => String(value).padStart(2, "0");
const clock = (minute: number): string => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;

function viewHours({ days, holidays, source }: MarketingHours): JsonObject {
  const shown = days.map((window, day) => [DAYS[day] ?? "", window === undefined ? null : window.map(clock).join("-")]);
  return { ...Object.fromEntries(shown), public_holidays: holidays === undefined, source: { ...source } };
}

function viewCountry(rule: CountryRule, baseUrl: string): JsonObject {
  const { marketingHours, stateHours = {} } = rule;
  return {
    country: rule.country,
    alphanumeric: rule.alphanumeric,
    alphanumeric_pattern: rule.alphanumericPattern ?? null,
    generic_names_blocked: [...(rule.genericNames ?? [])],
    foreign_numbers: rule.foreignNumbers,
    short_code_pattern: rule.shortCodePattern ?? null,
    flash: rule.flash,
    public_shorteners: rule.shorteners,
    stop_mention: rule.stopMention,
    registry: rule.registry ?? null,
    rewrite_to: rule.rewriteTo === undefined ? null : { ...rule.rewriteTo },
    marketing_hours: marketingHours === undefined ? null : viewHours(marketingHours),
    state_hours: Object.fromEntries(Object.entries(stateHours).map(([state, hours]) => [state, viewHours(hours)])),
    sources: rule.sources.map((source) => ({ ...source })),
    version: rule.version,
    url: `${baseUrl}${COUNTRIES}/${rule.country}`,
  };
}

function listDoNotCall(deps: ComplianceDeps): Route {
  return defineListRoute({
    ...common,
    path: "/trunkline/v1/DoNotCall/Lists",
    operationId: "ListDoNotCallList",
    summary: "List the do-not-call lists that are loaded; for the operator",
    collection: "lists",
    page: ({ call, ...slice }) => {
      operatorOnly(deps, call);
      return pageOfAll(deps.doNotCall.status(), slice);
    },
    view: (list) => ({
      name: list.name,
      country: list.country,
      numbers: list.numbers,
      lines_skipped: list.skipped,
      octets: list.octets,
      date_loaded: list.loadedMs === undefined ? null : iso8601(list.loadedMs),
    }),
  });
}
