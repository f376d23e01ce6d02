import { AppError } from "../../kernel/errors.ts";
import type { Cell, CellRecord } from "../cell/index.ts";
import { ANSWER_NOT_KEPT, type Around, type Call, type HttpResponse } from "../http/index.ts";
import type { Clock, Logger } from "../ports.ts";
import type { SecretBox } from "../secrets/index.ts";
import { idempotencyErrors } from "./errors.ts";
import { NOT_KEPT, openAnswer, sealAnswer } from "./kept-answer.ts";
import type { KeyBook, KnownKey } from "./key-book.ts";
import { KEY_LIMITS } from "./limits.ts";
import type { KeyAnswered, KeyBegun, KeyClaimed, KeyReleased } from "./records.ts";
import { fingerprintOf, IDEMPOTENCY_HEADER, readIdempotencyKey } from "./request-key.ts";

/** In an answer that was given before. */
export const REPLAYED_HEADER = "Idempotent-Replayed";

/** What the step works with. */
export interface IdempotencyDeps {
  readonly keys: KeyBook;
  /** The cell that the machine of `keys` became part of. */
  readonly cell: () => Pick<Cell, "commit">;
  readonly secrets: SecretBox;
  readonly clock: Pick<Clock, "nowMs">;
  readonly logger: Logger;
}

/** One request with a key. */
interface Keyed {
  readonly accountSid: string;
  readonly key: string;
  readonly fingerprint: string;
}

/**
 * The step that lets a create be repeated: the same key of the same account gives the same
 * answer for a day, and what it makes is made once, also when the process is killed at any
 * point. Routes that have `again` commit the key with what they make; for all others it is
 * journalled before and after. Answers 409 for a key that belongs to another request, is
 * under way, or was cut off.
 */
export function idempotency(deps: IdempotencyDeps): Around {
  const step = new IdempotencyStep(deps);
  return (call, next) => {
    if (call.route.creates === "no" || call.request.headers[IDEMPOTENCY_HEADER] === undefined) return next();
    return step.run(call, next);
  };
}

type Next = () => Promise<HttpResponse>;

class IdempotencyStep {
  private readonly deps: IdempotencyDeps;
  /** Fingerprints of requests under way. The dispatcher bounds how many an account can have. */
  private readonly underWay = new Map<string, string>();
  /** Fingerprints of requests whose record may or may not be in the log. */
  private readonly lostSight = new Map<string, string>();

  constructor(deps: IdempotencyDeps) {
    this.deps = deps;
  }

  async run(call: Call, next: Next): Promise<HttpResponse> {
    const { keys, secrets, clock } = this.deps;
    const { accountSid } = call;
    const key = readIdempotencyKey(call.request.headers);
    if (key === undefined || accountSid === undefined) return next();
    const keyed: Keyed = { accountSid, key, fingerprint: fingerprintOf(call, accountSid, secrets) };
    const known = keys.find(accountSid, key, clock.nowMs());
    this.refuse(keyed, known, call);
    if (known === undefined && !keys.hasRoom(accountSid, clock.nowMs())) {
      const detail = { max: KEY_LIMITS.maxKeysOfAccount, minutes: KEY_LIMITS.sureMs / 60_000 };
      throw new AppError(idempotencyErrors.tooManyKeys, detail);
    }
    const id = `${accountSid} ${key}`;
    this.underWay.set(id, keyed.fingerprint);
    try {
      return await (call.route.creates === "claimed"
        ? this.claim(keyed, known, { call, next })
        : this.keep(keyed, known, { call, next }));
    } finally {
      this.underWay.delete(id);
    }
  }

  /** Throws where the key belongs to another request, is under way, or nobody can tell how it ended. */
  private refuse({ accountSid, key, fingerprint }: Keyed, known: Readonly<KnownKey> | undefined, call: Call): void {
    const id = `${accountSid} ${key}`;
    const underWay = this.underWay.get(id);
    const lost = this.lostSight.get(id);
    for (const earlier of [underWay, lost, known?.fingerprint]) {
      if (earlier !== undefined && earlier !== fingerprint) throw new AppError(idempotencyErrors.keyReused);
    }
    if (underWay !== undefined) throw new AppError(idempotencyErrors.keyInUse);
    if (lost !== undefined) throw outcomeUnknown(call);
  }

  /** For what is made in the cell's log: the route commits the key beside it. */
  private async claim(
    keyed: Keyed,
    known: Readonly<KnownKey> | undefined,
    { call, next }: { call: Call; next: Next },
  ): Promise<HttpResponse> {
    const { accountSid, key, fingerprint } = keyed;
    const claim = (made: string): KeyClaimed => ({ kind: "idempotency.claimed", accountSid, key, fingerprint, made });
    call.once = { key, made: known?.made, claim };
    try {
      const response = await next();
      return known === undefined ? response : replayed(response);
    } catch (error) {
      if (error instanceof AppError && error.spec.fault === "unknown") this.loseSight(keyed);
      throw error;
    }
  }

  /** For what is made elsewhere: the key is durable before the work begins, and again with the answer. */
  private async keep(
    keyed: Keyed,
    known: Readonly<KnownKey> | undefined,
    { call, next }: { call: Call; next: Next },
  ): Promise<HttpResponse> {
    const { accountSid, key, fingerprint } = keyed;
    const { cell, secrets } = this.deps;
    if (known !== undefined) {
      if (known.answer === undefined) throw outcomeUnknown(call);
      if (known.answer === NOT_KEPT) throw new AppError(ANSWER_NOT_KEPT, { made: `see ${call.pathname}` });
      return replayed(openAnswer(known.answer, accountSid, secrets));
    }
    const begun: KeyBegun = { kind: "idempotency.begun", accountSid, key, fingerprint };
    await cell().commit(begun);
    const released: KeyReleased = { kind: "idempotency.released", accountSid, key };
    let response: HttpResponse;
    try {
      response = await next();
    } catch (error) {
      // Of what was certainly not done nothing is remembered; the rest is left as begun.
      if (isCertain(error)) await this.note(released);
      throw error;
    }
    if (response.status >= 500) return response;
    const answer = sealAnswer(response, accountSid, secrets);
    const answered: KeyAnswered = { kind: "idempotency.answered", accountSid, key, answer };
    await this.note(response.status >= 400 ? released : answered);
    return response;
  }

  /** Commits how the work ended. Where that fails the work still ended so, and a repeat is told that nobody knows. */
  private async note(record: CellRecord): Promise<void> {
    try {
      await this.deps.cell().commit(record, "progress");
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      this.deps.logger.warn("idempotency.not-noted", { record: record.kind, cause });
    }
  }

  private loseSight({ accountSid, key, fingerprint }: Keyed): void {
    for (const oldest of this.lostSight.keys()) {
      if (this.lostSight.size < KEY_LIMITS.maxUnknown) break;
      this.lostSight.delete(oldest);
    }
    this.lostSight.set(`${accountSid} ${key}`, fingerprint);
  }
}

/** Whether a failure says that nothing was done. */
function isCertain(error: unknown): boolean {
  if (!(error instanceof AppError) || error.spec.fault === "unknown") return false;
  return error.status < 500 || error.spec.retry === "later";
}

function outcomeUnknown(call: Call): AppError {
  return new AppError(idempotencyErrors.outcomeUnknown, { resource: call.pathname });
}

function replayed({ status, headers, body }: HttpResponse): HttpResponse {
  return { status, headers: headers.concat(REPLAYED_HEADER, "true"), body };
}
