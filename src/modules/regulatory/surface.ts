import type { DossierKind, Product } from "./rule.ts";

/** How a kind of dossier shows itself in the API. */
export interface Surface {
  readonly kind: DossierKind;
  readonly product: Product;
  /** Path of the list. */
  readonly path: string;
  /** In operation ids: `CreateCustomerProfile`. */
  readonly noun: string;
  /** What operation ids of what is below it begin with: `CustomerProfileEvaluation`. */
  readonly prefix: string;
  readonly tag: string;
  /** Name in paths of what is below it. */
  readonly parameter: string;
  /** The field by which what is below it names it. */
  readonly ownerField: string;
  /** The field that names its policy or regulation. */
  readonly ruleField: "policy_sid" | "regulation_sid";
  /** Path of what is assigned to it, and the noun for operation ids. */
  readonly assignments: readonly [path: string, noun: string];
  /** Field of `links` → path below it. */
  readonly links: Readonly<Record<string, string>>;
}

const trustHub = (kind: DossierKind, noun: string, field: string): Surface => ({
  kind,
  product: "trusthub",
  path: `/v1/${noun}s`,
  noun,
  prefix: noun,
  tag: `${noun}s`,
  parameter: `${noun}Sid`,
  ownerField: `${field}_sid`,
  ruleField: "policy_sid",
  assignments: ["EntityAssignments", "EntityAssignment"],
  links: {
    [`${field}s_entity_assignments`]: "EntityAssignments",
    [`${field}s_evaluations`]: "Evaluations",
    [`${field}s_channel_endpoint_assignment`]: "ChannelEndpointAssignments",
  },
});

export const CUSTOMER_PROFILES = trustHub("customer-profile", "CustomerProfile", "customer_profile");
export const TRUST_PRODUCTS = trustHub("trust-product", "TrustProduct", "trust_product");
export const BUNDLES: Surface = {
  kind: "bundle",
  product: "numbers",
  path: "/v2/RegulatoryCompliance/Bundles",
  noun: "Bundle",
  prefix: "",
  tag: "Bundles",
  parameter: "BundleSid",
  ownerField: "bundle_sid",
  ruleField: "regulation_sid",
  assignments: ["ItemAssignments", "ItemAssignment"],
  links: { evaluations: "Evaluations", item_assignments: "ItemAssignments", bundle_copies: "Copies" },
};

/** The three kinds of dossiers. */
export const SURFACES: readonly Surface[] = [CUSTOMER_PROFILES, TRUST_PRODUCTS, BUNDLES];

/** Where the resources that both products have are found. */
export const BASES: Readonly<Record<Product, string>> = { trusthub: "/v1", numbers: "/v2/RegulatoryCompliance" };
