/**
 * What the cell's thread and the sending thread tell each other: one flat list for a
 * whole batch. Of the ways to cross, measured with the parameters of a status callback,
 * a structured clone of a flat list costs least; see decision 0009.
 */
import { assert } from "../../kernel/assert.ts";
import type { RequestTrace } from "./request-trace.ts";
import type { AttemptResult, RetryClass, SendRequest } from "./sender.ts";

/** Requests that go to the thread in one message at most, and results that come back in one. */
export const MAX_BATCH = 500;

/** A batch on its way. */
export type Batch = (string | number | boolean | undefined)[];

/** Fields of a request before its parameters; the last is how many follow. */
const FIELDS = 10;
/** An answer of which only the status is told, an answer in full, and a failure. */
const PLAIN = 0;
const FULL = 1;
const FAILED = 2;
/** Comes before one of them: what was sent and answered, as JSON. */
const TRACED = 3;

/** Appends a request, of whose time `leftMs` is left by now. `key` names it in the results. */
export function writeRequest(batch: Batch, key: number, request: SendRequest, leftMs: number): void {
  const { webhookId, url, method, params, authToken, wantsBody, wantsTrace = false, context } = request;
  batch.push(key, webhookId, url, method, authToken, leftMs, wantsBody, wantsTrace, context, params.length);
  for (const pair of params) batch.push(pair[0], pair[1]);
}

/** Hands every request of a batch to `each`, in order. */
export function readRequests(batch: Batch, each: (key: number, request: SendRequest) => void): void {
  let at = 0;
  while (at < batch.length) {
    const start = at;
    at += FIELDS;
    const end = at + 2 * (batch[at - 1] as number);
    assert(end <= batch.length, "a batch of requests is complete");
    const params: [string, string][] = [];
    for (; at < end; at += 2) params.push([batch[at] as string, batch[at + 1] as string]);
    each(batch[start] as number, {
      webhookId: batch[start + 1] as string,
      url: batch[start + 2] as string,
      method: batch[start + 3] as "GET" | "POST",
      authToken: batch[start + 4] as string,
      leftMs: batch[start + 5] as number,
      wantsBody: batch[start + 6] as boolean,
      wantsTrace: batch[start + 7] as boolean,
      context: batch[start + 8] as string | undefined,
      params,
    });
  }
}

/** Appends how a request ended. */
export function writeResult(batch: Batch, key: number, result: AttemptResult): void {
  if (result.trace !== undefined) batch.push(key, TRACED, JSON.stringify(result.trace));
  if (result.kind === "failed") {
    const { errorCode, text, status, body, retryable, hostDown } = result;
    batch.push(key, FAILED, errorCode, text, status, body, retryable, hostDown);
    return;
  }
  const { status, contentType, body } = result.answer;
  if (result.url === "" && contentType === "" && body === "") batch.push(key, PLAIN, status);
  else batch.push(key, FULL, status, contentType, body, result.url);
}

/** Hands every result of a batch to `each`, in order. */
export function readResults(batch: Batch, each: (key: number, result: AttemptResult) => void): void {
  let at = 0;
  let trace: RequestTrace | undefined;
  while (at < batch.length) {
    const key = batch[at] as number;
    const kind = batch[at + 1] as number;
    if (kind === TRACED) {
      trace = JSON.parse(batch[at + 2] as string) as RequestTrace;
      at += 3;
      continue;
    }
    assert(kind === PLAIN || kind === FULL || kind === FAILED, "a result is of a known kind");
    const result = kind === FAILED ? failureAt(batch, at + 2) : answerAt(batch, at + 2, kind === FULL);
    each(key, trace === undefined ? result : { ...result, trace });
    trace = undefined;
    at += kind === PLAIN ? 3 : kind === FULL ? 6 : 8;
  }
}

function answerAt(batch: Batch, at: number, full: boolean): AttemptResult {
  const status = batch[at] as number;
  if (!full) return { kind: "answer", answer: { status, contentType: "", body: "" }, url: "" };
  const contentType = batch[at + 1] as string;
  const body = batch[at + 2] as string;
  return { kind: "answer", answer: { status, contentType, body }, url: batch[at + 3] as string };
}

function failureAt(batch: Batch, at: number): AttemptResult {
  const status = batch[at + 2] as number | undefined;
  const body = batch[at + 3] as string | undefined;
  return {
    kind: "failed",
    errorCode: batch[at] as number,
    text: batch[at + 1] as string,
    ...(status === undefined ? {} : { status }),
    ...(body === undefined ? {} : { body }),
    retryable: batch[at + 4] as RetryClass | undefined,
    hostDown: batch[at + 5] as boolean | undefined,
  };
}
