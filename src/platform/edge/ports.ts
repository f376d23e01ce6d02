import type { CellAddress, CellType, Home, Tier } from "../fleet/index.ts";
import type { BasicCredentials, HttpRequest, HttpResponse, Principal } from "../http/index.ts";
import type { EdgeRequest } from "./edge-request.ts";
import type { RouteClass } from "./route-classes.ts";

/** Something now, or a promise of it: the stages wait only for promises. */
export type Soon<T> = T | Promise<T>;

/** Decides who is calling. The `Authenticator` of platform/http is one; one that answers at once where it can saves a turn. */
export interface EdgeAuthenticator {
  /** Gives `undefined` when the credentials are wrong; rejects only when it cannot tell. */
  authenticate(credentials: BasicCredentials): Soon<Principal | undefined>;
}

/** Whom a request counts against. */
export interface LimitedRequest {
  readonly routeClass: RouteClass;
  readonly accountSid: string | undefined;
  /** Of the API key, where it was one. */
  readonly keySid: string | undefined;
  /** Address of the other end. */
  readonly ip: string | undefined;
  /** The account's, where it is known. */
  readonly tier: Tier | undefined;
  /** Of the clock that the limiter was given, monotonic. */
  readonly nowMs: number;
}

/** What a limiter decided. */
export interface LimitVerdict {
  readonly admitted: boolean;
  /** Until the same would be admitted; may be infinite. */
  readonly retryAfterMs: number;
}

/** Counts requests. `Limiter` of platform/limits is one. */
export interface LimitDecider {
  decide(request: LimitedRequest): LimitVerdict;
}

/** Where a request can go: a cell, or the control process. A `CellDescriptor` is one. */
export interface EdgeTarget {
  readonly name: string;
  readonly address: CellAddress;
}

/** Finds homes and cells. `CellRouter` is one. */
export interface RouteFinder {
  /** The home of a SID; at once where it is known. */
  route(key: string, type: CellType): Soon<Home | undefined>;
  /** Takes in what a cell said that is not the home. True when that is news, so that it is worth to try again. */
  repair(key: string, type: CellType, home: Home): boolean;
  /** Asks the table anew, after a 421 that named no home. */
  refresh?(key: string, type: CellType): Promise<Home | undefined>;
  cell(name: string): EdgeTarget | undefined;
}

/** A link domain, as far as the stages have to know it. */
export interface LinkSiteFound {
  /** The account that has it. */
  readonly accountSid: string;
}

/** Knows link domains, from memory. */
export interface LinkFinder {
  /** The link domain of a host field, with or without port; `undefined` for all other hosts. */
  siteOf(host: string): LinkSiteFound | undefined;
  /** The cell that gave out the code that a path names; `undefined` where it names none, or no such cell is known. */
  cellOf?(pathname: string): string | undefined;
}

/** Where a request ends. */
export interface Destination {
  /** Waits for what {@link forward} would have to wait for from the client. Rejects or throws an `AppError` for what does not come. */
  prepare?(request: EdgeRequest): Promise<undefined> | undefined;
  /**
   * Answers a request that passed all stages. `target` is absent where there is one process
   * only. Rejects with an `AppError` for what could not be had from there.
   */
  forward(request: EdgeRequest, target: EdgeTarget | undefined): Promise<HttpResponse>;
}

/** Answers requests by itself: a dispatcher. */
export interface RequestDispatcher {
  dispatch(request: HttpRequest): Promise<HttpResponse>;
}

/** What is told of every answer. Never holds a secret, nor anything of what was said. */
export interface AccessRecord {
  readonly requestId: string | undefined;
  readonly routeClass: RouteClass;
  readonly method: string;
  /** Of the vendor's host, where that was asked for: `api`, `messaging` … */
  readonly product: string | undefined;
  readonly accountSid: string | undefined;
  /** The cell that answered, or should have. */
  readonly cell: string | undefined;
  readonly status: number;
  /** The stage that answered; `undefined` where the destination did. */
  readonly answeredBy: string | undefined;
  /** How often it was sent to a cell: 0 where a stage answered, 2 after a repaired route. */
  readonly attempts: number;
  /** In the stages until the request was sent on, in milliseconds; all of it where it was not. */
  readonly stagesMs: number;
  /** From there to the answer's head. */
  readonly forwardMs: number;
}
