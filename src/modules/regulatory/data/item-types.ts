import { assert } from "../../../kernel/assert.ts";
import { fixedSid } from "../fixed-sid.ts";
import type { ItemKind, ItemType, Product } from "../rule.ts";
import { fields } from "./fields.ts";

const REPRESENTATIVE = "first_name last_name email phone_number business_title job_position";

/** `product.kind` → machine name → friendly name and fields. */
const TABLE: Readonly<Record<`${Product}.${ItemKind}`, Readonly<Record<string, readonly [string, string]>>>> = {
  "trusthub.end-user": {
    customer_profile_business_information: [
      "Business Information",
      "business_type business_registration_number business_name business_registration_identifier business_identity business_industry website_url business_regions_of_operation social_media_profile_urls?",
    ],
    authorized_representative_1: ["Authorized Representative one", REPRESENTATIVE],
    authorized_representative_2: ["Authorized Representative two", REPRESENTATIVE],
    starter_customer_profile_information: ["Information", "first_name last_name email phone_number"],
    customer_profile_individual_information: ["Individual Information", "first_name last_name email phone_number"],
    us_a2p_messaging_profile_information: [
      "US A2P Messaging Profile Information",
      "company_type stock_exchange? stock_ticker? brand_contact_email?",
    ],
    sole_proprietor_information: ["Sole Proprietor Information", "brand_name mobile_phone_number vertical"],
    cnam_information: ["CNAM Information", "cnam_display_name"],
    voice_integrity_information: [
      "Voice Integrity Information",
      "use_case business_employee_count average_business_day_call_volume notes?",
    ],
  },
  "trusthub.document": {
    customer_profile_address: ["Physical Business Address", "address_sids"],
    starter_customer_profile_address: ["Legal Company Address", "address_sids"],
    government_issued_proof_of_authorized_representative: [
      "Government-issued identity of an authorized representative",
      "first_name last_name business_name",
    ],
  },
  "numbers.end-user": {
    individual: ["Individual", "first_name last_name birth_date? birth_place? nationality? email? phone_number?"],
    business: [
      "Business",
      "business_name business_registration_number? business_website? first_name? last_name? email? phone_number? business_description?",
    ],
  },
  "numbers.document": {
    address: ["Address Validation", "address_sids"],
    business_registration: ["Business registration certificate", "business_name document_number address_sids?"],
    commercial_registrar_excerpt: [
      "Excerpt from the commercial register",
      "business_name document_number address_sids?",
    ],
    tax_document: ["Tax notice", "business_name? document_number? first_name? last_name? address_sids?"],
    utility_bill: ["Utility bill", "business_name? first_name? last_name? address_sids issue_date?"],
    rent_receipt: ["Rent receipt", "business_name? first_name? last_name? address_sids issue_date?"],
    passport: ["Passport", "first_name last_name document_number? birth_date? nationality?"],
    government_issued_document: [
      "Government-issued ID",
      "first_name last_name document_number? birth_date? nationality? address_sids?",
    ],
    power_of_attorney: ["Executed copy of a power of attorney", "first_name? last_name?"],
  },
};

/** All types of end users and documents of both products. */
export const ITEM_TYPES: readonly ItemType[] = Object.entries(TABLE).flatMap(([group, types]) => {
  const [product, kind] = group.split(".") as [Product, ItemKind];
  return Object.entries(types).map(([machineName, [friendlyName, names]]) => ({
    sid: fixedSid("OY", `${group}.${machineName}`),
    product,
    kind,
    machineName,
    friendlyName,
    fields: fields(names),
  }));
});

const BY_NAME = new Map(ITEM_TYPES.map((type) => [`${type.product}.${type.kind}.${type.machineName}`, type]));

/** The type of a machine name; `undefined` where there is none. */
export function findItemType(product: Product, kind: ItemKind, machineName: string): ItemType | undefined {
  return BY_NAME.get(`${product}.${kind}.${machineName}`);
}

/** The type of a machine name that the data names, which exists. */
export function itemType(product: Product, kind: ItemKind, machineName: string): ItemType {
  const type = findItemType(product, kind, machineName);
  assert(type !== undefined, `no ${product} ${kind} ${machineName}`);
  return type;
}
