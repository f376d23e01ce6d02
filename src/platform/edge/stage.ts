import type { HttpResponse } from "../http/index.ts";
import type { EdgeRequest } from "./edge-request.ts";
import type { Soon } from "./ports.ts";

/** The stages, in the order in which a request passes them. */
export const STAGE_NAMES = [
  "host",
  "request-id",
  "refuse",
  "syntax",
  "address",
  "authenticate",
  "limit",
  "idempotency",
  "route",
  "body",
  "shed",
  "forward",
] as const;

export type StageName = (typeof STAGE_NAMES)[number];

/**
 * One step between a client's connection and the cell. It lets the request go on
 * (`undefined`), answers it, or throws an `AppError`. It gives a promise only where it
 * has to wait.
 */
export interface Stage {
  readonly name: StageName;
  run(request: EdgeRequest): Soon<HttpResponse | undefined>;
}
