import type { HttpResponse } from "../../http/index.ts";
import type { Clock } from "../../ports.ts";
import { RATE_LIMITED } from "../errors.ts";
import type { EdgeRequest } from "../edge-request.ts";
import type { LimitDecider } from "../ports.ts";
import { Refusal } from "../refusal.ts";
import type { Stage } from "../stage.ts";

const TOO_MANY = new Refusal(RATE_LIMITED);

/** Counts the request against the limit of its address, before anybody is asked who it is: guessing costs the guesser. */
export class AddressStage implements Stage {
  readonly name = "address";
  private readonly limits: LimitDecider;
  private readonly clock: Pick<Clock, "monotonicMs">;

  constructor(limits: LimitDecider, clock: Pick<Clock, "monotonicMs">) {
    this.limits = limits;
    this.clock = clock;
  }

  run({ routeClass, request, pathname }: EdgeRequest): HttpResponse | undefined {
    const { admitted, retryAfterMs } = this.limits.decide({
      routeClass,
      accountSid: undefined,
      keySid: undefined,
      ip: request.peer,
      tier: undefined,
      nowMs: this.clock.monotonicMs(),
    });
    return admitted ? undefined : TOO_MANY.answer(pathname, retryAfterMs);
  }
}
