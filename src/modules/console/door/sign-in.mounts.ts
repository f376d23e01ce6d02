import { AppError } from "../../../kernel/errors.ts";
import { headerOf, type HttpRequest, type HttpResponse } from "../../../platform/http/index.ts";
import type { Attempt, Attempts } from "../attempts.ts";
import { emailDigest, normalizeEmail } from "../email.ts";
import { consoleErrors } from "../errors.ts";
import { accountOfLinkToken } from "../link.ts";
import type { SessionStanding } from "../session.ts";
import type { SignInOutcome } from "../sign-in.ts";
import { MAX_PASSWORD_CHARACTERS, MIN_PASSWORD_CHARACTERS } from "../user.ts";
import { newSession, type Candidate, type CellQuestions } from "./ask-cells.ts";
import { DATA_HEADERS } from "./answer-headers.ts";
import { setSessionCookie } from "./cookies.ts";
import { errorAnswer, jsonAnswer, readJsonBody, textIn } from "./json-body.ts";
import type { ConsoleDoorOptions } from "./options.ts";
import { checkSecure, originOf } from "./origin.ts";
import type { SessionViews } from "./session-view.ts";
import type { Visitors } from "./visitors.ts";

const MAX_CHARACTERS = 320;
/** Cells in which one password is tried. */
const MAX_CELLS_TRIED = 5;
const MAX_AGENT_CHARACTERS = 300;

export interface SignInDeps {
  readonly options: ConsoleDoorOptions;
  readonly questions: CellQuestions;
  readonly visitors: Visitors;
  readonly views: SessionViews;
  readonly attempts: Attempts;
}

/** Takes people in and lets them out. Failed tries are counted here, too, before any cell has work with them. */
export class SignInDesk {
  private readonly deps: SignInDeps;

  constructor(deps: SignInDeps) {
    this.deps = deps;
  }

  /** `POST sign-in {email, password, totp?, account?}`. */
  async signIn(request: HttpRequest): Promise<HttpResponse> {
    checkSecure(originOf(request));
    const body = await readJsonBody(request);
    const password = textIn(body, "password", MAX_PASSWORD_CHARACTERS) ?? "";
    const account = textIn(body, "account", MAX_CHARACTERS)?.trim();
    const totp = textIn(body, "totp", MAX_CHARACTERS);
    const digest = this.digestOf(textIn(body, "email", MAX_CHARACTERS) ?? "");
    const attempt = this.begin(digest, request);
    const wish = { emailDigest: digest, password, totp, ...visitorOf(request) };
    const outcome = await this.counted(attempt, () => this.trySignIn(wish, account));
    if (outcome.kind !== "refused" && !isWrongCode(outcome)) this.deps.attempts.succeeded(attempt);
    if (outcome.kind === "signed-in") return this.admit(request, outcome.session);
    if (outcome.kind === "limited") {
      const seconds = Math.ceil(outcome.waitMs / 1_000);
      return errorAnswer(new AppError(consoleErrors.tooManyTries, { seconds }));
    }
    if (outcome.kind === "refused") return errorAnswer(new AppError(consoleErrors.signInFailed));
    const { need } = outcome;
    if (isWrongCode(outcome)) {
      return errorAnswer(new AppError(consoleErrors.signInCodeWrong), { need });
    }
    const accounts = outcome.need === "account" ? { accounts: outcome.accountSids } : {};
    return errorAnswer(new AppError(consoleErrors.signInNeeds, { need }), { need, ...accounts });
  }

  /** `POST enter {token, password?}`. */
  async enter(request: HttpRequest): Promise<HttpResponse> {
    checkSecure(originOf(request));
    const body = await readJsonBody(request);
    const token = textIn(body, "token", MAX_CHARACTERS) ?? "";
    const password = textIn(body, "password", MAX_PASSWORD_CHARACTERS);
    const attempt = this.begin("one-time links", request);
    const accountSid = accountOfLinkToken(token);
    if (accountSid === undefined) return errorAnswer(new AppError(consoleErrors.linkInvalid));
    const wish = { token, password, ...visitorOf(request) };
    const outcome = await this.counted(attempt, () => this.deps.questions.redeem(accountSid, wish));
    if (outcome.kind === "refused") return errorAnswer(new AppError(consoleErrors.linkInvalid));
    this.deps.attempts.succeeded(attempt);
    if (outcome.kind === "signed-in") return this.admit(request, outcome.session);
    if (outcome.kind === "weak-password") {
      const length = { min: MIN_PASSWORD_CHARACTERS, max: MAX_PASSWORD_CHARACTERS };
      return errorAnswer(new AppError(consoleErrors.passwordWeak, length));
    }
    if (outcome.need === "sign-in") return jsonAnswer(200, { need: "sign-in" });
    const { need, email, friendlyName, minCharacters } = outcome;
    return jsonAnswer(200, { need, email, name: friendlyName, minCharacters });
  }

