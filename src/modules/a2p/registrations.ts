/** What the rules ask of registrations, answered from memory. */

import type { TrafficLimit } from "./traffic-limit.ts";

/** Why a sender may not send to US networks. */
export type RegistrationGap =
  | "unregistered"
  | "campaign-pending"
  | "campaign-suspended"
  | "toll-free-unverified"
  | "toll-free-rejected";

export interface Registrations {
  /** `undefined` where a US sender may send to US recipients. */
  gap(input: { accountSid: string; from: string; serviceSid?: string | undefined }): RegistrationGap | undefined;
  /** Limits by campaign and carrier network, by brand and day. */
  limits(input: { accountSid: string; from: string; network?: string | undefined }): readonly TrafficLimit[];
}
