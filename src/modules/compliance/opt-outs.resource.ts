import { AppError } from "../../kernel/errors.ts";
import { iso8601 } from "../../kernel/time.ts";
import { isSid } from "../../kernel/ids.ts";
import {
  defineListRoute,
  defineRoute,
  enumeration,
  pageBySid,
  phone,
  text,
  type JsonObject,
  type JsonValue,
  type Route,
  pageOfAll,
} from "../../platform/http/index.ts";
import { changeConsents, type ConsentImport } from "./change-consents.ts";
import { recipientOf } from "./checks.ts";
import {
  findConsent,
  KEYWORD_LANGUAGES,
  listChanges,
  listConsents,
  MAX_IMPORTED,
  type Consent,
} from "./consent/index.ts";
import { credentialOf, type ComplianceDeps } from "./deps.ts";
import { complianceErrors } from "./errors.ts";

const LIST = "/trunkline/v1/OptOuts";
const ITEM = "/trunkline/v1/OptOuts/{Sid}";
const common = { product: "api", tag: "Opt-outs", access: "account" } as const;
const STATES = ["opted-out", "opted-in"] as const;
const IMPORT_OCTETS = 1_048_576;

/** `OptOuts`: who is not written to, by which scope. */
export function optOutRoutes(deps: ComplianceDeps): Route[] {
  return [importRoute(deps), listRoute(deps), ...itemRoutes(deps), keywordsRoute()];
}

function importRoute(deps: ComplianceDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: LIST,
    operationId: "CreateOptOut",
    summary: "Opt recipients out of a service, a number or the whole account, or in again; up to 10,000 at once",
    body: "json",
    maxBodyOctets: IMPORT_OCTETS,
    success: 201,
    errors: [complianceErrors.bodyInvalid, complianceErrors.scopeInvalid],
    run: (call) => {
      const wish = readImport(call.json);
      const actor = credentialOf(call.principal);
      return changeConsents(deps, { ...wish, accountSid: call.accountSid, actor });
    },
    view: (made: ConsentImport) => ({
      scope: made.scope,
      state: made.state,
      changed: made.changed,
      unchanged: made.unchanged,
      invalid: [...made.invalid],
    }),
  });
}

/** `{scope, state, recipients}`. */
function readImport(json: JsonValue): { scope: string; state: (typeof STATES)[number]; recipients: string[] } {
  const refuse = (reason: string): never => {
    throw new AppError(complianceErrors.bodyInvalid, { reason });
  };
  if (typeof json !== "object" || json === null || Array.isArray(json)) return refuse("it is no object");
  const { scope, state = "opted-out", recipients } = json as Record<string, JsonValue>;
  if (typeof scope !== "string") return refuse("`scope` must be a text");
  const known = STATES.find((each) => each === state);
  if (known === undefined) return refuse("`state` must be opted-out or opted-in");
  if (!Array.isArray(recipients) || recipients.length === 0 || recipients.length > MAX_IMPORTED) {
    return refuse(`\`recipients\` must be a list of 1 to ${MAX_IMPORTED} numbers`);
  }
  return { scope, state: known, recipients: recipients.map((each) => (typeof each === "string" ? each : "")) };
}

function listRoute(deps: ComplianceDeps): Route {
  return defineListRoute({
    ...common,
    path: LIST,
    operationId: "ListOptOut",
    summary: "List whose consent is known, in no order of time",
    collection: "opt_outs",
    parameters: {
      Scope: text({ maxCharacters: 40, summary: "Only of this service, number or account." }),
      Recipient: phone({ summary: "Only of this recipient." }),
      State: enumeration({ values: STATES, summary: "Only what stands so." }),
    },
    page: ({ call: { accountSid, params }, ...slice }) => {
      const { Scope: scope, Recipient: wished, State: state } = params;
      const recipient = wished === undefined || wished === "" ? undefined : (recipientOf(wished) ?? wished);
      const filter = { accountSid, scope: scope === "" ? undefined : scope, recipient, state };
      return pageBySid(slice, (part) => listConsents({ ...deps, state: deps.consents }, filter, part));
    },
    view: (consent, call) => viewConsent(consent, call.baseUrl),
  });
}

function itemRoutes(deps: ComplianceDeps): Route[] {
  const find = async (call: { accountSid: string; path: { Sid: string }; notFound(): AppError }): Promise<Consent> => {
    const found = isSid(call.path.Sid, "OP")
      ? await findConsent({ ...deps, state: deps.consents }, call.accountSid, call.path.Sid)
      : undefined;
    if (found === undefined) throw call.notFound();
    return found;
  };
  return [
    defineRoute({
      ...common,
      method: "GET",
      path: ITEM,
      operationId: "FetchOptOut",
      summary: "Fetch what is known of a recipient's consent",
      success: 200,
      run: find,
      view: (consent, call) => viewConsent(consent, call.baseUrl),
    }),
    defineRoute({
      ...common,
      method: "DELETE",
      path: ITEM,
      operationId: "DeleteOptOut",
      summary: "Opt a recipient in again, who has said so in another way",
      success: 204,
      run: async (call) => {
        const { accountSid, scope, recipient } = await find(call);
        const wish = { accountSid, scope, state: "opted-in", recipients: [recipient] } as const;
        await changeConsents(
          { cell: deps.cell, ownsScope: () => true },
          { ...wish, actor: credentialOf(call.principal) },
        );
      },
    }),
    defineListRoute({
      ...common,
      path: `${ITEM}/History`,
      operationId: "ListOptOutHistory",
      summary: "List the changes of a recipient's consent, newest first: who, when and how",
      collection: "changes",
      page: async ({ call, ...slice }) => {
        const consent = await find(call);
        return pageBySid(slice, (part) => listChanges({ ...deps, state: deps.consents }, consent, part));
      },
      view: ({ sid, ...change }) => ({ sid, ...viewChange(change) }),
    }),
  ];
}

function viewChange(consent: Omit<Consent, "sid">): JsonObject {
  return {
    account_sid: consent.accountSid,
    scope: consent.scope,
    recipient: consent.recipient,
    state: consent.state,
    source: consent.source,
    number: consent.number ?? null,
    keyword: consent.keyword ?? null,
    message_sid: consent.messageSid ?? null,
    actor: consent.actor ?? null,
    date_changed: iso8601(consent.changedMs),
  };
}

function viewConsent({ sid, ...consent }: Consent, baseUrl: string): JsonObject {
  const url = `${baseUrl}${LIST}/${sid}`;
  return { sid, ...viewChange(consent), url, links: { history: `${url}/History` } };
}

function keywordsRoute(): Route {
  return defineListRoute({
    ...common,
    path: `${LIST}/DefaultKeywords`,
    operationId: "ListDefaultKeyword",
    summary: "List the keywords that are understood without any configuration, by language",
    collection: "default_keywords",
    page: ({ call: _, ...slice }) => pageOfAll(DEFAULT_KEYWORDS, slice),
    view: (keyword) => keyword,
  });
}

const DEFAULT_KEYWORDS = Object.entries(KEYWORD_LANGUAGES).flatMap(([language, { stop, start, help, replies }]) => [
  ...stop.map((keyword) => ({ keyword, message_type: "STOP", language, message: replies.STOP })),
  ...start.map((keyword) => ({ keyword, message_type: "START", language, message: replies.START })),
  ...help.map((keyword) => ({ keyword, message_type: "HELP", language, message: replies.HELP })),
]);
