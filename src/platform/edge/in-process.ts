import type { HttpResponse } from "../http/index.ts";
import type { EdgeRequest } from "./edge-request.ts";
import type { Destination, RequestDispatcher } from "./ports.ts";

/** A destination in this process: the request crosses no socket. */
export class InProcess implements Destination {
  private readonly dispatcher: RequestDispatcher;

  constructor(dispatcher: RequestDispatcher) {
    this.dispatcher = dispatcher;
  }

  forward({ request }: EdgeRequest): Promise<HttpResponse> {
    return this.dispatcher.dispatch(request);
  }
}
