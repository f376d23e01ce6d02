import { AppError, type ErrorSpec } from "../../kernel/errors.ts";
import { assert } from "../../kernel/assert.ts";
import { headerOf, OVERLOADED, type HttpRequest, type HttpResponse } from "../http/index.ts";
import type { Clock } from "../ports.ts";
import type { Home } from "./cells.ts";
import { INTERNAL_PREFIX } from "./signed-mount.ts";

/** Names the cell in which an account is at home, in a 421. */
export const HOME_HEADER = "X-Trunkline-Home";
/** The epoch of that home. */
export const EPOCH_HEADER = "X-Trunkline-Epoch";

/** The account is not at home in this cell (RFC 9110 §15.5.20). Edges repair their routes by it; clients never see it. */
export const NOT_AT_HOME: ErrorSpec = {
  code: 20421,
  status: 421,
  fault: "platform",
  retry: "other-route",
  message: "The account is not at home in this cell.",
};

/**
 * How an account, a key or a number stands in a cell that it moves out of or into.
 * `frozen`: nothing new is accepted, reads go on, until a moment at the latest where there is
 * one; `sealed`: the same, and texts that come in are held; `arriving`: nothing is answered
 * yet; `moved`: it is at home elsewhere.
 */
export type Standing =
  | { readonly kind: "frozen"; readonly untilMs: number }
  | { readonly kind: "sealed" }
  | { readonly kind: "arriving" }
  | { readonly kind: "moved"; readonly home: Home };

/** Where a text to a number goes: it is taken here, waits, or belongs to another cell. */
export type TextPlace = "here" | "held" | { readonly cell: string };

export interface HomeGateOptions {
  readonly clock: Clock;
  /** This cell's number, and what reads the numbers in SIDs. Without them every SID may be at home here. */
  readonly hints?: { readonly cellNumber: number; cellOf(sid: string): number | undefined };
  /** Whether this cell has the account or key, for SIDs whose hint names another cell: accounts that came, or that have no hint. */
  readonly isKnown?: (sid: string) => boolean | Promise<boolean>;
  /** Requests that are let through whoever calls: those of the operator that were pinned to this cell. */
  readonly isExempt?: (request: HttpRequest) => boolean;
}

/** User names with the hint of another cell that are known to be at home here. */
const MAX_CONFIRMED = 100_000;
const MAX_AUTHORIZATION_CHARACTERS = 2_048;
const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);
const ACCOUNT_IN_PATH = /\/Accounts\/(AC[0-9a-f]{32})(?:[./?]|$)/;

/**
 * Stands before a cell's dispatcher and lets in what is at home here. Costs one look-up in
 * a set while nothing moves. What it refuses was not begun.
 */
export class HomeGate {
  private readonly options: HomeGateOptions;
  private readonly standings = new Map<string, Standing>();
  private readonly confirmed = new Set<string>();
  /** Requests under way, by the generation in which they were let in: see {@link quiesced}. */
  private generation = 0;
  private readonly underWay = new Map<number, number>();
  private waiting: { readonly generation: number; readonly resolve: () => void }[] = [];

  constructor(options: HomeGateOptions) {
    this.options = options;
  }

  /** Sets how keys stand from now on; `undefined`: as any other. */
  set(keys: Iterable<string>, standing: Standing | undefined): void {
    for (const key of keys) {
      if (standing === undefined) this.standings.delete(key);
      else this.standings.set(key, standing);
    }
    this.confirmed.clear();
  }

  /** How a key stands; `undefined` for most. */
  standing(key: string): Standing | undefined {
    if (this.standings.size === 0) return undefined;
    const standing = this.standings.get(key);
    if (standing?.kind === "frozen" && this.options.clock.nowMs() >= standing.untilMs) return undefined;
    return standing;
  }

  /** Whether new work of an account may be accepted now, by whatever door it came. */
  accepts(accountSid: string): boolean {
    return this.standing(accountSid) === undefined;
  }

  /** Where a text to this address goes; carriers write the same one with and without the plus. */
  placeOfText(address: string): TextPlace {
    if (this.standings.size === 0) return "here";
    const other = address.startsWith("+") ? address.slice(1) : `+${address}`;
    const standing = this.standing(address) ?? this.standing(other);
    if (standing === undefined || standing.kind === "frozen") return "here";
    return standing.kind === "moved" ? { cell: standing.home.cell } : "held";
  }

  /** Answers a request that is not for this cell, or not now. `undefined`: go on. */
  gateRequest(request: HttpRequest): HttpResponse | undefined | Promise<HttpResponse | undefined> {
    const { hints } = this.options;
    if (this.standings.size === 0 && hints === undefined) return undefined;
    const username = usernameOf(headerOf(request.headers, "authorization"));
    if (username !== undefined && this.confirmed.has(username)) return undefined;
    const key = username ?? ACCOUNT_IN_PATH.exec(request.target)?.[1];
    if (key === undefined || this.options.isExempt?.(request) === true) return undefined;
    return this.check(key, username, request.method);
  }

