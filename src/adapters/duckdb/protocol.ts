/** What the process that has DuckDB is told, and what it answers. Structured clones over its IPC channel. */
import type { AnswerColumn, EventColumn, EventRows } from "../../platform/event-files/index.ts";

/** Rows for the next command. */
export interface RowsMessage {
  readonly op: "rows";
  readonly rows: EventRows;
}

/** Writes the rows that came before to a file, durably. */
export interface WriteCommand {
  readonly op: "write";
  readonly columns: readonly EventColumn[];
  readonly path: string;
}

/** Writes the rows of several files to one file, durably. */
export interface MergeCommand {
  readonly op: "merge";
  readonly sources: readonly string[];
  readonly path: string;
}

/** Answers a question about files and the rows that came before. */
export interface AskCommand {
  readonly op: "ask";
  readonly columns: readonly EventColumn[];
  readonly files: readonly string[];
  readonly sql: string;
  readonly maxRows: number;
  readonly maxOctets: number;
  readonly timeoutMs: number;
}

export type Command = WriteCommand | MergeCommand | AskCommand;

/** The answer to a command. There is one command at a time. */
export type Reply =
  | { readonly kind: "written"; readonly octets: number }
  | {
      readonly kind: "rows";
      readonly columns: readonly AnswerColumn[];
      readonly rowCount: number;
      readonly isCut: boolean;
      readonly rows: Uint8Array;
    }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "too-long" }
  | { readonly kind: "too-large" }
  /** The command could not be carried out. */
  | { readonly kind: "failed"; readonly reason: string };
