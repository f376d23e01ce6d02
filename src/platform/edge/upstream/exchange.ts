import type { Readable } from "node:stream";
import type { UpstreamFailure } from "./failure.ts";

/** A request as it goes over the wire. */
export interface UpstreamRequest {
  readonly method: string;
  /** The head, with the empty line at its end, as Latin-1 text. Says how long the body is. */
  readonly head: string;
  /** The body where it is known as a whole. */
  readonly body: Buffer | undefined;
  /** The body where it is still coming in. */
  readonly stream: Readable | undefined;
  /** Octets of `stream`; `undefined` for the chunked coding. */
  readonly streamOctets: number | undefined;
}

/** An answer as it is passed on. */
export interface UpstreamAnswer {
  readonly status: number;
  /** Names and values by turns, without those for this hop only, `Content-Length` and `Date`. */
  readonly fields: readonly string[];
  /** ASCII text, or octets, where the answer came in one piece; else a stream; `undefined` where there is none. */
  readonly body: string | Buffer | Readable | undefined;
  /** What `Content-Length` said, if it was there. */
  readonly announcedLength: number | undefined;
}

/** One request on its way, and who waits for its answer. Exactly one of the calls is made, once. */
export interface Exchange {
  readonly request: UpstreamRequest;
  /** When it is late: in line, and later for the head of its answer. On the monotonic clock. */
  deadlineMs: number;
  /** Whether it should not go over a connection that was idle, because such a one has just turned out to be dead. */
  readonly isFresh: boolean;
  answered(answer: UpstreamAnswer): void;
  failed(failure: UpstreamFailure): void;
}
