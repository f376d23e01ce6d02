import { sliceRecords } from "./cursor.ts";
import type { Cursor } from "./cursor.ts";
import type { FollowListener, LogRecord, Offset, Subscription } from "./types.ts";

/** Octets of a commit that are handed to waiting followers from memory; a larger one is read from the file. */
export const MAX_SHARED_OCTETS = 1024 * 1024;

/** Octets of one commit, copied once for all followers that wait for it. */
export interface SharedCommit {
  readonly base: Offset;
  readonly frames: Buffer;
}

/** Brings one listener forward from an offset: from the files while behind, from memory when caught up. */
export class Follower implements Subscription {
  private readonly cursor: Cursor;
  private readonly listener: FollowListener;
  private readonly durableEnd: () => Offset;
  private readonly running: Promise<void>;
  private wakeUp: (() => void) | undefined;
  private shared: SharedCommit | undefined;
  private handled: Offset;
  private closing = false;

  constructor(
    cursor: Cursor,
    listener: FollowListener,
    log: { durableEnd: () => Offset; ended: (self: Follower) => void },
  ) {
    this.cursor = cursor;
    this.listener = listener;
    this.durableEnd = log.durableEnd;
    this.handled = cursor.position;
    this.running = this.run().finally(() => log.ended(this));
  }

  get position(): Offset {
    return this.handled;
  }

  /** True if it has handled everything before `base` and waits, so that a commit at `base` can be shared with it. */
  waitsAt(base: Offset): boolean {
    return this.wakeUp !== undefined && this.cursor.position === base;
  }

  /** Says that the durable end has moved; `commit` is what moved it, if this follower was waiting right there. */
  wake(commit?: SharedCommit): void {
    const wakeUp = this.wakeUp;
    if (wakeUp === undefined) return;
    this.shared = commit;
    this.wakeUp = undefined;
    wakeUp();
  }

  async close(): Promise<void> {
    this.closing = true;
    this.wake();
    await this.running;
  }

  private async run(): Promise<void> {
    try {
      // Not within the call that began it: the caller must have the subscription first.
      await Promise.resolve();
      while (!this.closing) {
        const records = await this.take();
        if (records === undefined) {
          await this.wait();
          continue;
        }
        if (this.closing) return;
        await this.listener.onRecords(records);
        this.handled = (records.at(-1) as LogRecord).next;
      }
    } catch (error) {
      if (!this.closing) this.listener.onError(error instanceof Error ? error : new Error(String(error)));
    } finally {
      await this.cursor.close();
    }
  }

  private async take(): Promise<LogRecord[] | undefined> {
    const shared = this.shared;
    this.shared = undefined;
    if (shared !== undefined && shared.base === this.cursor.position) {
      this.cursor.position = shared.base + shared.frames.length;
      return sliceRecords(shared.frames, shared.base);
    }
    return this.cursor.next(this.durableEnd());
  }

  private async wait(): Promise<void> {
    if (this.closing || this.cursor.position < this.durableEnd()) return;
    await new Promise<void>((resolve) => {
      this.wakeUp = resolve;
    });
  }
}
