/**
 * Where events are kept in columns, for questions that nobody thought of before. An adapter knows
 * the technology; whoever writes knows the columns.
 */

/** What a column holds. A `moment` is given in epoch milliseconds and asked for as a timestamp in UTC. */
export type EventColumnKind = "text" | "integer" | "bigint" | "moment";

/** One column of a table of events. */
export interface EventColumn {
  /** Letters and underscores: it stands in SQL as it is. */
  readonly name: string;
  readonly kind: EventColumnKind;
}

/** One event: a value for each column, in their order. `null` where there is none. */
export type EventRow = readonly (string | number | null)[];

/** Events as octets: of each a JSON array ({@link EventRow}) on a line of its own, in UTF-8. Empty for none. */
export type EventRows = Uint8Array;

/** A file of events: the pages `from` to `to` of one stretch of time. */
export interface EventFile {
  /** The start of the stretch of time, in epoch milliseconds, a whole second. */
  readonly startMs: number;
  readonly from: number;
  /** The last page that is in it. */
  readonly to: number;
  readonly octets: number;
}

/** A question in SQL. */
export interface EventQuestion {
  readonly sql: string;
  readonly files: readonly EventFile[];
  /** Rows that are in no file yet. */
  readonly recent: readonly EventRows[];
  readonly maxRows: number;
  /** The most octets of `rows`. */
  readonly maxOctets: number;
  readonly timeoutMs: number;
}

/** A column of an answer. */
export interface AnswerColumn {
  readonly name: string;
  /** As SQL names it: `VARCHAR`, `BIGINT`, `TIMESTAMP` … */
  readonly type: string;
}

/** What became of a question. */
export type EventAnswer =
  | {
      readonly kind: "rows";
      readonly columns: readonly AnswerColumn[];
      readonly rowCount: number;
      /** True where there were more rows than were asked for, or than fitted. */
      readonly isCut: boolean;
      /** JSON: an array of arrays. Numbers that JSON cannot hold exactly are texts, and so are moments. */
      readonly rows: Uint8Array;
      readonly tookMs: number;
    }
  /** The question is wrong, or asks for what is not allowed. */
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "too-long" }
  | { readonly kind: "too-large" }
  /** Nobody is there to answer it. */
  | { readonly kind: "broken"; readonly reason: string };

/**
 * Files of events in one folder, and questions about them. Nothing of it takes long on the
 * caller's thread. A file is there whole or not at all, whatever breaks.
 */
export interface EventFiles {
  /** All files that are there. What was half written is removed. */
  list(): Promise<EventFile[]>;
  /** Makes a file durable, in place of one of the same name. Rejects where it cannot be written; then it is not there, or as before. */
  write(file: Omit<EventFile, "octets">, pages: readonly EventRows[]): Promise<EventFile>;
  /** Makes one durable file of several of one stretch of time, which stay. Rejects as {@link write} does. */
  merge(files: readonly EventFile[]): Promise<EventFile>;
  /** Removes files. Those that are gone already count as removed. */
  remove(files: readonly EventFile[]): Promise<void>;
  /** Keeps files out of all lists from now on, under another name. */
  setAside(files: readonly EventFile[]): Promise<void>;
  /** Answers a question from the table `messages`, with nothing else within its reach. One at a time. Never rejects. */
  ask(question: EventQuestion): Promise<EventAnswer>;
  /** Ends what runs. */
  close(): Promise<void>;
}
