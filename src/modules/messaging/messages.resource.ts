import { AppError } from "../../kernel/errors.ts";
import {
  boolean,
  dateFilter,
  dateTime,
  decimal,
  defineListRoute,
  defineRoute,
  enumeration,
  integer,
  list,
  pageBySid,
  phone,
  sid,
  text,
  url,
  type ParameterValues,
  type Route,
} from "../../platform/http/index.ts";
import { canonicalAddress } from "./address.ts";
import { cancelMessage, deleteMessage, giveFeedback, redactMessage } from "./change-message.ts";
import { answerOf, asAccepted, createMessage, type CreateMessageInput } from "./create-message.ts";
import type { MessagingDeps } from "./deps.ts";
import { messageErrors } from "./errors.ts";
import { MESSAGE_INTENTS } from "./message-intents.ts";
import type { DltIds } from "./message.ts";
import { findMessage, listMessages } from "./message.store.ts";
import { viewFeedback, viewMessage } from "./message.view.ts";

const LIST = "/2010-04-01/Accounts/{AccountSid}/Messages";
const ITEM = "/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}";
const MAX_BODY_CHARACTERS = 1_600;
const MAX_MEDIA = 10;
const common = { product: "api", tag: "Messages", access: "account", traffic: true } as const;

/** Parameters of Twilio that this server does not act on; a request that relies on them is refused rather than half done. */
const NOT_SUPPORTED = ["ContentSid", "ContentVariables", "FallbackFrom", "PersistentAction"];
const MAX_DLT_CHARACTERS = 30;

/** The parameters of a new message, for one and for many. */
export const createParameters = {
  To: phone({ required: true, missing: messageErrors.toRequired, summary: "Recipient in E.164." }),
  From: phone({ summary: "Sender: a number of the account, or the SID of a Messaging Service." }),
  MessagingServiceSid: sid({
    prefix: "MG",
    invalid: messageErrors.serviceUnknown,
    summary: "The Messaging Service that chooses the sender, unless `From` is one of its pool.",
  }),
  Body: text({ maxCharacters: MAX_BODY_CHARACTERS, invalid: messageErrors.bodyTooLong, summary: "The text." }),
  MediaUrl: list({
    of: url({ invalid: messageErrors.mediaUrlInvalid }),
    maxCount: MAX_MEDIA,
    tooMany: messageErrors.tooManyMedia,
    summary: "Addresses of media to attach.",
  }),
  StatusCallback: url({ invalid: messageErrors.statusCallbackInvalid, summary: "Told of every status change." }),
  ApplicationSid: sid({ prefix: "AP", invalid: messageErrors.applicationUnknown }),
  ValidityPeriod: integer({ min: 1, max: 36_000, invalid: messageErrors.validityInvalid }),
  MaxPrice: decimal({
    min: 0,
    max: 1_000_000,
    invalid: messageErrors.maxPriceInvalid,
    summary: "A message that costs more than this in all fails with 30010.",
  }),
  ScheduleType: text({ maxCharacters: 64, summary: "`fixed`, with `SendAt`." }),
  SendAt: dateTime({
    invalid: messageErrors.sendAtInvalid,
    summary: "When the message goes, 300 seconds to 35 days from now; only with a Messaging Service.",
  }),
  ShortenUrls: boolean({ summary: "Make the addresses in the text short; only with a Messaging Service." }),
  ProvideFeedback: boolean({ summary: "Whether feedback will be given." }),
  Attempt: integer({ min: 1, max: 1_000_000 }),
  ForceDelivery: boolean({}),
  SmartEncoded: boolean({ summary: "Replace look-alikes so that the text fits GSM-7." }),
  MessageIntent: enumeration({
    values: Object.keys(MESSAGE_INTENTS),
    invalid: messageErrors.intentInvalid,
    summary: "What the message is for; its lane follows from it.",
  }),
  DeliveryGuarantee: enumeration({
    values: ["at-most-once", "at-least-once"],
    invalid: messageErrors.guaranteeInvalid,
    summary: "Whether a message whose outcome stays unknown is given up (the default) or sent once more.",
  }),
  RiskCheck: enumeration({ values: ["enable", "disable"], summary: "`disable` leaves out the spam check." }),
  DltEntityId: text({ maxCharacters: MAX_DLT_CHARACTERS, summary: "India: the principal entity's id." }),
  DltTemplateId: text({ maxCharacters: MAX_DLT_CHARACTERS, summary: "India: the id of the registered template." }),
  ...Object.fromEntries(NOT_SUPPORTED.map((name) => [name, text({ maxCharacters: 65_536 })])),
};

/** `Messages`: create, fetch, list, update (cancel, redact), delete, and feedback. */
export function messageRoutes(deps: MessagingDeps): Route[] {
  return [
    createRoute(deps),
    fetchRoute(deps),
    listRoute(deps),
    updateRoute(deps),
    deleteRoute(deps),
    feedbackRoute(deps),
  ];
}

function createRoute(deps: MessagingDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: LIST,
    operationId: "CreateMessage",
    summary: "Send a message",
    success: 201,
    errors: Object.values(messageErrors),
    parameters: createParameters,
    creates: true,
    run: async (call) => {
      await requireActive(deps, call);
      const input = createInput(call.accountSid, call.params);
      const trace = deps.traceOf?.(call.request);
      const message = await createMessage(deps, trace === undefined ? input : { ...input, trace }, call.once);
      deps.state.trace?.add(message.sid, message.createdMs, { kind: "requested", requestId: call.requestId });
      return answerOf(message, hasNamedSender(call.params));
    },
    again: async ({ accountSid, params }, sid) => {
      const message = await findMessage(deps, { accountSid, sid });
      return message === undefined ? undefined : asAccepted(message, hasNamedSender(params));
    },
    view: viewMessage,
  });
}

