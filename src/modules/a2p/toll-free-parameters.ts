import { AppError } from "../../kernel/errors.ts";
import {
  boolean,
  enumeration,
  INVALID_PARAMETER,
  list,
  MISSING_PARAMETER,
  phone,
  Refusal,
  scalar,
  text,
  url,
  type Parameter,
  type ParameterValues,
} from "../../platform/http/index.ts";
import { parseAddress } from "../../protocols/e164/index.ts";
import type { TollFreeFields } from "./toll-free.ts";

const MAX_CHARACTERS = 500;
const MAX_SAMPLE_CHARACTERS = 1_000;
const MAX_LIST = 32;

const USE_CASES = [
  "TWO_FACTOR_AUTHENTICATION",
  "ACCOUNT_NOTIFICATIONS",
  "CUSTOMER_CARE",
  "CHARITY_NONPROFIT",
  "DELIVERY_NOTIFICATIONS",
  "FRAUD_ALERT_MESSAGING",
  "EVENTS",
  "HIGHER_EDUCATION",
  "K12",
  "MARKETING",
  "POLLING_AND_VOTING_NON_POLITICAL",
  "POLITICAL_ELECTION_CAMPAIGNS",
  "PUBLIC_SERVICE_ANNOUNCEMENT",
  "SECURITY_ALERT",
] as const;

const OPT_IN_TYPES = [
  "VERBAL",
  "WEB_FORM",
  "PAPER_FORM",
  "VIA_TEXT",
  "MOBILE_QR_CODE",
  "IMPORT",
  "IMPORT_PLEASE_REPLACE",
] as const;

const BUSINESS_TYPES = ["PRIVATE_PROFIT", "PUBLIC_PROFIT", "SOLE_PROPRIETOR", "NON_PROFIT", "GOVERNMENT"] as const;

const AUTHORITIES = [
  "EIN",
  "CBN",
  "CRN",
  "PROVINCIAL_NUMBER",
  "VAT",
  "ACN",
  "ABN",
  "BRN",
  "SIREN",
  "SIRET",
  "NZBN",
  "USt-IdNr",
  "CIF",
  "NIF",
  "CNPJ",
  "UID",
  "NEQ",
  "OTHER",
] as const;

/** Monthly messages that can be named. */
const VOLUMES = [
  "10",
  "100",
  "1,000",
  "10,000",
  "100,000",
  "250,000",
  "500,000",
  "750,000",
  "1,000,000",
  "5,000,000",
  "10,000,000+",
] as const;

const said = (summary: string, maxCharacters = MAX_CHARACTERS) => text({ maxCharacters, summary });
const EMAIL = /^[^\s@]{1,64}@[^\s@]{1,255}\.[^\s@]{2,63}$/;
const email = (summary: string) =>
  scalar<string>(
    { summary },
    {
      kind: "text",
      schema: { type: "string", format: "email", maxLength: 320 },
      empty: "",
      convert: (value) => (EMAIL.test(value) ? value : new Refusal("it is no email address")),
    },
  );

