/** How much a cell is given at once, and who is refused first. Part of platform/edge. */
export { CellShedder } from "./cell-shedder.ts";
export type { ShedderOptions } from "./cell-shedder.ts";
export type { CellLoad, Outcome, Ticket } from "./cell-load.ts";
