import { AppError } from "../../kernel/errors.ts";
import { isSid } from "../../kernel/ids.ts";
import {
  BAD_PAGE_TOKEN,
  boolean,
  cutPage,
  dateFilter,
  defineListRoute,
  defineRoute,
  enumeration,
  INVALID_PARAMETER,
  sid,
  text,
  url,
  type Route,
} from "../../platform/http/index.ts";
import { createDossier } from "./change-dossier.ts";
import { regulationsOf, ruleBySid } from "./data/index.ts";
import type { RegulatoryDeps } from "./deps.ts";
import { cursorOf, listDossiers, SORT_KEYS } from "./dossier.store.ts";
import { STATUSES } from "./dossier.ts";
import { viewDossier } from "./dossier.view.ts";
import { regulatoryErrors } from "./errors.ts";
import type { Condition } from "./list-rows.ts";
import type { Rule } from "./rule.ts";
import { BUNDLES } from "./surface.ts";

const common = { product: "numbers", tag: "Bundles", access: "account" } as const;
const END_USER_TYPES = ["individual", "business"] as const;
const NUMBER_TYPES = ["local", "mobile", "national", "toll-free", "voip"];
const MAX_SIDS = 20;

/** What a bundle is made for. */
interface Wanted {
  readonly regulationSid: string | undefined;
  readonly isoCountry: string | undefined;
  readonly numberType: string | undefined;
  readonly endUserType: string | undefined;
}

/** The regulation that is named, or the one of a country, number type and end user type (`business` unless told). */
function regulationOf({ regulationSid = "", isoCountry = "", numberType = "", endUserType }: Wanted): Rule {
  if (regulationSid !== "") {
    const rule = ruleBySid(regulationSid);
    if (rule?.dossierKind !== "bundle") throw new AppError(regulatoryErrors.regulationUnknown, { what: regulationSid });
    return rule;
  }
  if (isoCountry === "" || numberType === "") throw new AppError(regulatoryErrors.regulationMissing);
  if (!NUMBER_TYPES.some((type) => type.replace("-", "") === numberType.toLowerCase().replaceAll(/[^a-z]/g, ""))) {
    throw new AppError(regulatoryErrors.numberTypeInvalid, { value: numberType });
  }
  const [rule] = regulationsOf({ isoCountry, numberType, endUserType: endUserType ?? "business" });
  if (rule === undefined) {
    throw new AppError(regulatoryErrors.regulationUnknown, { what: `${isoCountry} ${numberType} numbers` });
  }
  return rule;
}

/** `POST Bundles`. */
export function bundleCreateRoute(deps: RegulatoryDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: "/v2/RegulatoryCompliance/Bundles",
    operationId: "CreateBundle",
    summary: "Make an empty bundle for numbers of a country and type, to be filled and submitted",
    success: 201,
    creates: true,
    errors: [
      regulatoryErrors.regulationMissing,
      regulatoryErrors.regulationUnknown,
      regulatoryErrors.numberTypeInvalid,
      regulatoryErrors.tooMany,
    ],
    parameters: {
      FriendlyName: text({ required: true, maxCharacters: 255, summary: "A name of the account's own." }),
      Email: text({ required: true, maxCharacters: 320, summary: "Kept and shown; nothing is mailed." }),
      StatusCallback: url({ summary: "Told of each change of the status." }),
      RegulationSid: sid({ prefix: "RN", summary: "The regulation; or country, number type and end user type." }),
      IsoCountry: text({ maxCharacters: 2, summary: "ISO 3166-1 alpha-2." }),
      EndUserType: enumeration({ values: END_USER_TYPES, invalid: regulatoryErrors.endUserTypeInvalid }),
      NumberType: text({ maxCharacters: 32, summary: "local, mobile, national, toll-free." }),
      IsTest: boolean({ default: false, summary: "Rejected whatever it says." }),
    },
    run: ({ accountSid, params }) => {
      const rule = regulationOf({
        regulationSid: params.RegulationSid,
        isoCountry: params.IsoCountry,
        numberType: params.NumberType,
        endUserType: params.EndUserType,
      });
      return createDossier(deps, {
        accountSid,
        rule,
        friendlyName: params.FriendlyName,
        email: params.Email,
        statusCallback: params.StatusCallback === "" ? undefined : params.StatusCallback,
        isTest: params.IsTest,
      });
    },
    view: (dossier, { baseUrl }) => viewDossier(dossier, BUNDLES, baseUrl),
  });
}

