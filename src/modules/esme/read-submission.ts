import type { Buffer } from "node:buffer";
import {
  CommandStatus,
  EsmClass,
  InterfaceVersion,
  RegisteredDelivery,
  hasUdh,
  parseSmppTime,
  type PduBody,
} from "../../protocols/smpp/index.ts";
import { decodeUserData, wellFormed, type DefaultAlphabet } from "../../protocols/sms/index.ts";
import type { MessageOrigin, SubmittedMessage, TrafficClass } from "./messaging-door.ts";

/** What a client asks for with a submit_sm, submit_multi or data_sm, addresses aside. */
export interface SubmittedContent {
  readonly text: string;
  /** The place of a part in its message. */
  readonly concat: { readonly reference: number; readonly total: number; readonly sequence: number } | undefined;
  readonly receipt: MessageOrigin["receipt"];
  readonly intermediate: boolean;
  readonly userReference: number | undefined;
  /** `undefined`: as long as the server keeps messages. */
  readonly validitySeconds: number | undefined;
  readonly trafficClass: TrafficClass | undefined;
  /** What India's registries know the message by. */
  readonly dlt: SubmittedMessage["dlt"];
}

/** Requests that carry a message. */
export type SubmitBody = PduBody["submit_sm"] | PduBody["submit_multi"] | PduBody["data_sm"];

/** How to read it. */
export interface ReadingOptions {
  readonly defaultAlphabet: DefaultAlphabet;
  readonly nowMs: number;
  /** The interface_version of the bind: 0x34, 0x50. */
  readonly version: number;
}

/** The most characters of a message, as the REST API has it. */
export const MAX_BODY_CHARACTERS = 1_600;
/** A message waits at most ten hours, as the REST API has it. */
const MAX_VALIDITY_SECONDS = 36_000;
const RECEIPT_BITS = RegisteredDelivery.FINAL | RegisteredDelivery.FAILURE_ONLY;

/** Reads a request, or gives the command_status that refuses it. What it asks for and does not get is refused, never dropped. */
export function readSubmission(body: SubmitBody, options: ReadingOptions): SubmittedContent | number {
  const refused = refusalOfFlags(body);
  if (refused !== undefined) return refused;
  const validitySeconds = readValidity(body, options.nowMs);
  if (validitySeconds === "invalid") return CommandStatus.ESME_RINVEXPIRY;
  const receipt = readReceiptWish(body.registered_delivery);
  if (receipt === undefined) return CommandStatus.ESME_RINVREGDLVFLG;
  const read = readText(body, options);
  if (typeof read === "number") return read;
  const place = read.concat ?? readSar(body);
  if (typeof place === "number") return place;
  return {
    text: read.text,
    concat: place === undefined || place.total === 1 ? undefined : place,
    receipt,
    intermediate: (body.registered_delivery & RegisteredDelivery.INTERMEDIATE) !== 0,
    userReference: body.tlvs?.user_message_reference,
    validitySeconds,
    trafficClass: "priority_flag" in body ? CLASS_OF_PRIORITY[body.priority_flag] : undefined,
    dlt: readDlt(body),
  };
}

/** The vendor TLVs in which clients give the ids of India's registries; operators agree on no others. */
const DLT_ENTITY_TAG = 0x1400;
const DLT_TEMPLATE_TAG = 0x1401;
const MAX_DLT_CHARACTERS = 30;

function readDlt({ tlvs }: SubmitBody): SubmittedMessage["dlt"] {
  const textOf = (wanted: number): string => {
    const octets = tlvs?.unknown?.findLast(({ tag }) => tag === wanted)?.value;
    return octets === undefined ? "" : octets.toString("latin1").replace(/\0.*$/s, "").slice(0, MAX_DLT_CHARACTERS);
  };
  if (tlvs?.unknown === undefined) return undefined;
  const entityId = textOf(DLT_ENTITY_TAG);
  const templateId = textOf(DLT_TEMPLATE_TAG);
  if (entityId === "" && templateId === "") return undefined;
  return { ...(entityId === "" ? {} : { entityId }), ...(templateId === "" ? {} : { templateId }) };
}

/** 0 and 1 say nothing (bulk and normal): the credential decides. */
const CLASS_OF_PRIORITY: readonly (TrafficClass | undefined)[] = [undefined, undefined, "transactional", "urgent"];

