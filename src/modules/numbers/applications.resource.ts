import { defineListRoute, defineRoute, text, type Route, pageBySid } from "../../platform/http/index.ts";
import { findApplication, listApplications } from "./application.store.ts";
import { createApplication, deleteApplication, updateApplication } from "./change-application.ts";
import { changesOf, UNCONFIGURED_APPLICATION } from "./configuration.ts";
import type { NumbersDeps } from "./deps.ts";
import { numberErrors } from "./errors.ts";
import { viewApplication } from "./number.view.ts";
import { applicationParameters } from "./parameters.ts";

const LIST = "/2010-04-01/Accounts/{AccountSid}/Applications";
const ITEM = "/2010-04-01/Accounts/{AccountSid}/Applications/{Sid}";
const common = { product: "api", tag: "Applications", access: "account" } as const;
const MAX_FILTER_CHARACTERS = 64;

const errors = [
  numberErrors.urlInvalid,
  numberErrors.methodInvalid,
  numberErrors.smsFallbackAlone,
  numberErrors.voiceFallbackAlone,
];

/** `Applications`: create, fetch, list, update, delete. */
export function applicationRoutes(deps: NumbersDeps): Route[] {
  return [createRoute(deps), listRoute(deps), fetchRoute(deps), updateRoute(deps), deleteRoute(deps)];
}

function createRoute(deps: NumbersDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: LIST,
    operationId: "CreateApplication",
    summary: "Create an application",
    success: 201,
    creates: true,
    errors: [...errors, numberErrors.tooManyApplications],
    parameters: applicationParameters,
    run: ({ accountSid, params }) =>
      createApplication(deps, { accountSid, changes: changesOf(UNCONFIGURED_APPLICATION, params) }),
    view: viewApplication,
  });
}

function listRoute({ database }: NumbersDeps): Route {
  return defineListRoute({
    ...common,
    path: LIST,
    operationId: "ListApplication",
    summary: "List the account's applications, newest first",
    collection: "applications",
    parameters: { FriendlyName: text({ maxCharacters: MAX_FILTER_CHARACTERS, summary: "The exact friendly name." }) },
    page: ({ call: { accountSid, params }, ...slice }) => {
      const friendlyName = params.FriendlyName === "" ? undefined : params.FriendlyName;
      return pageBySid(slice, (part) => listApplications(database, { accountSid, friendlyName }, part));
    },
    view: viewApplication,
  });
}

function fetchRoute({ database }: NumbersDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: ITEM,
    operationId: "FetchApplication",
    summary: "Fetch an application",
    success: 200,
    run: async (call) => {
      const found = await findApplication(database, { accountSid: call.accountSid, sid: call.path.Sid });
      if (found === undefined) throw call.notFound();
      return found;
    },
    view: viewApplication,
  });
}

function updateRoute(deps: NumbersDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: ITEM,
    operationId: "UpdateApplication",
    summary: "Change an application",
    success: 200,
    errors,
    parameters: applicationParameters,
    run: async (call) => {
      const changes = changesOf(UNCONFIGURED_APPLICATION, call.params);
      const updated = await updateApplication(deps, { accountSid: call.accountSid, sid: call.path.Sid, changes });
      if (updated === undefined) throw call.notFound();
      return updated;
    },
    view: viewApplication,
  });
}

function deleteRoute(deps: NumbersDeps): Route {
  return defineRoute({
    ...common,
    method: "DELETE",
    path: ITEM,
    operationId: "DeleteApplication",
    summary: "Delete an application and take it off the account's numbers",
    success: 204,
    run: async (call) => {
      const target = { accountSid: call.accountSid, sid: call.path.Sid };
      if (!(await deleteApplication(deps, target))) throw call.notFound();
    },
  });
}
