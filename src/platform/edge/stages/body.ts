import type { HttpResponse } from "../../http/index.ts";
import type { EdgeRequest } from "../edge-request.ts";
import type { Destination, Soon } from "../ports.ts";
import type { Stage } from "../stage.ts";

/** Waits for a short body that has not come yet, so that a slow client takes no place in a cell meanwhile. */
export class BodyStage implements Stage {
  readonly name = "body";
  private readonly destination: Destination;

  constructor(destination: Destination) {
    this.destination = destination;
  }

  run(edge: EdgeRequest): Soon<HttpResponse | undefined> {
    return this.destination.prepare?.(edge);
  }
}
