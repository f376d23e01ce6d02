import type { Tier } from "../../fleet/index.ts";
import type { HttpResponse } from "../../http/index.ts";
import type { Clock } from "../../ports.ts";
import { RATE_LIMITED } from "../errors.ts";
import type { EdgeRequest } from "../edge-request.ts";
import type { LimitDecider } from "../ports.ts";
import { Refusal } from "../refusal.ts";
import type { Stage } from "../stage.ts";

export interface LimitStageOptions {
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly limits: LimitDecider;
  readonly tierOf?: ((accountSid: string) => Tier | undefined) | undefined;
}

const TOO_MANY = new Refusal(RATE_LIMITED);

/** Counts the request against the limits of its account, key and class. Its address was counted before. */
export class LimitStage implements Stage {
  readonly name = "limit";
  private readonly options: LimitStageOptions;

  constructor(options: LimitStageOptions) {
    this.options = options;
  }

  run(edge: EdgeRequest): HttpResponse | undefined {
    const { routeClass, principal } = edge;
    const { limits, clock, tierOf } = this.options;
    const { admitted, retryAfterMs } = limits.decide({
      routeClass,
      accountSid: principal?.accountSid,
      keySid: principal?.keySid,
      ip: undefined,
      tier: principal === undefined ? undefined : tierOf?.(principal.accountSid),
      nowMs: clock.monotonicMs(),
    });
    return admitted ? undefined : TOO_MANY.answer(edge.pathname, retryAfterMs);
  }
}
