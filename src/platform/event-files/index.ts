/** The port to files of events in columns. */
export type {
  AnswerColumn,
  EventAnswer,
  EventColumn,
  EventColumnKind,
  EventFile,
  EventFiles,
  EventQuestion,
  EventRow,
  EventRows,
} from "./ports.ts";
