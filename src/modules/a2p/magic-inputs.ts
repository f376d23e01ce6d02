/**
 * What the simulated registry is told by words in brackets within what is filed: in the name
 * of a business, the description of a campaign, the use case summary of a toll-free number.
 */

export interface MagicInput {
  /** Codes of errors, for example `[30886]`. */
  readonly codes: readonly number[];
  /** `[score 82]`. */
  readonly score: number | undefined;
  /** `[in review]`: looked at and never decided. */
  readonly isStuck: boolean;
  /** `[slow]`: everything takes twenty times as long. */
  readonly isSlow: boolean;
  /** `[suspend]`: approved, and suspended a while later. */
  readonly isSuspended: boolean;
  /** `[unverified]`: the business is registered and its identity is not confirmed. */
  readonly isUnverified: boolean;
  /** `[no edit]`: what is rejected may not be edited. */
  readonly isFinal: boolean;
  /** `[no reply]`: a sole proprietor does not answer the first request to confirm. */
  readonly isSilent: boolean;
}

const WORD = /\[([a-z0-9 ]{1,32})\]/g;
const MAX_CHARACTERS = 8_192;
const MAX_CODES = 5;

/** Reads the words in brackets of a text. */
export function magicInput(text: string): MagicInput {
  const words = [...text.slice(0, MAX_CHARACTERS).toLowerCase().matchAll(WORD)].map(([, word = ""]) => word.trim());
  const score = words.map((word) => /^score (\d{1,3})$/.exec(word)?.[1]).find((found) => found !== undefined);
  return {
    codes: words
      .filter((word) => /^\d{5}$/.test(word))
      .map(Number)
      .slice(0, MAX_CODES),
    score: score === undefined ? undefined : Math.min(100, Number(score)),
    isStuck: words.includes("in review"),
    isSlow: words.includes("slow"),
    isSuspended: words.includes("suspend"),
    isUnverified: words.includes("unverified"),
    isFinal: words.includes("no edit"),
    isSilent: words.includes("no reply"),
  };
}

/** What is said of an error, and which fields it is about. */
interface KnownError {
  readonly description: string;
  readonly fields: readonly string[];
}

const known = (description: string, ...fields: string[]): KnownError => ({ description, fields });

/** Errors that the simulated registry knows, by their code in Twilio's dictionary. */
export const KNOWN_ERRORS: Readonly<Record<number, KnownError>> = {
  30701: known("The state, region or province is not valid.", "region"),
  30702: known("The registration is not known to the registry any more."),
  30712: known("The most brands an account may register are registered.", "tax_id"),
  30729: known("Businesses of this country cannot be registered.", "iso_country"),
  30790: known("The registry had an internal error."),
  30792: known("The registry could not process the registration.", "tax_id"),
  30880: known("The campaign was rejected for an unknown reason."),
  30881: known("The support email of the brand is not valid.", "BRAND_SUPPORT_EMAIL"),
  30882: known("The terms and conditions are missing or not compliant.", "TERMS_AND_CONDITIONS"),
  30883: known("The content is not allowed.", "MESSAGE_SAMPLES"),
  30884: known("The campaign looks like spam or phishing.", "MESSAGE_SAMPLES"),
  30885: known("The campaign bears a high risk.", "USE_CASE_DESCRIPTION"),
  30886: known("The description of the campaign is not sufficient.", "USE_CASE_DESCRIPTION"),
  30887: known("How recipients opt out is not sufficient.", "OPT_OUT_MESSAGE"),
  30888: known("The age gate is missing or not sufficient.", "AGE_GATED"),
  30889: known("A phone number is in the samples and not declared.", "MESSAGE_SAMPLES"),
  30890: known("How recipients get help is not sufficient.", "HELP_MESSAGE"),
  30891: known("The website is not valid.", "WEBSITE_URL"),
  30892: known("Public URL shorteners may not be used.", "MESSAGE_SAMPLES"),
  30893: known("The samples do not fit the use case.", "MESSAGE_SAMPLES"),
  30894: known("What is said of the brand is not valid.", "BRAND_INFORMATION"),
  30895: known("Direct lending is not declared as the content shows it.", "DIRECT_LENDING"),
  30896: known("How recipients opt in is not sufficient.", "MESSAGE_FLOW"),
  30897: known("The content is disallowed.", "MESSAGE_FLOW"),
  30898: known("Too many campaigns are registered for this tax number.", "EIN"),
  30991: known("The brand of the campaign is not verified.", "BRAND"),
  30440: known("The verification was rejected for an unknown reason."),
  30441: known("The content is not allowed.", "ProductionMessageSample"),
  30442: known("The campaign is not allowed.", "UseCaseSummary"),
  30443: known("The content is disallowed.", "ProductionMessageSample"),
  30444: known("The traffic bears a high risk.", "UseCaseCategories"),
  30445: known("What is said of the business is not valid.", "BusinessName"),
  30446: known("How recipients opt in is not sufficient.", "OptInType"),
  30447: known("The phone number is not valid.", "TollfreePhoneNumberSid"),
  30448: known("The age gate is missing or not sufficient.", "AgeGatedContent"),
  30449: known("A URL in the sample is not acceptable.", "ProductionMessageSample"),
};
