import { headerOf, type HttpRequest, type HttpResponse, type RequestAnswerer } from "../../../platform/http/index.ts";
import type { Logger } from "../../../platform/ports.ts";
import { LATER_PAGE } from "./pages.ts";
import { hostFieldOf, LINK_HEADER, type LinkDoor } from "./link-door.ts";

/**
 * Stands before what answers requests and takes those for link domains: the host decides,
 * and costs one look-up in a map.
 */
export function linkAnswerer(door: LinkDoor, logger: Logger, next: RequestAnswerer): RequestAnswerer {
  return {
    dispatch(request: HttpRequest): Promise<HttpResponse> {
      const domain = door.domainOf(hostFieldOf(request));
      if (domain === undefined && headerOf(request.headers, LINK_HEADER) === undefined) return next.dispatch(request);
      try {
        const answer = door.answer(request, domain);
        return answer instanceof Promise
          ? answer.catch((error: unknown) => failed(logger, error))
          : Promise.resolve(answer);
      } catch (error) {
        return Promise.resolve(failed(logger, error));
      }
    },
    reject: (request, error) => next.reject(request, error),
  };
}

function failed(logger: Logger, error: unknown): HttpResponse {
  logger.error("links.failure", { reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  return LATER_PAGE;
}
