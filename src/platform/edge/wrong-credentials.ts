import { createHmac, randomBytes } from "node:crypto";
import type { BasicCredentials } from "../http/index.ts";
import type { Clock } from "../ports.ts";

/** How long wrong credentials are remembered: this to twice this. A password that was changed to them is refused for so long. */
const REMEMBERED_MS = 5_000;
/** Credentials that are remembered in one such period; with more of them, it ends sooner. */
const MAX_REMEMBERED = 20_000;
const FINGERPRINT_OCTETS = 16;

/** One period's worth. */
class Memory {
  readonly users = new Set<string>();
  readonly fingerprints = new Set<string>();
}

/**
 * Credentials that were wrong a moment ago, so that who tries the same again and again asks
 * nobody but this process. Kept as fingerprints with a key of this process alone, which are
 * the same work whatever was sent: how long the look takes tells nothing but that they were
 * tried. Right credentials of a user name that nobody failed with cost one look-up.
 */
export class WrongCredentials {
  private readonly clock: Pick<Clock, "monotonicMs">;
  private readonly key = randomBytes(32);
  private current = new Memory();
  private previous = new Memory();
  private turnsAtMs: number;

  constructor(clock: Pick<Clock, "monotonicMs">) {
    this.clock = clock;
    this.turnsAtMs = clock.monotonicMs() + REMEMBERED_MS;
  }

  /** Whether just these were wrong a moment ago. */
  has(credentials: BasicCredentials): boolean {
    const { username } = credentials;
    if (this.current.users.size === 0 && this.previous.users.size === 0) return false;
    this.turn();
    if (!this.current.users.has(username) && !this.previous.users.has(username)) return false;
    const fingerprint = this.fingerprintOf(credentials);
    return this.current.fingerprints.has(fingerprint) || this.previous.fingerprints.has(fingerprint);
  }

  /** These were wrong. */
  note(credentials: BasicCredentials): void {
    this.turn();
    const { users, fingerprints } = this.current;
    users.add(credentials.username);
    fingerprints.add(this.fingerprintOf(credentials));
  }

  private turn(): void {
    const nowMs = this.clock.monotonicMs();
    const isDue = nowMs >= this.turnsAtMs;
    if (!isDue && this.current.fingerprints.size < MAX_REMEMBERED) return;
    this.previous = isDue && nowMs >= this.turnsAtMs + REMEMBERED_MS ? new Memory() : this.current;
    this.current = new Memory();
    this.turnsAtMs = nowMs + REMEMBERED_MS;
  }

  private fingerprintOf({ username, password }: BasicCredentials): string {
    const mac = createHmac("sha256", this.key).update(`${username}\0${password}`).digest();
    return mac.toString("latin1", 0, FINGERPRINT_OCTETS);
  }
}
