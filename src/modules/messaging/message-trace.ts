import type { ApplyContext, Machine } from "../../platform/cell/index.ts";
import type { MessageChanged } from "../../platform/insight/index.ts";
import { RecentRing } from "../../platform/live/index.ts";
import type { Quote } from "../pricing/index.ts";
import type { Receipt, SubmitOutcome } from "./records.ts";

/** What happened to a message beside its changes of status. Texts are not among it. */
export type TraceEvent =
  | { readonly kind: "changed"; readonly change: MessageChanged }
  /** A request of the API made it. */
  | { readonly kind: "requested"; readonly requestId: string }
  | AcceptedEvent
  /** It waits for a time: a schedule, quiet hours, a daily limit. */
  | { readonly kind: "waits"; readonly untilMs: number }
  | { readonly kind: "released"; readonly quote: Quote | undefined; readonly heldMicros: number | undefined }
  | { readonly kind: "parked" | "unparked" | "replaced" | "resent" | "redacted" }
  | { readonly kind: "media-stored"; readonly count: number }
  | {
      readonly kind: "answered";
      readonly carrier: string;
      readonly part: number;
      readonly attempt: number | undefined;
      readonly outcome: SubmitOutcome;
    }
  /** It goes again at a time, after a refusal. */
  | { readonly kind: "retries"; readonly atMs: number }
  | ReceiptEvent
  /** A part of a long text came. */
  | { readonly kind: "part"; readonly carrier: string; readonly sequence: number; readonly total: number }
  | ArrivedEvent;

/** How it was accepted. */
export interface AcceptedEvent {
  readonly kind: "accepted";
  readonly quote: Quote | undefined;
  readonly heldMicros: number | undefined;
  readonly isPoolChoice: boolean;
  /** The rule that refused or held it. */
  readonly rule: string | undefined;
  readonly failsWith: number | undefined;
  readonly links: number;
}

/** A receipt came, and this was made of it. */
export interface ReceiptEvent {
  readonly kind: "receipt";
  readonly carrier: string;
  readonly receipt: Receipt;
  /**
   * `applied` to the part that has its id; `early`, before the answer that names it; `adopted` by an attempt whose
   * answer never came; `progress`, no final state; `duplicate` of one that was applied; `unmatched`, given up.
   */
  readonly use: "applied" | "early" | "adopted" | "progress" | "duplicate" | "unmatched";
}

/** A text is complete. */
export interface ArrivedEvent {
  readonly kind: "arrived";
  readonly carrier: string;
  readonly keyword: string | undefined;
  /** It reads like a request to stop, in words of its own. */
  readonly isRevocation: boolean;
  readonly replySid: string | undefined;
  readonly toBind: boolean;
  readonly hasWebhook: boolean;
}

/** Something that happened, and when. */
export interface Traced {
  /** Absent for a receipt that no message was found for when it came. */
  readonly sid: string | undefined;
  readonly atMs: number;
  readonly event: TraceEvent;
}

/** A change of status, and when. */
export interface TracedChange {
  readonly atMs: number;
  readonly change: MessageChanged;
}

/** Events of one message: nine or ten for one that is delivered. */
const EVENTS_OF_ONE = 10;
/** Entries of one message that are shown. */
const MAX_OF_ONE = 500;
/** Messages a second whose story is kept. Whatever is kept for long costs the garbage collector several times what making it does. */
const STORIES_PER_SECOND = 100;
/** Changes that those who watch can be told of, where they ask four times a second. Few, so that most die young. */
const WATCHED_CHANGES = 2_000;
const SECOND_MS = 1_000;

/**
 * What happened to the last messages of a cell, in memory, to be looked at. Of each second the first
 * {@link STORIES_PER_SECOND} messages are followed from beginning to end, the others not at all: a story is
 * kept whole or not. Filled by effects, so a replay adds nothing; empty after a start.
 */
