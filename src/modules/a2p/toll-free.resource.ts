import { iso8601 } from "../../kernel/time.ts";
import {
  boolean,
  defineListRoute,
  defineRoute,
  enumeration,
  list,
  pageBySid,
  sid,
  text,
  type JsonObject,
  type Route,
} from "../../platform/http/index.ts";
import type { A2pDeps } from "./deps.ts";
import { a2pErrors } from "./errors.ts";
import type { RecordFilter } from "./record-store.ts";
import { tollFreeStore } from "./stores.ts";
import { checkComplete, documented, FIELD_NAMES, fieldParameters, readFields } from "./toll-free-parameters.ts";
import type { TollFreeVerification } from "./toll-free.ts";
import { resubmitVerification, submitVerification, withdrawVerification } from "./verify-toll-free.ts";
import { orNull } from "./campaign-parameters.ts";

const LIST = "/v1/Tollfree/Verifications";
const ITEM = "/v1/Tollfree/Verifications/{Sid}";
const MAX_REFERENCE_CHARACTERS = 500;
const MAX_TRUST_PRODUCTS = 20;
const MAX_BODY_OCTETS = 262_144;
const STATUSES = ["PENDING_REVIEW", "IN_REVIEW", "TWILIO_APPROVED", "TWILIO_REJECTED"] as const;
const common = { product: "messaging", tag: "TollfreeVerifications", access: "account" } as const;

/** `Tollfree/Verifications`: what toll-free numbers are used for. */
export function tollFreeRoutes(deps: A2pDeps): Route[] {
  return [createRoute(deps), listRoute(deps), fetchRoute(deps), updateRoute(deps), deleteRoute(deps)];
}

function createRoute(deps: A2pDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: LIST,
    operationId: "CreateTollfreeVerification",
    summary: "Submit a toll-free number for verification",
    success: 201,
    creates: true,
    maxBodyOctets: MAX_BODY_OCTETS,
    errors: [a2pErrors.tollFreeNumberInvalid, a2pErrors.verificationExists, a2pErrors.tooMany],
    parameters: {
      ...documented(),
      TollfreePhoneNumberSid: sid({ prefix: "PN", required: true, summary: "The number." }),
      CustomerProfileSid: sid({ prefix: "BU", summary: "The customer profile of the business." }),
      ExternalReferenceId: text({ maxCharacters: MAX_REFERENCE_CHARACTERS, summary: "A name of your own for it." }),
    },
    run: ({ accountSid, params }) => {
      const fields = readFields(params);
      checkComplete(fields);
      return submitVerification(deps, {
        accountSid,
        fields,
        numberSid: params.TollfreePhoneNumberSid,
        customerProfileSid: orNull(params.CustomerProfileSid),
        externalReferenceId: orNull(params.ExternalReferenceId),
      });
    },
    view: (verification, call) => viewVerification(verification, call.baseUrl),
  });
}

function listRoute(deps: A2pDeps): Route {
  return defineListRoute({
    ...common,
    path: LIST,
    operationId: "ListTollfreeVerification",
    summary: "List toll-free verifications, newest first",
    collection: "verifications",
    parameters: {
      TollfreePhoneNumberSid: sid({ prefix: "PN", summary: "Only those of this number." }),
      Status: enumeration({ values: STATUSES, summary: "Only those of this status." }),
      ExternalReferenceId: text({ maxCharacters: MAX_REFERENCE_CHARACTERS, summary: "Only those of this name." }),
      IncludeSubAccounts: boolean({ default: false, summary: "Those of subaccounts too." }),
      TrustProductSid: list({
        maxCount: MAX_TRUST_PRODUCTS,
        of: sid({ prefix: "BU" }),
        summary: "Only those of these trust products; none here is of one.",
      }),
    },
    page: async ({ call, ...slice }) => {
      const { accountSid, params } = call;
      const filters: RecordFilter[] = [];
      const add = (name: string, value: string | undefined): void => {
        if (value !== undefined && value !== "") filters.push([`t.content->>'${name}' = ?`, value]);
      };
      add("numberSid", params.TollfreePhoneNumberSid);
      add("status", params.Status);
      add("externalReferenceId", params.ExternalReferenceId);
      const accountSids = [accountSid, ...(params.IncludeSubAccounts ? await deps.subaccountsOf(accountSid) : [])];
      const isNone = params.TrustProductSid.length > 0;
      return pageBySid(slice, async (part) =>
        isNone ? [] : tollFreeStore.list(deps.database, { accountSids, filters }, part),
      );
    },
    view: (verification, call) => viewVerification(verification, call.baseUrl),
  });
}

