import { AssertionError } from "../../kernel/assert.ts";
import { AppError } from "../../kernel/errors.ts";
import type { Tier } from "../fleet/index.ts";
import {
  INTERNAL_ERROR,
  renderError,
  type HttpRequest,
  type HttpResponse,
  type RequestAnswerer,
} from "../http/index.ts";
import type { Clock, Logger } from "../ports.ts";
import { EdgeRequest } from "./edge-request.ts";
import { CELL_SILENT } from "./errors.ts";
import { passes } from "./matrix.ts";
import type {
  AccessRecord,
  Destination,
  EdgeAuthenticator,
  EdgeTarget,
  LimitDecider,
  LinkFinder,
  RequestDispatcher,
  RouteFinder,
} from "./ports.ts";
import { representationOf } from "./refusal.ts";
import { ROUTE_CLASSES, type RouteClass } from "./route-classes.ts";
import { CellShedder, type Outcome, type ShedderOptions } from "./shedding/index.ts";
import type { Stage } from "./stage.ts";
import { makeStages } from "./stages/index.ts";

/** What a pipeline works with. A stage whose port is absent is left out. */
export interface PipelineOptions {
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly logger: Logger;
  /** Mints the `RQ…` of a request; `SidMinter` does. */
  readonly minter: { mint(prefix: string): string };
  /** Absent: credentials are looked at by the destination alone. */
  readonly authenticator?: EdgeAuthenticator | undefined;
  readonly limits?: LimitDecider | undefined;
  /** The tier of an account, for its limits; must answer at once. */
  readonly tierOf?: ((accountSid: string) => Tier | undefined) | undefined;
  /** Absent where there is one process: all goes to the destination. */
  readonly routes?: RouteFinder | undefined;
  /** Absent: no host is a link domain. */
  readonly links?: LinkFinder | undefined;
  readonly destination: Destination;
  /** Answers the classes `own` and `console`: health and metrics of this process, and the door to the web console. Absent: they go to the destination. */
  readonly own?: RequestDispatcher | undefined;
  /** Where the class `control` goes; `undefined` while that is not known, which is answered 503. Absent: to the account's cell. */
  readonly control?: (() => EdgeTarget | undefined) | undefined;
  /** The cell that a public path belongs to: a carrier's callback, the simulator. `undefined`: nobody's, which is answered 404. */
  readonly publicCell?: ((pathname: string) => string | undefined) | undefined;
  /** Whether an account is the operator's, who may pin a cell with `X-Trunkline-Cell`. */
  readonly isOperator?: ((accountSid: string) => boolean) | undefined;
  /** The value of `x-trunkline-operator` that lets the operator into the cell that he pinned. */
  readonly signPin?: ((request: EdgeRequest, cell: EdgeTarget) => string) | undefined;
  /** `false` leaves the stage out; a shedder can be shared with whoever shows its windows. */
  readonly shedding?: CellShedder | ShedderOptions | false | undefined;
  /** Called once for every answer; must not throw. */
  readonly onAnswer?: ((record: AccessRecord) => void) | undefined;
  /** Called after a failed assertion was answered with 500; the entry ends the process. */
  readonly onBug?: ((error: AssertionError) => void) | undefined;
}

/** Where an answer came from, for the access record. */
const DESTINATION = undefined;

/**
 * Leads requests through the stages. Where nothing has to be waited for, all stages run in
 * one go, without a promise between them.
 */
export class Pipeline implements RequestAnswerer {
  private readonly options: PipelineOptions;
  private readonly rows: Readonly<Record<RouteClass, readonly Stage[]>>;
  private readonly mintId: () => string;

  constructor(options: PipelineOptions) {
    const { shedding, minter } = options;
    this.options = options;
    this.mintId = () => minter.mint("RQ");
    const shedder = shedding instanceof CellShedder ? shedding : new CellShedder(shedding === false ? {} : shedding);
    const stages = makeStages({ ...options, shedder: shedding === false ? undefined : shedder });
    const rowOf = (routeClass: RouteClass): readonly Stage[] => stages.filter(({ name }) => passes(routeClass, name));
    const classes = Object.keys(ROUTE_CLASSES) as RouteClass[];
    this.rows = Object.fromEntries(classes.map((each) => [each, rowOf(each)])) as Record<RouteClass, Stage[]>;
  }

  /** Answers a request. Never rejects. */
  handle(request: HttpRequest): Promise<HttpResponse> {
    const edge = this.open(request);
    return this.advance(edge, this.rows[edge.routeClass], 0);
  }

  /** The same, for servers that want a {@link RequestAnswerer}. */
  dispatch(request: HttpRequest): Promise<HttpResponse> {
    return this.handle(request);
  }

