/** Structured logging: bounded lines, bounded buffers, held-back repeats, no secrets. */
export type { LineFormat, LogLevel, LogRecord } from "./format-line.ts";
export { formatJson, formatPretty } from "./format-line.ts";
export type { LineSink } from "./line-writer.ts";
export { createLineWriter } from "./line-writer.ts";
export type { LoggerOptions, RootLogger } from "./logger.ts";
export { createLogger, errorFields } from "./logger.ts";
export type { RepeatRule } from "./repeats.ts";
