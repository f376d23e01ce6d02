import type { Message } from "./message.ts";

/**
 * What the module's reducers set in motion once a record stands. The dispatcher
 * implements it; nothing here runs while the log is replayed.
 */
export interface MessageEffects {
  /** The message is new, and goes to the end of its queue. */
  accepted(message: Readonly<Message>): void;
  /** The message waits for its time, in memory or in the database. */
  waits(message: Readonly<Message>): void;
  /** The message can be routed and queued now. */
  ready(message: Readonly<Message>): void;
  fetchMedia(message: Readonly<Message>): void;
  /** The attempts are journalled: hand the parts to the carrier. */
  submit(carrier: string, begun: readonly { message: Readonly<Message>; parts: readonly number[] }[]): void;
  retry(message: Readonly<Message>, atMs: number): void;
  /** A final receipt was entered. */
  receiptEntered(receipt: {
    readonly carrier: string;
    readonly to: string;
    readonly delivered: boolean;
    readonly latencyMs: number;
  }): void;
  /** No carrier has anything to say of the message any more but its receipts: the next of its conversation may go. */
  handedOver(message: Readonly<Message>): void;
}
