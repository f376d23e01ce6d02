import type { JsonObject } from "../../platform/http/index.ts";
import type { Field, Rule } from "./rule.ts";
import { BASES } from "./surface.ts";

const names = (fields: readonly Field[]): string[] => fields.map(({ name }) => name);

/** A policy of Trust Hub. */
export function viewPolicy(rule: Rule, baseUrl: string): JsonObject {
  const documents = rule.documents.map(({ name, requirementName, description, accepted }) => ({
    name,
    type: "document",
    requirement_name: requirementName,
    description,
    accepted_documents: accepted.map((each) => ({
      name: each.name,
      type: each.type.machineName,
      url: `/SupportingDocumentTypes/${each.type.machineName}`,
      fields: names(each.fields),
    })),
  }));
  return {
    sid: rule.sid,
    friendly_name: rule.friendlyName,
    requirements: {
      end_user: rule.endUsers.map(({ name, requirementName, type }) => ({
        name,
        type: type.machineName,
        requirement_name: requirementName,
        url: `/EndUserTypes/${type.machineName}`,
        fields: names(type.fields),
      })),
      supporting_document: [documents],
      supporting_trust_products: [],
      supporting_customer_profiles: rule.profiles.map(({ name, type, requirementName }) => ({
        name,
        type,
        requirement_name: requirementName,
      })),
    },
    url: `${baseUrl}/v1/Policies/${rule.sid}`,
  };
}

/** A regulation of a country. */
export function viewRegulation(rule: Rule, baseUrl: string, withConstraints: boolean): JsonObject {
  const base = `${baseUrl}${BASES.numbers}`;
  const detailed = (fields: readonly Field[], what: string): JsonObject[] =>
    fields.map(({ name, friendlyName, check }) => ({
      machine_name: name,
      friendly_name: friendlyName,
      description: `${friendlyName} of the ${what}`,
      ...(withConstraints ? { constraint: typeof check === "string" ? check : check.join("|") } : {}),
    }));
  const documents = rule.documents.map(({ name, requirementName, description, accepted }) => ({
    name,
    type: "document",
    requirement_name: requirementName,
    description,
    accepted_documents: accepted.map((each) => ({
      name: each.name,
      type: each.type.machineName,
      url: `${base}/SupportingDocumentTypes/${each.type.sid}`,
      fields: names(each.fields),
      detailed_fields: detailed(each.fields, each.name),
    })),
  }));
  return {
    sid: rule.sid,
    friendly_name: rule.friendlyName,
    iso_country: rule.scope?.isoCountry ?? null,
    number_type: rule.scope?.numberType ?? null,
    end_user_type: rule.scope?.endUserType ?? null,
    requirements: {
      end_user: rule.endUsers.map(({ name, requirementName, type }) => ({
        name,
        type: type.machineName,
        requirement_name: requirementName,
        url: `${base}/EndUserTypes/${type.sid}`,
        fields: names(type.fields),
        detailed_fields: detailed(type.fields, name),
      })),
      supporting_document: [documents],
    },
    url: `${base}/Regulations/${rule.sid}`,
  };
}