function fetchRoute({ database }: A2pDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: ITEM,
    operationId: "FetchTollfreeVerification",
    summary: "Fetch a toll-free verification",
    success: 200,
    run: async (call) => {
      const found = await tollFreeStore.find(database, { accountSid: call.accountSid, sid: call.path.Sid });
      if (found === undefined) throw call.notFound();
      return found;
    },
    view: (verification, call) => viewVerification(verification, call.baseUrl),
  });
}

function updateRoute(deps: A2pDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: ITEM,
    operationId: "UpdateTollfreeVerification",
    summary: "Change a verification that was rejected and submit it again",
    success: 202,
    maxBodyOctets: MAX_BODY_OCTETS,
    errors: [a2pErrors.editNotAllowed, a2pErrors.editExpired, a2pErrors.verificationExists],
    parameters: {
      ...fieldParameters,
      EditReason: text({ maxCharacters: MAX_REFERENCE_CHARACTERS, summary: "Why it is changed." }),
    },
    run: async (call) => {
      const { EditReason: editReason } = call.params;
      const target = { accountSid: call.accountSid, sid: call.path.Sid };
      const fields = readFields(call.params);
      const verification = await resubmitVerification(deps, target, { fields, editReason, check: checkComplete });
      if (verification === undefined) throw call.notFound();
      return verification;
    },
    view: (verification, call) => viewVerification(verification, call.baseUrl),
  });
}

function deleteRoute(deps: A2pDeps): Route {
  return defineRoute({
    ...common,
    method: "DELETE",
    path: ITEM,
    operationId: "DeleteTollfreeVerification",
    summary: "Take a verification back; its number is not verified any more",
    success: 204,
    run: async (call) => {
      const target = { accountSid: call.accountSid, sid: call.path.Sid };
      if (!(await withdrawVerification(deps, target))) throw call.notFound();
    },
  });
}

function viewVerification(verification: TollFreeVerification, baseUrl: string): JsonObject {
  const { sid: verificationSid, accountSid, createdMs, updatedMs, content } = verification;
  const { status, errors, isEditAllowed, editExpiresMs } = content;
  const isRejected = status === "TWILIO_REJECTED";
  const fields: Record<string, JsonObject[string]> = {};
  for (const name of FIELD_NAMES) {
    const value = content.fields[name] ?? null;
    fields[name] = typeof value === "object" && value !== null ? [...value] : value;
  }
  return {
    ...fields,
    sid: verificationSid,
    account_sid: accountSid,
    customer_profile_sid: content.customerProfileSid,
    trust_product_sid: null,
    regulated_item_sid: null,
    date_created: iso8601(createdMs),
    date_updated: iso8601(updatedMs),
    tollfree_phone_number_sid: content.numberSid,
    tollfree_phone_number: content.number,
    status,
    url: `${baseUrl}${LIST}/${verificationSid}`,
    rejection_reason: isRejected ? (errors[0]?.description ?? null) : null,
    error_code: isRejected ? (errors[0]?.code ?? null) : null,
    rejection_reasons: isRejected ? errors.map(({ code, description }) => ({ reason: description, code })) : null,
    edit_allowed: isEditAllowed,
    edit_expiration: editExpiresMs === null ? null : iso8601(editExpiresMs),
    resource_links: {},
    external_reference_id: content.externalReferenceId,
    vetting_id_expiration: null,
  };
}
