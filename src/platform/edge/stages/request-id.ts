import { headerOf, type HttpResponse } from "../../http/index.ts";
import type { EdgeRequest } from "../edge-request.ts";
import type { Stage } from "../stage.ts";

/**
 * Gives the request its id. It is minted when it is first asked for: by a refusal, or by
 * the pass-through, which tells it to the cell (`X-Trunkline-Request-Id`), so that both
 * write the same id in their logs. In one process the dispatcher's id is the only one.
 * What a client says here is not believed.
 */
export class RequestIdStage implements Stage {
  readonly name = "request-id";

  run(edge: EdgeRequest): HttpResponse | undefined {
    edge.pinnedCell = headerOf(edge.request.headers, "x-trunkline-cell");
    return undefined;
  }
}
