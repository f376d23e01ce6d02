import { S3FifoCache } from "../../../platform/cache/index.ts";

/** Links whose notices are counted at once; one that is forgotten begins with a full allowance again. */
const MAX_LINKS = 100_000;
const BURST = 100;
const PER_SECOND = 10;

interface Allowance {
  left: number;
  atMs: number;
}

/**
 * How many clicks of one link are told as webhooks: {@link BURST} at once and then
 * {@link PER_SECOND} a second. Whoever has a link could otherwise make this system send requests
 * to its owner's server as fast as it can itself. All clicks are counted, told or not.
 */
export class NoticeGate {
  private readonly allowances = new S3FifoCache<Allowance>({ maxEntries: MAX_LINKS });

  /** Whether one more may be told now. */
  admits(linkSid: string, nowMs: number): boolean {
    const known = this.allowances.get(linkSid);
    if (known === undefined) {
      this.allowances.set(linkSid, { left: BURST - 1, atMs: nowMs });
      return true;
    }
    known.left = Math.min(BURST, known.left + (Math.max(0, nowMs - known.atMs) * PER_SECOND) / 1_000);
    known.atMs = nowMs;
    if (known.left < 1) return false;
    known.left -= 1;
    return true;
  }
}
