/** Who may send with letters: `any` account with any sender, or each with those that it registered and that were approved. */
export type SenderPolicy = "any" | "registered";

/** A sender of letters and digits that an account registered. */
export interface AlphanumericSender {
  /** `AI…` */
  readonly sid: string;
  readonly accountSid: string;
  /** As it goes out. */
  readonly sender: string;
  /** ISO 3166-1 alpha-2 of the country that it was registered for; empty for all that need none. */
  readonly isoCountry: string;
  readonly status: "pending" | "approved" | "rejected";
  readonly createdMs: number;
  readonly updatedMs: number;
}

/** More would be a program in a loop; each is held in memory. */
export const MAX_ALPHANUMERIC_PER_ACCOUNT = 1_000;

/** GSM 03.40 §9.1.2.5: eleven 7-bit characters fit; phones show no more. A letter tells it from a number. */
const SENDER = /^(?=.*[A-Za-z])[A-Za-z0-9 +\-_&]{1,11}$/;

/** Whether a text can be an alphanumeric sender. */
export function isAlphanumericSender(text: string): boolean {
  return SENDER.test(text);
}
