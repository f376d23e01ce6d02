import { iso8601 } from "../../kernel/time.ts";
import {
  defineListRoute,
  defineRoute,
  enumeration,
  pageBySid,
  text,
  type JsonObject,
  type Route,
} from "../../platform/http/index.ts";
import type { A2pDeps } from "./deps.ts";
import { a2pErrors } from "./errors.ts";
import type { RecordFilter } from "./record-store.ts";
import { brandStore, vettingStore } from "./stores.ts";
import { vetBrand } from "./vet-brand.ts";
import { VETTERS, vettingClassOf, type Vetting } from "./vetting.ts";

const LIST = "/v1/a2p/BrandRegistrations/{BrandSid}/Vettings";
const MAX_TOKEN_CHARACTERS = 500;
const common = { product: "messaging", tag: "BrandVettings", access: "account" } as const;

/** `Vettings`: what third parties say of a brand. */
export function vettingRoutes(deps: A2pDeps): Route[] {
  return [createRoute(deps), listRoute(deps), fetchRoute(deps)];
}

function createRoute(deps: A2pDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: LIST,
    operationId: "CreateBrandVetting",
    summary: "Import a vetting of Campaign Verify, or order one of Aegis",
    success: 201,
    creates: true,
    errors: [a2pErrors.tokenIncompatible, a2pErrors.tokenInvalid, a2pErrors.importInProgress, a2pErrors.tooMany],
    parameters: {
      VettingProvider: enumeration({ values: VETTERS, required: true, summary: "Who vets." }),
      VettingId: text({ maxCharacters: MAX_TOKEN_CHARACTERS, summary: "The token of a vetting to import." }),
    },
    run: async (call) => {
      const { VettingProvider: vetter, VettingId: token = "" } = call.params;
      const target = { accountSid: call.accountSid, sid: call.path.BrandSid };
      const vetting = await vetBrand(deps, target, { vetter, vettingId: token === "" ? undefined : token });
      if (vetting === undefined) throw call.notFound();
      return vetting;
    },
    view: (vetting, call) => viewVetting(vetting, call.baseUrl),
  });
}

function listRoute({ database }: A2pDeps): Route {
  return defineListRoute({
    ...common,
    path: LIST,
    operationId: "ListBrandVetting",
    summary: "List a brand's vettings, newest first",
    collection: "data",
    parameters: { VettingProvider: enumeration({ values: VETTERS, summary: "Only vettings by this one." }) },
    page: async ({ call, ...slice }) => {
      const { accountSid, path, params } = call;
      if ((await brandStore.find(database, { accountSid, sid: path.BrandSid })) === undefined) throw call.notFound();
      const filters: RecordFilter[] = [["t.content->>'brandSid' = ?", path.BrandSid]];
      if (params.VettingProvider !== undefined) filters.push(["t.content->>'vetter' = ?", params.VettingProvider]);
      return pageBySid(slice, (part) => vettingStore.list(database, { accountSids: [accountSid], filters }, part));
    },
    view: (vetting, call) => viewVetting(vetting, call.baseUrl),
  });
}

function fetchRoute({ database }: A2pDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: "/v1/a2p/BrandRegistrations/{BrandSid}/Vettings/{BrandVettingSid}",
    operationId: "FetchBrandVetting",
    summary: "Fetch a vetting",
    success: 200,
    run: async (call) => {
      const { BrandSid, BrandVettingSid } = call.path;
      const vetting = await vettingStore.find(database, { accountSid: call.accountSid, sid: BrandVettingSid });
      if (vetting?.content.brandSid !== BrandSid) throw call.notFound();
      return vetting;
    },
    view: (vetting, call) => viewVetting(vetting, call.baseUrl),
  });
}

function viewVetting({ sid, accountSid, createdMs, updatedMs, content }: Vetting, baseUrl: string): JsonObject {
  const { brandSid, vetter, vettingId, status } = content;
  return {
    account_sid: accountSid,
    brand_sid: brandSid,
    brand_vetting_sid: sid,
    date_updated: iso8601(updatedMs),
    date_created: iso8601(createdMs),
    vetting_id: vettingId,
    vetting_class: vettingClassOf(content),
    vetting_status: status,
    vetting_provider: vetter,
    url: `${baseUrl}/v1/a2p/BrandRegistrations/${brandSid}/Vettings/${sid}`,
  };
}
