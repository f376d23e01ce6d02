/** The Logger port over a line sink. */
import type { Clock, LogFields, Logger, Timer } from "../ports.ts";
import type { LineFormat, LogLevel, LogRecord, SafeFields } from "./format-line.ts";
import { formatJson, LEVEL_RANK } from "./format-line.ts";
import type { LineSink } from "./line-writer.ts";
import { safeFields } from "./redact-fields.ts";
import type { HeldBack, RepeatRule } from "./repeats.ts";
import { DEFAULT_REPEAT_RULE, Repeats } from "./repeats.ts";

/** What a logger is made from. */
export interface LoggerOptions {
  readonly sink: LineSink;
  readonly clock: Clock;
  /** Lines below it cost one comparison. */
  readonly level: LogLevel;
  /** JSON unless given. */
  readonly format?: LineFormat;
  /** Longer lines lose fields, largest last, and say `truncated`. 8,192 unless given. */
  readonly maxLineLength?: number;
  readonly repeat?: RepeatRule;
}

const MAX_LINE_LENGTH = 8192;
const MAX_EVENT_LENGTH = 80;

/** What time, level and the longest event take, every character of it escaped. */
const LINE_OVERHEAD = 640;

/** A logger that can be told to let go of everything that it holds back. */
export interface RootLogger extends Logger {
  /** Writes what was held back and resolves when the sink has handed everything over. */
  flush(): Promise<void>;
}

/**
 * Makes the root logger. Its lines, and those of its children, are bounded in
 * length; secrets are hidden by field name and in URLs; and repeats are held back:
 *
 * - `warn` and `error`: of one event with the same `child` fields, `burst` lines
 *   pass in a window, whatever their own fields say.
 * - `debug` and `info`: only lines that are the same in every field count as one.
 *
 * At the end of the window the last of them is written with `repeated`.
 */
export function createLogger(options: LoggerOptions): RootLogger {
  const core = new LogCore(options);
  const root = new BoundLogger(core, {}, "");
  return Object.assign(root, { flush: () => core.flush() });
}

/** The fields of a log line about something thrown: its name, message, stack and, of an AppError, code and internal text. */
export function errorFields(thrown: unknown): LogFields {
  if (!(thrown instanceof Error)) return { error: String(thrown) };
  const { code, internal } = thrown as { code?: unknown; internal?: unknown };
  return {
    error: `${thrown.name}: ${thrown.message}`,
    errorCode: typeof code === "string" || typeof code === "number" ? code : undefined,
    internal: typeof internal === "string" ? internal : undefined,
    cause: thrown.cause instanceof Error ? `${thrown.cause.name}: ${thrown.cause.message}` : undefined,
    stack: thrown.stack?.split("\n").slice(1, 9).join("\n"),
  };
}

class BoundLogger implements Logger {
  private readonly core: LogCore;
  private readonly bound: SafeFields;
  private readonly boundKey: string;

  constructor(core: LogCore, bound: SafeFields, boundKey: string) {
    this.core = core;
    this.bound = bound;
    this.boundKey = boundKey;
  }

  debug(event: string, fields?: LogFields): void {
    this.log("debug", event, fields);
  }

  info(event: string, fields?: LogFields): void {
    this.log("info", event, fields);
  }

  warn(event: string, fields?: LogFields): void {
    this.log("warn", event, fields);
  }

  error(event: string, fields?: LogFields): void {
    this.log("error", event, fields);
  }

  child(fields: LogFields): Logger {
    const bound = { ...this.bound, ...this.core.safe(fields) };
    return new BoundLogger(this.core, bound, JSON.stringify(bound));
  }

  private log(level: LogLevel, event: string, fields: LogFields | undefined): void {
    if (!this.core.isWritten(level)) return;
    const own = fields === undefined ? {} : this.core.safe(fields);
    const key = LEVEL_RANK[level] >= LEVEL_RANK.warn ? this.boundKey : `${this.boundKey}${JSON.stringify(own)}`;
    this.core.log(`${level} ${event} ${key}`, level, event, { ...this.bound, ...own });
  }
}

class LogCore {
  private readonly sink: LineSink;
  private readonly clock: Clock;
  private readonly minRank: number;
  private readonly format: LineFormat;
  private readonly maxLineLength: number;
  private readonly rule: RepeatRule;
  private readonly repeats: Repeats<LogRecord>;
  private timer: Timer | undefined;

  constructor(options: LoggerOptions) {
    this.sink = options.sink;
    this.clock = options.clock;
    this.minRank = LEVEL_RANK[options.level];
    this.format = options.format ?? formatJson;
    this.maxLineLength = options.maxLineLength ?? MAX_LINE_LENGTH;
    this.rule = options.repeat ?? DEFAULT_REPEAT_RULE;
    this.repeats = new Repeats(this.rule);
  }

  isWritten(level: LogLevel): boolean {
    return LEVEL_RANK[level] >= this.minRank;
  }

  safe(fields: LogFields): SafeFields {
    return safeFields(fields, Math.floor(this.maxLineLength / 4));
  }

  log(key: string, level: LogLevel, event: string, fields: SafeFields): void {
    const timeMs = this.clock.nowMs();
    const record: LogRecord = { timeMs, level, event: event.slice(0, MAX_EVENT_LENGTH), fields };
    const { pass, ended } = this.repeats.admit(key, record, timeMs);
    for (const held of ended) this.writeHeld(held, timeMs);
    if (pass) this.write(record);
    else this.timer ??= this.clock.after(this.rule.windowMs, () => this.endWindows());
  }

  flush(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
    const now = this.clock.nowMs();
    for (const held of this.repeats.takeAll()) this.writeHeld(held, now);
    return this.sink.flush();
  }

  private endWindows(): void {
    this.timer = undefined;
    const now = this.clock.nowMs();
    for (const held of this.repeats.takeEnded(now)) this.writeHeld(held, now);
    if (this.repeats.isHolding) this.timer = this.clock.after(this.rule.windowMs, () => this.endWindows());
  }

  private writeHeld({ last, count }: HeldBack<LogRecord>, timeMs: number): void {
    this.write({ ...last, timeMs, fields: { ...last.fields, repeated: count } });
  }

  private write(record: LogRecord): void {
    let line = this.format(record);
    if (line.length > this.maxLineLength) {
      line = this.format({ ...record, fields: fitFields(record.fields, this.maxLineLength - LINE_OVERHEAD) });
      // Never needed for JSON; a format that escapes more than JSON does may still be over.
      line = line.slice(0, this.maxLineLength);
    }
    this.sink.write(line);
  }
}

/** Keeps the shortest fields, as many as fit into `maxLength` characters of JSON. */
function fitFields(fields: SafeFields, maxLength: number): SafeFields {
  const kept: Record<string, string | number | boolean | null> = { truncated: true };
  let room = maxLength;
  const bySize = Object.entries(fields).toSorted(([, a], [, b]) => String(a).length - String(b).length);
  for (const [name, value] of bySize) {
    room -= JSON.stringify([name, value]).length;
    if (room < 0) break;
    kept[name] = value;
  }
  return kept;
}
