/** What stands between a client's connection and the cell. See docs/subsystems/edge.md. */
export { EdgeRequest } from "./edge-request.ts";
export { CELL_LOST, CELL_SILENT, CELL_UNREACHABLE, EDGE_ERRORS, RATE_LIMITED } from "./errors.ts";
export { InProcess } from "./in-process.ts";
export { describeClasses, describeMatrix, passes, STAGE_MATRIX } from "./matrix.ts";
export { PassThrough } from "./pass-through.ts";
export type { PassThroughOptions } from "./pass-through.ts";
export { Pipeline } from "./pipeline.ts";
export type { PipelineOptions } from "./pipeline.ts";
export type {
  AccessRecord,
  Destination,
  EdgeAuthenticator,
  EdgeTarget,
  LimitDecider,
  LimitedRequest,
  LimitVerdict,
  LinkFinder,
  LinkSiteFound,
  RequestDispatcher,
  RouteFinder,
  Soon,
} from "./ports.ts";
export { addressBehindEdge } from "./told-address.ts";
export { classOf, ROUTE_CLASSES } from "./route-classes.ts";
export type { ClassTraits, Priority, RouteClass } from "./route-classes.ts";
export { CellShedder } from "./shedding/index.ts";
export type { ShedderOptions, Ticket } from "./shedding/index.ts";
export { STAGE_NAMES } from "./stage.ts";
export type { Stage, StageName } from "./stage.ts";
export { UpstreamPool } from "./upstream/index.ts";
export type { UpstreamCounts, UpstreamLimits, UpstreamPoolOptions } from "./upstream/index.ts";
