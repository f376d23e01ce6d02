import type { ChallengeBoard } from "./ports.ts";

/** Challenges that are open at once; orders are few and short. */
const MAX_OPEN = 1_000;
/** RFC 8555 §8.3: base64url. */
const TOKEN = /^[A-Za-z0-9_-]{1,128}$/;

/** The path below which an authority looks for answers (RFC 8555 §8.3). */
export const CHALLENGE_PREFIX = "/.well-known/acme-challenge/";

/** Challenges that are open now, in memory. */
export class OpenChallenges implements ChallengeBoard {
  private readonly answers = new Map<string, string>();

  put(token: string, keyAuthorization: string): void {
    if (!TOKEN.test(token)) throw new Error("the challenge has no usable token");
    this.answers.set(token, keyAuthorization);
    if (this.answers.size > MAX_OPEN) this.answers.delete(this.answers.keys().next().value ?? "");
  }

  remove(token: string): void {
    this.answers.delete(token);
  }

  /** What a path is to be answered with; `undefined` where it is no open challenge. */
  answerOf(pathname: string): string | undefined {
    return pathname.startsWith(CHALLENGE_PREFIX)
      ? this.answers.get(pathname.slice(CHALLENGE_PREFIX.length))
      : undefined;
  }
}
