import { AppError } from "../../kernel/errors.ts";
import { segmentText } from "../../protocols/sms/index.ts";
import { canonicalAddress } from "./address.ts";
import type { MessagingDeps } from "./deps.ts";
import { messageErrors } from "./errors.ts";
import type { Message } from "./message.ts";
import { MAX_OPEN_MESSAGES } from "./message-state.ts";
import type { MessageAccepted } from "./records.ts";
import { rules } from "./rules/index.ts";

/** A request to send a message, from any door. Addresses as the customer wrote them. */
export interface CreateMessageInput {
  readonly accountSid: string;
  readonly direction: "outbound-api" | "outbound-reply";
  readonly to: string;
  readonly from: string;
  readonly body?: string | undefined;
  readonly mediaUrls?: readonly string[];
  readonly statusCallback?: string | undefined;
  readonly applicationSid?: string | undefined;
  readonly validitySeconds?: number | undefined;
  readonly smartEncoded?: boolean | undefined;
  readonly provideFeedback?: boolean | undefined;
}

const DEFAULT_VALIDITY_SECONDS = 36_000;

/**
 * Checks a message and makes it durable. Resolves once a power cut does not lose it.
 * Rejects with a public error, and then nothing was done.
 */
export async function createMessage(deps: MessagingDeps, input: CreateMessageInput): Promise<Readonly<Message>> {
  return await deps.cell.commit<Message>(draftMessage(deps, input));
}

/** The record that accepts a message, for callers that commit it together with others. Throws the public error. */
export function draftMessage(deps: MessagingDeps, input: CreateMessageInput): MessageAccepted {
  if (deps.state.messages.size >= MAX_OPEN_MESSAGES) throw new AppError(messageErrors.queueFull);
  const to = canonicalAddress(input.to);
  if (to === undefined) throw new AppError(messageErrors.toInvalid, { to: input.to });
  const from = canonicalAddress(input.from);
  if (from === undefined) throw new AppError(messageErrors.fromInvalid, { from: input.from });
  const body = input.body ?? "";
  const mediaUrls = input.mediaUrls ?? [];
  if (body === "" && mediaUrls.length === 0) throw new AppError(messageErrors.bodyRequired);
  const draft = { accountSid: input.accountSid, from, to, body, mediaUrls };
  for (const rule of rules) {
    const refusal = rule(draft, deps);
    if (refusal !== undefined) throw refusal;
  }
  const statusCallback = callbackUrl(deps, input);
  const segmented = segmentText(body, { smartEncoding: input.smartEncoded ?? false });
  return {
    kind: "message.accepted",
    sid: deps.mintSid(mediaUrls.length > 0 ? "MM" : "SM"),
    accountSid: input.accountSid,
    direction: input.direction,
    from,
    to,
    body,
    ...(segmented.text === body ? {} : { sentText: segmented.text }),
    encoding: segmented.encoding,
    segments: segmented.segments.length,
    validUntilMs: deps.clock.nowMs() + (input.validitySeconds ?? DEFAULT_VALIDITY_SECONDS) * 1_000,
    ...(statusCallback === undefined ? {} : { statusCallback }),
    ...(statusCallback !== undefined && deps.callbackEvents === "final" ? { callbackEvents: "final" as const } : {}),
    ...(input.provideFeedback === true ? { provideFeedback: true } : {}),
    ...(mediaUrls.length > 0 ? { mediaUrls } : {}),
  };
}

/** The request's own URL, else that of its application. */
function callbackUrl(deps: MessagingDeps, input: CreateMessageInput): string | undefined {
  if (input.statusCallback !== undefined && input.statusCallback !== "") return input.statusCallback;
  if (input.applicationSid === undefined || input.applicationSid === "") return undefined;
  const application = deps.numbers.applicationStatusCallback(input.accountSid, input.applicationSid);
  if (application === undefined) throw new AppError(messageErrors.applicationUnknown, { value: input.applicationSid });
  return application.url;
}
