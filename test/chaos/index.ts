import { fillDisk } from "./fill-disk.ts";
import { freezeCell } from "./freeze-cell.ts";
import { killCell } from "./kill-cell.ts";
import { killControl, loseControlDatabase } from "./kill-control.ts";
import { killEdge } from "./kill-edge.ts";
import { killRedis } from "./kill-redis.ts";
import { moveAccount } from "./move-account.ts";
import { partitionRegions } from "./partition-regions.ts";
import type { Scenario } from "./scenario.ts";
import { skewClock } from "./skew-clock.ts";

/** Every scenario, in the order of the table. A new one is one file and one line here. */
export const SCENARIOS: readonly Scenario[] = [
  killCell,
  freezeCell,
  fillDisk,
  skewClock,
  killEdge,
  killRedis,
  killControl,
  loseControlDatabase,
  partitionRegions,
  moveAccount,
];
