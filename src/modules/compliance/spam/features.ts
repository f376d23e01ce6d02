/**
 * What counts for and against a message, each with its weight: the score is the logistic
 * function of their weighted sum. Data: docs/rules/spam.md says how the weights were found and
 * what they reach.
 */
export const FEATURES = [
  { name: "lure", weight: 2.5 },
  { name: "lureWithLink", weight: 4.4 },
  { name: "vice", weight: 2 },
  { name: "handoff", weight: 1.8 },
  { name: "hidden", weight: 3.4 },
  { name: "blockedDomain", weight: 9 },
  { name: "newDomain", weight: 1.4 },
  { name: "shortener", weight: 1.3 },
  { name: "oddLink", weight: 2.6 },
  { name: "brand", weight: 4 },
  { name: "bulk", weight: 1.3 },
  { name: "strangers", weight: 1.1 },
  { name: "snowshoeAccounts", weight: 3.6 },
  { name: "snowshoeSenders", weight: 2.4 },
  { name: "pumping", weight: 7.4 },
  { name: "unconverted", weight: 2.5 },
  { name: "surge", weight: 0.8 },
  { name: "toldSpam", weight: 7 },
  { name: "toldFine", weight: -7 },
  { name: "otp", weight: -1.8 },
  { name: "service", weight: -1.8 },
  { name: "trust", weight: -0.8 },
  { name: "ownTemplate", weight: -3.3 },
  { name: "allowedDomain", weight: -2.5 },
  { name: "optOut", weight: -1 },
] as const satisfies readonly { readonly name: string; readonly weight: number }[];

export type FeatureName = (typeof FEATURES)[number]["name"];

/** What is added to every sum: a message of which nothing is known is very likely none. */
export const BIAS = -3;

/** From where on a score has consequences. */
export interface SpamThresholds {
  /** It is refused. */
  readonly block: number;
  /** It goes, and the operator sees it. */
  readonly flag: number;
}

export const DEFAULT_THRESHOLDS: SpamThresholds = { block: 0.9, flag: 0.6 };

/** Where each feature stands in an array of values. */
export const AT = Object.fromEntries(FEATURES.map(({ name }, at) => [name, at])) as Readonly<
  Record<FeatureName, number>
>;
const WEIGHTS = Float64Array.from(FEATURES, ({ weight }) => weight);

/** 0 to 1. */
export function scoreOf(values: Float64Array): number {
  let sum = BIAS;
  for (let at = 0; at < WEIGHTS.length; at += 1) sum += (WEIGHTS[at] ?? 0) * (values[at] ?? 0);
  return 1 / (1 + Math.exp(-sum));
}

/** The features that speak most against a message, the strongest first. */
export function strongest(values: Float64Array, max: number): FeatureName[] {
  return FEATURES.map(({ name, weight }, at) => ({ name, share: weight * (values[at] ?? 0) }))
    .filter(({ share }) => share > 0.25)
    .toSorted((one, other) => other.share - one.share)
    .slice(0, max)
    .map(({ name }) => name);
}
