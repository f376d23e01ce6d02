import type { Machine } from "../../platform/cell/index.ts";
import type { EdgeBinsRecord, MessageChanged } from "../../platform/insight/index.ts";
import type { InsightsMoved } from "./movable.ts";
import { adopt, RollupTable, type ApiCounts, type Rollups } from "./rollups/index.ts";

/**
 * Counts what the cell's log says: changes of messages, in the step of the record that they follow from, and
 * the answers of edges. What is counted is in the cell's checkpoint, with the offset up to which it is counted,
 * so that a crash neither loses a count nor makes it twice.
 */
export function insightMachine(rollups: Rollups, api: ApiCounts): Machine {
  return {
    name: "insights",
    tables: [new RollupTable(rollups), api],
    reducers: {
      "insights.edge-bins": (record: EdgeBinsRecord, context) => api.take(record, context.atMs),
      "insights.moved": ({ forget, hours }: InsightsMoved) => {
        rollups.departures.forget(forget);
        for (const hour of hours) adopt(rollups, hour);
      },
    },
    listeners: { "message.changed": (fact: MessageChanged, context) => rollups.fold(fact, context.atMs) },
  };
}
