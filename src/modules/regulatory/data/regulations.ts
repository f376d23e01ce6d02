import { fixedSid } from "../fixed-sid.ts";
import type { AcceptedDocument, DocumentRequirement, EndUserKind, Field, ItemType, Rule } from "../rule.ts";
import { field } from "./fields.ts";
import { itemType } from "./item-types.ts";

/** A set of requirements that some regulations share. */
type Level = "address" | "local-address" | "proof" | "local-proof";

/**
 * Country → number types with how much is asked of their end users:
 *
 * - `address`: an address anywhere; of a business its registration number;
 * - `local-address`: the same, in the country;
 * - `proof`: an address anywhere, and documents that prove who the end user is;
 * - `local-proof`: the same, and a document that proves an address in the country.
 *
 * A selection after what regulators ask for (Ofcom, BNetzA, ARCEP, ACMA, IMDA …; state of the
 * end of 2025), in step with the requirements of module `numbers`. No legal advice: the words
 * of each regulator are longer, and change.
 */
const COUNTRIES: Readonly<Record<string, readonly [name: string, types: string]>> = {
  AT: ["Austria", "local:local-proof mobile:proof national:local-proof toll-free:proof"],
  AU: ["Australia", "local:local-address mobile:proof toll-free:proof"],
  BE: ["Belgium", "local:local-proof mobile:proof toll-free:proof"],
  BR: ["Brazil", "local:local-proof mobile:local-proof toll-free:proof"],
  CH: ["Switzerland", "local:local-proof mobile:proof toll-free:proof"],
  CZ: ["Czech Republic", "local:address mobile:address national:address"],
  DE: ["Germany", "local:local-proof mobile:local-proof national:local-proof toll-free:local-proof"],
  DK: ["Denmark", "local:address mobile:proof toll-free:address"],
  ES: ["Spain", "local:local-proof mobile:proof national:proof toll-free:proof"],
  FI: ["Finland", "local:address mobile:address toll-free:address"],
  FR: ["France", "local:local-proof mobile:proof national:proof toll-free:proof"],
  GB: ["United Kingdom", "local:proof mobile:proof national:proof toll-free:proof"],
  HK: ["Hong Kong", "local:proof mobile:proof toll-free:proof"],
  IE: ["Ireland", "local:local-proof mobile:proof national:proof toll-free:proof"],
  IL: ["Israel", "mobile:address"],
  IT: ["Italy", "local:local-proof mobile:proof national:proof toll-free:proof"],
  JP: ["Japan", "local:local-proof national:local-proof voip:local-proof toll-free:proof"],
  MX: ["Mexico", "local:address toll-free:address"],
  NL: ["Netherlands", "local:local-proof mobile:proof national:proof toll-free:proof"],
  NO: ["Norway", "local:address mobile:address toll-free:address"],
  NZ: ["New Zealand", "local:address mobile:address toll-free:address"],
  PL: ["Poland", "local:local-proof mobile:proof toll-free:proof"],
  PT: ["Portugal", "local:address mobile:address national:address"],
  SE: ["Sweden", "local:address mobile:proof toll-free:address"],
  SG: ["Singapore", "local:proof mobile:proof toll-free:proof"],
  ZA: ["South Africa", "local:proof mobile:proof national:proof toll-free:proof"],
};

const END_USERS: readonly EndUserKind[] = ["individual", "business"];
const documentType = (name: string): ItemType => itemType("numbers", "document", name);

/** Documents of some types, of which these fields count. */
function accept(fieldNames: readonly string[], ...types: string[]): AcceptedDocument[] {
  return types.map((name) => {
    const type = documentType(name);
    return { name: type.friendlyName, type, fields: fieldNames.map(field) };
  });
}

function addressOf(endUser: EndUserKind, level: Level, country: string): DocumentRequirement {
  const isLocal = level.startsWith("local");
  const proofs = endUser === "business" ? ["commercial_registrar_excerpt", "business_registration"] : [];
  const types = level === "local-proof" ? ["utility_bill", "rent_receipt", "tax_document", ...proofs] : ["address"];
  return {
    name: "Address",
    requirementName: "proof_of_address",
    description: isLocal
      ? "Where the end user is, within the country of the number; no post office box."
      : "Where the end user is, anywhere in the world.",
    accepted: accept(["address_sids"], ...types),
    ...(isLocal ? { addressCountry: country } : {}),
  };
}

function documentsOf(endUser: EndUserKind, level: Level, country: string): DocumentRequirement[] {
  const address = addressOf(endUser, level, country);
  if (!level.endsWith("proof")) return [address];
  const identity: DocumentRequirement =
    endUser === "individual"
      ? {
          name: "Proof of Identity",
          requirementName: "proof_of_identity",
          description: "Who the person is.",
          accepted: accept(["first_name", "last_name"], "passport", "government_issued_document"),
        }
      : {
          name: "Business Registration",
          requirementName: "business_reg_no_info",
          description: "That the business is registered, and under which number.",
          accepted: accept(
            ["business_name", "document_number"],
            "business_registration",
            "commercial_registrar_excerpt",
            "tax_document",
          ),
        };
  return [identity, address];
}

/** The type with those fields only that a regulation asks for. */
function askedOf(endUser: EndUserKind): ItemType {
  const type = itemType("numbers", "end-user", endUser);
  const names =
    endUser === "individual" ? ["first_name", "last_name"] : ["business_name", "business_registration_number"];
  const asked: Field[] = names.map(field);
  return { ...type, fields: asked };
}

const titleOf = (numberType: string): string =>
  numberType === "toll-free" ? "Toll-Free" : numberType.slice(0, 1).toUpperCase() + numberType.slice(1);

function regulationsOf(isoCountry: string, name: string, types: string): Rule[] {
  return types.split(" ").flatMap((spelled) => {
    const [numberType = "", level = ""] = spelled.split(":");
    return END_USERS.map((endUserType) => ({
      sid: fixedSid("RN", `regulation.${isoCountry}.${numberType}.${endUserType}`),
      dossierKind: "bundle" as const,
      friendlyName: `${name}: ${titleOf(numberType)} - ${endUserType === "business" ? "Business" : "Individual"}`,
      endUsers: [
        {
          name: endUserType === "business" ? "Business" : "Individual",
          requirementName: `${endUserType}_info`,
          type: askedOf(endUserType),
        },
      ],
      documents: documentsOf(endUserType, level as Level, isoCountry),
      profiles: [],
      scope: { isoCountry, numberType, endUserType },
    }));
  });
}

/** Regulations of some countries, for each type of number and of end user. */
export const REGULATIONS: readonly Rule[] = Object.entries(COUNTRIES).flatMap(([country, [name, types]]) =>
  regulationsOf(country, name, types),
);
