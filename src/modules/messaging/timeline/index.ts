/** A message's whole life, told to those who look, and what happens to messages while it happens. */
export { explainAttempt } from "./attempt-entries.ts";
export { messageSource } from "./message-source.ts";
export type { MoneyLine, TimelineSources } from "./sources.ts";
export { timelineRoutes } from "./timeline.resource.ts";
