/** How carriers do, as it is measured here and as the router is told. */
export type { AnswerKind } from "./carrier-watch.ts";
export {
  HealthBoard,
  type CarrierHealthStatus,
  type HealthBoardOptions,
  type HealthBoardStatus,
} from "./health-board.ts";
