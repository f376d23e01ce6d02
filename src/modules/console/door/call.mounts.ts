import { AppError } from "../../../kernel/errors.ts";
import { isSid } from "../../../kernel/ids.ts";
import type { Tickets } from "../../../platform/console/index.ts";
import {
  BODY_TOO_LARGE,
  headerOf,
  NOT_FOUND,
  type HttpRequest,
  type HttpResponse,
} from "../../../platform/http/index.ts";
import type { Clock } from "../../../platform/ports.ts";
import { consoleErrors } from "../errors.ts";
import { permissionFor, tokensIn, type Permission } from "../permissions.ts";
import type { CellQuestions } from "./ask-cells.ts";
import { readWhole } from "./read-whole.ts";
import { MAX_CALL_OCTETS, passAnswer, subRequest } from "./sub-request.ts";
import type { Visitor } from "./visitors.ts";

const PREFIX = "/console/api/call";
const PRODUCT = /^[a-z][a-z0-9-]{1,19}$/;
const CELL = /^[a-z][a-z0-9-]{0,62}$/;
const ABSOLUTE_TARGET = /^https?:\/\/[^/?#]*/i;
/** Answers with auth tokens are read as a whole to take them out. */
const MAX_READ_OCTETS = 4 * 1_048_576;
/** How long it is believed that an account belongs to another one; its cell looks at every request besides. */
const MEMBER_MS = 30_000;
const MAX_MEMBERS = 1_000;
/** What somebody who has to set up his second factor first can do. */
const WHEN_LIMITED = /^\/trunkline\/v1\/Console\/Totp(?:\/Confirmation)?$/;

export interface CallDeps {
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly questions: Pick<CellQuestions, "isMember">;
  readonly tickets: Tickets;
  readonly send: (request: HttpRequest) => Promise<HttpResponse>;
  /** Told of what may have changed how a session stands. */
  readonly doubt: (sessionSid: string) => void;
}

/** Turns requests of pages into requests of the API, where the table of permissions has a line for them. */
export class Caller {
  private readonly deps: CallDeps;
  private readonly members = new Map<string, number>();

  constructor(deps: CallDeps) {
    this.deps = deps;
  }

  /** `ANY call/{path*}`, with `X-Product`, `X-Account` and `X-Cell`. */
  async call(request: HttpRequest, visitor: Visitor): Promise<HttpResponse> {
    const { pathname, target } = wantedOf(request);
    const product = headerOf(request.headers, "x-product") ?? "api";
    const permission = PRODUCT.test(product) ? permissionFor(request.method, pathname, product) : undefined;
    if (permission === undefined) {
      const path = pathname.slice(0, 100);
      throw new AppError(consoleErrors.noSuchCall, { method: request.method, path });
    }
    checkPermission(visitor, permission, pathname);
    if ((request.contentLength ?? 0) > MAX_CALL_OCTETS) throw new AppError(BODY_TOO_LARGE, { max: MAX_CALL_OCTETS });
    const hides = visitor.permissions.has("tokens") ? "none" : tokensIn(pathname, product);
    if (hides === "unreadable") throw new AppError(consoleErrors.notThisForm);
    const { session } = visitor;
    const accountSid = await this.accountOf(request, visitor);
    const cell = cellOf(request, visitor);
    const made = subRequest({ request, session, product, target, accountSid, cell }, this.deps.tickets);
    const answer = await this.deps.send(made);
    if (permission === "self" && request.method !== "GET") this.deps.doubt(session.sessionSid);
    return passAnswer(hides === "some" ? await withoutTokens(answer) : answer);
  }

  /** The account that the page is about. One that is not the user's is not there for him. */
  private async accountOf(request: HttpRequest, { session }: Visitor): Promise<string> {
    const asked = headerOf(request.headers, "x-account");
    if (asked === undefined || asked === session.accountSid) return session.accountSid;
    const isTheirs = isSid(asked, "AC") && (await this.isMember(session.accountSid, asked));
    if (!isTheirs) throw new AppError(NOT_FOUND, { resource: `/2010-04-01/Accounts/${asked.slice(0, 34)}` });
    return asked;
  }

  private async isMember(mainSid: string, accountSid: string): Promise<boolean> {
    const key = `${mainSid} ${accountSid}`;
    const nowMs = this.deps.clock.monotonicMs();
    const known = this.members.get(key);
    if (known !== undefined && nowMs - known < MEMBER_MS) return true;
    this.members.delete(key);
    if (!(await this.deps.questions.isMember(mainSid, accountSid))) return false;
    if (this.members.size >= MAX_MEMBERS) this.members.clear();
    this.members.set(key, nowMs);
    return true;
  }
}

/** What is asked of the API: path and query as sent, because the API compares them so. */
function wantedOf({ target }: HttpRequest): { readonly pathname: string; readonly target: string } {
  const rest = target.replace(ABSOLUTE_TARGET, "").slice(PREFIX.length);
  const question = rest.indexOf("?");
  return { pathname: question < 0 ? rest : rest.slice(0, question), target: rest };
}

function checkPermission({ session, permissions }: Visitor, permission: Permission, pathname: string): void {
  if (session.isLimited) {
    if (!WHEN_LIMITED.test(pathname)) throw new AppError(consoleErrors.enrolFirst);
    return;
  }
  if (!permissions.has(permission)) throw new AppError(consoleErrors.noPermission, { permission });
}

/** The cell that is to answer. Only people of the operator choose one. */
function cellOf({ headers }: HttpRequest, { isOperator, permissions }: Visitor): string | undefined {
  const cell = headerOf(headers, "x-cell");
  if (cell === undefined || cell === "") return undefined;
  if (!isOperator || !permissions.has("cells.read")) {
    throw new AppError(consoleErrors.noPermission, { permission: "cells.read" });
  }
  if (!CELL.test(cell)) throw new AppError(NOT_FOUND, { resource: "cell" });
  return cell;
}

/** An answer about accounts without their auth tokens. */
async function withoutTokens(answer: HttpResponse): Promise<HttpResponse> {
  const text = await readWhole(answer, MAX_READ_OCTETS);
  const body = text === "" ? text : JSON.stringify(JSON.parse(text), hideToken);
  return { status: answer.status, headers: answer.headers, body };
}

function hideToken(name: string, value: unknown): unknown {
  return name === "auth_token" ? null : value;
}
