/** What a dossier is asked for: the form that policies of Trust Hub and regulations of countries share. */

/** What a field must look like: a kind of text, or one of some words. */
export type FieldCheck = "text" | "email" | "phone" | "url" | "date" | "count" | "addresses" | readonly string[];

/** One attribute of an end user or a document. */
export interface Field {
  readonly name: string;
  readonly friendlyName: string;
  readonly check: FieldCheck;
  /** May be absent or empty. */
  readonly isOptional?: true;
}

/** A kind of end user or supporting document. */
export interface ItemType {
  readonly sid: string;
  readonly kind: ItemKind;
  readonly product: Product;
  readonly machineName: string;
  readonly friendlyName: string;
  readonly fields: readonly Field[];
}

export type ItemKind = "end-user" | "document";
export type Product = "trusthub" | "numbers";
export type DossierKind = "customer-profile" | "trust-product" | "bundle";
export type EndUserKind = "individual" | "business";

/** An end user that has to be there. */
export interface EndUserRequirement {
  readonly name: string;
  readonly requirementName: string;
  readonly type: ItemType;
  /** Looked at only where there is one. */
  readonly isOptional?: true;
}

/** A document that has to be there, of one of some types. */
export interface DocumentRequirement {
  readonly name: string;
  readonly requirementName: string;
  readonly description: string;
  readonly accepted: readonly AcceptedDocument[];
  /** ISO country that an address of it has to be in. */
  readonly addressCountry?: string;
}

/** A type of document, and which of its fields count for a requirement. */
export interface AcceptedDocument {
  readonly name: string;
  readonly type: ItemType;
  readonly fields: readonly Field[];
}

/** A customer profile that has to be there. Those of one `requirementName` stand for each other. */
export interface ProfileRequirement {
  readonly name: string;
  readonly requirementName: string;
  /** What kind of profile: the `profileType` of its policy. */
  readonly type: string;
  /** The field of the result that speaks of it. */
  readonly field: "bundle_sid" | "bundle_status";
}

/** A policy of Trust Hub, or the regulation of a country for a type of numbers and of end users. */
export interface Rule {
  readonly sid: string;
  readonly dossierKind: DossierKind;
  readonly friendlyName: string;
  readonly endUsers: readonly EndUserRequirement[];
  readonly documents: readonly DocumentRequirement[];
  readonly profiles: readonly ProfileRequirement[];
  /** What a customer profile of this policy counts as, where others ask for it. */
  readonly profileType?: string;
  /** Of regulations only. */
  readonly scope?: RuleScope;
}

/** Which numbers and end users a regulation is about. */
export interface RuleScope {
  readonly isoCountry: string;
  readonly numberType: string;
  readonly endUserType: EndUserKind;
}
