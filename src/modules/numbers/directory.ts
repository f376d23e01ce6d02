import type { PhoneNumberKind } from "./phone-number.ts";

/** What sending and receiving ask about senders, without waiting: answered from memory. */
export interface NumberDirectory {
  /**
   * The sender as this account may use it: one of its numbers or short codes, or an
   * alphanumeric sender that it is allowed. `undefined` if it may not, or the number cannot send texts.
   */
  sender(accountSid: string, address: string): TextSender | undefined;
  /** Where a text to an address goes, its application already looked up; `undefined` if nobody has the number. */
  inboundText(address: string): InboundTextRoute | undefined;
  /** The status callback of an application of this account; `undefined` if there is no such application. */
  applicationStatusCallback(accountSid: string, applicationSid: string): { readonly url?: string } | undefined;
}

/** Which numbers an account has, without waiting: answered from memory. */
export interface AccountNumbers {
  /** The number (`PN…`) or short code (`SC…`) of this account; `undefined` if it is not the account's. */
  numberBySid(accountSid: string, sid: string): AccountNumber | undefined;
  /** Everything that the account has, in the order in which this process learned of it. */
  owned(accountSid: string): readonly AccountNumber[];
}

/** As what a text goes out. Kinds of numbers that differ only in how they are sold and called count as local or mobile. */
export type SenderKind = "local" | "mobile" | "tollfree" | "shortcode" | "alphanumeric";

/** What texts can be sent from. */
export interface TextSender {
  readonly mms: boolean;
  readonly kind: SenderKind;
  /** ISO 3166-1 alpha-2; absent for alphanumeric senders, and for short codes of which nobody said it. */
  readonly country?: string;
}

/** A phone number or short code that an account has. */
export interface AccountNumber {
  readonly sid: string;
  readonly accountSid: string;
  /** E.164, or a short code. */
  readonly number: string;
  /** As what it is sold. */
  readonly kind: PhoneNumberKind;
  /** As what texts go out from it. */
  readonly senderKind: SenderKind;
  readonly country?: string | undefined;
  readonly sms: boolean;
  readonly mms: boolean;
  readonly voice: boolean;
}

/** An account and the webhook it configured for incoming texts. */
export interface InboundTextRoute {
  readonly accountSid: string;
  readonly url?: string;
  readonly method: "GET" | "POST";
  readonly fallbackUrl?: string;
  readonly fallbackMethod?: "GET" | "POST";
}
