import { AppError } from "../../kernel/errors.ts";
import {
  readMessagingTwiml,
  twimlErrors,
  type MessageVerb,
  type MessagingVerb,
  type TwimlErrorSpec,
  type TwimlProblem,
} from "../../protocols/twiml/index.ts";
import type { Responder, ResponderVerdict, WebhookAnswer, WebhookJob } from "../../platform/webhooks/index.ts";
import { MAX_XML_OCTETS, parseXml, XmlError } from "../../platform/xml/index.ts";
import type { MessagingDeps } from "./deps.ts";
import { draftMessage } from "./draft-message.ts";
import { messageErrors } from "./errors.ts";
import { reserve } from "./price-message.ts";
import type { MessageAccepted } from "./records.ts";

/** One document can ask for so many replies; the rest are ignored. */
export const MAX_REPLIES = 10;
const MAX_BODY_CHARACTERS = 1_600;
const MAX_MEDIA = 10;

const TWIML_TYPES: ReadonlySet<string> = new Set(["text/xml", "application/xml", "text/html"]);

/** What the refusal of a reply is called where TwiML has a number of its own for it. */
const TWIML_CODES: ReadonlyMap<number, TwimlErrorSpec> = new Map<number, TwimlErrorSpec>([
  [messageErrors.toRequired.code, twimlErrors.toInvalid],
  [messageErrors.toInvalid.code, twimlErrors.toInvalid],
  [messageErrors.fromRequired.code, twimlErrors.fromInvalid],
  [messageErrors.fromInvalid.code, twimlErrors.fromInvalid],
  [messageErrors.fromNotOwned.code, twimlErrors.fromNotCapable],
  [messageErrors.bodyRequired.code, twimlErrors.bodyInvalid],
  [messageErrors.bodyTooLong.code, twimlErrors.bodyInvalid],
  [messageErrors.statusCallbackInvalid.code, twimlErrors.statusCallbackInvalid],
]);

/**
 * What the answer to an incoming message's webhook asks for: TwiML, or plain text, which
 * is sent back as it is. A reply that cannot be sent is a warning, and the others go out.
 *
 * As at Twilio, `action` of `Message` is where the status changes of that reply are told;
 * `statusCallback` is its older name and counts where there is no `action`. Both, and
 * media, are relative to the URL that answered.
 */
export function inboundReply(deps: MessagingDeps): Responder {
  return (job, answer, requestUrl) => readAnswer({ deps, job, requestUrl }, answer);
}

interface Scene {
  readonly deps: MessagingDeps;
  readonly job: Readonly<WebhookJob>;
  readonly requestUrl: string;
}

function readAnswer(scene: Scene, answer: WebhookAnswer): ResponderVerdict {
  const { status, contentType, body } = answer;
  if (status < 200 || status > 299) return failed(twimlErrors.fetchFailed, `It answered with status ${status}.`);
  if (status === 204 || body.trim() === "") return { kind: "done", records: [] };
  if (Buffer.byteLength(body, "utf8") > MAX_XML_OCTETS) return failed(twimlErrors.tooLarge);
  if (contentType === "text/plain") return perform(scene, [plainReply(body)], []);
  if (!TWIML_TYPES.has(contentType)) return failed(twimlErrors.contentType, `It is “${contentType}”.`);
  return readDocument(scene, body);
}

function failed(spec: TwimlErrorSpec, detail?: string): ResponderVerdict {
  return { kind: "failed", errorCode: spec.code, text: detail === undefined ? spec.text : `${spec.text} ${detail}` };
}

function plainReply(body: string): MessageVerb {
  return { verb: "message", method: "POST", body: body.trim(), media: [], line: 1 };
}

function readDocument(scene: Scene, body: string): ResponderVerdict {
  try {
    const read = readMessagingTwiml(parseXml(body));
    return "error" in read ? { kind: "failed", ...read.error } : perform(scene, read.verbs, read.warnings);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    const spec = error.reason === "version" ? twimlErrors.xmlVersion : twimlErrors.parseFailed;
    return failed(spec, error.message);
  }
}

