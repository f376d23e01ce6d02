/** Deciding by a compiled table: pure, the same arguments always give the same decision. */
export {
  compareTables,
  type ChangedDecision,
  type ComparedRow,
  type Comparing,
  type Comparison,
  type PastRequest,
  type Side,
} from "./compare.ts";
export { Decider, type DecideOptions, type Decision, type Price } from "./decider.ts";
export { explain, type ExplainedCandidate, type Explanation, type Term } from "./explain.ts";
