import { AppError } from "../../kernel/errors.ts";
import { isSid } from "../../kernel/ids.ts";
import { isObject } from "./asks.ts";
import { liveErrors } from "./errors.ts";
import { MAX_DEPTH, MAX_ID_CHARACTERS, MAX_RATE_MS, TICK_MS } from "./limits.ts";

/** That a browser wants to watch something. */
export interface SubscribeFrame {
  readonly kind: "subscribe";
  /** The browser's name for it, on this socket. */
  readonly id: string;
  readonly topic: string;
  readonly query: unknown;
  /** The query as JSON. */
  readonly queryText: string;
  /** All accounts, for people of the operator's. */
  readonly all: boolean;
  /** A subaccount; the account of the session unless named. */
  readonly accountSid: string | undefined;
  /** How often there is something new at most. */
  readonly rateMs: number;
}

/** What a browser says. */
export type ClientFrame =
  | SubscribeFrame
  | { readonly kind: "unsubscribe"; readonly id: string }
  | { readonly kind: "pong" };

/** A frame that makes no sense: why, and of which subscription it speaks, where it says so. */
export class FrameError extends AppError {
  readonly id: string | undefined;

  constructor(reason: string, id?: string) {
    super(liveErrors.frameInvalid, { reason });
    this.id = id;
  }
}

/** Reads what a browser sent. Throws {@link FrameError}. Takes time in proportion to the text. */
export function readFrame(text: string): ClientFrame {
  if (depthOf(text) > MAX_DEPTH) throw new FrameError(`it is nested more than ${MAX_DEPTH} deep`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new FrameError("it is no JSON");
  }
  if (!isObject(json)) throw new FrameError("it is no object");
  const { subscribe, unsubscribe, pong } = json;
  if (isObject(subscribe)) return readSubscribe(subscribe);
  if (unsubscribe !== undefined) return { kind: "unsubscribe", id: readId(unsubscribe) };
  if (pong !== undefined) return { kind: "pong" };
  throw new FrameError("it says neither subscribe nor unsubscribe");
}

function readSubscribe(frame: Record<string, unknown>): SubscribeFrame {
  const id = readId(frame["id"]);
  const { topic, query = null, all = false, account, rateMs = TICK_MS } = frame;
  if (typeof topic !== "string" || !/^[a-z][a-z-]{0,39}$/.test(topic)) throw new FrameError("topic is no topic", id);
  if (typeof all !== "boolean") throw new FrameError("all is neither true nor false", id);
  if (account !== undefined && (typeof account !== "string" || !isSid(account, "AC"))) {
    throw new FrameError("account is no SID of an account", id);
  }
  if (typeof rateMs !== "number" || !(rateMs >= TICK_MS && rateMs <= MAX_RATE_MS)) {
    throw new FrameError(`rateMs is no number from ${TICK_MS} to ${MAX_RATE_MS}`, id);
  }
  const queryText = JSON.stringify(query);
  const rate = Math.ceil(rateMs / TICK_MS) * TICK_MS;
  return { kind: "subscribe", id, topic, query, queryText, all, accountSid: account, rateMs: rate };
}

function readId(value: unknown): string {
  if (typeof value === "string" && value.length >= 1 && value.length <= MAX_ID_CHARACTERS) return value;
  throw new FrameError(`id is no text of 1 to ${MAX_ID_CHARACTERS} characters`);
}

const BACKSLASH = 0x5c;
const QUOTE = 0x22;

/** How deep JSON is nested, counted before it is parsed. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let isText = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isText) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) isText = false;
    } else if (code === QUOTE) isText = true;
    else if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, (depth += 1));
    else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return deepest;
}

/** `{"id", "from", "items", "skipped"}`. `items` is JSON already. */
export function itemsFrame(id: string, from: string, answer: { items: string; skipped: number }): string {
  const skipped = answer.skipped > 0 ? `,"skipped":${answer.skipped}` : "";
  return `{"id":${JSON.stringify(id)},"from":${JSON.stringify(from)},"items":${answer.items}${skipped}}`;
}

/** `{"id", "from", "lost"}`: a cell is away, and why. */
export function lostFrame(id: string, from: string, why: string): string {
  return JSON.stringify({ id, from, lost: why });
}

/** `{"id", "error"}`: there is no such subscription, or no longer. Without `id` where the frame named none. */
export function errorFrame(id: string | undefined, error: { code: number; message: string }): string {
  return JSON.stringify({ id, error: { code: error.code, message: error.message } });
}
