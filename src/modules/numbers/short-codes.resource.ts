import { defineListRoute, defineRoute, text, type Route, pageBySid } from "../../platform/http/index.ts";
import { updateNumber } from "./change-number.ts";
import { changesOf, UNCONFIGURED_NUMBER } from "./configuration.ts";
import type { NumbersDeps } from "./deps.ts";
import { numberErrors } from "./errors.ts";
import { filterPattern } from "./number-pattern.ts";
import { findNumber, listNumbers } from "./number.store.ts";
import { viewShortCode } from "./number.view.ts";
import { commonParameters, smsParameters } from "./parameters.ts";

const LIST = "/2010-04-01/Accounts/{AccountSid}/SMS/ShortCodes";
const ITEM = "/2010-04-01/Accounts/{AccountSid}/SMS/ShortCodes/{Sid}";
const common = { product: "api", tag: "ShortCodes", access: "account" } as const;
const MAX_FILTER_CHARACTERS = 64;

/** `SMS/ShortCodes`: fetch, list, update. The operator assigns them; nobody buys or releases them. */
export function shortCodeRoutes(deps: NumbersDeps): Route[] {
  return [listRoute(deps), fetchRoute(deps), updateRoute(deps)];
}

function listRoute({ database }: NumbersDeps): Route {
  return defineListRoute({
    ...common,
    path: LIST,
    operationId: "ListShortCode",
    summary: "List the account's short codes, newest first",
    collection: "short_codes",
    parameters: {
      FriendlyName: text({ maxCharacters: MAX_FILTER_CHARACTERS, summary: "The exact friendly name." }),
      ShortCode: text({ maxCharacters: MAX_FILTER_CHARACTERS, summary: "Part of the code; `*` for any digit." }),
    },
    page: ({ call: { accountSid, params }, ...slice }) => {
      const wanted = params.ShortCode ?? "";
      const pattern = wanted === "" ? undefined : filterPattern(wanted);
      const friendlyName = params.FriendlyName === "" ? undefined : params.FriendlyName;
      const filter = { accountSid, kinds: ["shortcode"] as const, friendlyName, pattern };
      return pageBySid(slice, async (part) =>
        wanted !== "" && pattern === undefined ? [] : listNumbers(database, filter, part),
      );
    },
    view: viewShortCode,
  });
}

function fetchRoute({ database }: NumbersDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: ITEM,
    operationId: "FetchShortCode",
    summary: "Fetch a short code",
    success: 200,
    run: async (call) => {
      const { accountSid, path } = call;
      const found = path.Sid.startsWith("SC") ? await findNumber(database, { accountSid, sid: path.Sid }) : undefined;
      if (found === undefined) throw call.notFound();
      return found;
    },
    view: viewShortCode,
  });
}

function updateRoute(deps: NumbersDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: ITEM,
    operationId: "UpdateShortCode",
    summary: "Change a short code",
    success: 200,
    errors: [numberErrors.urlInvalid, numberErrors.methodInvalid, numberErrors.smsFallbackAlone],
    parameters: { ...commonParameters, ...smsParameters },
    run: async (call) => {
      const { accountSid, path, params } = call;
      if (!path.Sid.startsWith("SC")) throw call.notFound();
      const changes = changesOf(UNCONFIGURED_NUMBER, params);
      const updated = await updateNumber(deps, { accountSid, sid: path.Sid, changes });
      if (updated === undefined) throw call.notFound();
      return updated;
    },
    view: viewShortCode,
  });
}
