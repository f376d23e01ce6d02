/** A generated corpus of good and bad texts, the same for a seed, and what the spam filter makes of it. */
export { CORPUS_BRANDS, CORPUS_START_MS, makeCorpus, type CorpusMessage, type CorpusOptions } from "./corpus.ts";
export { measureQuality, type ClassCount, type Quality } from "./quality.ts";