  /** `POST sign-out`. */
  async signOut(request: HttpRequest): Promise<HttpResponse> {
    await this.leave(request);
    const headers = [...DATA_HEADERS, "Set-Cookie", setSessionCookie(originOf(request), "", 0)];
    return { status: 204, headers };
  }

  /** Begins a session in this browser. One that it had before ends: nothing of it goes on in the new one. */
  private async admit(request: HttpRequest, standing: SessionStanding): Promise<HttpResponse> {
    const { visitors, views } = this.deps;
    await this.leave(request);
    const session = newSession(standing);
    visitors.book.note(session, session);
    const seconds = (session.expiresMs - session.issuedMs) / 1_000;
    const cookie = setSessionCookie(originOf(request), visitors.tokens.write(session), seconds);
    return jsonAnswer(200, await views.of(request, visitors.visitorFor(session)), ["Set-Cookie", cookie]);
  }

  private async leave(request: HttpRequest): Promise<void> {
    const { visitors, questions, options } = this.deps;
    const claims = visitors.claimsOf(request);
    if (claims === undefined) return;
    visitors.book.note(claims, "ended");
    try {
      await questions.signOut(claims);
    } catch (error) {
      // This door knows; the others hear of it when the session's time is over.
      options.logger.warn("console.not-signed-out", { sessionSid: claims.sessionSid, reason: String(error) });
    }
  }

  /** Asks the cells that have a user with the e-mail address; where there is none, one of them works as long for nothing. */
  private async trySignIn(
    wish: Readonly<Record<string, unknown>>,
    account: string | undefined,
  ): Promise<SignInOutcome> {
    const { questions } = this.deps;
    const digest = String(wish["emailDigest"]);
    const found = await questions.candidates(digest);
    const candidates = account === undefined ? found : found.filter(({ accountSid }) => accountSid === account);
    const cells = [...new Set(candidates.map(({ cell }) => cell))];
    const [only] = cells;
    if (only === undefined) {
      const outcome = await questions.signIn(this.anyCell(digest), { ...wish, accountSid: account });
      return outcome.kind === "limited" ? outcome : { kind: "refused" };
    }
    if (cells.length === 1) return questions.signIn(only, { ...wish, accountSid: account });
    return this.tryCells(wish, cells);
  }

  /** One e-mail address in several cells: where the password is right is found out before anything is begun. */
  private async tryCells(wish: Readonly<Record<string, unknown>>, cells: readonly string[]): Promise<SignInOutcome> {
    const { questions } = this.deps;
    const right: Candidate[] = [];
    for (const cell of cells.slice(0, MAX_CELLS_TRIED)) {
      const outcome = await questions.signIn(cell, { ...wish, isTrial: "true" });
      if (outcome.kind === "limited") return outcome;
      if (outcome.kind === "needs" && outcome.need === "account") {
        right.push(...outcome.accountSids.map((accountSid): Candidate => ({ cell, accountSid })));
      }
    }
    const [one, another] = right;
    if (one === undefined) return { kind: "refused" };
    if (another !== undefined)
      return { kind: "needs", need: "account", accountSids: right.map((each) => each.accountSid) };
    return questions.signIn(one.cell, { ...wish, accountSid: one.accountSid });
  }

  /** The same cell for the same e-mail address, so that what it counts of failures adds up. */
  private anyCell(digest: string): string {
    const cells = this.deps.options.cells.cells().toSorted();
    return cells[Number.parseInt(digest.slice(0, 8), 16) % Math.max(1, cells.length)] ?? "";
  }

  private digestOf(email: string): string {
    try {
      return emailDigest(this.deps.options.fleetKey, normalizeEmail(email));
    } catch {
      // What is no e-mail address is nobody's.
      return emailDigest(this.deps.options.fleetKey, `nobody ${email}`);
    }
  }

  /** That a cell does not answer is no failure of whoever tries. */
  private async counted<T>(attempt: Attempt, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      this.deps.attempts.succeeded(attempt);
      throw error;
    }
  }

  private begin(user: string, request: HttpRequest): Attempt {
    const attempt = { user, address: request.peer, isKnownAddress: true };
    const waitMs = this.deps.attempts.begin(attempt);
    if (waitMs > 0) throw new AppError(consoleErrors.tooManyTries, { seconds: Math.ceil(waitMs / 1_000) });
    return attempt;
  }
}

function isWrongCode(outcome: SignInOutcome): boolean {
  return outcome.kind === "needs" && outcome.need === "totp" && outcome.wasWrong;
}

function visitorOf(request: HttpRequest): { readonly address: string; readonly agent: string } {
  const agent = (headerOf(request.headers, "user-agent") ?? "").slice(0, MAX_AGENT_CHARACTERS);
  return { address: request.peer, agent };
}
