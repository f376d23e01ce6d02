import type { CellType } from "../fleet/index.ts";
import type { BasicCredentials, HttpRequest, Principal } from "../http/index.ts";
import type { ForwardedBody } from "./forwarded-body.ts";
import type { EdgeTarget, LinkSiteFound } from "./ports.ts";
import { classOf, isUrgent, type RouteClass } from "./route-classes.ts";
import type { Ticket } from "./shedding/index.ts";

const ABSOLUTE_TARGET = /^https?:\/\/([^/?#]*)(.*)$/is;

/** One request on its way through the stages, and what they found out about it. */
export class EdgeRequest {
  readonly request: HttpRequest;
  /** On the monotonic clock. */
  readonly startedMs: number;
  /** By method and path; the stage `host` makes it `link` where the host is a link domain. */
  routeClass: RouteClass;
  readonly pathname: string;
  /** As sent, with its question mark; empty where there is none. */
  readonly query: string;
  /** The host of a target in absolute form (RFC 9112 §3.2.2). */
  readonly targetHost: string | undefined;
  /** Whether the target is neither a path nor an absolute one. */
  readonly isTargetBroken: boolean;
  /** The host that the client meant; empty when it named none. Set by the stage `host`. */
  host = "";
  /** Of that host, where it is a vendor's. */
  product: string | undefined = undefined;
  /** The link domain that is asked, where it is one. Set by the stage `host`. */
  linkSite: LinkSiteFound | undefined = undefined;
  credentials: BasicCredentials | undefined = undefined;
  principal: Principal | undefined = undefined;
  /** The cell that the client asks for; only the operator may. Set by the stage `request-id`. */
  pinnedCell: string | undefined = undefined;
  /** Under what the home was looked up. */
  routeKey: string | undefined = undefined;
  routeType: CellType = "messaging";
  target: EdgeTarget | undefined = undefined;
  /** Once it was taken over from the client; kept for another try where it is short. */
  body: ForwardedBody | undefined = undefined;
  /** Proves to the cell that the operator chose it, for requests that were pinned. */
  pinSignature: string | undefined = undefined;
  /** The place that the request takes in the cell, from the stage `shed` to its answer. */
  ticket: Ticket | undefined = undefined;
  attempts = 0;
  /** When it was sent on; 0 before. */
  forwardedMs = 0;
  private readonly mintId: () => string;
  private id: string | undefined = undefined;

  constructor(request: HttpRequest, startedMs: number, mintId: () => string) {
    this.request = request;
    this.startedMs = startedMs;
    this.mintId = mintId;
    const { target } = request;
    let rest = target;
    let host: string | undefined;
    let isBroken = false;
    if (target.charCodeAt(0) !== 0x2f) {
      const absolute = ABSOLUTE_TARGET.exec(target);
      isBroken = absolute === null;
      host = absolute?.[1];
      rest = absolute?.[2] ?? "";
    }
    const question = rest.indexOf("?");
    const path = question < 0 ? rest : rest.slice(0, question);
    this.pathname = path === "" ? "/" : path;
    this.query = question < 0 ? "" : rest.slice(question);
    this.targetHost = host;
    this.isTargetBroken = isBroken || (rest !== "" && !rest.startsWith("/") && question !== 0);
    const routeClass = classOf(request.method, this.pathname);
    this.routeClass = routeClass === "create" && isUrgent(this.pathname, request.body) ? "priority-create" : routeClass;
  }

  /** The `RQ…` of this request: minted when it is first asked for. */
  get requestId(): string {
    this.id ??= this.mintId();
    return this.id;
  }

  /** The id where one was minted. */
  get mintedId(): string | undefined {
    return this.id;
  }

  /** Whether how long it takes depends on the client, because not all of its body had come before it was sent on. */
  get waitsForClient(): boolean {
    return this.body === undefined ? this.request.body === undefined : this.body.stream !== undefined;
  }

  /** Whose request it is, as far as that is known. */
  get accountSid(): string | undefined {
    return this.principal?.accountSid;
  }
}
