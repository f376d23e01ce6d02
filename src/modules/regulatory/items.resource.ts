import { iso8601 } from "../../kernel/time.ts";
import {
  defineListRoute,
  defineRoute,
  enumeration,
  MISSING_PARAMETER,
  pageBySid,
  text,
  type JsonObject,
  type Route,
} from "../../platform/http/index.ts";
import { MAX_ATTRIBUTES_OCTETS } from "./attributes.ts";
import { createItem, deleteItem, updateItem } from "./change-item.ts";
import type { RegulatoryDeps } from "./deps.ts";
import type { Item } from "./dossier.ts";
import { regulatoryErrors } from "./errors.ts";
import { findItem, listItems } from "./item.store.ts";
import type { ItemKind, Product } from "./rule.ts";
import { BASES } from "./surface.ts";

/** One of the four resources: end users and documents, in each product. */
interface ItemSurface {
  readonly product: Product;
  readonly kind: ItemKind;
  readonly path: string;
  readonly noun: "EndUser" | "SupportingDocument";
  readonly what: string;
}

const PRODUCTS: readonly Product[] = ["trusthub", "numbers"];
const SURFACES: readonly ItemSurface[] = PRODUCTS.flatMap((product) => [
  { product, kind: "end-user", path: `${BASES[product]}/EndUsers`, noun: "EndUser", what: "end user" },
  {
    product,
    kind: "document",
    path: `${BASES[product]}/SupportingDocuments`,
    noun: "SupportingDocument",
    what: "supporting document",
  },
]);

const NAME = { maxCharacters: 255, summary: "A name of the account's own." } as const;
const ATTRIBUTES = {
  maxCharacters: MAX_ATTRIBUTES_OCTETS,
  invalid: regulatoryErrors.attributeInvalid,
  summary: "JSON object of the fields of the type.",
} as const;
const ATTRIBUTE_ERRORS = [
  regulatoryErrors.attributeInvalid,
  regulatoryErrors.attributesTooLong,
  regulatoryErrors.attributesUnreadable,
];

/** `EndUsers` and `SupportingDocuments`, of Trust Hub and of regulatory compliance. */
export function itemRoutes(deps: RegulatoryDeps): Route[] {
  return SURFACES.flatMap((surface) => [
    createRoute(deps, surface),
    listRoute(deps, surface),
    ...oneRoutes(deps, surface),
  ]);
}

const common = ({ product, noun }: ItemSurface) => ({ product, tag: `${noun}s`, access: "account" }) as const;

function createRoute(deps: RegulatoryDeps, surface: ItemSurface): Route {
  const { product, kind, path, noun, what } = surface;
  const isDocument = kind === "document";
  return defineRoute({
    ...common(surface),
    method: "POST",
    path,
    operationId: `Create${noun}`,
    summary: isDocument ? "Describe a document; files are not taken" : "Describe an end user",
    success: 201,
    creates: true,
    errors: [...ATTRIBUTE_ERRORS, regulatoryErrors.typeUnknown, regulatoryErrors.tooMany],
    parameters: {
      FriendlyName: text({
        required: true,
        missing: isDocument ? regulatoryErrors.documentNameMissing : MISSING_PARAMETER,
        ...NAME,
      }),
      Type:
        product === "numbers" && !isDocument
          ? enumeration({
              values: ["individual", "business"],
              required: true,
              invalid: regulatoryErrors.endUserTypeInvalid,
            })
          : text({
              required: true,
              maxCharacters: 255,
              missing: isDocument ? regulatoryErrors.documentTypeMissing : MISSING_PARAMETER,
              summary: `Machine name of a type of ${what}.`,
            }),
      Attributes: text(ATTRIBUTES),
    },
    run: ({ accountSid, params }) =>
      createItem(deps, {
        accountSid,
        product,
        kind,
        type: params.Type,
        friendlyName: params.FriendlyName,
        attributes: params.Attributes,
      }),
    view: (item, { baseUrl }) => viewItem(item, surface, baseUrl),
  });
}

function listRoute({ database }: RegulatoryDeps, surface: ItemSurface): Route {
  const { product, kind, path, noun, what } = surface;
  return defineListRoute({
    ...common(surface),
    path,
    operationId: `List${noun}`,
    summary: `List the account's ${what}s, newest first`,
    collection: "results",
    page: ({ call: { accountSid }, ...slice }) =>
      pageBySid(slice, (part) => listItems(database, { accountSid, product, kind }, part)),
    view: (item, { baseUrl }) => viewItem(item, surface, baseUrl),
  });
}

function oneRoutes(deps: RegulatoryDeps, surface: ItemSurface): Route[] {
  const { product, kind, noun, what } = surface;
  const path: `${string}/{Sid}` = `${surface.path}/{Sid}`;
  return [
    defineRoute({
      ...common(surface),
      method: "GET",
      path,
      operationId: `Fetch${noun}`,
      summary: `Fetch a ${what}`,
      success: 200,
      run: async (call) => {
        const item = await findItem(deps.database, { accountSid: call.accountSid, sid: call.path.Sid, product, kind });
        if (item === undefined) throw call.notFound();
        return item;
      },
      view: (item, { baseUrl }) => viewItem(item, surface, baseUrl),
    }),
    defineRoute({
      ...common(surface),
      method: "POST",
      path,
      operationId: `Update${noun}`,
      summary: `Change a ${what}; its attributes only while no dossier with it is under review or approved`,
      success: 200,
      errors: [...ATTRIBUTE_ERRORS, regulatoryErrors.itemInUse],
      parameters: { FriendlyName: text(NAME), Attributes: text(ATTRIBUTES) },
      run: async (call) => {
        const { FriendlyName: friendlyName, Attributes: attributes } = call.params;
        const target = { accountSid: call.accountSid, sid: call.path.Sid, product, kind };
        const item = await updateItem(deps, target, {
          friendlyName: friendlyName === "" ? undefined : friendlyName,
          attributes,
        });
        if (item === undefined) throw call.notFound();
        return item;
      },
      view: (item, { baseUrl }) => viewItem(item, surface, baseUrl),
    }),
    defineRoute({
      ...common(surface),
      method: "DELETE",
      path,
      operationId: `Delete${noun}`,
      summary: `Delete a ${what} that is assigned to nothing`,
      success: 204,
      errors: [kind === "document" ? regulatoryErrors.documentAssigned : regulatoryErrors.endUserAssigned],
      run: async (call) => {
        const target = { accountSid: call.accountSid, sid: call.path.Sid, product, kind };
        if (!(await deleteItem(deps, target))) throw call.notFound();
      },
    }),
  ];
}

function viewItem(item: Item, { path, product, kind }: ItemSurface, baseUrl: string): JsonObject {
  const core: JsonObject = {
    sid: item.sid,
    account_sid: item.accountSid,
    friendly_name: item.friendlyName,
    type: item.type,
    attributes: item.attributes as JsonObject,
    date_created: iso8601(item.createdMs),
    date_updated: iso8601(item.updatedMs),
    url: `${baseUrl}${path}/${item.sid}`,
  };
  if (kind === "end-user") return core;
  if (product === "trusthub") {
    return { ...core, mime_type: null, status: item.status.toUpperCase().replaceAll("-", "_") };
  }
  const errors = item.errors.map(({ code, message }) => ({ code, message }));
  return {
    ...core,
    mime_type: null,
    status: item.status,
    failure_reason: item.failureReason,
    errors: errors.length === 0 ? null : errors,
  };
}
