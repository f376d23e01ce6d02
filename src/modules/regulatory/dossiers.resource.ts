import {
  defineListRoute,
  defineRoute,
  enumeration,
  pageBySid,
  sid,
  text,
  url,
  type Route,
} from "../../platform/http/index.ts";
import { AppError } from "../../kernel/errors.ts";
import { bundleCreateRoute, bundleListRoute } from "./bundles.resource.ts";
import { createDossier, deleteDossier, updateDossier } from "./change-dossier.ts";
import { ruleBySid } from "./data/index.ts";
import type { RegulatoryDeps } from "./deps.ts";
import { findDossier, listDossiers } from "./dossier.store.ts";
import { STATUSES } from "./dossier.ts";
import { viewDossier } from "./dossier.view.ts";
import { regulatoryErrors } from "./errors.ts";
import { CUSTOMER_PROFILES, TRUST_PRODUCTS, BUNDLES, type Surface } from "./surface.ts";

const MAX_NAME_CHARACTERS = 255;
const MAX_EMAIL_CHARACTERS = 320;

const NAME = { maxCharacters: MAX_NAME_CHARACTERS, summary: "A name of the account's own." } as const;
const EMAIL = { maxCharacters: MAX_EMAIL_CHARACTERS, summary: "Kept and shown; nothing is mailed." } as const;
const CALLBACK = { summary: "Told of each change of the status." } as const;

/** What all dossiers are made with. */
const creatable = {
  FriendlyName: text({ required: true, ...NAME }),
  Email: text({ required: true, ...EMAIL }),
  StatusCallback: url(CALLBACK),
};

/** `CustomerProfiles`, `TrustProducts` and `Bundles`. */
export function dossierRoutes(deps: RegulatoryDeps): Route[] {
  return [
    ...[CUSTOMER_PROFILES, TRUST_PRODUCTS].flatMap((surface) => [
      createRoute(deps, surface),
      listRoute(deps, surface),
      ...itemRoutes(deps, surface),
    ]),
    bundleCreateRoute(deps),
    bundleListRoute(deps),
    ...itemRoutes(deps, BUNDLES),
  ];
}

const common = ({ product, tag }: Surface) => ({ product, tag, access: "account" }) as const;

function createRoute(deps: RegulatoryDeps, surface: Surface): Route {
  const { path, noun, kind } = surface;
  return defineRoute({
    ...common(surface),
    method: "POST",
    path,
    operationId: `Create${noun}`,
    summary: `Make an empty ${kind.replace("-", " ")}, to be filled and submitted`,
    success: 201,
    creates: true,
    errors: [regulatoryErrors.policyUnknown, regulatoryErrors.tooMany],
    parameters: {
      ...creatable,
      PolicySid: sid({ prefix: "RN", required: true, summary: "The policy that says what it has to hold." }),
    },
    run: ({ accountSid, params }) => {
      const rule = ruleBySid(params.PolicySid);
      if (rule?.dossierKind !== kind) {
        const what = `${kind.replace("-", " ")}s`;
        throw new AppError(regulatoryErrors.policyUnknown, { parameter: "PolicySid", value: params.PolicySid, what });
      }
      return createDossier(deps, {
        accountSid,
        rule,
        friendlyName: params.FriendlyName,
        email: params.Email,
        statusCallback: params.StatusCallback === "" ? undefined : params.StatusCallback,
      });
    },
    view: (dossier, { baseUrl }) => viewDossier(dossier, surface, baseUrl),
  });
}

function listRoute({ database }: RegulatoryDeps, surface: Surface): Route {
  const { path, noun, kind } = surface;
  return defineListRoute({
    ...common(surface),
    path,
    operationId: `List${noun}`,
    summary: `List the account's ${kind.replace("-", " ")}s, newest first`,
    collection: "results",
    parameters: {
      Status: enumeration({ values: STATUSES, invalid: regulatoryErrors.statusInvalid }),
      FriendlyName: text({ maxCharacters: MAX_NAME_CHARACTERS }),
      PolicySid: sid({ prefix: "RN" }),
    },
    page: ({ call: { accountSid, params }, ...slice }) =>
      pageBySid(slice, (part) =>
        listDossiers(
          database,
          [
            ["account_sid = ?", accountSid],
            ["kind = ?", kind],
            ["status = ?", params.Status],
            ["friendly_name = ?", params.FriendlyName === "" ? undefined : params.FriendlyName],
            ["rule_sid = ?", params.PolicySid === "" ? undefined : params.PolicySid],
          ],
          part,
        ),
      ),
    view: (dossier, { baseUrl }) => viewDossier(dossier, surface, baseUrl),
  });
}

function itemRoutes(deps: RegulatoryDeps, surface: Surface): Route[] {
  const { noun, kind } = surface;
  const path: `${string}/{Sid}` = `${surface.path}/{Sid}`;
  const what = kind.replace("-", " ");
  return [
    defineRoute({
      ...common(surface),
      method: "GET",
      path,
      operationId: `Fetch${noun}`,
      summary: `Fetch a ${what}`,
      success: 200,
      run: async (call) => {
        const dossier = await findDossier(deps.database, { accountSid: call.accountSid, sid: call.path.Sid, kind });
        if (dossier === undefined) throw call.notFound();
        return dossier;
      },
      view: (dossier, { baseUrl }) => viewDossier(dossier, surface, baseUrl),
    }),
    defineRoute({
      ...common(surface),
      method: "POST",
      path,
      operationId: `Update${noun}`,
      summary: `Change a ${what}, or submit it with the status pending-review`,
      success: 200,
      errors: Object.values(regulatoryErrors),
      parameters: {
        Status: enumeration({
          values: kind === "bundle" ? [...STATUSES, "provisionally-approved"] : STATUSES,
          invalid: regulatoryErrors.statusInvalid,
          summary: "Accounts set pending-review and draft.",
        }),
        StatusCallback: url(CALLBACK),
        FriendlyName: text(NAME),
        Email: text(EMAIL),
      },
      run: async (call) => {
        const { Status: status, FriendlyName: friendlyName, Email: email } = call.params;
        const dossier = await updateDossier(
          deps,
          { accountSid: call.accountSid, sid: call.path.Sid, kind },
          {
            status,
            statusCallback: call.params.StatusCallback,
            // A name and an address are never empty: an empty one says nothing.
            friendlyName: friendlyName === "" ? undefined : friendlyName,
            email: email === "" ? undefined : email,
          },
        );
        if (dossier === undefined) throw call.notFound();
        return dossier;
      },
      view: (dossier, { baseUrl }) => viewDossier(dossier, surface, baseUrl),
    }),
    defineRoute({
      ...common(surface),
      method: "DELETE",
      path,
      operationId: `Delete${noun}`,
      summary: `Delete a ${what} that is not under review; its end users and documents stay`,
      success: 204,
      errors: [regulatoryErrors.dossierNotDeletable, regulatoryErrors.bundleInUse],
      run: async (call) => {
        const isDone = await deleteDossier(deps, { accountSid: call.accountSid, sid: call.path.Sid, kind });
        if (!isDone) throw call.notFound();
      },
    }),
  ];
}
