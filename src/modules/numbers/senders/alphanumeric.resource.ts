import { iso8601 } from "../../../kernel/time.ts";
import {
  defineListRoute,
  defineRoute,
  enumeration,
  pageBySid,
  text,
  type JsonObject,
  type Route,
} from "../../../platform/http/index.ts";
import type { AlphanumericSender } from "../alphanumeric.ts";
import { findSender, listSenders } from "../alphanumeric.store.ts";
import type { NumbersDeps } from "../deps.ts";
import { senderErrors } from "./errors.ts";
import { registerSender, removeSender, reviewSender } from "./register-sender.ts";

const LIST = "/trunkline/v1/AlphanumericSenders";
const ITEM = "/trunkline/v1/AlphanumericSenders/{Sid}";
const common = { product: "api", tag: "AlphanumericSenders", access: "account" } as const;
const MAX_SENDER_CHARACTERS = 64;

/** `AlphanumericSenders`: what an account may send from instead of a number. */
export function alphanumericRoutes(deps: NumbersDeps): Route[] {
  return [createRoute(deps), listRoute(deps), fetchRoute(deps), reviewRoute(deps), deleteRoute(deps)];
}

function viewSender(sender: AlphanumericSender, baseUrl: string): JsonObject {
  return {
    sid: sender.sid,
    account_sid: sender.accountSid,
    sender: sender.sender,
    iso_country: sender.isoCountry === "" ? null : sender.isoCountry,
    status: sender.status,
    date_created: iso8601(sender.createdMs),
    date_updated: iso8601(sender.updatedMs),
    url: `${baseUrl}${LIST}/${sender.sid}`,
  };
}

function createRoute(deps: NumbersDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: LIST,
    operationId: "CreateAlphanumericSender",
    summary: "Register a sender of letters and digits",
    success: 201,
    creates: true,
    errors: Object.values(senderErrors),
    parameters: {
      Sender: text({
        required: true,
        maxCharacters: MAX_SENDER_CHARACTERS,
        summary: "1 to 11 characters, a letter in it.",
      }),
      IsoCountry: text({ maxCharacters: 2, summary: "ISO 3166-1 alpha-2 of the country that it is registered for." }),
    },
    run: ({ accountSid, params }) =>
      registerSender(deps, { accountSid, sender: params.Sender, isoCountry: params.IsoCountry ?? "" }),
    view: (sender, { baseUrl }) => viewSender(sender, baseUrl),
  });
}

function listRoute({ database }: NumbersDeps): Route {
  return defineListRoute({
    ...common,
    path: LIST,
    operationId: "ListAlphanumericSender",
    summary: "List the account's alphanumeric senders, newest first",
    collection: "alphanumeric_senders",
    page: ({ call: { accountSid }, ...slice }) => pageBySid(slice, (part) => listSenders(database, accountSid, part)),
    view: (sender, { baseUrl }) => viewSender(sender, baseUrl),
  });
}

function fetchRoute({ database }: NumbersDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: ITEM,
    operationId: "FetchAlphanumericSender",
    summary: "Fetch an alphanumeric sender",
    success: 200,
    run: async (call) => {
      const found = await findSender(database, call.path.Sid);
      if (found?.accountSid !== call.accountSid) throw call.notFound();
      return found;
    },
    view: (sender, { baseUrl }) => viewSender(sender, baseUrl),
  });
}

function reviewRoute(deps: NumbersDeps): Route {
  return defineRoute({
    ...common,
    access: "main",
    method: "POST",
    path: ITEM,
    operationId: "ReviewAlphanumericSender",
    summary: "Approve or reject a sender of any account; for the operator",
    success: 200,
    parameters: {
      Status: enumeration({ required: true, values: ["approved", "rejected", "pending"], summary: "What it is now." }),
    },
    run: async (call) => {
      if (!deps.isOperator(call.accountSid)) throw call.notFound();
      const reviewed = await reviewSender(deps, call.path.Sid, call.params.Status);
      if (reviewed === undefined) throw call.notFound();
      return reviewed;
    },
    view: (sender, { baseUrl }) => viewSender(sender, baseUrl),
  });
}

function deleteRoute(deps: NumbersDeps): Route {
  return defineRoute({
    ...common,
    method: "DELETE",
    path: ITEM,
    operationId: "DeleteAlphanumericSender",
    summary: "Give an alphanumeric sender up",
    success: 204,
    run: async (call) => {
      if (!(await removeSender(deps, call.accountSid, call.path.Sid))) throw call.notFound();
    },
  });
}
