import { AssertionError } from "../../../kernel/assert.ts";
import type { BlobStore } from "../../../platform/ports.ts";
import { Fifo } from "../../../platform/queue/index.ts";
import { twimlErrors } from "../../../protocols/twiml/index.ts";
import type { MessagingDeps } from "../deps.ts";
import { isFinal, sentText, type Medium, type Message } from "../message.ts";
import type { MediaStored, MessageRejected } from "../records.ts";
import { mediumKey, mediumUrl, removeMediaContent } from "./media-content.ts";
import { bareType, refuseMedium } from "./media-limits.ts";

/** Messages whose media are fetched at the same time; each holds at most 5 MB twice. */
const MAX_AT_ONCE = 8;
/** After the store or the cell failed, the message is tried again this much later. */
const RETRY_MS = 5_000;

/** What came of asking for a URL: an answer with any status, or the public code and reason of a failure. */
export type FetchedUrl =
  | { readonly status: number; readonly contentType: string; readonly body: Uint8Array }
  | { readonly failed: number; readonly text: string };

/** Asks for a URL within bounds of time and size. Rejects only on a bug. */
export type FetchUrl = (url: string) => Promise<FetchedUrl>;

export interface MediaFetcherOptions {
  readonly deps: Pick<MessagingDeps, "cell" | "state" | "clock" | "logger" | "mintSid">;
  readonly blobs: BlobStore;
  readonly fetchUrl: FetchUrl;
  /** Where the API is reached from outside, for the links in texts. */
  readonly publicUrl: () => string;
}

/** A medium that was fetched and found good. */
interface Content extends Medium {
  readonly body: Uint8Array;
}

/**
 * Fetches and stores the media of messages, a few messages at a time, and commits that
 * they can be queued or that they are rejected. What it is given and has not finished
 * when the process ends is in the cell's state, and is given to it again after a restart.
 */
export class MediaFetcher {
  private readonly options: MediaFetcherOptions;
  private readonly waiting = new Fifo();
  /** SIDs that wait, are under way or are about to be tried again. */
  private readonly known = new Set<string>();
  private active = 0;
  private stopped = false;

  constructor(options: MediaFetcherOptions) {
    this.options = options;
  }

  /** Fetches the media of a message when its turn comes. Asked twice, it does it once. */
  fetch(message: Pick<Message, "sid">): void {
    if (this.known.has(message.sid)) return;
    this.known.add(message.sid);
    this.waiting.push(message.sid);
    this.next();
  }

  /** Stores and commits nothing any more. */
  close(): void {
    this.stopped = true;
  }

  private next(): void {
    while (this.active < MAX_AT_ONCE && !this.stopped) {
      const sid = this.waiting.shift();
      if (sid === undefined) return;
      this.active += 1;
      void this.work(sid);
    }
  }

  private async work(sid: string): Promise<void> {
    const message = this.waitingMessage(sid);
    const again = message === undefined ? false : await this.fetchAndStore(message);
    this.active -= 1;
    if (again) this.options.deps.clock.after(RETRY_MS, () => this.retry(sid));
    else this.known.delete(sid);
    this.next();
  }

  private retry(sid: string): void {
    this.waiting.push(sid);
    this.next();
  }

  /** The message, if its media are still wanted: it may be canceled, expired or deleted by now. */
  private waitingMessage(sid: string): Readonly<Message> | undefined {
    const message = this.options.deps.state.messages.get(sid);
    return message?.mediaUrls === undefined || isFinal(message.status) ? undefined : message;
  }

  /** Resolves to whether it has to be done again. */
  private async fetchAndStore(message: Readonly<Message>): Promise<boolean> {
    const { deps } = this.options;
    const { sid } = message;
    const fetched = await this.fetchAll(message);
    if (this.stopped || this.waitingMessage(sid) === undefined) return false;
    try {
      if ("failed" in fetched) {
        deps.logger.info("media.rejected", { sid, errorCode: fetched.failed, reason: fetched.text });
        const record: MessageRejected = { kind: "message.rejected", sid, errorCode: fetched.failed };
        await deps.cell.commit(record, "progress");
      } else {
        await this.store(message, fetched);
      }
      return false;
    } catch (error) {
      if (error instanceof AssertionError) throw error;
      deps.logger.warn("media.not-stored", { sid, reason: error instanceof Error ? error.message : String(error) });
      return true;
    }
  }

  /** One after the other, so that what is too much in all is noticed before more of it is fetched. */
  private async fetchAll(message: Readonly<Message>): Promise<readonly Content[] | { failed: number; text: string }> {
    const contents: Content[] = [];
    let octetsBefore = 0;
    for (const url of message.mediaUrls ?? []) {
      const answer = await this.options.fetchUrl(url);
      if ("failed" in answer) return answer;
      const { status, body } = answer;
      if (status < 200 || status > 299) {
        return { failed: twimlErrors.fetchFailed.code, text: `a medium's server answered with status ${status}` };
      }
      const contentType = bareType(answer.contentType);
      const refusal = refuseMedium({ contentType, octets: body.length }, octetsBefore);
      if (refusal !== undefined) return { failed: refusal, text: `${body.length} octets of “${contentType}”` };
      octetsBefore += body.length;
      contents.push({ sid: this.options.deps.mintSid("ME"), contentType, octets: body.length, body });
    }
    return contents;
  }

  private async store(message: Readonly<Message>, contents: readonly Content[]): Promise<void> {
    const { deps, blobs, publicUrl } = this.options;
    const media = contents.map(({ sid, contentType, octets }): Medium => ({ sid, contentType, octets }));
    const owner = { accountSid: message.accountSid, sid: message.sid, media };
    try {
      for (const { sid, contentType, body } of contents) await blobs.put(mediumKey(message, sid), body, contentType);
      const links = media.map((medium) => mediumUrl(publicUrl(), message, medium.sid));
      const text = sentText(message);
      const record: MediaStored = {
        kind: "message.media-stored",
        sid: message.sid,
        media,
        sentText: [...(text === "" ? [] : [text]), ...links].join("\n"),
      };
      // Canceled while it was stored: nothing would ever refer to what was stored.
      if (this.waitingMessage(message.sid) === undefined) await removeMediaContent(blobs, owner);
      else await deps.cell.commit(record, "progress");
    } catch (error) {
      // The next try mints new SIDs. That this fails too matters less than why.
      await removeMediaContent(blobs, owner).catch(() => undefined);
      throw error;
    }
  }
}
