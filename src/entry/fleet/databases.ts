import { FIRST_CELL } from "../cell-core.ts";

/** Of the first cell, whether it is alone or not, so that a system of one process can grow into one of several. */
export const CELL_DATABASE = "trunkline";
/** Of the control plane. */
export const CONTROL_DATABASE = "trunkline_control";

/** The database of a cell, by the cell's name. */
export function databaseOf(cell: string): string {
  return cell === FIRST_CELL ? CELL_DATABASE : `trunkline_${cell.replaceAll("-", "_")}`;
}
