import type { HttpClientResponse } from "../../../platform/http-client/index.ts";
import type { HttpCarrierSettings, StatusRange } from "../../../platform/config/index.ts";
import { messageErrors } from "../errors.ts";
import type { SubmitOutcome } from "../records.ts";
import { readDocument, valueAt, type HttpDocument } from "./http-document.ts";

type ResponseSettings = HttpCarrierSettings["response"];
type TextResponse = Extract<ResponseSettings, { readonly type: "text" }>;
type StructuredResponse = Exclude<ResponseSettings, TextResponse>;
type Row = ResponseSettings["outcomes"][number];

const FAILED = messageErrors.unknownOutcome.code;
/** Patterns are tried on so much of a text; it bounds what they cost. */
const MAX_MATCHED_CHARACTERS = 500;
const MAX_ID_CHARACTERS = 200;

/** What an answer says beside its status. */
interface ReadAnswer {
  readonly row: Row | undefined;
  readonly id: string | undefined;
}

/** What the answer to a submission means. `reference` is the id where the settings name no other. */
export function readOutcome(
  settings: ResponseSettings,
  response: HttpClientResponse,
  reference: string,
): SubmitOutcome {
  const { status } = response;
  const { row, id } = settings.type === "text" ? readText(settings, response) : readStructured(settings, response);
  if (row === undefined) return outcomeByStatus(status, settings.id === undefined ? reference : id);
  if (row.verdict === "accepted") return accepted(settings.id === undefined ? reference : id);
  if (row.verdict === "unknown") return { kind: "unknown", reason: `HTTP ${status}` };
  return { kind: "refused", verdict: row.verdict, errorCode: row.errorCode, status: `HTTP ${status}` };
}

/**
 * What an HTTP status means by itself (RFC 9110 §15). A 4xx is a refusal and so certain;
 * only 409 may tell of an earlier request that was taken. A 5xx, or a redirection after the
 * request was worked on, leaves open what was done.
 */
export function outcomeByStatus(status: number, id: string | undefined): SubmitOutcome {
  if (status < 300) return accepted(id);
  const named = `HTTP ${status}`;
  if (status === 429) return { kind: "refused", verdict: "throttle", errorCode: FAILED, status: named };
  if (status === 408) return { kind: "refused", verdict: "later", errorCode: FAILED, status: named };
  const isRefusal = (status >= 400 && status < 500 && status !== 409) || status === 307 || status === 308;
  if (isRefusal) return { kind: "refused", verdict: "other-route", errorCode: FAILED, status: named };
  return { kind: "unknown", reason: named };
}

function accepted(id: string | undefined): SubmitOutcome {
  // Without an id no receipt will ever match; that is what "unknown" means.
  if (id === undefined || id === "" || id.length > MAX_ID_CHARACTERS)
    return { kind: "unknown", reason: "no message id" };
  return { kind: "accepted", id };
}

function readStructured(settings: StructuredResponse, response: HttpClientResponse): ReadAnswer {
  const document = readDocument(settings.type, response.body);
  const row = settings.outcomes.find(({ status, path, equals }) => {
    if (!isWithin(status, response.status)) return false;
    return path === undefined || fits(document, path, equals);
  });
  const id = document === undefined || settings.id === undefined ? undefined : valueAt(document, settings.id);
  return { row, id };
}

function fits(
  document: HttpDocument | undefined,
  path: NonNullable<StructuredResponse["id"]>,
  equals: readonly string[],
): boolean {
  const value = document === undefined ? undefined : valueAt(document, path);
  return value !== undefined && (equals.length === 0 || equals.includes(value));
}

function readText(settings: TextResponse, response: HttpClientResponse): ReadAnswer {
  const text = response.body.toString("utf8").slice(0, MAX_MATCHED_CHARACTERS);
  const row = settings.outcomes.find(({ status, matches }) => {
    return isWithin(status, response.status) && (matches === undefined || matches.test(text));
  });
  return { row, id: settings.id?.exec(text)?.[1] };
}

function isWithin(range: StatusRange | undefined, status: number): boolean {
  return range === undefined || (status >= range.from && status <= range.to);
}
