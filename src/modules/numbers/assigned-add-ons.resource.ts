import { AppError } from "../../kernel/errors.ts";
import { defineListRoute, defineRoute, sid, type Route } from "../../platform/http/index.ts";
import type { NumbersDeps } from "./deps.ts";
import { numberErrors } from "./errors.ts";
import { findNumber } from "./number.store.ts";

const LIST = "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/{ResourceSid}/AssignedAddOns";
const ITEM = "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/{ResourceSid}/AssignedAddOns/{Sid}";
const EXTENSIONS =
  "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/{ResourceSid}/AssignedAddOns/{AssignedAddOnSid}/Extensions";
const common = { product: "api", tag: "AssignedAddOns", access: "account" } as const;

interface AddOnCall {
  readonly accountSid: string;
  readonly path: { readonly ResourceSid: string };
  notFound(): AppError;
}

function none(call: { notFound(): AppError }): never {
  throw call.notFound();
}

/** `AssignedAddOns`: there are none. The list of a number is empty, and nothing of it can be found or installed. */
export function assignedAddOnRoutes({ database }: NumbersDeps): Route[] {
  const checkNumber = async (call: AddOnCall): Promise<void> => {
    const target = { accountSid: call.accountSid, sid: call.path.ResourceSid };
    const found = target.sid.startsWith("PN") ? await findNumber(database, target) : undefined;
    if (found === undefined) throw call.notFound();
  };
  return [
    ...itemRoutes(),
    defineListRoute({
      ...common,
      path: LIST,
      operationId: "ListIncomingPhoneNumberAssignedAddOn",
      summary: "List the add-ons of a number: none",
      collection: "assigned_add_ons",
      page: async ({ call }) => {
        await checkNumber(call);
        return { records: [] };
      },
      view: () => ({}),
    }),
    defineRoute({
      ...common,
      method: "POST",
      path: LIST,
      operationId: "CreateIncomingPhoneNumberAssignedAddOn",
      summary: "Assign an add-on: there are none that could be",
      success: 201,
      errors: [numberErrors.addOnUnknown],
      parameters: { InstalledAddOnSid: sid({ prefix: "XE", required: true, summary: "An installed add-on." }) },
      run: async (call): Promise<never> => {
        await checkNumber(call);
        throw new AppError(numberErrors.addOnUnknown, { sid: call.params.InstalledAddOnSid });
      },
      view: () => ({}),
    }),
  ];
}

function itemRoutes(): Route[] {
  return [
    defineRoute({
      ...common,
      method: "GET",
      path: ITEM,
      operationId: "FetchIncomingPhoneNumberAssignedAddOn",
      summary: "Fetch an add-on of a number: there are none",
      success: 200,
      run: none,
      view: () => ({}),
    }),
    defineRoute({
      ...common,
      method: "DELETE",
      path: ITEM,
      operationId: "DeleteIncomingPhoneNumberAssignedAddOn",
      summary: "Take an add-on off a number: there are none",
      success: 204,
      run: none,
    }),
    defineListRoute({
      ...common,
      path: EXTENSIONS,
      operationId: "ListIncomingPhoneNumberAssignedAddOnExtension",
      summary: "List the extensions of an add-on: there are none",
      collection: "extensions",
      page: ({ call }) => none(call),
      view: () => ({}),
    }),
    defineRoute({
      ...common,
      method: "GET",
      path: `${EXTENSIONS}/{Sid}`,
      operationId: "FetchIncomingPhoneNumberAssignedAddOnExtension",
      summary: "Fetch an extension of an add-on: there are none",
      success: 200,
      run: none,
      view: () => ({}),
    }),
  ];
}
