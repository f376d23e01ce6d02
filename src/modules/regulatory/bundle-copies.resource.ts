import { AppError } from "../../kernel/errors.ts";
import { boolean, defineListRoute, defineRoute, pageBySid, sid, text, type Route } from "../../platform/http/index.ts";
import { copyBundle, replaceItems } from "./copy-bundle.ts";
import type { RegulatoryDeps } from "./deps.ts";
import { findDossier, listDossiers } from "./dossier.store.ts";
import { viewCore } from "./dossier.view.ts";
import { regulatoryErrors } from "./errors.ts";

const COPIES = "/v2/RegulatoryCompliance/Bundles/{BundleSid}/Copies";
const common = { product: "numbers", access: "account" } as const;
const NAME = { maxCharacters: 255, summary: "A name for the copy; the bundle's own unless told." } as const;

/** `Copies`, `Clones` and `ReplaceItems` of bundles. */
export function bundleCopyRoutes(deps: RegulatoryDeps): Route[] {
  return [copyRoute(deps), copiesRoute(deps), cloneRoute(deps), replaceRoute(deps)];
}

function copyRoute(deps: RegulatoryDeps): Route {
  return defineRoute({
    ...common,
    tag: "Copies",
    method: "POST",
    path: COPIES,
    operationId: "CreateBundleCopy",
    summary: "Copy an approved bundle and its items into a draft, to renew what it says",
    success: 201,
    creates: true,
    errors: [regulatoryErrors.notCopyable, regulatoryErrors.tooMany],
    parameters: { FriendlyName: text(NAME) },
    run: async (call) => {
      const { accountSid, path, params } = call;
      const friendlyName = params.FriendlyName === "" ? undefined : params.FriendlyName;
      const input = { accountSid, friendlyName, isDraft: true };
      const copy = await copyBundle(deps, { accountSid, sid: path.BundleSid }, input);
      if (copy === undefined) throw call.notFound();
      return copy;
    },
    view: (copy) => ({ sid: copy.sid, ...viewCore(copy, "regulation_sid") }),
  });
}

function copiesRoute({ database }: RegulatoryDeps): Route {
  return defineListRoute({
    ...common,
    tag: "Copies",
    path: COPIES,
    operationId: "ListBundleCopy",
    summary: "List the copies of a bundle, newest first",
    collection: "results",
    page: async ({ call, ...slice }) => {
      const { accountSid, path } = call;
      const target = { accountSid, sid: path.BundleSid, kind: "bundle" } as const;
      if ((await findDossier(database, target)) === undefined) throw call.notFound();
      return pageBySid(slice, (part) =>
        listDossiers(
          database,
          [
            ["account_sid = ?", accountSid],
            ["copy_of = ?", target.sid],
          ],
          part,
        ),
      );
    },
    view: (copy) => ({ sid: copy.sid, ...viewCore(copy, "regulation_sid") }),
  });
}

function cloneRoute(deps: RegulatoryDeps): Route {
  return defineRoute({
    ...common,
    tag: "Clones",
    method: "POST",
    path: "/v2/RegulatoryCompliance/Bundles/{BundleSid}/Clones",
    operationId: "CreateBundleClone",
    summary: "Copy an approved bundle and its items into another account of the family",
    success: 201,
    creates: true,
    errors: [regulatoryErrors.notCopyable, regulatoryErrors.targetForbidden, regulatoryErrors.tooMany],
    parameters: {
      TargetAccountSid: sid({ prefix: "AC", required: true, summary: "The account that gets the clone." }),
      MoveToDraft: boolean({ default: false, summary: "A draft; else it is approved as the bundle is." }),
      FriendlyName: text(NAME),
    },
    run: async (call) => {
      const { accountSid, path, params, principal } = call;
      const target = params.TargetAccountSid;
      if (target !== accountSid && !(await principal.canAccess(target))) {
        throw new AppError(regulatoryErrors.targetForbidden, { value: target });
      }
      const clone = await copyBundle(
        deps,
        { accountSid, sid: path.BundleSid },
        {
          accountSid: target,
          friendlyName: params.FriendlyName === "" ? undefined : params.FriendlyName,
          isDraft: params.MoveToDraft,
        },
      );
      if (clone === undefined) throw call.notFound();
      return clone;
    },
    view: (clone, { baseUrl }) => ({
      bundle_sid: clone.sid,
      ...viewCore(clone, "regulation_sid"),
      url: `${baseUrl}/v2/RegulatoryCompliance/Bundles/${clone.sid}/Clones`,
    }),
  });
}

function replaceRoute(deps: RegulatoryDeps): Route {
  return defineRoute({
    ...common,
    tag: "ReplaceItems",
    method: "POST",
    path: "/v2/RegulatoryCompliance/Bundles/{BundleSid}/ReplaceItems",
    operationId: "CreateReplaceItems",
    summary: "Put the items of an approved bundle in the place of those of this one",
    success: 201,
    creates: true,
    errors: [
      regulatoryErrors.fromUnknown,
      regulatoryErrors.fromItself,
      regulatoryErrors.itemsNotTransferable,
      regulatoryErrors.regulationMismatch,
    ],
    parameters: { FromBundleSid: sid({ prefix: "BU", required: true, summary: "Whose items are taken over." }) },
    run: async (call) => {
      const { accountSid, path, params } = call;
      const bundle = await replaceItems(deps, { accountSid, sid: path.BundleSid }, params.FromBundleSid);
      if (bundle === undefined) throw call.notFound();
      return bundle;
    },
    view: (bundle) => ({ sid: bundle.sid, ...viewCore(bundle, "regulation_sid") }),
  });
}
