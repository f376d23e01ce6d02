import { iso8601 } from "../../kernel/time.ts";
import {
  boolean,
  defineListRoute,
  defineRoute,
  enumeration,
  pageBySid,
  sid,
  type JsonObject,
  type Route,
} from "../../platform/http/index.ts";
import { feedbackOf, type Brand } from "./brand.ts";
import type { A2pDeps } from "./deps.ts";
import { viewErrors } from "./error-views.ts";
import { a2pErrors } from "./errors.ts";
import { registerBrand, requestOtp, updateBrand } from "./register-brand.ts";
import { brandStore } from "./stores.ts";

const LIST = "/v1/a2p/BrandRegistrations";
const ITEM = "/v1/a2p/BrandRegistrations/{Sid}";
const common = { product: "messaging", tag: "BrandRegistrations", access: "account" } as const;

/** `BrandRegistrations`: the businesses that send. */
export function brandRoutes(deps: A2pDeps): Route[] {
  return [createRoute(deps), listRoute(deps), fetchRoute(deps), updateRoute(deps), otpRoute(deps)];
}

function createRoute(deps: A2pDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: LIST,
    operationId: "CreateBrandRegistrations",
    summary: "Register a business with the campaign registry",
    success: 201,
    creates: true,
    errors: [a2pErrors.profileNotApproved, a2pErrors.tooMany],
    parameters: {
      CustomerProfileBundleSid: sid({ prefix: "BU", required: true, summary: "The approved customer profile." }),
      A2PProfileBundleSid: sid({ prefix: "BU", required: true, summary: "The approved A2P messaging profile." }),
      BrandType: enumeration({
        values: ["STANDARD", "SOLE_PROPRIETOR"],
        default: "STANDARD",
        summary: "Sole proprietors have no tax number and one campaign of low volume.",
      }),
      Mock: boolean({ default: false, summary: "A brand to try out with; its campaigns send nothing." }),
      SkipAutomaticSecVet: boolean({ default: false, summary: "No secondary vetting, so no score: low volume." }),
    },
    run: ({ accountSid, params }) =>
      registerBrand(deps, {
        accountSid,
        customerProfileSid: params.CustomerProfileBundleSid,
        a2pProfileSid: params.A2PProfileBundleSid,
        brandType: params.BrandType,
        isMock: params.Mock,
        skipVetting: params.SkipAutomaticSecVet,
      }),
    view: (brand, call) => viewBrand(brand, call.baseUrl),
  });
}

function listRoute({ database }: A2pDeps): Route {
  return defineListRoute({
    ...common,
    path: LIST,
    operationId: "ListBrandRegistrations",
    summary: "List the account's brands, newest first",
    collection: "data",
    page: ({ call, ...slice }) =>
      pageBySid(slice, (part) => brandStore.list(database, { accountSids: [call.accountSid] }, part)),
    view: (brand, call) => viewBrand(brand, call.baseUrl),
  });
}

function fetchRoute({ database }: A2pDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: ITEM,
    operationId: "FetchBrandRegistrations",
    summary: "Fetch a brand",
    success: 200,
    run: async (call) => {
      const brand = await brandStore.find(database, { accountSid: call.accountSid, sid: call.path.Sid });
      if (brand === undefined) throw call.notFound();
      return brand;
    },
    view: (brand, call) => viewBrand(brand, call.baseUrl),
  });
}

function updateRoute(deps: A2pDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: ITEM,
    operationId: "UpdateBrandRegistrations",
    summary: "Submit a brand that has failed once more, with what its profiles say now",
    success: 202,
    errors: [a2pErrors.brandNotFailed, a2pErrors.updatesExceeded, a2pErrors.profileNotApproved],
    run: async (call) => {
      const brand = await updateBrand(deps, { accountSid: call.accountSid, sid: call.path.Sid });
      if (brand === undefined) throw call.notFound();
      return brand;
    },
    view: (brand, call) => viewBrand(brand, call.baseUrl),
  });
}

function otpRoute(deps: A2pDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: "/v1/a2p/BrandRegistrations/{BrandRegistrationSid}/SmsOtp",
    operationId: "CreateBrandRegistrationOtp",
    summary: "Ask a sole proprietor once more to confirm the brand",
    success: 201,
    errors: [a2pErrors.otpNotPossible],
    run: async (call) => {
      const target = { accountSid: call.accountSid, sid: call.path.BrandRegistrationSid };
      const brand = await requestOtp(deps, target);
      if (brand === undefined) throw call.notFound();
      return brand;
    },
    view: ({ accountSid, sid: brandSid }) => ({ account_sid: accountSid, brand_registration_sid: brandSid }),
  });
}

function viewBrand({ sid: brandSid, accountSid, createdMs, updatedMs, content }: Brand, baseUrl: string): JsonObject {
  const url = `${baseUrl}${LIST}/${brandSid}`;
  const { status, errors } = content;
  const isFailed = status === "FAILED";
  return {
    sid: brandSid,
    account_sid: accountSid,
    customer_profile_bundle_sid: content.customerProfileSid,
    a2p_profile_bundle_sid: content.a2pProfileSid,
    date_created: iso8601(createdMs),
    date_updated: iso8601(updatedMs),
    brand_type: content.brandType,
    status,
    tcr_id: content.tcrId,
    failure_reason: isFailed ? (errors[0]?.description ?? null) : null,
    errors: viewErrors(errors),
    url,
    brand_score: content.score,
    brand_feedback: isFailed ? feedbackOf(errors) : null,
    identity_status: content.identityStatus,
    russell_3000: content.russell3000,
    government_entity: content.governmentEntity,
    tax_exempt_status: content.taxExemptStatus,
    skip_automatic_sec_vet: content.skipVetting,
    mock: content.isMock,
    links: { brand_vettings: `${url}/Vettings`, brand_registration_otps: `${url}/SmsOtp` },
  };
}
