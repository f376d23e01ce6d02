import type { Field, FieldCheck } from "../rule.ts";

/** Fields whose name does not say what they look like, or whose friendly name is not the name itself. */
const SPECIAL: Readonly<Record<string, { readonly check?: FieldCheck; readonly friendlyName?: string }>> = {
  email: { check: "email", friendlyName: "Email" },
  brand_contact_email: { check: "email" },
  phone_number: { check: "phone" },
  mobile_phone_number: { check: "phone" },
  website_url: { check: "url", friendlyName: "Website URL" },
  business_website: { check: "url" },
  social_media_profile_urls: { friendlyName: "Social Media Profile URLs" },
  birth_date: { check: "date", friendlyName: "Date of Birth" },
  issue_date: { check: "date" },
  address_sids: { check: "addresses", friendlyName: "Address sid(s)" },
  business_identity: { check: ["direct_customer", "isv_reseller_or_partner", "unknown"] },
  company_type: { check: ["private", "public", "non-profit", "government"] },
  business_employee_count: { check: "count" },
  average_business_day_call_volume: { check: "count" },
  cnam_display_name: { friendlyName: "CNAM Display Name" },
};

/** The field of a name; with `?` behind it, one that may be absent. */
export function field(spelled: string): Field {
  const isOptional = spelled.endsWith("?");
  const name = isOptional ? spelled.slice(0, -1) : spelled;
  const { check = "text", friendlyName = titleOf(name) } = SPECIAL[name] ?? {};
  return { name, friendlyName, check, ...(isOptional ? { isOptional: true } : {}) };
}

/** The fields of names with spaces between them. */
export function fields(spelled: string): Field[] {
  return spelled
    .split(" ")
    .filter((name) => name !== "")
    .map(field);
}

function titleOf(name: string): string {
  return name
    .split("_")
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(" ");
}