/** Whether the request itself says which number sends. */
function hasNamedSender({ From: from = "" }: { readonly From?: string | undefined }): boolean {
  return from !== "" && !from.startsWith("MG");
}

/** The framework has looked at the caller's own account; a parent may be sending for another. */
export async function requireActive(
  deps: MessagingDeps,
  call: { readonly accountSid: string; readonly principal: { readonly accountSid: string } },
): Promise<void> {
  if (call.accountSid === call.principal.accountSid) return;
  if ((await deps.accountStatus(call.accountSid)) === "active") return;
  throw new AppError(messageErrors.accountNotActive, { sid: call.accountSid });
}

/** What the parameters of a message ask for. Throws for what is not supported. */
export function createInput(accountSid: string, params: ParameterValues<typeof createParameters>): CreateMessageInput {
  for (const name of NOT_SUPPORTED) {
    const value = (params as Readonly<Record<string, unknown>>)[name];
    if (value !== undefined && value !== "") throw new AppError(messageErrors.notSupported, { name });
  }
  const { From: from = "", MessagingServiceSid: messagingServiceSid = "", ScheduleType: type = "" } = params;
  if (from === "" && messagingServiceSid === "") throw new AppError(messageErrors.fromRequired);
  const isScheduled = type !== "" || params.SendAt !== undefined;
  return {
    accountSid,
    direction: "outbound-api",
    to: params.To,
    from,
    messagingServiceSid,
    body: params.Body,
    mediaUrls: params.MediaUrl,
    statusCallback: params.StatusCallback,
    applicationSid: params.ApplicationSid,
    validitySeconds: params.ValidityPeriod,
    smartEncoded: params.SmartEncoded,
    shortenUrls: params.ShortenUrls,
    provideFeedback: params.ProvideFeedback,
    maxPrice: params.MaxPrice,
    schedule: isScheduled ? { type, sendAtMs: params.SendAt } : undefined,
    intent: params.MessageIntent,
    riskCheck: params.RiskCheck,
    dlt: dltOf(params.DltEntityId, params.DltTemplateId),
    trafficClass: params.MessageIntent === undefined ? undefined : MESSAGE_INTENTS[params.MessageIntent],
    guarantee: params.DeliveryGuarantee,
  };
}

function dltOf(entityId = "", templateId = ""): DltIds | undefined {
  if (entityId === "" && templateId === "") return undefined;
  return { ...(entityId === "" ? {} : { entityId }), ...(templateId === "" ? {} : { templateId }) };
}

function fetchRoute(deps: MessagingDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: ITEM,
    operationId: "FetchMessage",
    summary: "Fetch a message",
    success: 200,
    run: async (call) => {
      const message = await findMessage(deps, { accountSid: call.accountSid, sid: call.path.Sid });
      if (message === undefined) throw call.notFound();
      return message;
    },
    view: viewMessage,
  });
}

function listRoute(deps: MessagingDeps): Route {
  return defineListRoute({
    ...common,
    path: LIST,
    operationId: "ListMessage",
    summary: "List messages, newest first",
    collection: "messages",
    parameters: {
      To: phone({}),
      From: phone({}),
      DateSent: dateFilter({}),
    },
    page: ({ call, ...slice }) => {
      const { To: to, From: from, DateSent: sent } = call.params;
      const filter = {
        accountSid: call.accountSid,
        // What is no address matches nothing.
        to: to === undefined || to === "" ? undefined : (canonicalAddress(to) ?? to),
        from: from === undefined || from === "" ? undefined : (canonicalAddress(from) ?? from),
        sent,
      };
      return pageBySid(slice, (part) => listMessages(deps, filter, part));
    },
    view: viewMessage,
  });
}

function updateRoute(deps: MessagingDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: ITEM,
    operationId: "UpdateMessage",
    summary: "Cancel a message that waits, or redact one that is done",
    success: 200,
    errors: [messageErrors.notCancelable, messageErrors.stillInProgress],
    parameters: {
      Body: text({ maxCharacters: 0, invalid: messageErrors.bodyNotEmpty, summary: "Empty, to redact." }),
      Status: enumeration({ values: ["canceled"], invalid: messageErrors.statusInvalid }),
    },
    run: async (call) => {
      const target = { accountSid: call.accountSid, sid: call.path.Sid };
      const found = await findMessage(deps, target);
      if (found === undefined) throw call.notFound();
      if (call.params.Status === "canceled") return cancelMessage(deps, target);
      return call.params.Body === "" ? redactMessage(deps, target) : found;
    },
    view: viewMessage,
  });
}

function deleteRoute(deps: MessagingDeps): Route {
  return defineRoute({
    ...common,
    method: "DELETE",
    path: ITEM,
    operationId: "DeleteMessage",
    summary: "Delete a message that is done",
    success: 204,
    errors: [messageErrors.stillInProgress],
    run: async (call) => {
      const target = { accountSid: call.accountSid, sid: call.path.Sid };
      if ((await findMessage(deps, target)) === undefined) throw call.notFound();
      await deleteMessage(deps, target);
    },
  });
}

function feedbackRoute(deps: MessagingDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: "/2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}/Feedback",
    operationId: "CreateMessageFeedback",
    summary: "Say whether the recipient did what the message was for",
    success: 200,
    errors: [messageErrors.feedbackNotAsked],
    parameters: {
      Outcome: enumeration({ values: ["confirmed", "unconfirmed"], default: "unconfirmed" }),
    },
    run: async (call) => {
      const target = { accountSid: call.accountSid, sid: call.path.MessageSid };
      if ((await findMessage(deps, target)) === undefined) throw call.notFound();
      return giveFeedback(deps, { ...target, outcome: call.params.Outcome });
    },
    view: viewFeedback,
  });
}
