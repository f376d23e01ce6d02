/** Visits of links: who comes, how they are counted, and how they become durable. */
export { ClickJournal, type ClickJournalOptions, type LinksVisited } from "./click-journal.ts";
export { NoticeGate } from "./notice-gate.ts";
export {
  addName,
  countVisit,
  emptyTally,
  hourOf,
  stretchOf,
  STRETCH_OCTETS,
  tallyKey,
  type ClickNotice,
  type ClickTally,
  type NameKind,
  type Visit,
  type VisitKind,
} from "./tally.ts";
export { agentOf, referrerOf, VisitorBook, type Visitor } from "./visitors.ts";
