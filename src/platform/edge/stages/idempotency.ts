import type { HttpResponse } from "../../http/index.ts";
import { readIdempotencyKey } from "../../idempotency/index.ts";
import type { EdgeRequest } from "../edge-request.ts";
import type { Stage } from "../stage.ts";

/** Refuses what is no idempotency key. What a key stands for only the account's cell knows. */
export class IdempotencyStage implements Stage {
  readonly name = "idempotency";

  run(edge: EdgeRequest): HttpResponse | undefined {
    readIdempotencyKey(edge.request.headers);
    return undefined;
  }
}
