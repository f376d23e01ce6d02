/** What other modules may ask about phone numbers, without waiting: answered from memory. */
export interface NumberDirectory {
  /** The sender as this account may use it, or `undefined` if it is not the account's or cannot send texts. */
  sender(accountSid: string, address: string): { readonly mms: boolean } | undefined;
  /** Where a text to an address goes, its application already looked up; `undefined` if nobody has the number. */
  inboundText(address: string): InboundTextRoute | undefined;
  /** The status callback of an application of this account; `undefined` if there is no such application. */
  applicationStatusCallback(accountSid: string, applicationSid: string): { readonly url?: string } | undefined;
}

/** An account and the webhook it configured for incoming texts. */
export interface InboundTextRoute {
  readonly accountSid: string;
  readonly url?: string;
  readonly method: "GET" | "POST";
  readonly fallbackUrl?: string;
  readonly fallbackMethod?: "GET" | "POST";
}
