/** What a member of a service's pool is: a phone number, a short code, an alphanumeric sender, or a sender of a channel. */
export type MemberKind = "number" | "shortcode" | "alpha" | "channel";

/** A sender that was added to a service, as its row has it. What it can do is asked of the numbers. */
export interface PoolMember {
  /** `PN…` or `SC…` of the number, `AI…` of its own, `XE…` of the channel's sender. */
  readonly sid: string;
  readonly serviceSid: string;
  readonly accountSid: string;
  readonly kind: MemberKind;
  /** E.164, short code, text, or `whatsapp:+1…`. */
  readonly address: string;
  /** Of alphanumeric senders, ISO 3166-1 alpha-2: the only country that it is for; empty for all. */
  readonly isoCountry: string;
  readonly createdMs: number;
  readonly updatedMs: number;
}

/** The most phone numbers and short codes of one service, as Twilio has it. */
export const MAX_POOL_NUMBERS = 400;
/** One for each country, and a few for all. */
export const MAX_ALPHA_SENDERS = 300;
export const MAX_CHANNEL_SENDERS = 100;
/** More would be a program in a loop; each is held in memory. */
export const MAX_SERVICES_PER_ACCOUNT = 1_000;
