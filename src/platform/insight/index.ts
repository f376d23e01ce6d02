/** What products tell those who count: facts of the records that they follow from. */
export type { MessageChanged } from "./facts.ts";
