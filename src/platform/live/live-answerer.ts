import { assert } from "../../kernel/assert.ts";
import { AppError } from "../../kernel/errors.ts";
import type { SignedEndpoint } from "../fleet/index.ts";
import type { Clock, Logger } from "../ports.ts";
import { isCursor, readAsks, refusal, type LiveAsk, type LiveReply } from "./asks.ts";
import { liveErrors } from "./errors.ts";
import { ANSWER_BUDGET_MS, MAX_ANSWER_CHARACTERS, MAX_ANSWERS_CHARACTERS } from "./limits.ts";
import type { LiveSource } from "./source.ts";

/** Where cells are asked, below the prefix of signed calls. */
export const LIVE_PATH = "/live";
const MAX_BODY_OCTETS = 2 * 1_048_576;

export interface LiveAnswererOptions {
  readonly sources: readonly LiveSource[];
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly logger: Logger;
  /** Whether an account may act on another one, which is its subaccount. Absent: people see the things of their own account only. */
  readonly canAccess?: (mainSid: string, accountSid: string) => Promise<boolean>;
}

/** Asks the sources of a process, each for itself: one that fails, or takes long, takes nothing from the others. */
export class LiveAnswerer {
  /** Asked by edges several times a second while somebody looks. */
  readonly endpoint: SignedEndpoint;
  private readonly sources = new Map<string, LiveSource>();
  private readonly options: LiveAnswererOptions;

  constructor(options: LiveAnswererOptions) {
    this.options = options;
    for (const source of options.sources) {
      assert(!this.sources.has(source.topic), `two sources of the topic ${source.topic}`);
      this.sources.set(source.topic, source);
    }
    this.endpoint = {
      method: "POST",
      path: LIVE_PATH,
      maxBodyOctets: MAX_BODY_OCTETS,
      run: async ({ json }) => ({ answers: await this.answer(readAsks(json)) }),
    };
  }

  /** What can be watched here. */
  get topics(): readonly string[] {
    return [...this.sources.keys()];
  }

  /**
   * One reply to each question, in their order; at once where nobody looks at an account that is not his own. Never
   * throws or rejects. Works for 25 ms at most, and for as long as one source takes.
   */
  answer(asks: readonly LiveAsk[]): LiveReply[] | Promise<LiveReply[]> {
    const isForeign = (ask: LiveAsk): boolean => ask.accountSid !== ask.viewerSid && !ask.everything;
    const foreign = asks.filter(isForeign);
    if (foreign.length === 0) return this.answerAll(asks, new Map());
    return this.refuseForeign(foreign).then((refused) => this.answerAll(asks, refused));
  }

  /** Of questions about other accounts, those that may not be asked, and what is said to them. */
  private async refuseForeign(asks: readonly LiveAsk[]): Promise<Map<LiveAsk, LiveReply>> {
    const refused = new Map<LiveAsk, LiveReply>();
    const judge = async (ask: LiveAsk): Promise<void> => {
      const { viewerSid, accountSid } = ask;
      try {
        if ((await this.options.canAccess?.(viewerSid, accountSid)) === true) return;
        refused.set(ask, refusal(new AppError(liveErrors.accountForeign, { accountSid }), true));
      } catch {
        // Nobody can tell just now.
        refused.set(ask, refusal(liveErrors.sourceFailed, false));
      }
    };
    await Promise.all(asks.map(judge));
    return refused;
  }

  private answerAll(asks: readonly LiveAsk[], refused: ReadonlyMap<LiveAsk, LiveReply>): LiveReply[] {
    const { clock } = this.options;
    const endMs = clock.monotonicMs() + ANSWER_BUDGET_MS;
    let characters = 0;
    return asks.map((ask) => {
      if (characters >= MAX_ANSWERS_CHARACTERS || clock.monotonicMs() > endMs) return { later: true };
      const reply = refused.get(ask) ?? this.answerOne(ask);
      if ("items" in reply) characters += reply.items.length;
      return reply;
    });
  }

  private answerOne(ask: LiveAsk): LiveReply {
    const { topic, query, cursor, accountSid, everything, limit } = ask;
    const source = this.sources.get(topic);
    // Another cell, which is newer or older, may have it.
    if (source === undefined) return refusal(new AppError(liveErrors.topicUnknown, { topic }), false);
    try {
      const answer = source.ask({ query, cursor, scope: { accountSid, everything }, limit });
      const items = JSON.stringify(answer.items);
      const { length } = answer.items;
      assert(isCursor(answer.cursor), "the cursor is too long");
      assert(length <= limit && items.length <= MAX_ANSWER_CHARACTERS, `${length} items, ${items.length} characters`);
      return { cursor: answer.cursor, count: length, skipped: answer.skipped ?? 0, items };
    } catch (error) {
      if (error instanceof AppError && error.spec.fault === "caller") return refusal(error, true);
      const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
      this.options.logger.error("live.source-failed", { topic, name, message, stack });
      return refusal(liveErrors.sourceFailed, false);
    }
  }
}
