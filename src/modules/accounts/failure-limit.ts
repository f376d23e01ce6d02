import type { Clock } from "../../platform/ports.ts";
import { Generations } from "./generations.ts";

/** Wrong credentials of one user name that are answered one by one before it is told to slow down. */
const BURST = 20;
/** How many more are answered so each second. */
const PER_SECOND = 2;
const MAX_USERNAMES = 10_000;

interface Failures {
  left: number;
  atMs: number;
}

/** Counts wrong credentials for each user name, as a token bucket. */
export class FailureLimit {
  readonly #clock: Clock;
  readonly #byUsername = new Generations<Failures>(MAX_USERNAMES);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Notes a failure. False when there were too many of late. */
  note(username: string): boolean {
    const nowMs = this.#clock.monotonicMs();
    const failures = this.#byUsername.get(username) ?? { left: BURST, atMs: nowMs };
    failures.left = Math.min(BURST, failures.left + ((nowMs - failures.atMs) / 1_000) * PER_SECOND);
    failures.atMs = nowMs;
    this.#byUsername.set(username, failures);
    if (failures.left < 1) return false;
    failures.left -= 1;
    return true;
  }
}
