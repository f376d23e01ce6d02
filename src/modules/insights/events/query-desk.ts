import { AppError } from "../../../kernel/errors.ts";
import type { EventAnswer, EventFiles } from "../../../platform/event-files/index.ts";
import type { Logger } from "../../../platform/ports.ts";
import { eventErrors } from "./errors.ts";
import type { EventKeeper } from "./event-keeper.ts";

/** What one query may have. */
export const MAX_QUERY_ROWS = 10_000;
export const MAX_QUERY_OCTETS = 4 * 1024 * 1024;
export const MAX_QUERY_MS = 10_000;
/** Queries that wait while one is answered. */
const MAX_WAITING = 4;

/** What the desk works with. */
export interface DeskOptions {
  readonly files: EventFiles;
  readonly keeper: EventKeeper;
  readonly logger: Logger;
}

/** An answer with rows. */
export type QueryRows = Extract<EventAnswer, { kind: "rows" }>;

/** Answers queries one after the other. */
export class QueryDesk {
  private readonly options: DeskOptions;
  private open = 0;

  constructor(options: DeskOptions) {
    this.options = options;
  }

  /** Rejects with an `AppError` where there are no rows. */
  async ask(sql: string): Promise<QueryRows> {
    if (this.open > MAX_WAITING) throw new AppError(eventErrors.tooManyQueries);
    this.open += 1;
    try {
      const answer = await this.options.keeper.read((files, recent) =>
        this.options.files.ask({
          sql,
          files,
          recent,
          maxRows: MAX_QUERY_ROWS,
          maxOctets: MAX_QUERY_OCTETS,
          timeoutMs: MAX_QUERY_MS,
        }),
      );
      if (answer === undefined) throw new AppError(eventErrors.notReady);
      return this.rowsOf(answer);
    } finally {
      this.open -= 1;
    }
  }

  private rowsOf(answer: EventAnswer): QueryRows {
    switch (answer.kind) {
      case "rows":
        return answer;
      case "refused":
        throw new AppError(eventErrors.queryRefused, { reason: answer.reason });
      case "too-long":
        throw new AppError(eventErrors.queryTooLong, { seconds: MAX_QUERY_MS / 1_000 });
      case "too-large":
        throw new AppError(eventErrors.queryTooLarge);
      case "broken":
        this.options.logger.error("insights.query-broken", { reason: answer.reason });
        throw new AppError(eventErrors.notReady, {}, { internal: answer.reason });
    }
  }
}
