/** What messaging asks of link shortening, answered from memory. */

/** A short link that a message needs. Goes into the message's record; the reducer makes the fact of it. */
export interface NewLink {
  /** `LK…`. */
  readonly sid: string;
  /** The path on the domain, without slash. */
  readonly code: string;
  /** The number that the code was made of; later codes count on from it. */
  readonly sequence: number;
  readonly domain: string;
  readonly url: string;
  readonly expiresAtMs: number;
}

/** Fact: a link exists. Emitted with the record that made it durable. */
export interface LinkCreated {
  readonly kind: "link.created";
  readonly accountSid: string;
  readonly link: NewLink;
  /** The message it is for, with where its clicks are told. */
  readonly messageSid?: string;
  readonly serviceSid?: string;
  readonly from?: string;
  readonly to?: string;
}

/** A text with its addresses made short. */
export interface Shortened {
  readonly body: string;
  readonly links: readonly NewLink[];
}

export interface LinkShortening {
  /**
   * Replaces every `http` and `https` URL of a text, each with a link of its own. Throws the
   * public error where the service has no domain that can be used (30101, 30102, 30106, 30107,
   * 30110) and the domain's configuration does not say to go on without; then the text is given
   * back as it came. A URL that leads to a blocked host is 30111, whatever is configured.
   */
  shorten(input: {
    readonly accountSid: string;
    readonly serviceSid: string;
    readonly body: string;
    readonly atMs: number;
  }): Shortened;
}
