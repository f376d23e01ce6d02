/** The stages of platform/edge, one file each. */
import type { CellShedder } from "../shedding/index.ts";
import type { Stage } from "../stage.ts";
import type { PipelineOptions } from "../pipeline.ts";
import { AddressStage } from "./address.ts";
import { AuthenticateStage } from "./authenticate.ts";
import { BodyStage } from "./body.ts";
import { ForwardStage } from "./forward.ts";
import { HostStage } from "./host.ts";
import { IdempotencyStage } from "./idempotency.ts";
import { LimitStage } from "./limit.ts";
import { RefuseStage } from "./refuse.ts";
import { RequestIdStage } from "./request-id.ts";
import { RouteStage } from "./route.ts";
import { ShedStage } from "./shed.ts";
import { SyntaxStage } from "./syntax.ts";

/** The stages that the options have ports for, in order. */
export function makeStages(options: PipelineOptions & { readonly shedder: CellShedder | undefined }): Stage[] {
  const { clock, authenticator, limits, routes, shedder } = options;
  return [
    new HostStage(options.links),
    new RequestIdStage(),
    new RefuseStage(),
    new SyntaxStage(),
    ...(limits === undefined ? [] : [new AddressStage(limits, clock)]),
    ...(authenticator === undefined && routes === undefined ? [] : [new AuthenticateStage(authenticator, clock)]),
    ...(limits === undefined ? [] : [new LimitStage({ ...options, limits })]),
    new IdempotencyStage(),
    ...(routes === undefined ? [] : [new RouteStage({ ...options, routes })]),
    new BodyStage(options.destination),
    ...(shedder === undefined ? [] : [new ShedStage(shedder, clock)]),
    new ForwardStage(options),
  ];
}
