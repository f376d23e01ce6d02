import { NOT_FOUND, type HttpResponse } from "../../http/index.ts";
import type { EdgeRequest } from "../edge-request.ts";
import { Refusal } from "../refusal.ts";
import type { Stage } from "../stage.ts";

const NOTHING_HERE = new Refusal(NOT_FOUND, { resource: "here" });

/** What processes of the system say to each other does not come through an edge. */
export class RefuseStage implements Stage {
  readonly name = "refuse";

  run(edge: EdgeRequest): HttpResponse | undefined {
    return NOTHING_HERE.answer(edge.pathname);
  }
}
