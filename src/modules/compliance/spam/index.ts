export { DEFAULT_THRESHOLDS, FEATURES, type SpamThresholds } from "./features.ts";
export { spamLists, type Brand, type SpamLists } from "./reputation.ts";
export { SpamFilter, type Judgement, type SpamDraft, type SpamFilterOptions, type SpamSizes } from "./spam-filter.ts";
