/** What other modules ask of Messaging Services, answered from memory. */

/** What a service is for, as Twilio names it. */
export type Usecase = "notifications" | "marketing" | "verification" | "discussion" | "poll" | "undeclared";

/** A Messaging Service, as sending and receiving need it. */
export interface MessagingService {
  readonly sid: string;
  readonly accountSid: string;
  readonly friendlyName: string;
  readonly statusCallback?: string;
  readonly inboundRequestUrl?: string;
  readonly inboundMethod: "GET" | "POST";
  readonly fallbackUrl?: string;
  readonly fallbackMethod: "GET" | "POST";
  /**
   * Texts in go to the number's own webhook instead of the service's. For messaging: without it the
   * service's URLs count alone, and where `inboundRequestUrl` is absent nobody is asked.
   */
  readonly useInboundWebhookOnNumber: boolean;
  readonly stickySender: boolean;
  readonly smartEncoding: boolean;
  /**
   * For messaging: where a message with media finds no sender (`"none"`), choose once more with
   * `mms: false` and send the media as links in the text.
   */
  readonly mmsConverter: boolean;
  readonly fallbackToLongCode: boolean;
  readonly areaCodeGeomatch: boolean;
  /** Seconds, 1 to 36,000. Stands in for a message's own `ValidityPeriod` where that is absent. */
  readonly validityPeriod: number;
  readonly usecase: Usecase;
  /** The domain of its short links is chosen by modules/links. */
}

/** A sender of a service's pool. */
export interface PoolSender {
  /** E.164, short code or alphanumeric, as it goes out. */
  readonly address: string;
  readonly kind: "local" | "mobile" | "tollfree" | "shortcode" | "alphanumeric";
  readonly mms: boolean;
  readonly country?: string;
}

/** For whom a sender is wanted. */
export interface SenderWish {
  readonly accountSid: string;
  readonly serviceSid: string;
  /** E.164. */
  readonly to: string;
  /** Whether it has media. */
  readonly mms: boolean;
  /** Segments of the message, to spread the pool by each sender's rate. */
  readonly segments: number;
  /** Seconds of work that already wait for a sender; 0 where it has no rate. Senders with less are taken first. */
  readonly backlogSeconds: (address: string) => number;
  /** Senders that must not be taken, for example because the recipient said STOP to them. Asked of few: those about to be chosen. */
  readonly refuses: (address: string) => boolean;
  /**
   * A fallback is wanted: what failed was sent from this address. Only short codes have one, and
   * only in a service with `fallbackToLongCode`; `"none"` for everything else.
   */
  readonly failedFrom?: string;
}

/** The sender that was chosen and by which rule. */
export interface SenderChoice {
  readonly sender: PoolSender;
  readonly reason: "sticky" | "area-code" | "country" | "alphanumeric" | "rate" | "fallback";
}

export interface ServiceDirectory {
  service(accountSid: string, serviceSid: string): MessagingService | undefined;
  /** The service whose pool has this sender; a sender is in one at most. */
  serviceOfSender(accountSid: string, address: string): MessagingService | undefined;
  /** Whether the pool of a service has this sender now: a number, a short code, or an alphanumeric one. */
  hasSender(accountSid: string, serviceSid: string, address: string): boolean;
  /**
   * `"empty"` where the pool is empty (21704) or there is no such service; `"none"` where no sender
   * of it can reach the recipient (21703), or `refuses` said no to all that can (21610 where the
   * reason is a STOP: the caller, whose function it is, knows).
   */
  chooseSender(wish: SenderWish): SenderChoice | "empty" | "none";
  /**
   * Remembers who wrote to whom, so that it stays. Called by messaging's reducers, for messages of
   * a service and for texts that come to a sender of its pool: a function of its input and what was kept.
   */
  stick(input: StickInput): void;
}

/** A recipient and a sender of a service's pool have to do with each other. */
export interface StickInput {
  readonly accountSid: string;
  readonly serviceSid: string;
  /** E.164. */
  readonly recipient: string;
  /** The sender as the pool has it: E.164 with its plus, a short code, or letters. */
  readonly address: string;
  /** The `atMs` of the reducer's context: what was not used for a year is forgotten. */
  readonly atMs: number;
}
