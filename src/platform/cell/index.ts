export { Cell, type CellOptions, type CommitCallback } from "./cell.ts";
export { cellRefuses } from "./errors.ts";
export type { ApplyContext, CellRecord, CellTable, Fact, Machine, Reducer } from "./machine.ts";
export {
  Projection,
  projectionMigration,
  refusedRowsMigration,
  readProjectedOffsets,
  type ProjectedColumn,
  type ProjectedTable,
} from "./projection.ts";
export { snapshotBatches } from "./snapshot-batches.ts";
export { StateTable, type SnapshotEntry } from "./state-table.ts";
