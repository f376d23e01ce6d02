import { AppError } from "../../../kernel/errors.ts";
import { BAD_REQUEST, BODY_TOO_LARGE, METHOD_NOT_ALLOWED, type HttpResponse } from "../../http/index.ts";
import type { EdgeRequest } from "../edge-request.ts";
import { Refusal } from "../refusal.ts";
import { ROUTE_CLASSES } from "../route-classes.ts";
import type { Stage } from "../stage.ts";

/** What any part of the API, or a mount, answers to. */
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
const ALLOWED: ReadonlySet<string> = new Set(METHODS);
const NO_PATH = new Refusal(BAD_REQUEST, { reason: "the request target is no path" });

/**
 * Refuses what is no request of this API, before anybody works for it. Heads, framing and
 * their sizes were judged by the parser of the connection.
 */
export class SyntaxStage implements Stage {
  readonly name = "syntax";

  run(edge: EdgeRequest): HttpResponse | undefined {
    const { request, pathname, routeClass } = edge;
    if (edge.isTargetBroken) return NO_PATH.answer(pathname);
    if (!ALLOWED.has(request.method)) {
      throw new AppError(METHOD_NOT_ALLOWED, { method: request.method.slice(0, 20), allowed: METHODS.join(", ") });
    }
    const { maxBodyOctets } = ROUTE_CLASSES[routeClass];
    if ((request.contentLength ?? 0) > maxBodyOctets) throw new AppError(BODY_TOO_LARGE, { max: maxBodyOctets });
    return undefined;
  }
}
