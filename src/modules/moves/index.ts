/** Moving accounts between messaging cells: the state machine in the control plane, and the part of each cell. See README.md. */
export { cellMoves, loadStandings, type CellMoves } from "./cell-moves.ts";
export { moveErrors } from "./errors.ts";
export { cellMoveMigrations } from "./migrations.ts";
export type { Move, MoveStep } from "./move.ts";
export { movesModule, type MovesModule, type MovesOptions } from "./module.ts";
export type { MoveLimits } from "./mover.ts";
export { idempotencyMovable, webhookMovable } from "./platform-movables.ts";
export type { CellCaller, CellMovesDeps, HomeMove, Homes } from "./ports.ts";
