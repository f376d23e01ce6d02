import { killCell } from "./kill-cell.ts";
import type { Scenario } from "./scenario.ts";

/** Every scenario, in the order of the table. A new one is one file and one line here. */
export const SCENARIOS: readonly Scenario[] = [killCell];
