/** What a route is asked for. Pure data; the same values always lead to the same carrier. */

/**
 * Which of the three lanes a message takes: one-time codes and emergency before
 * transactional before marketing.
 */
export type TrafficClass = "urgent" | "transactional" | "marketing";

export const TRAFFIC_CLASSES: readonly TrafficClass[] = ["urgent", "transactional", "marketing"];

/** What kind of sender the recipient sees. */
export type SenderKind = "local" | "mobile" | "tollfree" | "shortcode" | "alphanumeric";

export const SENDER_KINDS: readonly SenderKind[] = ["local", "mobile", "tollfree", "shortcode", "alphanumeric"];

/** A message as the router sees it. Sender and recipient make the conversation that sticks to one carrier. */
export interface RouteRequest {
  readonly accountSid: string;
  /** E.164 with plus, a short code, or an alphanumeric sender. */
  readonly from: string;
  /** E.164 with plus. */
  readonly to: string;
  readonly senderKind: SenderKind;
  readonly trafficClass: TrafficClass;
  readonly encoding: "GSM-7" | "UCS-2";
  readonly segments: number;
}