/** `GET Bundles`. */
export function bundleListRoute({ database }: RegulatoryDeps): Route {
  return defineListRoute({
    ...common,
    path: "/v2/RegulatoryCompliance/Bundles",
    operationId: "ListBundle",
    summary: "List the account's bundles, newest first unless told",
    collection: "results",
    parameters: {
      Status: enumeration({
        values: [...STATUSES, "provisionally-approved"],
        invalid: regulatoryErrors.statusInvalid,
      }),
      BundleSids: text({ maxCharacters: 35 * MAX_SIDS, summary: "At most 20 SIDs with commas between them." }),
      FriendlyName: text({ maxCharacters: 255 }),
      RegulationSid: sid({ prefix: "RN" }),
      IsoCountry: text({ maxCharacters: 2 }),
      NumberType: text({ maxCharacters: 32 }),
      EndUserType: enumeration({ values: END_USER_TYPES, invalid: regulatoryErrors.endUserTypeInvalid }),
      HasValidUntilDate: boolean({}),
      SortBy: enumeration({ values: ["valid-until", "date-updated"] }),
      SortDirection: enumeration({ values: ["ASC", "DESC"], default: "DESC" }),
      ValidUntilDate: dateFilter(),
    },
    page: async ({ call: { accountSid, params }, ...asked }) => {
      const { cursor, limit } = asked;
      const { SortBy: sortBy } = params;
      checkCursor(cursor, sortBy);
      const { fromMs, untilMs } = params.ValidUntilDate ?? {};
      const where: Condition[] = [
        ["account_sid = ?", accountSid],
        ["kind = ?", "bundle"],
        ["status = ?", params.Status],
        ["sid = any(?)", sidsOf(params.BundleSids)],
        ["friendly_name = ?", filled(params.FriendlyName)],
        ["rule_sid = ?", filled(params.RegulationSid)],
        ["rule_sid = any(?)", rulesOf(params)],
        ["(valid_until is not null) = ?", params.HasValidUntilDate],
        ["valid_until >= ?", fromMs === undefined ? undefined : new Date(fromMs)],
        ["valid_until < ?", untilMs === undefined ? undefined : new Date(untilMs)],
      ];
      const sorted = sortBy === undefined ? {} : { sortKey: SORT_KEYS[sortBy] };
      const isAscending = params.SortDirection === "ASC";
      const rows = await listDossiers(database, where, { ...asked, limit: limit + 1, isAscending, ...sorted });
      return cutPage(rows, asked, (dossier) => cursorOf(dossier, sortBy));
    },
    view: (dossier, { baseUrl }) => viewDossier(dossier, BUNDLES, baseUrl),
  });
}

const filled = (value: string | undefined): string | undefined => (value === "" ? undefined : value);

function sidsOf(text: string | undefined): string[] | undefined {
  if (text === undefined || text === "") return undefined;
  const sids = text.split(",");
  if (sids.length <= MAX_SIDS && sids.every((each) => isSid(each, "BU"))) return sids;
  const reason = `it is no list of at most ${MAX_SIDS} SIDs of the form BU and 32 hexadecimal digits`;
  throw new AppError(INVALID_PARAMETER, { parameter: "BundleSids", value: text.slice(0, 64), reason });
}

function rulesOf(params: {
  readonly IsoCountry: string | undefined;
  readonly NumberType: string | undefined;
  readonly EndUserType: string | undefined;
}): string[] | undefined {
  const isoCountry = filled(params.IsoCountry);
  const numberType = filled(params.NumberType);
  const endUserType = params.EndUserType;
  if (isoCountry === undefined && numberType === undefined && endUserType === undefined) return undefined;
  return regulationsOf({ isoCountry, numberType, endUserType }).map((rule) => rule.sid);
}

function checkCursor(cursor: string | undefined, sortBy: string | undefined): void {
  if (cursor === undefined) return;
  const isGood = sortBy === undefined ? isSid(cursor, "BU") : /^\d{1,15}\.BU[0-9a-f]{32}$/.test(cursor);
  if (!isGood) throw new AppError(BAD_PAGE_TOKEN);
}
