/** The routing table: its document, and its compiled form. */
export type { ContentHash } from "./canonical.ts";
export { compileTable, type Compilation } from "./compile.ts";
export { contextOf, holdsIn } from "./compile-inputs.ts";
export type { CompiledCarrier, CompiledTable, TableSize } from "./compiled-table.ts";
export { partsOf } from "./cut-document.ts";
export { Doubles } from "./chunked-list.ts";
export { TABLE_FORMAT, TABLE_LIMITS } from "./document.ts";
export type {
  OrderKey,
  TableCarrier,
  TableDocument,
  TableHead,
  TableHours,
  TableInput,
  TableNetwork,
  TablePart,
  TableRoute,
} from "./document.ts";
export { hashText, stir } from "./hash-text.ts";
export { keyOf } from "./prefix-index.ts";
export { tableFromCarriers, type SettingsCarrier } from "./settings-table.ts";
export { Slices } from "./slices.ts";
export { sortPairs, type SortedPairs } from "./sort-pairs.ts";
