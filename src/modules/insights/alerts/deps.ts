import type { SeriesPiece } from "../../../protocols/sketches/index.ts";
import type { Cell } from "../../../platform/cell/index.ts";
import type { MailSender } from "../../../platform/mail/index.ts";
import type { Clock, Database, Logger } from "../../../platform/ports.ts";
import type { SeriesQuery, SeriesReader } from "../query.ts";
import type { AlertRuleBook } from "./alert-rule-book.ts";
import type { AlertState } from "./alert-state.ts";

/** A text that tells of an alert. */
export interface AlertText {
  /** Unique for ever. Whoever sends the same id twice sends one text. */
  readonly id: string;
  readonly accountSid: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
}

/** Sends texts from numbers of accounts. */
export interface AlertTexts {
  /** Whether this is a number of the account that can send texts; from memory. */
  canSendFrom(accountSid: string, from: string): boolean;
  /**
   * Resolves once the text is accepted as durably as any message, at once where one with this id was.
   * Rejects with an `AppError` whose `retry` says whether to try again.
   */
  send(text: AlertText): Promise<void>;
}

/** Reads a series of all accounts over all cells. `undefined` while a cell does not answer: then nothing is judged. */
export type ReadAll = (query: SeriesQuery) => Promise<SeriesPiece | undefined>;

/** What the operations of alerts work with. */
export interface AlertDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly cell: () => Cell;
  readonly mintSid: (prefix: string) => string;
  readonly isOperator: (accountSid: string) => boolean;
  readonly reader: SeriesReader;
  readonly readAll: ReadAll;
  readonly texts: AlertTexts | undefined;
  readonly mail: MailSender | undefined;
  /** Whether an account is at home in this cell. */
  readonly isAtHome: (accountSid: string) => boolean;
  readonly book: AlertRuleBook;
  readonly state: AlertState;
  /** Forgets how rules stand, durably where the log takes it; else the next round does. */
  readonly forget: (sids: readonly string[]) => Promise<void>;
}
