import type { Message } from "./message.ts";

/**
 * What the module's reducers set in motion once a record stands. The dispatcher
 * implements it; nothing here runs while the log is replayed.
 */
export interface MessageEffects {
  /** The message can be routed and queued now. */
  ready(message: Readonly<Message>): void;
  fetchMedia(message: Readonly<Message>): void;
  /** The attempts are journalled: hand the parts to the carrier. */
  submit(carrier: string, begun: readonly { message: Readonly<Message>; parts: readonly number[] }[]): void;
  retry(sid: string, atMs: number): void;
}
