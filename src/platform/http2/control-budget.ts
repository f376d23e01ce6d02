import { TokenBucket } from "../queue/index.ts";
import type { Http2Limits } from "./limits.ts";

/** Octets of a stream's own frames that are none of its body: the header with its continuations, twice over. */
const STREAM_OVERHEAD_OCTETS = 65_536;
/** Of what a client gets, this part may come back as WINDOW_UPDATE frames. */
const OCTETS_FOR_EACH_UPDATE_OCTET = 64;

/**
 * What a session may cost beside its requests. nghttp2 bounds each kind of flood in
 * memory (unanswered pings and settings, invalid frames, continuations of a header); this
 * bounds what they cost over time: streams opened and reset at once (CVE-2023-44487), or
 * made to be reset by us (CVE-2025-8671), pings, settings, and, by the octets alone, empty
 * frames, priorities and window updates, of which nobody tells (CVE-2019-9511 to 9518).
 */
export class ControlBudget {
  private readonly frames: TokenBucket;
  private readonly octets: TokenBucket;
  private before = { read: 0, written: 0 };
  /** Octets that the requests since the last look explain. What is left of it then is not kept for later. */
  private allowedOctets = 0;

  constructor(limits: Required<Http2Limits>, nowMs: number) {
    this.frames = new TokenBucket(limits.controlPerSecond, nowMs, limits.controlBurst);
    this.octets = new TokenBucket(limits.overheadOctetsPerSecond, nowMs, limits.overheadBurstOctets);
  }

  /** Counts one ping, settings frame, or stream that was reset. False when it was one too many. */
  spendFrame(nowMs: number): boolean {
    const isThere = this.frames.available(nowMs) >= 1;
    this.frames.take(1);
    return isThere;
  }

  /** A stream was opened. */
  allowStream(): void {
    this.allowedOctets += STREAM_OVERHEAD_OCTETS;
  }

  /** A body came; small frames double its octets. */
  allowBody(octets: number): void {
    this.allowedOctets += octets * 2;
  }

  /**
   * Compares the octets that a session has read and written since the last call with what
   * its requests explain. Takes the totals. False when too many are left.
   */
  settle(nowMs: number, total: { readonly read: number; readonly written: number }): boolean {
    const written = total.written - this.before.written;
    const allowed = this.allowedOctets + Math.floor(written / OCTETS_FOR_EACH_UPDATE_OCTET);
    const overhead = Math.max(0, total.read - this.before.read - allowed);
    this.before = total;
    this.allowedOctets = 0;
    const isWithin = overhead <= this.octets.available(nowMs);
    this.octets.take(overhead);
    return isWithin;
  }
}