function refusalOfFlags(body: SubmitBody): number | undefined {
  const mode = body.esm_class & EsmClass.MODE_MASK;
  // Transaction mode wants the outcome in the response; a submitted receipt or acknowledgement is no message.
  if (mode === EsmClass.MODE_FORWARD || (body.esm_class & EsmClass.TYPE_MASK) !== 0) {
    return CommandStatus.ESME_RINVESMCLASS;
  }
  if (body.service_type === "USSD") return CommandStatus.ESME_RINVSERTYP;
  if (!("schedule_delivery_time" in body)) return undefined;
  if (body.priority_flag >= CLASS_OF_PRIORITY.length) return CommandStatus.ESME_RINVPRTFLG;
  if (body.schedule_delivery_time !== "") return CommandStatus.ESME_RINVSCHED;
  if (body.replace_if_present_flag !== 0) return CommandStatus.ESME_RINVREPFLAG;
  return body.sm_default_msg_id === 0 ? undefined : CommandStatus.ESME_RINVDFTMSGID;
}

/** The validity in seconds, at most ten hours. */
function readValidity(body: SubmitBody, nowMs: number): number | undefined | "invalid" {
  const period = "validity_period" in body ? body.validity_period : "";
  const seconds = validitySeconds(period, nowMs);
  if (seconds !== undefined) return seconds;
  const timeToLive = body.tlvs?.qos_time_to_live;
  if (timeToLive === undefined) return undefined;
  return timeToLive < 1 ? "invalid" : Math.min(timeToLive, MAX_VALIDITY_SECONDS);
}

/** The seconds that a validity_period leaves, at most ten hours; `undefined` for an empty one. */
export function validitySeconds(period: string, nowMs: number): number | undefined | "invalid" {
  if (period === "") return undefined;
  const untilMs = parseSmppTime(period, nowMs);
  if (untilMs === undefined || untilMs < nowMs + 1_000) return "invalid";
  return Math.min(Math.floor((untilMs - nowMs) / 1_000), MAX_VALIDITY_SECONDS);
}

/** Which receipts registered_delivery asks for; `undefined` for the value that 3.4 reserves (5.0: success alone). */
export function readReceiptWish(registeredDelivery: number): MessageOrigin["receipt"] | undefined {
  const bits = registeredDelivery & RECEIPT_BITS;
  if (bits === RegisteredDelivery.NONE) return "none";
  if (bits === RegisteredDelivery.FINAL) return "all";
  return bits === RegisteredDelivery.FAILURE_ONLY ? "failure" : undefined;
}

type Place = NonNullable<SubmittedContent["concat"]>;

function readText(body: SubmitBody, options: ReadingOptions): { text: string; concat: Place | undefined } | number {
  const payload = body.tlvs?.message_payload;
  const short: Buffer | undefined = "short_message" in body ? body.short_message : undefined;
  if (payload !== undefined && short !== undefined && short.length > 0) return CommandStatus.ESME_ROPTPARNOTALLWD;
  const octets = payload ?? short;
  if (octets === undefined || octets.length === 0) return CommandStatus.ESME_RINVMSGLEN;
  return decodeText(octets, { ...options, dataCoding: body.data_coding, udhi: hasUdh(body.esm_class) });
}

/** The text of a message, or the status that says that it is none. */
export function decodeText(
  octets: Buffer,
  how: ReadingOptions & { readonly dataCoding: number; readonly udhi: boolean },
): { text: string; concat: Place | undefined } | number {
  const { dataCoding, udhi, defaultAlphabet, version } = how;
  const decoded = decodeUserData({ dataCoding, shortMessage: octets, udhi, defaultAlphabet });
  // Ports make it a message for a program on the phone, which would show up as a text.
  if (decoded.ports !== undefined) return CommandStatus.ESME_RINVESMCLASS;
  if (decoded.text === undefined || decoded.waiting !== undefined || decoded.messageClass === 0) {
    // 3.4 has no code of its own for it.
    return version >= InterfaceVersion.V5_0 ? CommandStatus.ESME_RINVDCS : CommandStatus.ESME_RSUBMITFAIL;
  }
  if (decoded.text === "" || decoded.text.length > MAX_BODY_CHARACTERS) return CommandStatus.ESME_RINVMSGLEN;
  const concat = decoded.concat;
  const text = storable(concat === undefined ? wellFormed(decoded.text) : decoded.text);
  return { text, concat };
}

/** PostgreSQL text cannot hold a zero character. */
function storable(text: string): string {
  return text.includes("\0") ? text.replaceAll("\0", "\uFFFD") : text;
}

/** The place that the sar_* parameters give (SMPP 3.4 §5.3.2.22 to 24): all three, or none. */
function readSar({ tlvs }: SubmitBody): Place | undefined | number {
  const reference = tlvs?.sar_msg_ref_num;
  const total = tlvs?.sar_total_segments;
  const sequence = tlvs?.sar_segment_seqnum;
  if (reference === undefined && total === undefined && sequence === undefined) return undefined;
  if (reference === undefined || total === undefined || sequence === undefined) {
    return CommandStatus.ESME_RMISSINGOPTPARAM;
  }
  if (sequence < 1 || sequence > total) return CommandStatus.ESME_RINVOPTPARAMVAL;
  return { reference, total, sequence };
}
