import { AppError } from "../../kernel/errors.ts";
import type { CellRecord } from "../../platform/cell/index.ts";
import type { Once } from "../../platform/http/index.ts";
import type { BulkDecided, BulkOutcome, BulkRequests } from "./bulk-requests.ts";
import type { CreateMessageInput } from "./create-message.ts";
import type { MessagingDeps } from "./deps.ts";
import { draftMessage } from "./draft-message.ts";
import { cancelReservation, reserve } from "./price-message.ts";
import type { MessageAccepted } from "./records.ts";

/** A request for many messages. */
export interface CreateMessagesInput {
  readonly accountSid: string;
  readonly count: number;
  /** The message with this index. Throws the public error of what is wrong with it. */
  readonly inputAt: (index: number) => CreateMessageInput;
  /** With a key, the same request repeated makes no message twice. */
  readonly once: Once | undefined;
}

/** What the key of a request for many messages is bound to; the outcomes are in {@link BulkRequests}. */
const MANY = "the messages of this request";
/** Messages that are checked and committed in one go; the loop is free between two. */
const CHUNK_MESSAGES = 200;

/**
 * Checks many messages and makes durable those that pass. Resolves, once a power cut
 * does not lose them, to what became of each. What was decided for a key stays decided,
 * also when the process dies in between. Rejects when nothing was done: 429, or what
 * keeps the cell from taking work. Where that happens in the middle, the rest is refused
 * with the same code, and a repetition with the same key goes on there.
 */
export async function createMessages(
  deps: MessagingDeps,
  requests: BulkRequests,
  input: CreateMessagesInput,
): Promise<readonly BulkOutcome[]> {
  const { accountSid, count, once } = input;
  const leave = requests.enter(accountSid);
  try {
    const prepared = deps.spending.prepare(accountSid);
    if (prepared !== undefined) await prepared;
    const outcomes = once?.made === undefined ? [] : requests.known(accountSid, once.key).slice();
    while (outcomes.length < count) {
      const { decided, failure } = await decideChunk(deps, input, outcomes.length);
      for (const outcome of decided) outcomes.push(outcome);
      if (failure === undefined) continue;
      if (outcomes.length === 0) throw failure;
      const refusal = refusalOf(failure);
      while (outcomes.length < count) outcomes.push(refusal);
    }
    return outcomes;
  } finally {
    leave();
  }
}

/** Decides the messages from an index on, until one meets what is wrong with us and not with it. */
async function decideChunk(
  deps: MessagingDeps,
  input: CreateMessagesInput,
  from: number,
): Promise<{ decided: readonly BulkOutcome[]; failure: AppError | undefined }> {
  const accepted: MessageAccepted[] = [];
  const decided: BulkOutcome[] = [];
  let failure: AppError | undefined;
  const end = Math.min(input.count, from + CHUNK_MESSAGES);
  for (let index = from; index < end && failure === undefined; index += 1) {
    try {
      const record = draftMessage(deps, input.inputAt(index));
      reserve(deps, record);
      accepted.push(record);
      decided.push(record.sid);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // What passes by itself must not be remembered as the answer.
      if (error.spec.retry === "later") failure = error;
      else decided.push(refusalOf(error));
    }
  }
  const { accountSid, once } = input;
  const records: CellRecord[] = [...accepted];
  if (once !== undefined && decided.length > 0) {
    const record: BulkDecided = { kind: "message.bulk-decided", accountSid, key: once.key, from, outcomes: decided };
    records.push(record);
    if (from === 0) records.push(once.claim(MANY));
  }
  if (records.length === 0) {
    await breathe(deps);
    return { decided, failure };
  }
  try {
    await deps.cell.commitAll(records);
  } catch (error) {
    for (const record of accepted) cancelReservation(deps, record);
    if (!(error instanceof AppError)) throw error;
    return { decided: [], failure: error };
  }
  return { decided, failure };
}

function refusalOf(error: AppError): BulkOutcome {
  return { code: error.code, message: error.message };
}

/** Lets others have the loop, as a commit does by itself. */
function breathe(deps: MessagingDeps): Promise<void> {
  return new Promise((resolve) => void deps.clock.after(0, resolve));
}
