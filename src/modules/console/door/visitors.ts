import { AppError } from "../../../kernel/errors.ts";
import { SessionTokens, type ConsoleViewer, type SessionClaims } from "../../../platform/console/index.ts";
import { headerOf, type HttpRequest } from "../../../platform/http/index.ts";
import { consoleErrors } from "../errors.ts";
import { permissionsOf, type Permission } from "../permissions.ts";
import type { CellQuestions } from "./ask-cells.ts";
import { sessionCookies } from "./cookies.ts";
import type { ConsoleDoorOptions } from "./options.ts";
import { isSameOrigin, originOf } from "./origin.ts";
import { SessionBook, type KnownSession } from "./session-book.ts";

/** Somebody who is signed in, at one request. */
export interface Visitor {
  readonly session: KnownSession;
  readonly isOperator: boolean;
  readonly permissions: ReadonlySet<Permission>;
}

const NOTHING: ReadonlySet<Permission> = new Set();

/** Finds out who asks. */
export class Visitors {
  readonly tokens: SessionTokens;
  readonly book: SessionBook;
  private readonly isOperator: (accountSid: string) => boolean;
  private readonly hasChaos: () => boolean;

  constructor(options: ConsoleDoorOptions, questions: CellQuestions) {
    const { clock, logger, fleetKey } = options;
    this.tokens = new SessionTokens(fleetKey, clock);
    this.book = new SessionBook({ clock, logger, ask: (claims) => questions.standing(claims) });
    this.isOperator = options.isOperator;
    this.hasChaos = () => options.features().chaos;
  }

  /** What the cookie of a request says, whether or not the session still stands. */
  claimsOf(request: HttpRequest): SessionClaims | undefined {
    for (const value of sessionCookies(request, originOf(request))) {
      const claims = this.tokens.read(value);
      if (claims !== undefined) return claims;
    }
    return undefined;
  }

  /** Who asks; `undefined` where nobody is signed in. */
  async find(request: HttpRequest): Promise<Visitor | undefined> {
    const claims = this.claimsOf(request);
    return claims === undefined ? undefined : this.visitorOf(claims);
  }

  /** The same; throws 401/20003 where nobody is signed in. */
  async demand(request: HttpRequest): Promise<Visitor> {
    const visitor = await this.find(request);
    if (visitor === undefined) throw new AppError(consoleErrors.signedOut);
    return visitor;
  }

  /**
   * Who opens a WebSocket. Only pages of ours may: browsers say the `Origin` of every one (RFC 6455 §4.1),
   * and no other rule of theirs keeps a foreign page from opening it with our cookie.
   */
  async whoIs(request: HttpRequest): Promise<ConsoleViewer | undefined> {
    const origin = headerOf(request.headers, "origin");
    if (origin === undefined || !isSameOrigin(origin, request)) return undefined;
    const claims = this.claimsOf(request);
    return claims === undefined ? undefined : this.viewerOf(claims);
  }

  private async viewerOf(claims: SessionClaims): Promise<ConsoleViewer | undefined> {
    const visitor = await this.visitorOf(claims);
    if (visitor === undefined || visitor.session.isLimited) return undefined;
    const { session, isOperator, permissions } = visitor;
    const { accountSid, userSid, sessionSid, role, expiresMs: expiresAtMs } = session;
    const recheck = (): Promise<ConsoleViewer | undefined> => this.viewerOf(claims);
    return { accountSid, isOperator, userSid, sessionSid, role, permissions, expiresAtMs, recheck };
  }

  private async visitorOf(claims: SessionClaims): Promise<Visitor | undefined> {
    // A socket may outlive the token that it was opened with.
    const session = this.tokens.isOver(claims) ? undefined : await this.book.current(claims);
    return session === undefined ? undefined : this.visitorFor(session);
  }

  /** What somebody may do in his session. */
  visitorFor(session: KnownSession): Visitor {
    const isOperator = this.isOperator(session.accountSid);
    if (session.isLimited) return { session, isOperator, permissions: NOTHING };
    const permissions = permissionsOf(session.role, isOperator);
    // Where nothing may be broken, nobody may break it, whatever his role.
    const isAllowed = (permission: Permission): boolean => permission !== "chaos" || this.hasChaos();
    return { session, isOperator, permissions: new Set([...permissions].filter(isAllowed)) };
  }
}
