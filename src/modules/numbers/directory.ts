import type { PhoneNumberKind } from "./phone-number.ts";

/** What other modules may ask about phone numbers, without waiting: answered from memory. */
export interface NumberDirectory {
  /** The sender as this account may use it, or `undefined` if it is not the account's or cannot send texts. */
  sender(accountSid: string, address: string): TextSender | undefined;
  /** Where a text to an address goes, its application already looked up; `undefined` if nobody has the number. */
  inboundText(address: string): InboundTextRoute | undefined;
  /** The status callback of an application of this account; `undefined` if there is no such application. */
  applicationStatusCallback(accountSid: string, applicationSid: string): { readonly url?: string } | undefined;
}

/** A number that texts can be sent from. */
export interface TextSender {
  readonly mms: boolean;
  readonly kind: PhoneNumberKind;
}

/** An account and the webhook it configured for incoming texts. */
export interface InboundTextRoute {
  readonly accountSid: string;
  readonly url?: string;
  readonly method: "GET" | "POST";
  readonly fallbackUrl?: string;
  readonly fallbackMethod?: "GET" | "POST";
}
