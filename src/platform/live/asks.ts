import { AppError, type ErrorSpec } from "../../kernel/errors.ts";
import { isSid } from "../../kernel/ids.ts";
import { liveErrors } from "./errors.ts";
import { MAX_CURSOR_CHARACTERS, MAX_ITEMS, MAX_QUESTIONS } from "./limits.ts";

/** One question on its way to a cell. */
export interface LiveAsk {
  readonly topic: string;
  readonly query: unknown;
  readonly cursor: string | undefined;
  /** The account that is looked at. */
  readonly accountSid: string;
  /** The account of the one who looks: the same, or the main account of it, which the cell checks. */
  readonly viewerSid: string;
  readonly everything: boolean;
  readonly limit: number;
}

/**
 * What a cell says to one question: what is new; that it has had no time for it (`later`); or why not.
 * Items are JSON text already, because the hub only passes them on.
 */
export type LiveReply =
  | { readonly cursor: string; readonly count: number; readonly skipped: number; readonly items: string }
  | { readonly later: true }
  | LiveRefusal;

/** Why a question has no answer. `isFinal` where it will never have one, because it makes no sense or may not be asked. */
export interface LiveRefusal {
  readonly error: { readonly code: number; readonly message: string };
  readonly isFinal: boolean;
}

/** A refusal as it goes to the browser. */
export function refusal(thrown: AppError | ErrorSpec, isFinal: boolean): LiveRefusal {
  const { code, message } = thrown;
  return { error: { code, message }, isFinal };
}

/** Reads the questions of another process. Throws an `AppError` for what are none. */
export function readAsks(json: unknown): readonly LiveAsk[] {
  const questions = isObject(json) ? json["questions"] : undefined;
  if (!Array.isArray(questions) || questions.length > MAX_QUESTIONS) throw invalid("questions");
  return questions.map(readAsk);
}

function readAsk(value: unknown): LiveAsk {
  if (!isObject(value)) throw invalid("a question");
  const { topic, query, cursor, accountSid, viewerSid, everything, limit } = value;
  if (typeof topic !== "string" || topic.length > 40) throw invalid("topic");
  if (cursor !== undefined && !isCursor(cursor)) throw invalid("cursor");
  if (typeof accountSid !== "string" || !isSid(accountSid, "AC")) throw invalid("accountSid");
  if (typeof viewerSid !== "string" || !isSid(viewerSid, "AC")) throw invalid("viewerSid");
  if (typeof limit !== "number" || !(limit >= 0)) throw invalid("limit");
  const bound = Math.min(Math.floor(limit), MAX_ITEMS);
  return { topic, query, cursor, accountSid, viewerSid, everything: everything === true, limit: bound };
}

/** Reads what a cell answered to `count` questions. Throws where it is no such thing. */
export function readReplies(json: unknown, count: number): readonly LiveReply[] {
  const answers = isObject(json) ? json["answers"] : undefined;
  if (!Array.isArray(answers) || answers.length !== count)
    throw new Error("the cell's answer is none to the questions");
  for (const answer of answers) {
    if (!isReply(answer)) throw new Error("the cell's answer is not understood");
  }
  return answers as readonly LiveReply[];
}

function isReply(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { cursor, count, skipped, items, later, error, isFinal } = value;
  if (later === true) return true;
  if (isObject(error)) {
    return typeof error["code"] === "number" && typeof error["message"] === "string" && typeof isFinal === "boolean";
  }
  return isCursor(cursor) && typeof count === "number" && typeof skipped === "number" && typeof items === "string";
}

/** Whether a value may be a cursor. */
export function isCursor(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_CURSOR_CHARACTERS;
}

/** Whether JSON is an object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(what: string): AppError {
  return new AppError(liveErrors.frameInvalid, { reason: `${what} is not as it should be` });
}
