export { DEFAULT_THRESHOLDS, FEATURES, type SpamThresholds } from "./features.ts";
export { spamModule, type SpamModule, type SpamOptions, type SpamStatus } from "./module.ts";
export { spamLists, type Brand, type SpamLists } from "./reputation.ts";
export type { SpamChange } from "./spam-change.ts";
export { SpamFilter, type Judgement, type SpamDraft, type SpamFilterOptions, type SpamSizes } from "./spam-filter.ts";
