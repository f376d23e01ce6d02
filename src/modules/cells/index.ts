/** Which cells there are, and which one each account, key and number is at home in. See README.md. */
export type { Cell, CellWish } from "./cell.ts";
export type { HomeMove, KeysOfCell } from "./change-homes.ts";
export type { CellObservation, CellsDeps } from "./deps.ts";
export { DatabaseHomeTable } from "./home-table.ts";
export { cellsModule, type CellsModule } from "./module.ts";
export type { PlacedAccount, PlacementPorts } from "./place-account.ts";
