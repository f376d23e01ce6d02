import type { MessageStateName } from "../../protocols/smpp/index.ts";

/** One part of a text, as it came over SMPP. */
export interface MessagePart {
  /** The id that the carrier gave it, in decimal. */
  readonly id: string;
  readonly sequence: number;
  readonly octets: number;
}

/** How a text of several parts was put together on the wire. */
export type Concatenation = "none" | "udh" | "sar" | "payload";

/**
 * Where a text stands. One that a phone was sent has the final state that its
 * receipt tells (of several parts the first that was not delivered decides). One
 * that a phone sent is `queued` until an application has `taken` or `refused` it.
 */
export type PhoneMessageState = MessageStateName | "queued" | "taken" | "refused";

/** A text on a virtual phone. Plain data. */
export interface PhoneMessage {
  /** Unique among all messages of the carrier. */
  readonly id: string;
  readonly direction: "received" | "sent";
  /** Milliseconds since the Unix epoch, of the last part. */
  readonly timeMs: number;
  readonly from: string;
  readonly to: string;
  /** The text, or hexadecimal digits of a binary message. */
  readonly body: string;
  /** `GSM-7`, `UCS-2`, `LATIN1`, `BINARY` … */
  readonly encoding: string;
  readonly concatenation: Concatenation;
  readonly parts: readonly MessagePart[];
  /** Parts that never came, for a text that was given up waiting. */
  readonly missingParts?: number;
  /** The application that sent it or took it. */
  readonly systemId?: string;
  readonly state: PhoneMessageState;
}