  reject(request: HttpRequest, error: AppError): HttpResponse {
    return this.fail(this.open(request), error, "connection");
  }

  private open(request: HttpRequest): EdgeRequest {
    return new EdgeRequest(request, this.options.clock.monotonicMs(), this.mintId);
  }

  private advance(edge: EdgeRequest, row: readonly Stage[], from: number): Promise<HttpResponse> {
    let stages = row;
    let index = from;
    try {
      for (; index < stages.length; index += 1) {
        const stage = stages[index] as Stage;
        const outcome = stage.run(edge);
        if (outcome === undefined) {
          // The stage `host`, with which every row begins, may have found another class.
          if (index === 0) stages = this.rows[edge.routeClass];
          continue;
        }
        if (!(outcome instanceof Promise)) return Promise.resolve(this.finish(edge, outcome, stage.name));
        return this.wait(edge, outcome, stages, index);
      }
      throw new AssertionError("a request passed all stages without an answer");
    } catch (error) {
      return Promise.resolve(this.fail(edge, error, stages[index]?.name));
    }
  }

  private wait(
    edge: EdgeRequest,
    outcome: Promise<HttpResponse | undefined>,
    stages: readonly Stage[],
    index: number,
  ): Promise<HttpResponse> {
    const name = stages[index]?.name;
    return outcome.then(
      (answer) => {
        if (answer === undefined) return this.advance(edge, stages, index + 1);
        return this.finish(edge, answer, name === "forward" ? DESTINATION : name);
      },
      (error: unknown) => this.fail(edge, error, name),
    );
  }

  private finish(edge: EdgeRequest, answer: HttpResponse, answeredBy: string | undefined): HttpResponse {
    const nowMs = this.options.clock.monotonicMs();
    this.giveBack(edge, answer.status >= 500 ? "unknown" : "answered", nowMs);
    if (answeredBy === DESTINATION) {
      this.record(edge, answer, DESTINATION, nowMs);
      return answer;
    }
    const headers = answer.headers.concat(
      "Twilio-Request-Id",
      edge.requestId,
      "Twilio-Request-Duration",
      ((nowMs - edge.startedMs) / 1_000).toFixed(3),
    );
    const whole = { status: answer.status, headers, body: answer.body };
    this.record(edge, whole, answeredBy, nowMs);
    return whole;
  }

  /** Turns whatever was thrown into an answer. What the operator should see is logged under the request id. */
  private fail(edge: EdgeRequest, thrown: unknown, stage: string | undefined): HttpResponse {
    const { logger, clock, onBug } = this.options;
    const { requestId } = edge;
    let error: AppError;
    if (thrown instanceof AppError) {
      error = thrown;
      if (error.status >= 500) {
        const cell = edge.target?.name;
        logger.warn("edge.error", { requestId, stage, cell, code: error.code, internal: error.internal });
      }
    } else {
      const { name, message, stack } = thrown instanceof Error ? thrown : new Error(String(thrown));
      logger.error("edge.failure", { requestId, stage, name, message, stack });
      error = new AppError(INTERNAL_ERROR);
    }
    this.giveBack(edge, error.spec === CELL_SILENT ? "silent" : "unknown", clock.monotonicMs());
    if (thrown instanceof AssertionError) onBug?.(thrown);
    return this.finish(edge, renderError(error, representationOf(edge.pathname)), stage ?? "pipeline");
  }

  private giveBack(edge: EdgeRequest, outcome: Outcome, nowMs: number): void {
    const { ticket } = edge;
    if (ticket === undefined) return;
    edge.ticket = undefined;
    ticket.load.leave(ticket, outcome === "answered" && edge.waitsForClient ? "unknown" : outcome, nowMs);
  }

  private record(edge: EdgeRequest, answer: HttpResponse, answeredBy: string | undefined, nowMs: number): void {
    const { onAnswer } = this.options;
    if (onAnswer === undefined) return;
    const { startedMs, forwardedMs } = edge;
    const isForwarded = forwardedMs > 0;
    onAnswer({
      requestId: edge.mintedId ?? requestIdOf(answer.headers),
      routeClass: edge.routeClass,
      method: edge.request.method,
      product: edge.product,
      accountSid: edge.accountSid,
      cell: edge.target?.name,
      status: answer.status,
      answeredBy,
      attempts: edge.attempts,
      stagesMs: (isForwarded ? forwardedMs : nowMs) - startedMs,
      forwardMs: isForwarded ? nowMs - forwardedMs : 0,
    });
  }
}

function requestIdOf(headers: readonly string[]): string | undefined {
  const at = headers.indexOf("Twilio-Request-Id");
  return at < 0 ? undefined : headers[at + 1];
}
