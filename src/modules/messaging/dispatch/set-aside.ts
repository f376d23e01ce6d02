import type { Cell, CellRecord } from "../../../platform/cell/index.ts";
import type { Clock } from "../../../platform/ports.ts";
import { Reports } from "../../../platform/queue/index.ts";
import type { Message } from "../message.ts";
import type { Hold, MessageRejected, MessagesHeld } from "../records.ts";

const RETRY_MS = 500;

export interface SetAsideOptions {
  readonly clock: Clock;
  readonly cell: () => Cell;
  /** Looks at a message again later, in memory. */
  readonly later: (message: Readonly<Message>, atMs: number) => void;
}

/** Messages that were at the head of their queue and do not go: they wait for a time, or have failed. */
export class SetAside {
  private readonly options: SetAsideOptions;
  private readonly holds: Reports<Hold>;
  private readonly refusals: Reports<MessageRejected>;

  constructor(options: SetAsideOptions) {
    const { clock, cell } = options;
    this.options = options;
    const commit = (records: readonly CellRecord[], done: (durable: boolean) => void): void =>
      cell().commitAllThen(records, "progress", (error) => done(error === undefined));
    this.holds = new Reports({
      clock,
      retryMs: RETRY_MS,
      commit: (_group, holds, done) => {
        const record: MessagesHeld = { kind: "message.held", holds };
        commit([record], done);
      },
    });
    this.refusals = new Reports({ clock, retryMs: RETRY_MS, commit: (_group, records, done) => commit(records, done) });
  }

  /** The message waits until then. What was attempted waits in memory, where all is that it needs. */
  hold(message: Readonly<Message>, untilMs: number, options: { readonly usesValidity?: true } = {}): void {
    if (message.tries !== undefined || message.status !== "queued") return this.options.later(message, untilMs);
    this.holds.add("all", { sid: message.sid, untilMs, ...options });
  }

  /** The message has failed. */
  refuse({ sid }: Readonly<Message>, errorCode: number): void {
    this.refusals.add("all", { kind: "message.rejected", sid, errorCode });
  }

  async drained(): Promise<void> {
    await this.holds.drained();
    await this.refusals.drained();
  }
}
