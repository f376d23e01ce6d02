/** How fast registered traffic may go. Several may hold for one message; all must have room. */
export interface TrafficLimit {
  /** What shares the limit, for example `campaign:QE…:att`. */
  readonly key: string;
  readonly segments: number;
  /** A second, a minute, or a day that begins at midnight of `zone` (IANA name; UTC where absent). */
  readonly per: "second" | "minute" | "day";
  readonly zone?: string;
}
