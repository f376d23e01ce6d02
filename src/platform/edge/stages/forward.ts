import { EPOCH_HEADER, HOME_HEADER, type Home } from "../../fleet/index.ts";
import type { HttpResponse } from "../../http/index.ts";
import type { Clock } from "../../ports.ts";
import { CELL_UNREACHABLE } from "../errors.ts";
import type { EdgeRequest } from "../edge-request.ts";
import type { Destination, RequestDispatcher, RouteFinder } from "../ports.ts";
import { Refusal } from "../refusal.ts";
import type { Stage } from "../stage.ts";

export interface ForwardStageOptions {
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly destination: Destination;
  readonly own?: RequestDispatcher | undefined;
  readonly routes?: RouteFinder | undefined;
}

const MISDIRECTED = 421;
const OF_THIS_PROCESS: ReadonlySet<string> = new Set(["own", "console"]);
const EPOCH = /^[0-9]{1,15}$/;

const NOT_FOUND_OUT = new Refusal(CELL_UNREACHABLE);

/**
 * Sends the request where it ends. A cell that is not the home says so before it does
 * anything (421); then the route is repaired and the request sent once more.
 */
export class ForwardStage implements Stage {
  readonly name = "forward";
  private readonly options: ForwardStageOptions;

  constructor(options: ForwardStageOptions) {
    this.options = options;
  }

  run(edge: EdgeRequest): Promise<HttpResponse> {
    const { own, clock } = this.options;
    edge.forwardedMs = clock.monotonicMs();
    if (OF_THIS_PROCESS.has(edge.routeClass) && own !== undefined) return own.dispatch(edge.request);
    return this.send(edge).then((answer) => (answer.status === MISDIRECTED ? this.repair(edge, answer) : answer));
  }

  private send(edge: EdgeRequest): Promise<HttpResponse> {
    edge.attempts += 1;
    return this.options.destination.forward(edge, edge.target);
  }

  private async repair(edge: EdgeRequest, answer: HttpResponse): Promise<HttpResponse> {
    const { routes } = this.options;
    const { routeKey, routeType, target, pathname } = edge;
    if (typeof answer.body === "object" && "destroy" in answer.body) answer.body.destroy();
    if (routes === undefined || routeKey === undefined) return NOT_FOUND_OUT.answer(pathname);
    const named = homeOf(answer.headers);
    let home: Home | undefined;
    if (named !== undefined) {
      // Somebody else may have repaired the same route meanwhile: then it is no news, but still another cell.
      home = routes.repair(routeKey, routeType, named) ? named : await routes.route(routeKey, routeType);
    } else {
      home = await routes.refresh?.(routeKey, routeType);
    }
    const next = home === undefined || home.cell === target?.name ? undefined : routes.cell(home.cell);
    // A long body is gone with the first try.
    if (next === undefined || edge.body?.stream !== undefined) return NOT_FOUND_OUT.answer(pathname, 1_000);
    edge.target = next;
    const again = await this.send(edge);
    if (again.status !== MISDIRECTED) return again;
    if (typeof again.body === "object" && "destroy" in again.body) again.body.destroy();
    return NOT_FOUND_OUT.answer(pathname, 1_000);
  }
}

/** The home that a 421 names, if it does. */
function homeOf(headers: readonly string[]): Home | undefined {
  const cell = valueOf(headers, HOME_HEADER);
  const epoch = valueOf(headers, EPOCH_HEADER) ?? "";
  return cell === undefined || !EPOCH.test(epoch) ? undefined : { cell, epoch: Number(epoch) };
}

function valueOf(headers: readonly string[], name: string): string | undefined {
  const wanted = name.toLowerCase();
  for (let index = 0; index + 1 < headers.length; index += 2) {
    if (headers[index]?.toLowerCase() === wanted) return headers[index + 1];
  }
  return undefined;
}
