/** query_sm, cancel_sm and replace_sm: what a client asks of a message that it submitted. */
import { AppError } from "../../kernel/errors.ts";
import {
  CommandStatus,
  MessageState,
  encodeAbsoluteTime,
  type PduBody,
  type PduBodyInput,
} from "../../protocols/smpp/index.ts";
import type { Clock } from "../../platform/ports.ts";
import { apiAddress } from "./addresses.ts";
import type { Bind } from "./bind.ts";
import { readMessageId } from "./message-ids.ts";
import { isFinalStatus, messageState, queryError } from "./message-outcome.ts";
import type { KnownMessage, MessagingDoor } from "./messaging-door.ts";
import { decodeText, readReceiptWish, validitySeconds } from "./read-submission.ts";
import { statusOfRefusal } from "./refusal-status.ts";

export interface ChangeDeps {
  readonly clock: Clock;
  readonly messaging: MessagingDoor;
  /** Whether parts wait under this SID for their message. */
  readonly isOpen: (sid: string, accountSid: string) => boolean;
}

/** An answer: a status, and a body where it is ESME_ROK. */
export interface Answer<B> {
  readonly status: number;
  readonly body?: B;
}

/**
 * The state of a message. For the id of a submit_multi: en route until all are done, then
 * delivered if all are, else the state of the first that is not.
 */
export async function querySubmitted(
  deps: ChangeDeps,
  bind: Bind,
  body: PduBody["query_sm"],
): Promise<Answer<PduBodyInput["query_sm_resp"]>> {
  const { accountSid } = bind.grant;
  const meaning = readMessageId(body.message_id);
  const source = sourceOf(body);
  if (meaning === undefined) return { status: CommandStatus.ESME_RINVMSGID };
  const found = await findAll(deps, accountSid, meaning.sids, source);
  const [first] = found;
  if (first === undefined) {
    const [sid = ""] = meaning.sids;
    if (meaning.part === undefined || !deps.isOpen(sid, accountSid)) return { status: CommandStatus.ESME_RINVMSGID };
    return {
      status: CommandStatus.ESME_ROK,
      body: { message_id: body.message_id, message_state: MessageState.ENROUTE },
    };
  }
  const shown =
    found.find(({ status }) => !isFinalStatus(status)) ?? found.find(({ status }) => status !== "delivered") ?? first;
  const isFinal = isFinalStatus(shown.status);
  return {
    status: CommandStatus.ESME_ROK,
    body: {
      message_id: body.message_id,
      final_date: isFinal ? encodeAbsoluteTime(shown.updatedMs) : "",
      message_state: MessageState[messageState(shown.status, shown.errorCode)],
      error_code: queryError(shown.errorCode),
    },
  };
}

/**
 * Cancels what no carrier was given yet. The id of a submit_multi cancels all of its
 * messages, or those to the destination that is named; where one of them can no longer be
 * canceled the answer says so, and the others are canceled all the same.
 */
export async function cancelSubmitted(
  deps: ChangeDeps,
  bind: Bind,
  body: PduBody["cancel_sm"],
): Promise<Answer<never>> {
  const { accountSid } = bind.grant;
  const meaning = readMessageId(body.message_id);
  const source = sourceOf(body);
  // Without an id it would mean all messages between two addresses.
  if (body.message_id === "") return { status: CommandStatus.ESME_RCANCELFAIL };
  if (meaning === undefined) return { status: CommandStatus.ESME_RINVMSGID };
  const to = apiAddress({ ton: body.dest_addr_ton, npi: body.dest_addr_npi, address: body.destination_addr });
  const found = (await findAll(deps, accountSid, meaning.sids, source)).filter(
    (message) => body.destination_addr === "" || message.to === to,
  );
  if (found.length === 0) return { status: CommandStatus.ESME_RINVMSGID };
  let failed = false;
  for (const { sid } of found) {
    try {
      await deps.messaging.cancel({ accountSid, sid });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.spec.fault !== "caller") return { status: statusOfRefusal(error) };
      failed = true;
    }
  }
  return { status: failed ? CommandStatus.ESME_RCANCELFAIL : CommandStatus.ESME_ROK };
}

/** Gives a message that still waits another text. It is read as data_coding 0, because replace_sm names none. */
export async function replaceSubmitted(
  deps: ChangeDeps,
  bind: Bind,
  body: PduBody["replace_sm"],
): Promise<Answer<never>> {
  const { accountSid, settings } = bind.grant;
  const version = bind.session.interfaceVersion;
  const meaning = readMessageId(body.message_id);
  const source = sourceOf(body);
  if (meaning === undefined) return { status: CommandStatus.ESME_RINVMSGID };
  const [sid = ""] = meaning.sids;
  // A part is no text of its own, and a group has no single one.
  if (meaning.isGroup || meaning.part !== undefined) return { status: CommandStatus.ESME_RREPLACEFAIL };
  if (body.schedule_delivery_time !== "") return { status: CommandStatus.ESME_RINVSCHED };
  if (body.sm_default_msg_id !== 0) return { status: CommandStatus.ESME_RINVDFTMSGID };
  const nowMs = deps.clock.nowMs();
  const validity = validitySeconds(body.validity_period, nowMs);
  if (validity === "invalid") return { status: CommandStatus.ESME_RINVEXPIRY };
  const receipt = readReceiptWish(body.registered_delivery);
  if (receipt === undefined) return { status: CommandStatus.ESME_RINVREGDLVFLG };
  const payload = body.tlvs?.message_payload ?? body.short_message;
  const how = { dataCoding: 0, udhi: false, defaultAlphabet: settings.defaultAlphabet, nowMs, version };
  const read = decodeText(payload, how);
  if (typeof read === "number") return { status: read };
  if ((await findAll(deps, accountSid, [sid], source)).length === 0) return { status: CommandStatus.ESME_RINVMSGID };
  try {
    await deps.messaging.replace({ accountSid, sid, body: read.text, validitySeconds: validity, receipt });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const status = statusOfRefusal(error);
    return { status: status === CommandStatus.ESME_RSUBMITFAIL ? CommandStatus.ESME_RREPLACEFAIL : status };
  }
  return { status: CommandStatus.ESME_ROK };
}

/** The source that was named, as the API writes it; `undefined` where none was. */
function sourceOf(body: {
  readonly source_addr_ton: number;
  readonly source_addr_npi: number;
  readonly source_addr: string;
}): string | undefined {
  if (body.source_addr === "") return undefined;
  const { source_addr_ton: ton, source_addr_npi: npi, source_addr: address } = body;
  // What is no address has sent nothing.
  return apiAddress({ ton, npi, address }) ?? "";
}

/** Those of the messages that the account has and that came from the source. */
async function findAll(
  deps: ChangeDeps,
  accountSid: string,
  sids: readonly string[],
  source: string | undefined,
): Promise<Readonly<KnownMessage>[]> {
  const found: Readonly<KnownMessage>[] = [];
  for (const sid of sids) {
    const message = await deps.messaging.find({ accountSid, sid });
    if (message !== undefined && (source === undefined || message.from === source)) found.push(message);
  }
  return found;
}
