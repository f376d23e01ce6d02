import { AppError } from "../../kernel/errors.ts";
import type { MessagingDeps } from "./deps.ts";
import { messageErrors } from "./errors.ts";
import { removeMediaContent } from "./media/index.ts";
import { findMessage } from "./message.store.ts";
import { holdMicros } from "./charges.ts";
import { judge, judgedOf } from "./judge-message.ts";
import { isFinal, type Message, type MessageOrigin } from "./message.ts";
import { segmentText } from "../../protocols/sms/index.ts";
import type { FeedbackGiven, MessageCanceled, MessageDeleted, MessageRedacted, MessageReplaced } from "./records.ts";

interface Target {
  readonly accountSid: string;
  readonly sid: string;
}

/** Cancels a message that no carrier has been given yet. */
export async function cancelMessage(deps: MessagingDeps, target: Target): Promise<Readonly<Message>> {
  const record: MessageCanceled = { kind: "message.canceled", sid: target.sid };
  const canceled = await changeWaiting(deps, target, record);
  if (canceled !== undefined) return canceled;
  const now = await existing(deps, target);
  throw new AppError(messageErrors.notCancelable, { sid: now.sid, status: now.status });
}

/** Gives a message that no carrier has been given yet another text, and if need be another validity. */
export async function replaceMessage(
  deps: MessagingDeps,
  input: Target & {
    readonly body: string;
    readonly validitySeconds?: number | undefined;
    readonly receipt?: MessageOrigin["receipt"] | undefined;
  },
): Promise<Readonly<Message>> {
  const { text, encoding, segments } = segmentText(input.body, { smartEncoding: false });
  const before = await existing(deps, input);
  const hold = checkReplacement(deps, before, { body: text, segments: segments.length });
  const record: MessageReplaced = {
    kind: "message.replaced",
    sid: input.sid,
    body: input.body,
    ...(text === input.body ? {} : { sentText: text }),
    encoding,
    segments: segments.length,
    ...(input.validitySeconds === undefined
      ? {}
      : { validUntilMs: deps.clock.nowMs() + input.validitySeconds * 1_000 }),
    ...(input.receipt === undefined ? {} : { receipt: input.receipt }),
    ...(hold === undefined ? {} : { hold }),
  };
  let replaced: Readonly<Message> | undefined;
  try {
    replaced = await changeWaiting(deps, input, record);
  } finally {
    if (replaced === undefined && hold !== undefined) deps.spending.cancel(hold.id);
  }
  if (replaced !== undefined) return replaced;
  const now = await existing(deps, input);
  throw new AppError(messageErrors.notReplaceable, { sid: now.sid, status: now.status });
}

/**
 * Another text is judged as a new message would be. Where it costs more than is set aside,
 * that is set aside anew: the hold that the record then makes. Throws the public error.
 */
function checkReplacement(
  deps: MessagingDeps,
  message: Readonly<Message>,
  text: { readonly body: string; readonly segments: number },
): MessageReplaced["hold"] {
  const { accountSid, sid, quote, heldMicros } = message;
  const judged = { ...judgedOf(message, deps.clock.nowMs()), ...text };
  const verdict = message.from === "" ? undefined : judge(deps, judged);
  if (verdict?.kind === "refuse") throw verdict.error;
  if (quote === undefined || heldMicros === undefined) return undefined;
  const amountMicros = holdMicros(quote, { ...message, segments: text.segments });
  if (amountMicros <= heldMicros) return undefined;
  // Each hold has an id of its own, also where two requests replace the same text at once.
  const id = `${sid}.${deps.mintSid("CH")}`;
  const refusal = deps.spending.reserve({ id, accountSid, currency: quote.currency, amountMicros });
  if (refusal !== undefined) throw refusal;
  return { id, amountMicros };
}

/** Empties the body of a message that is done. */
export async function redactMessage(deps: MessagingDeps, target: Target): Promise<Readonly<Message>> {
  const message = await finished(deps, target);
  const record: MessageRedacted = { kind: "message.redacted", sid: message.sid };
  await deps.cell.commit(record, "progress");
  return existing(deps, target);
}

/** Removes a message that is done. */
export async function deleteMessage(deps: MessagingDeps, target: Target): Promise<void> {
  const message = await finished(deps, target);
  await removeMediaContent(deps.blobs, message);
  const record: MessageDeleted = { kind: "message.deleted", sid: message.sid };
  await deps.cell.commit(record, "progress");
}

/** Notes whether the recipient did what the message was for. */
export async function giveFeedback(
  deps: MessagingDeps,
  target: Target & { readonly outcome: "confirmed" | "unconfirmed" },
): Promise<Readonly<Message>> {
  const message = await existing(deps, target);
  if (message.provideFeedback !== true) throw new AppError(messageErrors.feedbackNotAsked, { sid: message.sid });
  const record: FeedbackGiven = { kind: "message.feedback", sid: message.sid, outcome: target.outcome };
  await deps.cell.commit(record, "progress");
  return existing(deps, target);
}

/**
 * Changes a message that waits; `undefined` where it does not wait any more. One that is
 * parked is brought back first, also where that befell it while the change was on its way.
 */
async function changeWaiting(
  deps: MessagingDeps,
  target: Target,
  record: MessageCanceled | MessageReplaced,
): Promise<Readonly<Message> | undefined> {
  for (let round = 0; ; round += 1) {
    const { parked } = await existing(deps, target);
    if (parked === true) await deps.parking.unpark([target.sid]);
    else if (round > 0) return undefined;
    const changed = await deps.cell.commit<Message | undefined>(record, "progress");
    if (changed !== undefined || round > 0) return changed;
  }
}

async function existing(deps: MessagingDeps, target: Target): Promise<Readonly<Message>> {
  const message = await findMessage(deps, target);
  if (message === undefined) throw new AppError(messageErrors.notFound, { uri: `Messages/${target.sid}` });
  return message;
}

/** A message that is sent and only waits for a receipt that may never come counts as done. */
async function finished(deps: MessagingDeps, target: Target): Promise<Readonly<Message>> {
  const message = await existing(deps, target);
  if (isFinal(message.status) || message.closed === true) return message;
  throw new AppError(messageErrors.stillInProgress, { sid: message.sid, status: message.status });
}
