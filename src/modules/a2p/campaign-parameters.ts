import { AppError } from "../../kernel/errors.ts";
import {
  boolean,
  list,
  Refusal,
  scalar,
  url,
  type Parameter,
  type ParameterOptions,
  type ParameterValues,
} from "../../platform/http/index.ts";
import type { CampaignText } from "./campaign.ts";
import { a2pErrors } from "./errors.ts";

const codes = { missing: a2pErrors.campaignParameterMissing, invalid: a2pErrors.campaignLength } as const;
const required = { ...codes, required: true } as const;

/** A text within bounds, counted in UTF-16 units. */
function bounded(options: ParameterOptions & { readonly min: number; readonly max: number }) {
  const { min, max } = options;
  return scalar(options, {
    kind: "text",
    schema: { type: "string", minLength: min, maxLength: max },
    convert: (value) => {
      const { length } = value.trim();
      if (length < min) return new Refusal(`it is shorter than ${min} characters`);
      return value.length > max ? new Refusal(`it is longer than ${max} characters`) : value;
    },
  });
}

/** What is required is there; the scalar's own type cannot say so. */
function mandatory(parameter: Parameter<string | undefined>): Parameter<string> {
  return parameter as Parameter<unknown> as Parameter<string>;
}

const MIN_SAMPLES = 2;
const MAX_SAMPLES = 5;
const MAX_KEYWORDS = 32;
const MAX_KEYWORD_CHARACTERS = 255;
const reply = (summary: string) => bounded({ ...codes, min: 20, max: 320, summary });
const keywords = (summary: string): Parameter<string[]> =>
  list({
    ...codes,
    maxCount: MAX_KEYWORDS,
    summary,
    of: scalar(codes, {
      kind: "text",
      schema: { type: "string", maxLength: MAX_KEYWORD_CHARACTERS },
      convert: (value) =>
        /^[\p{L}\p{N}]{1,255}$/u.test(value) ? value : new Refusal("keywords are letters and digits, 255 at most"),
    }),
  });

/** What a campaign is described by, when it is created and when it is changed. */
export const textParameters = {
  Description: mandatory(bounded({ ...required, min: 40, max: 4_096, summary: "What the campaign does." })),
  MessageFlow: mandatory(bounded({ ...required, min: 40, max: 2_048, summary: "How people agree to it." })),
  MessageSamples: list({
    ...required,
    maxCount: MAX_SAMPLES,
    of: bounded({ ...codes, min: 20, max: 1_024 }),
    summary: "Two to five messages as they would be sent.",
  }),
  HasEmbeddedLinks: boolean({ ...required, summary: "Messages have links." }),
  HasEmbeddedPhone: boolean({ ...required, summary: "Messages have phone numbers." }),
  PrivacyPolicyUrl: url({ ...codes, summary: "Where the privacy policy is." }),
  TermsAndConditionsUrl: url({ ...codes, summary: "Where the terms are." }),
};

/** What is told once, when it is created. */
export const onceParameters = {
  AgeGated: boolean({ ...codes, default: false, summary: "The content is only for adults." }),
  DirectLending: boolean({ ...codes, default: false, summary: "Loans are offered." }),
  SubscriberOptIn: boolean({ ...codes, default: false, summary: "Recipients have agreed." }),
  OptInMessage: reply("The answer to a keyword that opts in."),
  OptOutMessage: reply("The answer to a keyword that opts out."),
  HelpMessage: reply("The answer to a keyword that asks for help."),
  OptInKeywords: keywords("Keywords that opt in."),
  OptOutKeywords: keywords("Keywords that opt out."),
  HelpKeywords: keywords("Keywords that ask for help."),
};

type TextValues = ParameterValues<typeof textParameters> & {
  readonly AgeGated: boolean;
  readonly DirectLending: boolean;
};

/** What was said of a campaign. Throws where it has too few samples. */
export function readCampaignText(params: TextValues): CampaignText {
  const { MessageSamples: samples } = params;
  if (samples.length < MIN_SAMPLES) {
    const reason = `there are fewer than ${MIN_SAMPLES}`;
    throw new AppError(a2pErrors.campaignLength, { parameter: "MessageSamples", reason });
  }
  return {
    description: params.Description,
    messageFlow: params.MessageFlow,
    samples,
    hasLinks: params.HasEmbeddedLinks,
    hasPhone: params.HasEmbeddedPhone,
    ageGated: params.AgeGated,
    directLending: params.DirectLending,
    privacyPolicyUrl: orNull(params.PrivacyPolicyUrl),
    termsUrl: orNull(params.TermsAndConditionsUrl),
  };
}

export const orNull = (value: string | undefined): string | null =>
  value === undefined || value === "" ? null : value;

/** Throws where keywords are longer together than the registry takes. */
export function checkKeywords(lists: Readonly<Record<string, readonly string[]>>): void {
  for (const [parameter, words] of Object.entries(lists)) {
    if (words.join(",").length <= MAX_KEYWORD_CHARACTERS) continue;
    const reason = `together they are longer than ${MAX_KEYWORD_CHARACTERS} characters`;
    throw new AppError(a2pErrors.campaignLength, { parameter, reason });
  }
}