export class MessageTrace {
  /** The last changes of all messages, for the live list. */
  readonly changes: RecentRing<TracedChange>;
  private readonly events: RecentRing<Traced>;
  /** The messages that are followed, in the order in which they began. */
  private readonly followed = new Set<string>();
  private readonly order: string[] = [];
  private readonly capacity: number;
  private began = 0;
  private second = -1;
  private inSecond = 0;
  private readonly forgetters: ((sid: string) => void)[] = [];

  /** Keeps what happens to about so many messages. */
  constructor(capacity: number) {
    this.capacity = capacity;
    this.changes = new RecentRing({ capacity: Math.min(capacity, WATCHED_CHANGES) });
    this.events = new RecentRing({ capacity: capacity * EVENTS_OF_ONE });
  }

  /** Something happens to a message. For reducers. */
  note(context: Pick<ApplyContext, "atMs" | "effect">, sid: string | undefined, event: TraceEvent): void {
    const { atMs } = context;
    context.effect(() => this.add(sid, atMs, event));
  }

  /** The same, outside of reducers. */
  add(sid: string | undefined, atMs: number, event: TraceEvent): void {
    const begins = event.kind === "accepted" || event.kind === "arrived" || event.kind === "part" || sid === undefined;
    if (sid !== undefined && this.followed.has(sid)) this.events.add(undefined, { sid, atMs, event });
    else if (begins && this.hasRoom(atMs)) {
      if (sid !== undefined) this.follow(sid);
      this.events.add(undefined, { sid, atMs, event });
    }
  }

  private hasRoom(atMs: number): boolean {
    const second = Math.floor(atMs / SECOND_MS);
    if (second !== this.second) {
      this.second = second;
      this.inSecond = 0;
    }
    this.inSecond += 1;
    return this.inSecond <= STORIES_PER_SECOND;
  }

  private follow(sid: string): void {
    const at = this.began % this.capacity;
    const oldest = this.order[at];
    if (oldest !== undefined) this.followed.delete(oldest);
    this.order[at] = sid;
    this.followed.add(sid);
    this.began += 1;
  }

  /** The text of a message is gone, here and wherever it was written down to be looked at. For effects. */
  redacted(sid: string, atMs: number): void {
    this.add(sid, atMs, { kind: "redacted" });
    for (const forget of this.forgetters) forget(sid);
  }

  /** Is told of each message whose text must not be shown any more. */
  onRedacted(forget: (sid: string) => void): void {
    this.forgetters.push(forget);
  }

  /** Listens to changes of status. */
  machine(): Machine {
    return {
      name: "message-trace",
      tables: [],
      reducers: {},
      listeners: {
        "message.changed": (change: MessageChanged, context) => {
          const { atMs } = context;
          context.effect(() => {
            this.changes.add(change.accountSid, { atMs, change });
            if (this.followed.has(change.sid))
              this.events.add(undefined, { sid: change.sid, atMs, event: { kind: "changed", change } });
          });
        },
      },
    };
  }

  /** What is kept of a message, in the order in which it happened; receipts by the carriers' ids of its parts, too. */
  of(sid: string, carrierIds: ReadonlySet<string>): { events: Traced[]; changes: TracedChange[] } {
    const all = collect(this.events, (one) => {
      if (one.sid !== undefined) return one.sid === sid;
      return one.event.kind === "receipt" && carrierIds.has(`${one.event.carrier}|${one.event.receipt.id}`);
    });
    const changes = all.flatMap(({ atMs, event }) =>
      event.kind === "changed" ? [{ atMs, change: event.change }] : [],
    );
    return { events: all.filter(({ event }) => event.kind !== "changed"), changes };
  }
}

/** The newest that fit, the oldest of them first. */
function collect<T>(ring: RecentRing<T>, matches: (item: T) => boolean): T[] {
  const found: T[] = [];
  ring.findNewest((item) => {
    if (matches(item)) found.push(item);
    return found.length >= MAX_OF_ONE;
  });
  return found.reverse();
}
