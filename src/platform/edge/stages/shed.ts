import { OVERLOADED, type HttpResponse } from "../../http/index.ts";
import type { Clock } from "../../ports.ts";
import type { EdgeRequest } from "../edge-request.ts";
import { Refusal } from "../refusal.ts";
import { ROUTE_CLASSES, type Priority } from "../route-classes.ts";
import type { CellShedder } from "../shedding/index.ts";
import type { Stage } from "../stage.ts";

/** When to come back. What can wait is told to wait longer, so that it does not crowd out what cannot. */
const RETRY_AFTER_MS: Readonly<Record<Priority, number>> = { 0: 1_000, 1: 1_000, 2: 2_000, 3: 5_000 };
/** The name of what answers where there is one process. */
const HERE = "here";

const TOO_BUSY = new Refusal(OVERLOADED);

/** Refuses what the cell could not answer soon, the least urgent first. */
export class ShedStage implements Stage {
  readonly name = "shed";
  private readonly shedder: CellShedder;
  private readonly clock: Pick<Clock, "monotonicMs">;

  constructor(shedder: CellShedder, clock: Pick<Clock, "monotonicMs">) {
    this.shedder = shedder;
    this.clock = clock;
  }

  run(edge: EdgeRequest): HttpResponse | undefined {
    const { routeClass, target, pathname } = edge;
    edge.ticket = this.shedder.admit(target?.name ?? HERE, routeClass, this.clock.monotonicMs());
    if (edge.ticket !== undefined) return undefined;
    return TOO_BUSY.answer(pathname, RETRY_AFTER_MS[ROUTE_CLASSES[routeClass].priority]);
  }
}
