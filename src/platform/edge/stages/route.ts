import type { CellType, Home } from "../../fleet/index.ts";
import { NOT_FOUND, UNAUTHENTICATED, type HttpResponse } from "../../http/index.ts";
import { CELL_UNREACHABLE } from "../errors.ts";
import type { EdgeRequest } from "../edge-request.ts";
import type { EdgeTarget, LinkFinder, LinkSiteFound, RouteFinder, Soon } from "../ports.ts";
import { Refusal } from "../refusal.ts";
import type { Stage } from "../stage.ts";

export interface RouteStageOptions {
  readonly routes: RouteFinder;
  readonly links?: LinkFinder | undefined;
  readonly control?: (() => EdgeTarget | undefined) | undefined;
  readonly publicCell?: ((pathname: string) => string | undefined) | undefined;
  readonly isOperator?: ((accountSid: string) => boolean) | undefined;
  readonly signPin?: ((request: EdgeRequest, cell: EdgeTarget) => string) | undefined;
}

/** In which type of cell a product is at home. All others are in messaging cells, where accounts are. */
const TYPES: Readonly<Record<string, CellType>> = {
  verify: "verify",
  lookups: "verify",
  voice: "realtime",
  video: "realtime",
  conversations: "realtime",
  chat: "realtime",
};
const ACCOUNT_IN_PATH = /\/Accounts\/(AC[0-9a-f]{32})\//;

const NO_CELL = new Refusal(CELL_UNREACHABLE);
const NO_SUCH_CELL = new Refusal(NOT_FOUND, { resource: "cell" });
const NOTHING_HERE = new Refusal(NOT_FOUND, { resource: "here" });
const UNKNOWN_USER = new Refusal(UNAUTHENTICATED, { reason: "the user name or password is wrong" });

/** Finds the cell that a request is for. */
export class RouteStage implements Stage {
  readonly name = "route";
  private readonly options: RouteStageOptions;

  constructor(options: RouteStageOptions) {
    this.options = options;
  }

  run(edge: EdgeRequest): Soon<HttpResponse | undefined> {
    const { routeClass, accountSid, pinnedCell, linkSite } = edge;
    if (linkSite !== undefined) return this.toLink(edge, linkSite);
    const { isOperator, control } = this.options;
    if (pinnedCell !== undefined && accountSid !== undefined && isOperator?.(accountSid) === true) {
      return this.pin(edge, pinnedCell);
    }
    if (routeClass === "control" && control !== undefined) return this.toControl(edge, control());
    if (routeClass === "public") {
      const account = ACCOUNT_IN_PATH.exec(edge.pathname)?.[1];
      // Nobody has said who he is: that gives no account a home in a further cell.
      return account === undefined ? this.toPublic(edge) : this.toHome(edge, account, "messaging");
    }
    const type = (edge.product === undefined ? undefined : TYPES[edge.product]) ?? "messaging";
    const username = edge.credentials?.username ?? "";
    // Keys are known in the cell of their account alone; elsewhere all of an account is in one place.
    return this.toHome(edge, type === "messaging" ? username : (accountSid ?? username), type);
  }

  /** The operator is at home in no control process either. For anybody else there is nothing. */
  private toControl(edge: EdgeRequest, target: EdgeTarget | undefined): HttpResponse | undefined {
    const { isOperator, signPin } = this.options;
    if (isOperator?.(edge.accountSid ?? "") === false) return NOTHING_HERE.answer(edge.pathname);
    if (target === undefined) return NO_CELL.answer(edge.pathname);
    edge.target = target;
    edge.pinSignature = signPin?.(edge, target);
    return undefined;
  }

  private pin(edge: EdgeRequest, name: string): HttpResponse | undefined {
    const cell = this.options.routes.cell(name);
    if (cell === undefined) return NO_SUCH_CELL.answer(edge.pathname);
    edge.target = cell;
    edge.pinSignature = this.options.signPin?.(edge, cell);
    return undefined;
  }

  private toPublic(edge: EdgeRequest): HttpResponse | undefined {
    const { publicCell, routes } = this.options;
    const name = publicCell?.(edge.pathname);
    if (name === undefined) return NOTHING_HERE.answer(edge.pathname);
    edge.target = routes.cell(name);
    return edge.target === undefined ? NO_CELL.answer(edge.pathname) : undefined;
  }

  /**
   * To the home of the domain's account, which has all of its links. Where that cannot be told at once, a code
   * says which cell gave it out: that one leads on, or says who has it now (421).
   */
  private toLink(edge: EdgeRequest, { accountSid }: LinkSiteFound): Soon<HttpResponse | undefined> {
    const { routes, links } = this.options;
    edge.routeKey = accountSid;
    const home = routes.route(accountSid, "messaging");
    if (!(home instanceof Promise)) return this.take(edge, home);
    const name = links?.cellOf?.(edge.pathname);
    edge.target = name === undefined ? undefined : routes.cell(name);
    if (edge.target === undefined) return home.then((found) => this.take(edge, found));
    // What the look-up finds is remembered for the next one. That it fails is no matter for this one.
    home.catch(() => undefined);
    return undefined;
  }

  private toHome(edge: EdgeRequest, key: string, type: CellType): Soon<HttpResponse | undefined> {
    edge.routeKey = key;
    edge.routeType = type;
    const home = this.options.routes.route(key, type);
    if (home instanceof Promise) return home.then((found) => this.take(edge, found));
    return this.take(edge, home);
  }

  private take(edge: EdgeRequest, home: Home | undefined): HttpResponse | undefined {
    if (home === undefined) {
      return (edge.credentials === undefined ? NOTHING_HERE : UNKNOWN_USER).answer(edge.pathname);
    }
    edge.target = this.options.routes.cell(home.cell);
    return edge.target === undefined ? NO_CELL.answer(edge.pathname) : undefined;
  }
}