/** What can be told of a number, by their names in requests and answers. All are optional here; see {@link REQUIRED}. */
export const fieldParameters = {
  BusinessName: said("The business that uses the number."),
  BusinessWebsite: url({ summary: "Its website." }),
  NotificationEmail: email("Who is told of the result."),
  UseCaseCategories: list({
    maxCount: USE_CASES.length,
    of: enumeration({ values: USE_CASES }),
    summary: "What the number is used for.",
  }),
  UseCaseSummary: said("What it is used for, in words."),
  ProductionMessageSample: said("A message as it would be sent.", MAX_SAMPLE_CHARACTERS),
  OptInImageUrls: list({ maxCount: MAX_LIST, of: url({}), summary: "Pictures that show how people agree." }),
  OptInType: enumeration({ values: OPT_IN_TYPES, summary: "How people agree." }),
  MessageVolume: enumeration({ values: VOLUMES, summary: "Messages a month, estimated." }),
  BusinessStreetAddress: said("Street of the business."),
  BusinessStreetAddress2: said("More of the address."),
  BusinessCity: said("City of the business."),
  BusinessStateProvinceRegion: said("State, province or region of the business."),
  BusinessPostalCode: said("Postal code of the business."),
  BusinessCountry: said("Country of the business."),
  AdditionalInformation: said("More that helps to decide."),
  BusinessContactFirstName: said("First name of who can be asked."),
  BusinessContactLastName: said("Last name of who can be asked."),
  BusinessContactEmail: email("Email of who can be asked."),
  BusinessContactPhone: phone({ summary: "Phone of who can be asked." }),
  BusinessRegistrationNumber: said("Number under which the business is registered."),
  BusinessRegistrationAuthority: enumeration({ values: AUTHORITIES, summary: "Whose number it is." }),
  BusinessRegistrationCountry: said("Country in which the business is registered."),
  BusinessType: enumeration({ values: BUSINESS_TYPES, summary: "Of what type it is." }),
  BusinessRegistrationPhoneNumber: phone({ summary: "Phone of the business." }),
  DoingBusinessAs: said("The name it trades under."),
  OptInConfirmationMessage: said("The answer to people who agree."),
  HelpMessageSample: said("The answer to people who ask for help."),
  PrivacyPolicyUrl: url({ summary: "Where the privacy policy is." }),
  TermsAndConditionsUrl: url({ summary: "Where the terms are." }),
  AgeGatedContent: boolean({ summary: "The content is only for adults." }),
  OptInKeywords: list({ maxCount: MAX_LIST, of: said(""), summary: "Keywords by which people agree." }),
  VettingProvider: enumeration({ values: ["CAMPAIGN_VERIFY"], summary: "Who vetted a political organization." }),
  VettingId: said("The token of that vetting."),
};

type FieldValues = ParameterValues<typeof fieldParameters>;

/** What a new verification must have. */
export const REQUIRED = [
  "BusinessName",
  "BusinessWebsite",
  "NotificationEmail",
  "UseCaseCategories",
  "UseCaseSummary",
  "ProductionMessageSample",
  "OptInImageUrls",
  "OptInType",
  "MessageVolume",
] as const satisfies readonly (keyof FieldValues)[];

/** What a business must have that is no sole proprietor's. */
const OF_BUSINESSES = [
  "BusinessRegistrationNumber",
  "BusinessRegistrationAuthority",
  "BusinessRegistrationCountry",
] as const satisfies readonly (keyof FieldValues)[];

/** `BusinessStreetAddress2` → `business_street_address2`. */
export const fieldNameOf = (parameter: string): string => parameter.replaceAll(/(?<!^)([A-Z])/g, "_$1").toLowerCase();

/** The names of all fields in answers. */
export const FIELD_NAMES: readonly string[] = Object.keys(fieldParameters).map(fieldNameOf);

/** Those that were given, by their names in answers. Throws for a phone number that is none. */
export function readFields(params: FieldValues): TollFreeFields {
  checkPhone(params, "BusinessContactPhone");
  checkPhone(params, "BusinessRegistrationPhoneNumber");
  const fields: Record<string, string | boolean | readonly string[] | null> = {};
  for (const name of Object.keys(fieldParameters) as (keyof FieldValues)[]) {
    const value = params[name];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    fields[fieldNameOf(name)] = value === "" ? null : value;
  }
  return fields;
}

function checkPhone(params: FieldValues, parameter: "BusinessContactPhone" | "BusinessRegistrationPhoneNumber"): void {
  const value = params[parameter] ?? "";
  if (value === "" || parseAddress(value).kind === "e164") return;
  throw new AppError(INVALID_PARAMETER, { parameter, value: value.slice(0, 64), reason: "it is no phone number" });
}

/** Throws where something is missing that a verification must have. */
export function checkComplete(fields: TollFreeFields): void {
  for (const parameter of REQUIRED) need(fields, parameter);
  const type = fields[fieldNameOf("BusinessType")] ?? null;
  if (type === null || type === "SOLE_PROPRIETOR") return;
  for (const parameter of OF_BUSINESSES) need(fields, parameter);
}

function need(fields: TollFreeFields, parameter: string): void {
  if ((fields[fieldNameOf(parameter)] ?? null) === null) throw new AppError(MISSING_PARAMETER, { parameter });
}

/** The parameters, the required ones marked as such in the documentation. */
export function documented(): typeof fieldParameters {
  const marked: Record<string, Parameter<unknown>> = { ...fieldParameters };
  for (const name of REQUIRED) marked[name] = { ...fieldParameters[name], required: true };
  return marked as unknown as typeof fieldParameters;
}
