import { AppError } from "../../kernel/errors.ts";
import { enumeration, list, text, type Route } from "../../platform/http/index.ts";
import type { ComplianceDeps } from "./deps.ts";
import {
  DLT_CATEGORIES,
  MAX_TEMPLATE_CHARACTERS,
  templateFault,
  type DltEntity,
  type DltHeader,
  type DltTemplate,
} from "./dlt/index.ts";
import { complianceErrors } from "./errors.ts";
import { settingRoutes } from "./setting-routes.ts";

const BASE = "/trunkline/v1/Dlt";
const TAG = "India DLT";
const ID_CHARACTERS = 19;
const ID = /^\d{19}$/;
const HEADER = /^([A-Za-z]{6}|\d{6})$/;
const MAX_ENTITIES = 100;
const MAX_HEADERS = 1_000;
const MAX_TEMPLATES = 5_000;
const MAX_TEMPLATE_HEADERS = 100;

/** `Dlt/Entities`, `Headers` and `Templates`: what India's registries know of the account. */
export function dltRoutes(deps: ComplianceDeps): Route[] {
  return [...entityRoutes(deps), ...headerRoutes(deps), ...templateRoutes(deps)];
}

const entityIdParameter = () =>
  text({ required: true, maxCharacters: ID_CHARACTERS, summary: "The principal entity id (PE id), 19 digits." });

function entityRoutes(deps: ComplianceDeps): Route[] {
  return settingRoutes(deps, {
    kind: "dlt-entity",
    path: `${BASE}/Entities`,
    name: "DltEntity",
    noun: "a principal entity",
    tag: TAG,
    collection: "entities",
    owner: "account",
    mode: "make",
    max: MAX_ENTITIES,
    errors: [complianceErrors.entityIdInvalid],
    parameters: { EntityId: entityIdParameter(), Name: text({ maxCharacters: 200, summary: "The business's name." }) },
    read: (params) => {
      const document: DltEntity = { entityId: idOf(params.EntityId), name: params.Name ?? "" };
      return { key: document.entityId, document };
    },
    view: ({ entityId, name }: DltEntity) => ({ entity_id: entityId, name: name === "" ? null : name }),
  });
}

function headerRoutes(deps: ComplianceDeps): Route[] {
  return settingRoutes(deps, {
    kind: "dlt-header",
    path: `${BASE}/Headers`,
    name: "DltHeader",
    noun: "a header, which is a sender of an entity",
    tag: TAG,
    collection: "headers",
    owner: "account",
    mode: "make",
    max: MAX_HEADERS,
    errors: [complianceErrors.entityIdInvalid, complianceErrors.headerInvalid, complianceErrors.entityMissing],
    parameters: {
      EntityId: entityIdParameter(),
      Header: text({ required: true, maxCharacters: 6, summary: "Six letters; six digits for promotions." }),
    },
    read: (params, accountSid) => {
      const { Header: header } = params;
      if (!HEADER.test(header)) throw new AppError(complianceErrors.headerInvalid, { value: header });
      const document: DltHeader = { entityId: knownEntity(deps, accountSid, params.EntityId), header };
      return { key: header.toUpperCase(), document };
    },
    view: ({ entityId, header }: DltHeader) => ({ entity_id: entityId, header }),
  });
}

function templateRoutes(deps: ComplianceDeps): Route[] {
  return settingRoutes(deps, {
    kind: "dlt-template",
    path: `${BASE}/Templates`,
    name: "DltTemplate",
    noun: "a content template",
    tag: TAG,
    collection: "templates",
    owner: "account",
    mode: "make",
    max: MAX_TEMPLATES,
    errors: [
      complianceErrors.entityIdInvalid,
      complianceErrors.entityMissing,
      complianceErrors.templateIdInvalid,
      complianceErrors.templateInvalid,
    ],
    parameters: {
      EntityId: entityIdParameter(),
      TemplateId: text({ required: true, maxCharacters: ID_CHARACTERS, summary: "The template's id, 19 digits." }),
      Content: text({
        required: true,
        maxCharacters: MAX_TEMPLATE_CHARACTERS,
        summary: "The text as it was approved, with {#var#} for what varies.",
      }),
      Headers: list({
        of: text({ maxCharacters: 6 }),
        maxCount: MAX_TEMPLATE_HEADERS,
        summary: "None: all of the entity.",
      }),
      Category: enumeration({ values: DLT_CATEGORIES, default: "service-implicit", summary: "As it was approved." }),
    },
    read: (params, accountSid) => {
      const { TemplateId: templateId, Content: content, Headers: headers, Category: category } = params;
      if (!ID.test(templateId)) throw new AppError(complianceErrors.templateIdInvalid, { value: templateId });
      const reason = templateFault(content);
      if (reason !== undefined) throw new AppError(complianceErrors.templateInvalid, { reason });
      const entityId = knownEntity(deps, accountSid, params.EntityId);
      const document: DltTemplate = { entityId, templateId, content, headers, category };
      return { key: templateId, document };
    },
    view: ({ entityId, templateId, content, headers, category }: DltTemplate) => ({
      entity_id: entityId,
      template_id: templateId,
      content,
      headers: [...headers],
      category,
    }),
  });
}

function idOf(value: string): string {
  if (!ID.test(value)) throw new AppError(complianceErrors.entityIdInvalid, { value });
  return value;
}

function knownEntity({ dlt }: ComplianceDeps, accountSid: string, value: string): string {
  const entityId = idOf(value);
  if (!dlt.hasEntity(accountSid, entityId)) throw new AppError(complianceErrors.entityMissing, { value });
  return entityId;
}
