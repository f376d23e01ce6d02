import type { DocumentRequirement, DossierKind, EndUserRequirement, ProfileRequirement, Rule } from "../rule.ts";
import { itemType } from "./item-types.ts";

const endUser = (type: string, isOptional?: true): EndUserRequirement => {
  const found = itemType("trusthub", "end-user", type);
  return {
    name: found.friendlyName,
    requirementName: type,
    type: found,
    ...(isOptional === undefined ? {} : { isOptional }),
  };
};

const addressOf = (name: string, description: string, ...types: string[]): DocumentRequirement => ({
  name,
  requirementName: "customer_profile_address",
  description,
  accepted: types.map((each) => {
    const type = itemType("trusthub", "document", each);
    return { name: type.friendlyName, type, fields: type.fields };
  }),
});

const BUSINESS_ADDRESS = addressOf(
  "Physical Business Address",
  "Where the business has its headquarters",
  "customer_profile_address",
);
const PERSONAL_ADDRESS = addressOf(
  "Customer Profile Address",
  "Where the person or company is at home",
  "customer_profile_address",
  "starter_customer_profile_address",
);

/** What a customer profile counts as, and how it is called where another dossier asks for it. */
const PROFILE_TYPES: Readonly<Record<string, string>> = {
  primary_customer_profile_type_business: "Primary Customer Profile Bundle",
  primary_customer_profile_type_government: "Primary Customer Profile (government) Proof",
  primary_customer_profile_type_nonprofit: "Primary Customer Profile (nonprofit) Proof",
  primary_customer_profile_type_individual: "Primary Customer Profile (individual) Proof",
  secondary_customer_profile_type_business: "Secondary Customer Profile Proof",
  secondary_customer_profile_type_government: "Secondary Customer Profile (government) Proof",
  secondary_customer_profile_type_nonprofit: "Secondary Customer Profile (nonprofit) Proof",
  starter_customer_profile_type_business: "Starter Customer Profile(isv customers) Proof",
  starter_customer_profile_type_direct_long_tail: "Starter Customer Profile(direct customers) Proof",
};

const profile = (requirementName: string, type: string): ProfileRequirement => ({
  name: PROFILE_TYPES[type] ?? type,
  requirementName,
  type,
  field: requirementName === "primary_customer_profile" ? "bundle_sid" : "bundle_status",
});

const PRIMARY = ["business", "government", "nonprofit", "individual"].map((type) =>
  profile("primary_customer_profile", `primary_customer_profile_type_${type}`),
);
const ORGANISATION = ["primary", "secondary"].flatMap((rank) =>
  ["business", "government", "nonprofit"].map((type) =>
    profile("customer_profile", `${rank}_customer_profile_type_${type}`),
  ),
);
const STARTER = ["business", "direct_long_tail"].map((type) =>
  profile("customer_profile", `starter_customer_profile_type_${type}`),
);
const DIRECT_STARTER = STARTER.slice(1);

const BUSINESS = [
  endUser("customer_profile_business_information"),
  endUser("authorized_representative_1"),
  endUser("authorized_representative_2", true),
];
const PERSON = [endUser("starter_customer_profile_information")];

type Asked = Partial<Pick<Rule, "endUsers" | "documents" | "profiles" | "profileType">>;

const rule = (dossierKind: DossierKind, sid: string, friendlyName: string, asked: Asked): Rule => ({
  sid,
  dossierKind,
  friendlyName,
  endUsers: [],
  documents: [],
  profiles: [],
  ...asked,
});

const business = (sid: string, friendlyName: string, profileType: string): Rule =>
  rule("customer-profile", sid, friendlyName, {
    endUsers: BUSINESS,
    documents: [BUSINESS_ADDRESS],
    profiles: profileType.startsWith("secondary") ? PRIMARY : [],
    profileType,
  });

/**
 * Policies of Trust Hub by the SIDs that they have at Twilio, which programs write down as
 * constants (Trust Hub guides, read November 2026). What they ask for is Twilio's where its
 * API description shows it; representatives beyond the first are asked for nowhere. Not here:
 * toll-free verification (RNa282…) and branded calling (RNca63…), whose fields are not public.
 */
export const POLICIES: readonly Rule[] = [
  business(
    "RN6433641899984f951173ef1738c3bdd0",
    "Primary Customer Profile of type Business",
    "primary_customer_profile_type_business",
  ),
  business(
    "RN92dc6c39189b4d5ad9c6664f39769f90",
    "Primary Customer Profile of type Government",
    "primary_customer_profile_type_government",
  ),
  business(
    "RN936f6140f1864391adca88df5d84cb6d",
    "Primary Customer Profile of type Nonprofit",
    "primary_customer_profile_type_nonprofit",
  ),
  business(
    "RNdfbf3fae0e1107f8aded0e7cead80bf5",
    "Secondary Customer Profile of type Business",
    "secondary_customer_profile_type_business",
  ),
  business(
    "RN074d26323ad8ca107761a5edf4191ba7",
    "Secondary Customer Profile of type Government",
    "secondary_customer_profile_type_government",
  ),
  business(
    "RNaf459d36b007ba6db226cd43a816cfa0",
    "Secondary Customer Profile of type Nonprofit",
    "secondary_customer_profile_type_nonprofit",
  ),
  rule("customer-profile", "RNffcb02a20420c81caf596ffc44f69712", "Primary Customer Profile of type Individual", {
    endUsers: [endUser("customer_profile_individual_information")],
    documents: [PERSONAL_ADDRESS],
    profileType: "primary_customer_profile_type_individual",
  }),
  rule("customer-profile", "RN806dd6cd175f314e1f96a9727ee271f4", "Starter Customer Profile of type Business", {
    endUsers: PERSON,
    documents: [PERSONAL_ADDRESS],
    profiles: PRIMARY,
    profileType: "starter_customer_profile_type_business",
  }),
  rule("customer-profile", "RN13dc4be8861a10924a79c35eaa4d812c", "Starter Customer Profile of type Direct", {
    endUsers: PERSON,
    documents: [PERSONAL_ADDRESS],
    profileType: "starter_customer_profile_type_direct_long_tail",
  }),
  rule("trust-product", "RNb0d4771c2c98518d916a3d4cd70a8f8b", "A2P Messaging: Local - Business", {
    endUsers: [endUser("us_a2p_messaging_profile_information")],
    profiles: ORGANISATION,
  }),
  rule("trust-product", "RN670d5d2e282a6130ae063b234b6019c8", "Sole Proprietor TrustProduct", {
    endUsers: [endUser("sole_proprietor_information")],
    profiles: STARTER,
  }),
  rule("trust-product", "RN63da8244384cf0401c39f5f91e674db5", "Starter A2P TrustProduct of type Direct", {
    endUsers: [endUser("sole_proprietor_information")],
    profiles: DIRECT_STARTER,
  }),
  rule("trust-product", "RN7a97559effdf62d00f4298208492a5ea", "SHAKEN/STIR", { profiles: ORGANISATION }),
  rule("trust-product", "RNf3db3cd1fe25fcfd3c3ded065c8fea53", "CNAM", {
    endUsers: [endUser("cnam_information")],
    profiles: ORGANISATION,
  }),
  rule("trust-product", "RN5b3660f9598883b1df4e77f77acefba0", "Voice Integrity", {
    endUsers: [endUser("voice_integrity_information")],
    profiles: ORGANISATION,
  }),
];
