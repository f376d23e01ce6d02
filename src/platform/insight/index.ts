/** What products tell those who count: facts of the records that they follow from, and what edges answered. */
export type { MessageChanged } from "./facts.ts";
export {
  answerClass,
  EDGE_BIN_MS,
  EdgeCounts,
  MAX_BINS_A_CALL,
  MAX_COUNTS_A_BIN,
  type AnswerClass,
  type EdgeBin,
  type EdgeBinsRecord,
} from "./edge-counts.ts";
export { EdgeReporter, type EdgeReporterOptions } from "./edge-reporter.ts";