/** Drafts the replies up to the first redirect, behind which nothing is reached. */
function perform(scene: Scene, verbs: readonly MessagingVerb[], given: readonly TwimlProblem[]): ResponderVerdict {
  const warnings = [...given];
  const records: MessageAccepted[] = [];
  let replies = 0;
  for (const verb of verbs) {
    if (verb.verb === "redirect") {
      const url = resolveUrl(verb.url, scene.requestUrl);
      if (url === undefined) return withoutRedirect(verb.url, records, warnings);
      return { kind: "redirect", url, method: verb.method, records, ...combined(warnings) };
    }
    replies += 1;
    if (replies === MAX_REPLIES + 1) warnings.push(problemOf(twimlErrors.replyLimit, `At most ${MAX_REPLIES}.`));
    if (replies > MAX_REPLIES) continue;
    const record = draftReply(scene, verb, warnings);
    if (record !== undefined) records.push(record);
  }
  return { kind: "done", records, ...combined(warnings) };
}

/** A redirect to nowhere is a failure, but not of the replies before it. */
function withoutRedirect(
  written: string,
  records: readonly MessageAccepted[],
  warnings: readonly TwimlProblem[],
): ResponderVerdict {
  const problem = problemOf(twimlErrors.fetchFailed, `Redirect goes to “${written}”, which is no http or https URL.`);
  if (records.length === 0) return { kind: "failed", ...problem };
  return { kind: "done", records, ...combined([problem, ...warnings]) };
}

function problemOf(spec: TwimlErrorSpec, detail: string): TwimlProblem {
  return { errorCode: spec.code, text: `${spec.text} ${detail}` };
}

/** A verdict carries one warning: it has the first code and tells of all. */
function combined(warnings: readonly TwimlProblem[]): { warning?: TwimlProblem } {
  const [first, ...rest] = warnings;
  if (first === undefined) return {};
  const others = rest.map((warning) => `${warning.errorCode}: ${warning.text}`);
  return { warning: { errorCode: first.errorCode, text: [first.text, ...others].join("\n") } };
}

/** The record that accepts a reply; without one, a warning says why. */
function draftReply(scene: Scene, verb: MessageVerb, warnings: TwimlProblem[]): MessageAccepted | undefined {
  const { deps, job, requestUrl } = scene;
  try {
    const { length } = Array.from(verb.body);
    if (length > MAX_BODY_CHARACTERS) throw new AppError(messageErrors.bodyTooLong);
    if (verb.media.length > MAX_MEDIA) throw new AppError(messageErrors.tooManyMedia);
    const mediaUrls = verb.media.map((written) => {
      const url = resolveUrl(written, requestUrl);
      if (url === undefined) throw new AppError(messageErrors.mediaUrlInvalid, { value: written });
      return url;
    });
    const record = draftMessage(deps, {
      accountSid: job.accountSid,
      direction: "outbound-reply",
      to: verb.to ?? parameterOf(job, "From"),
      from: verb.from ?? parameterOf(job, "To"),
      body: verb.body,
      mediaUrls,
      statusCallback: callbackOf(verb, requestUrl, warnings),
    });
    // What is set aside stays so until the end of the webhook is durable, which is tried until it is.
    reserve(deps, record);
    return record;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const spec = TWIML_CODES.get(error.code);
    warnings.push({
      errorCode: spec?.code ?? error.code,
      text: `The reply of line ${verb.line} is not sent: ${error.message}`,
    });
    return undefined;
  }
}

/** A reply is worth more than its status callback, so it goes out without one that is invalid. */
function callbackOf(verb: MessageVerb, requestUrl: string, warnings: TwimlProblem[]): string | undefined {
  const written = verb.action ?? verb.statusCallback;
  if (written === undefined || written.trim() === "") return undefined;
  const url = resolveUrl(written, requestUrl);
  if (url === undefined) {
    warnings.push(problemOf(twimlErrors.statusCallbackInvalid, `Line ${verb.line}: “${written}”.`));
  } else if (verb.method === "GET") {
    const detail = `Line ${verb.line}: status callbacks are always made with POST on this server.`;
    warnings.push(problemOf(twimlErrors.methodInvalid, detail));
  }
  return url;
}

/** The absolute http or https URL; one that is written absolute stays as written, because it is signed so. */
function resolveUrl(written: string, base: string): string | undefined {
  const trimmed = written.trim();
  if (/^https?:\/\//i.test(trimmed)) return URL.canParse(trimmed) ? trimmed : undefined;
  if (!URL.canParse(trimmed, base)) return undefined;
  const url = new URL(trimmed, base);
  return url.protocol === "http:" || url.protocol === "https:" ? url.href : undefined;
}

function parameterOf(job: Readonly<WebhookJob>, name: string): string {
  return job.params.find(([candidate]) => candidate === name)?.[1] ?? "";
}
