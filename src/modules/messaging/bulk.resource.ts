import { AppError } from "../../kernel/errors.ts";
import {
  defineRoute,
  Fields,
  INVALID_PARAMETER,
  TOO_MANY_REQUESTS,
  type Call,
  type JsonObject,
  type JsonValue,
  type ParameterValues,
  type Route,
} from "../../platform/http/index.ts";
import { bulkErrors } from "./bulk-errors.ts";
import type { BulkOutcome, BulkRequests } from "./bulk-requests.ts";
import type { CreateMessageInput } from "./create-message.ts";
import { createMessages } from "./create-messages.ts";
import type { MessagingDeps } from "./deps.ts";
import { messageErrors } from "./errors.ts";
import { createInput, createParameters, requireActive } from "./messages.resource.ts";

/** Messages in one request. */
export const MAX_BULK_MESSAGES = 10_000;
/** 10,000 messages of 400 octets. More would take the parser of JSON longer than others should wait. */
export const MAX_BULK_OCTETS = 4 * 1_024 * 1_024;
/** Names in one message, or in the defaults. */
const MAX_NAMES = 50;

/**
 * Many messages in one request. Twilio has no such resource, so it stands where its
 * messages do, with their parameters and codes; the body is JSON, because a form has no
 * lists of records.
 */
export function bulkRoutes(deps: MessagingDeps, requests: BulkRequests): Route[] {
  return [
    defineRoute({
      product: "api",
      tag: "Messages",
      access: "account",
      method: "POST",
      path: "/2010-04-01/Accounts/{AccountSid}/Messages/Bulk",
      operationId: "CreateMessagesInBulk",
      summary: "Send up to 10,000 messages, each with its own outcome",
      element: "Bulk",
      success: 200,
      body: "json",
      maxBodyOctets: MAX_BULK_OCTETS,
      errors: [...Object.values(bulkErrors), TOO_MANY_REQUESTS, ...Object.values(messageErrors)],
      creates: true,
      traffic: true,
      run: (call) => carryOut(deps, requests, call),
      // What is known comes first, and a request that was cut off goes on; one that was forgotten is not made again.
      again: (call) =>
        requests.known(call.accountSid, call.once?.key ?? "").length === 0 ? undefined : carryOut(deps, requests, call),
      view: viewOutcomes,
    }),
  ];
}

type BulkCall = Pick<Call<string, Record<never, never>, "account">, "accountSid" | "principal" | "json" | "once">;

async function carryOut(deps: MessagingDeps, requests: BulkRequests, call: BulkCall): Promise<readonly BulkOutcome[]> {
  await requireActive(deps, call);
  const { messages, defaults } = readBody(call.json);
  return createMessages(deps, requests, {
    accountSid: call.accountSid,
    count: messages.length,
    inputAt: (index) => readMessage(call.accountSid, messages[index], defaults),
    once: call.once,
  });
}

interface BulkBody {
  readonly messages: readonly JsonValue[];
  readonly defaults: JsonObject;
}

function readBody(body: JsonValue): BulkBody {
  if (!isObject(body)) throw new AppError(bulkErrors.shape, { reason: "it is no object" });
  const { messages, defaults = {} } = body;
  if (!isList(messages)) throw new AppError(bulkErrors.shape, { reason: "messages is no list" });
  if (messages.length > MAX_BULK_MESSAGES) throw new AppError(bulkErrors.tooMany, { max: MAX_BULK_MESSAGES });
  if (!isObject(defaults)) throw new AppError(bulkErrors.shape, { reason: "defaults is no object" });
  // What is wrong with the defaults would be wrong with every message.
  pairsOf(defaults);
  return { messages, defaults };
}

const PARAMETERS = Object.entries(createParameters);

/** One message, checked by the parameters of a single one. */
function readMessage(accountSid: string, own: JsonValue, defaults: JsonObject): CreateMessageInput {
  if (!isObject(own)) throw new AppError(bulkErrors.shape, { reason: "a message is no object" });
  const pairs = pairsOf(own);
  for (const [name, value] of Object.entries(defaults)) if (!Object.hasOwn(own, name)) addPairs(pairs, name, value);
  const fields = new Fields(pairs);
  const params: Record<string, unknown> = {};
  for (const [name, parameter] of PARAMETERS) params[name] = parameter.read(fields, name);
  return createInput(accountSid, params as ParameterValues<typeof createParameters>);
}

/** The members of an object as a form would have sent them. */
function pairsOf(object: JsonObject): string[] {
  const entries = Object.entries(object);
  if (entries.length > MAX_NAMES) throw new AppError(bulkErrors.shape, { reason: "a message has too many parameters" });
  const pairs: string[] = [];
  for (const [name, value] of entries) addPairs(pairs, name, value);
  return pairs;
}

function addPairs(pairs: string[], name: string, value: JsonValue): void {
  if (typeof value === "string") pairs.push(name, value);
  else if (typeof value === "number" || typeof value === "boolean") pairs.push(name, String(value));
  else if (isList(value) && value.every((each) => typeof each === "string")) {
    for (const each of value) pairs.push(name, each);
  } else if (value !== null && value !== undefined) {
    throw new AppError(INVALID_PARAMETER, {
      parameter: name.slice(0, 64),
      reason: "it is neither text nor a list of texts",
    });
  }
}

function viewOutcomes(outcomes: readonly BulkOutcome[]): JsonObject {
  let accepted = 0;
  const messages: JsonObject[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    if (typeof outcome === "string") {
      accepted += 1;
      messages.push({ index, sid: outcome, status: "queued" });
    } else {
      const { code, message } = outcome;
      messages.push({ index, code, message, more_info: `https://www.twilio.com/docs/errors/${code}` });
    }
  }
  return { messages, accepted, refused: outcomes.length - accepted };
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