  private check(
    key: string,
    username: string | undefined,
    method: string,
  ): HttpResponse | undefined | Promise<HttpResponse | undefined> {
    const standing = this.standing(key);
    if (standing !== undefined) return refusal(standing, method);
    const { hints, isKnown } = this.options;
    const hinted = hints?.cellOf(key);
    if (hints === undefined || hinted === undefined || hinted === hints.cellNumber) {
      if (username !== undefined && hints !== undefined) this.confirm(username);
      return undefined;
    }
    const known = isKnown?.(key) ?? false;
    const decide = (isHere: boolean): HttpResponse | undefined => {
      if (isHere && username !== undefined && this.standings.get(key) === undefined) this.confirm(username);
      return isHere ? undefined : notAtHome(undefined);
    };
    return typeof known === "boolean" ? decide(known) : known.then(decide);
  }

  private confirm(username: string): void {
    if (this.confirmed.size >= MAX_CONFIRMED) this.confirmed.clear();
    this.confirmed.add(username);
  }

  /**
   * Asks {@link gateRequest}, else runs `next`, and counts the request as under way until it
   * has answered. Where it cannot be told whether the account is here, that is a 503.
   */
  async run(request: HttpRequest, next: (request: HttpRequest) => Promise<HttpResponse>): Promise<HttpResponse> {
    // A step of a move is one of these, and would wait for itself.
    if (request.target.startsWith(`${INTERNAL_PREFIX}/`)) return next(request);
    const refused = this.gateRequest(request);
    const answer = refused instanceof Promise ? await refused.catch(notKnownNow) : refused;
    if (answer !== undefined) return answer;
    // What was asked for meanwhile may have changed while it was waited for.
    const again = refused instanceof Promise ? this.gateRequest(request) : undefined;
    if (again instanceof Promise) again.catch(notKnownNow);
    else if (again !== undefined) return again;
    const { generation } = this;
    this.underWay.set(generation, (this.underWay.get(generation) ?? 0) + 1);
    try {
      return await next(request);
    } finally {
      this.leave(generation);
    }
  }

  private leave(generation: number): void {
    const left = (this.underWay.get(generation) ?? 0) - 1;
    assert(left >= 0, "a request ends once");
    if (left > 0) return void this.underWay.set(generation, left);
    this.underWay.delete(generation);
    const done = this.waiting.filter((one) => !this.hasUpTo(one.generation));
    this.waiting = this.waiting.filter((one) => this.hasUpTo(one.generation));
    for (const { resolve } of done) resolve();
  }

  private hasUpTo(generation: number): boolean {
    for (const other of this.underWay.keys()) if (other <= generation) return true;
    return false;
  }

  /** Resolves to true when every request that was let in before this call has answered, to false after `limitMs`. */
  quiesced(limitMs: number): Promise<boolean> {
    const { generation } = this;
    this.generation += 1;
    if (!this.hasUpTo(generation)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = this.options.clock.after(limitMs, () => {
        this.waiting = this.waiting.filter((one) => one !== entry);
        resolve(false);
      });
      const entry = {
        generation,
        resolve: () => {
          timer.cancel();
          resolve(true);
        },
      };
      this.waiting.push(entry);
    });
  }
}

/** The user name of Basic credentials (RFC 7617 §2), without looking at the rest. */
function usernameOf(header: string | undefined): string | undefined {
  if (header === undefined || header.length > MAX_AUTHORIZATION_CHARACTERS || !/^basic /i.test(header))
    return undefined;
  const text = Buffer.from(header.slice(6), "base64").toString("latin1");
  const colon = text.indexOf(":");
  return colon <= 0 ? undefined : text.slice(0, colon);
}

function refusal(standing: Standing, method: string): HttpResponse | undefined {
  if (standing.kind === "moved") return notAtHome(standing.home);
  if (standing.kind !== "arriving" && SAFE_METHODS.has(method)) return undefined;
  return notKnownNow();
}

/** The same is answered later, here or elsewhere; nothing was done. */
function notKnownNow(): HttpResponse {
  return answerOf(new AppError(OVERLOADED), ["Retry-After", "1"]);
}

function notAtHome(home: Home | undefined): HttpResponse {
  const headers = home === undefined ? [] : [HOME_HEADER, home.cell, EPOCH_HEADER, String(home.epoch)];
  return answerOf(new AppError(NOT_AT_HOME), headers);
}

function answerOf(error: AppError, headers: readonly string[]): HttpResponse {
  const { code, message, status } = error;
  const more_info = `https://www.twilio.com/docs/errors/${code}`;
  return {
    status,
    headers: ["Content-Type", "application/json", "Cache-Control", "no-store", ...headers],
    body: JSON.stringify({ code, message, more_info, status }),
  };
}
