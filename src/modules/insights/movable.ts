import type { CellRecord } from "../../platform/cell/index.ts";
import type { Movable, MovableEntry } from "../../platform/fleet/index.ts";
import type { Clock } from "../../platform/ports.ts";
import { hoursOf, type Rollups, type TravellingHour } from "./rollups/index.ts";

/** Hours of accounts that came from another cell; first, what there was of some accounts is forgotten. */
export interface InsightsMoved extends CellRecord {
  readonly kind: "insights.moved";
  readonly forget: readonly string[];
  readonly hours: readonly TravellingHour[];
}

/** What is asked for page by page is the same for so long. */
const FROZEN_MS = 60_000;

interface Frozen {
  readonly mainSid: string;
  readonly atMs: number;
  readonly entries: readonly MovableEntry[];
}

/** The deps of {@link insightsMovable}. */
export interface InsightsMovableDeps {
  readonly rollups: Rollups;
  readonly clock: Pick<Clock, "nowMs">;
  readonly commit: (record: InsightsMoved) => Promise<unknown>;
}

/**
 * The hours of an account move with it, up to the present one; minutes and tens of seconds do not: in the new
 * cell they begin with the move. What the old cell still counts for it afterwards (receipts of messages that it
 * had accepted) stays there and is seen by the operator alone.
 */
export function insightsMovable({ rollups, clock, commit }: InsightsMovableDeps): Movable {
  let frozen: Frozen | undefined;
  const arrived = new Map<string, Set<string>>();
  const moved = async (forget: readonly string[], hours: readonly TravellingHour[]): Promise<void> => {
    frozen = undefined;
    await commit({ kind: "insights.moved", forget, hours });
  };
  return {
    name: "insights",
    records: [
      {
        name: "insights",
        list: ({ mainSid, accountSids }) => {
          const here = arrived.get(mainSid);
          // An hour may have found no room of its own here; it has arrived all the same.
          if (here !== undefined) return [...here].map((key): MovableEntry => [key, null]);
          if (frozen?.mainSid !== mainSid || clock.nowMs() - frozen.atMs > FROZEN_MS) {
            const hours = hoursOf(rollups, accountSids, clock.nowMs());
            const entries = hours.map((hour): MovableEntry => [String(hour.startMs), hour]);
            frozen = { mainSid, atMs: clock.nowMs(), entries };
          }
          return frozen.entries;
        },
        put: async ({ mainSid, accountSids }, entries, isFirst) => {
          const hours = entries.map(([, hour]) => hour as TravellingHour);
          await moved(isFirst ? accountSids : [], hours);
          const here = isFirst ? new Set<string>() : (arrived.get(mainSid) ?? new Set<string>());
          for (const [key] of entries) here.add(key);
          arrived.set(mainSid, here);
        },
        forget: ({ mainSid, accountSids }) => {
          arrived.delete(mainSid);
          return moved(accountSids, []);
        },
      },
    ],
    arrived: ({ mainSid }) => {
      arrived.delete(mainSid);
      return Promise.resolve();
    },
  };
}
